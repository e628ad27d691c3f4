package raster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// packers are compressors that wait for their next picture. Level 5 of this library costs a third of the standard library's time (image/png), for bytes
// that are as few.
var packers = sync.Pool{New: func() any {
	z, err := zlib.NewWriterLevel(nil, 5)
	if err != nil { // only for a level that does not exist
		panic(err)
	}
	return z
}}

// encode writes the picture as a PNG (https://www.w3.org/TR/png-3) of few colours.
func (c *canvas) encode() ([]byte, error) {
	chosen, places := reduce(c.pixels)
	var b bytes.Buffer
	b.Grow(len(c.pixels) / 8)
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(name string, data []byte) {
		var number [4]byte
		binary.BigEndian.PutUint32(number[:], uint32(len(data)))
		b.Write(number[:])
		from := b.Len()
		b.WriteString(name)
		b.Write(data)
		binary.BigEndian.PutUint32(number[:], crc32.ChecksumIEEE(b.Bytes()[from:]))
		b.Write(number[:])
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(c.width))
	header = binary.BigEndian.AppendUint32(header, uint32(c.height))
	chunk("IHDR", append(header, 8, 3, 0, 0, 0)) // 8 bits to a pixel, which are places in the palette
	palette := make([]byte, 0, 3*len(chosen))
	for _, one := range chosen {
		palette = append(palette, byte(one>>16), byte(one>>8), byte(one))
	}
	chunk("PLTE", palette)

	var packed bytes.Buffer
	packed.Grow(len(c.pixels) / 8)
	z := packers.Get().(*zlib.Writer)
	defer packers.Put(z)
	z.Reset(&packed)
	line := make([]byte, 1+c.width) // the first byte: no filter, as is best for palettes (12.7)
	before, place := ^uint32(0), byte(0)
	for y := range c.height {
		for x, pixel := range c.pixels[y*c.width : (y+1)*c.width] {
			if pixel != before {
				before, place = pixel, byte(places.values[places.find(pixel)])
			}
			line[1+x] = place
		}
		if _, err := z.Write(line); err != nil {
			return nil, fmt.Errorf("raster: pack: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("raster: pack: %w", err)
	}
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return bytes.Clone(b.Bytes()), nil
}
