package tiles

import (
	"bytes"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// packers compress with gzip, by the size of the tile: who asks waits for it, so that a tile of 17 000 points (500 kB) must not take much longer
// than finding and drawing its points did. What is asked for often gets a brotli form later (hot.go). The level follows from the
// size alone, so that the bytes follow from the tile.
var packers = []struct {
	below int // bytes of the plain tile
	*sync.Pool
}{
	{64 << 10, packerPool(6)},               // 54 % of the bytes, 11 µs for a kB
	{160 << 10, packerPool(4)},              // 50 %, 8 µs
	{640 << 10, packerPool(2)},              // 56 %, 5 µs
	{1 << 62, packerPool(gzip.HuffmanOnly)}, // 72 %, 2 µs
}

func packerPool(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		z, err := gzip.NewWriterLevel(io.Discard, level)
		if err != nil { // only for a level that does not exist
			panic(err)
		}
		return z
	}}
}

// parcels are the buffers into which tiles are compressed.
var parcels = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// pack compresses with gzip.
func pack(tile []byte) []byte {
	i := 0
	for len(tile) >= packers[i].below {
		i++
	}
	z, b := packers[i].Get().(*gzip.Writer), parcels.Get().(*bytes.Buffer)
	defer packers[i].Put(z)
	defer parcels.Put(b)
	b.Reset()
	z.Reset(b)
	// A buffer takes everything: neither call can fail.
	_, _ = z.Write(tile)
	_ = z.Close()
	return bytes.Clone(b.Bytes())
}

// squeezer compresses with brotli. Not for two goroutines at once.
type squeezer struct {
	*brotli.Writer
	bytes.Buffer
}

// squeezeQuality is brotli's: a tenth to a fifth smaller than gzip, in 40 µs for a kB. 9 saves another percent in four times the time.
const squeezeQuality = 5

func newSqueezer() *squeezer {
	return &squeezer{Writer: brotli.NewWriterLevel(io.Discard, squeezeQuality)}
}

// squeeze compresses a tile.
func (s *squeezer) squeeze(tile []byte) []byte {
	s.Buffer.Reset()
	s.Writer.Reset(&s.Buffer)
	// A buffer takes everything: neither call can fail.
	_, _ = s.Writer.Write(tile)
	_ = s.Writer.Close()
	return bytes.Clone(s.Buffer.Bytes())
}
