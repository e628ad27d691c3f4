package raster

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"slices"
	"sync"
)

// encode writes the picture as a PNG of at most 256 colours.
func (c *canvas) encode() ([]byte, error) {
	p := &image.Paletted{Pix: make([]uint8, len(c.pixels)), Stride: c.width, Rect: image.Rect(0, 0, c.width, c.height)}
	chosen, of := reduce(c.pixels)
	for _, one := range chosen {
		p.Palette = append(p.Palette, color.RGBA{R: uint8(one >> 16), G: uint8(one >> 8), B: uint8(one), A: 255})
	}
	before, place := ^uint32(0), uint8(0)
	for i, pixel := range c.pixels {
		if pixel != before {
			before, place = pixel, of.get(pixel)
		}
		p.Pix[i] = place
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.DefaultCompression, BufferPool: encoders}
	if err := encoder.Encode(&b, p); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// encoders keeps the memory of encoders.
var encoders = pool{}

type pool struct{}

var buffers = sync.Pool{New: func() any { return &png.EncoderBuffer{} }}

func (pool) Get() *png.EncoderBuffer  { return buffers.Get().(*png.EncoderBuffer) }
func (pool) Put(b *png.EncoderBuffer) { buffers.Put(b) }

// mostColours is how many colours a palette holds (PNG, 11.2.2).
const mostColours = 256

// reduce chooses the colours of a palette, and gives for each colour of a picture its place there. Colours that many pixels have are kept
// as they are; others give way to the nearest of those, at first only where no eye sees it.
func reduce(pixels []uint32) ([]uint32, *table) {
	counts := newTable()
	before, at := ^uint32(0), 0
	for _, p := range pixels {
		if p != before {
			before, at = p, counts.find(p)
		}
		counts.values[at]++
		if counts.used*2 > len(counts.keys) {
			counts.grow()
			before = ^uint32(0)
		}
	}
	type tone struct {
		colour uint32
		count  uint32
	}
	tones := make([]tone, 0, counts.used)
	for i, key := range counts.keys {
		if key != 0 {
			tones = append(tones, tone{key - 1, counts.values[i]})
		}
	}
	slices.SortFunc(tones, func(a, b tone) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.colour, b.colour)) })

	var chosen []uint32
	for near := int32(0); ; near = near*2 + 12 { // squared distance within which a colour is the same
		chosen = chosen[:0]
		for _, one := range tones {
			if near > 0 && slices.ContainsFunc(chosen, func(other uint32) bool { return distance(one.colour, other) <= near }) {
				continue
			}
			if chosen = append(chosen, one.colour); len(chosen) > mostColours {
				break
			}
		}
		if len(chosen) <= mostColours {
			break
		}
	}
	places := newTable()
	for _, one := range tones {
		if places.used*2 > len(places.keys) {
			places.grow()
		}
		best, least := 0, int32(1<<30)
		for i, other := range chosen {
			if d := distance(one.colour, other); d < least {
				best, least = i, d
				if d == 0 {
					break
				}
			}
		}
		places.values[places.find(one.colour)] = uint32(best)
	}
	return chosen, places
}

// distance is the squared distance of two colours, weighed roughly as the eye does.
func distance(a, b uint32) int32 {
	r, g, u := int32(a>>16&0xFF)-int32(b>>16&0xFF), int32(a>>8&0xFF)-int32(b>>8&0xFF), int32(a&0xFF)-int32(b&0xFF)
	return 2*r*r + 4*g*g + 3*u*u
}

// table is a map from colours to numbers: open addressing, a third of the time of a map of Go here.
type table struct {
	keys, values []uint32 // keys: colour + 1; 0: free
	used         int
}

func newTable() *table { return &table{keys: make([]uint32, 1<<12), values: make([]uint32, 1<<12)} }

// find gives the place of a colour, which it takes if it has none.
func (t *table) find(colour uint32) int {
	mask := len(t.keys) - 1
	for i := int(colour*0x9E3779B1>>8) & mask; ; i = (i + 1) & mask {
		switch t.keys[i] {
		case colour + 1:
			return i
		case 0:
			t.keys[i] = colour + 1
			t.used++
			return i
		}
	}
}

func (t *table) get(colour uint32) uint8 { return uint8(t.values[t.find(colour)]) }

func (t *table) grow() {
	bigger := &table{keys: make([]uint32, 2*len(t.keys)), values: make([]uint32, 2*len(t.keys))}
	for i, key := range t.keys {
		if key != 0 {
			bigger.values[bigger.find(key-1)] = t.values[i]
		}
	}
	*t = *bigger
}
