package mvt

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

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
	values   values
	geometry []byte // of the feature in hand
	steps    []step // of the line or ring in hand
}

// New makes an empty layer. A tag names its key by its place in keys.
func New(name string, keys ...string) *Layer {
	l := &Layer{}
	l.Reset(name, keys...)
	return l
}

// Reset empties the layer for another use of its memory.
func (l *Layer) Reset(name string, keys ...string) {
	l.name, l.keys = name, keys
	l.features, l.count = l.features[:0], 0
	l.values.reset()
}

// Tags are the properties of a feature as a layer writes them, so that those of many features alike are made once.
type Tags []byte

// With adds a property: the place of its key and the place of its value in the layer's dictionaries.
func (t Tags) With(key, value uint32) Tags {
	return appendUvarint(appendUvarint(t, uint64(key)), uint64(value))
}

// NoID says that a feature has no id. Ids above 2^53 would not survive JavaScript.
const NoID = ^uint64(0)

// feature appends a feature with the geometry in hand.
func (l *Layer) feature(id uint64, kind byte, tags Tags) {
	l.features = append(l.begin(id, kind, tags, len(l.geometry)), l.geometry...)
}

// begin appends a feature up to its geometry of a given length, which is to follow (specification, clause 4.2).
func (l *Layer) begin(id uint64, kind byte, tags Tags, length int) []byte {
	n := 2 + 1 + uvarintLen(uint64(length)) + length
	if id != NoID {
		n += 1 + uvarintLen(id)
	}
	if len(tags) > 0 {
		n += 1 + uvarintLen(uint64(len(tags))) + len(tags)
	}
	l.count++
	f := slices.Grow(l.features, 1+binary.MaxVarintLen32+n)
	f = append(f, layerFeature)
	f = appendUvarint(f, uint64(n))
	if id != NoID {
		f = append(f, featureID)
		f = appendUvarint(f, id)
	}
	if len(tags) > 0 {
		f = append(f, featureTags)
		f = appendUvarint(f, uint64(len(tags)))
		f = append(f, tags...)
	}
	f = append(f, featureType, kind, featureGeometry)
	return appendUvarint(f, uint64(length))
}

// Append appends the layers that have features, as a tile.
func Append(tile []byte, layers ...*Layer) []byte {
	for _, l := range layers {
		if l.count == 0 {
			continue
		}
		n := 1 + uvarintLen(uint64(len(l.name))) + len(l.name) +
			len(l.features) + len(l.values.encoded) +
			1 + uvarintLen(Extent) + 2
		for _, k := range l.keys {
			n += 1 + uvarintLen(uint64(len(k))) + len(k)
		}
		tile = slices.Grow(tile, 1+uvarintLen(uint64(n))+n)
		tile = append(tile, tileLayer)
		tile = appendUvarint(tile, uint64(n))
		tile = append(tile, layerVersion, 2)
		tile = append(tile, layerName)
		tile = appendUvarint(tile, uint64(len(l.name)))
		tile = append(tile, l.name...)
		tile = append(tile, l.features...)
		for _, k := range l.keys {
			tile = append(tile, layerKey)
			tile = appendUvarint(tile, uint64(len(k)))
			tile = append(tile, k...)
		}
		tile = append(tile, l.values.encoded...)
		tile = append(tile, layerExtent)
		tile = appendUvarint(tile, Extent)
	}
	return tile
}

// appendUvarint appends a varint; most are of one byte, and this much is done in place.
func appendUvarint(b []byte, n uint64) []byte {
	if n < 0x80 {
		return append(b, byte(n))
	}
	return binary.AppendUvarint(b, n)
}

// uvarintLen is the number of bytes of a varint.
func uvarintLen(n uint64) int { return (9*bits.Len64(n|1) + 64) / 64 }
