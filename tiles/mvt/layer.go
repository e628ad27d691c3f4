package mvt

import "encoding/binary"

// Extent is the number of steps along one edge of a tile.
const Extent = 4096

// Field numbers and wire types of the messages tile, layer, feature and value (specification, vector_tile.proto).
const (
	tileLayer = 3<<3 | 2

	layerName    = 1<<3 | 2
	layerFeature = 2<<3 | 2
	layerKey     = 3<<3 | 2
	layerValue   = 4<<3 | 2
	layerExtent  = 5 << 3
	layerVersion = 15 << 3

	featureID       = 1 << 3
	featureTags     = 2<<3 | 2
	featureType     = 3 << 3
	featureGeometry = 4<<3 | 2

	valueString = 1<<3 | 2
	valueUint   = 5 << 3
	valueSint   = 6 << 3

	typePoint   = 1
	typeLine    = 2
	typePolygon = 3
)

// Layer collects the features of one layer. Make it with New, or make a used one new with Reset. Not for two goroutines at once.
type Layer struct {
	name     string
	keys     []string
	features []byte // encoded, each with field number and length
	count    int
	values   []byte // encoded, each with field number and length
	nvalues  uint32
	strings  map[string]uint32
	uints    map[uint64]uint32
	sints    map[int64]uint32
	geometry []byte // of the feature in hand
	tagBytes []byte // of the feature in hand
	steps    []step // of the line or ring in hand
}

// New makes an empty layer. A tag names its key by its place in keys.
func New(name string, keys ...string) *Layer {
	l := &Layer{strings: map[string]uint32{}, uints: map[uint64]uint32{}, sints: map[int64]uint32{}}
	l.Reset(name, keys...)
	return l
}

// Reset empties the layer for another use of its memory.
func (l *Layer) Reset(name string, keys ...string) {
	l.name, l.keys = name, keys
	l.features, l.values = l.features[:0], l.values[:0]
	l.count, l.nvalues = 0, 0
	clear(l.strings)
	clear(l.uints)
	clear(l.sints)
}

// Len is the number of features so far.
func (l *Layer) Len() int { return l.count }

// Tag is one property of a feature: the place of its key and the place of its value in the layer's dictionaries.
type Tag struct{ Key, Value uint32 }

// String gives the place of a text in the dictionary of values.
func (l *Layer) String(s string) uint32 {
	v, ok := l.strings[s]
	if !ok {
		v = l.nextValue(1 + uvarintLen(uint64(len(s))) + len(s))
		l.strings[s] = v
		l.values = append(l.values, valueString)
		l.values = binary.AppendUvarint(l.values, uint64(len(s)))
		l.values = append(l.values, s...)
	}
	return v
}

// Unique gives the place of a text that the caller knows to be in the layer only once, so that nobody has to look for it.
func (l *Layer) Unique(s []byte) uint32 {
	v := l.nextValue(1 + uvarintLen(uint64(len(s))) + len(s))
	l.values = append(l.values, valueString)
	l.values = binary.AppendUvarint(l.values, uint64(len(s)))
	l.values = append(l.values, s...)
	return v
}

// Uint gives the place of a whole number ≥ 0 in the dictionary of values.
func (l *Layer) Uint(n uint64) uint32 {
	v, ok := l.uints[n]
	if !ok {
		v = l.nextValue(1 + uvarintLen(n))
		l.uints[n] = v
		l.values = append(l.values, valueUint)
		l.values = binary.AppendUvarint(l.values, n)
	}
	return v
}

// Int gives the place of a whole number in the dictionary of values.
func (l *Layer) Int(n int64) uint32 {
	if n >= 0 {
		return l.Uint(uint64(n))
	}
	v, ok := l.sints[n]
	if !ok {
		zigzag := uint64(n<<1) ^ uint64(n>>63)
		v = l.nextValue(1 + uvarintLen(zigzag))
		l.sints[n] = v
		l.values = append(l.values, valueSint)
		l.values = binary.AppendUvarint(l.values, zigzag)
	}
	return v
}

// nextValue opens a value message of the given length.
func (l *Layer) nextValue(length int) uint32 {
	l.values = append(l.values, layerValue)
	l.values = binary.AppendUvarint(l.values, uint64(length))
	l.nvalues++
	return l.nvalues - 1
}

// NoID says that a feature has no id. Ids above 2^53 would not survive JavaScript.
const NoID = ^uint64(0)

// feature appends a feature with the geometry in hand (specification, clause 4.2).
func (l *Layer) feature(id uint64, kind byte, tags []Tag) {
	t := l.tagBytes[:0]
	for _, tag := range tags {
		t = binary.AppendUvarint(t, uint64(tag.Key))
		t = binary.AppendUvarint(t, uint64(tag.Value))
	}
	l.tagBytes = t
	n := 2 + 1 + uvarintLen(uint64(len(l.geometry))) + len(l.geometry)
	if id != NoID {
		n += 1 + uvarintLen(id)
	}
	if len(t) > 0 {
		n += 1 + uvarintLen(uint64(len(t))) + len(t)
	}
	f := append(l.features, layerFeature)
	f = binary.AppendUvarint(f, uint64(n))
	if id != NoID {
		f = append(f, featureID)
		f = binary.AppendUvarint(f, id)
	}
	if len(t) > 0 {
		f = append(f, featureTags)
		f = binary.AppendUvarint(f, uint64(len(t)))
		f = append(f, t...)
	}
	f = append(f, featureType, kind, featureGeometry)
	f = binary.AppendUvarint(f, uint64(len(l.geometry)))
	l.features = append(f, l.geometry...)
	l.count++
}

// Append appends the layers that have features, as a tile.
func Append(tile []byte, layers ...*Layer) []byte {
	for _, l := range layers {
		if l.count == 0 {
			continue
		}
		n := 1 + uvarintLen(uint64(len(l.name))) + len(l.name) +
			len(l.features) + len(l.values) +
			1 + uvarintLen(Extent) + 2
		for _, k := range l.keys {
			n += 1 + uvarintLen(uint64(len(k))) + len(k)
		}
		tile = append(tile, tileLayer)
		tile = binary.AppendUvarint(tile, uint64(n))
		tile = append(tile, layerVersion, 2)
		tile = append(tile, layerName)
		tile = binary.AppendUvarint(tile, uint64(len(l.name)))
		tile = append(tile, l.name...)
		tile = append(tile, l.features...)
		for _, k := range l.keys {
			tile = append(tile, layerKey)
			tile = binary.AppendUvarint(tile, uint64(len(k)))
			tile = append(tile, k...)
		}
		tile = append(tile, l.values...)
		tile = append(tile, layerExtent)
		tile = binary.AppendUvarint(tile, Extent)
	}
	return tile
}

// uvarintLen is the number of bytes of a varint.
func uvarintLen(n uint64) int {
	length := 1
	for n >= 0x80 {
		n >>= 7
		length++
	}
	return length
}
