package tiles

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// encoderVersion stands in every ETag. Count it up when the same items come to give other bytes, compressed or not.
const encoderVersion = "1"

// Answer is a drawn tile or picture, ready to be sent. It is shared: do not change Body.
type Answer struct {
	Empty  bool   // there is nothing in the tile: 204, without a body
	Body   []byte // gzip; of a picture: as it is
	Length int    // of the tile before compression, bytes

	// GzipTag and PlainTag are strong entity tags, quotes included (RFC 9110, 8.8.3), of the compressed and of the plain tile. They depend on
	// the tile's bytes alone: every node gives the same. A picture has the plain one only.
	GzipTag, PlainTag string
}

// Plain gives the tile uncompressed, for the rare client that takes no gzip.
func (a *Answer) Plain() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(a.Body))
	if err != nil {
		return nil, fmt.Errorf("tiles: unpack: %w", err)
	}
	plain := bytes.NewBuffer(make([]byte, 0, a.Length+bytes.MinRead))
	if _, err := plain.ReadFrom(z); err != nil {
		return nil, fmt.Errorf("tiles: unpack: %w", err)
	}
	return plain.Bytes(), nil
}

// large is the size in bytes from which compressing well takes longer than the bytes it saves are worth.
const large = 200_000

var packers, quickPackers = packerPool(6), packerPool(1)

func packerPool(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		z, err := gzip.NewWriterLevel(io.Discard, level)
		if err != nil { // only for a level that does not exist
			panic(err)
		}
		return z
	}}
}

// answer packs a tile. If it has the bytes of the previous answer, that one will do: most changes near a tile leave it as it was.
func answer(tile []byte, previous *Answer) *Answer {
	if len(tile) == 0 {
		return &Answer{Empty: true}
	}
	hash := sha256.Sum256(tile)
	tag := `"` + encoderVersion + "-" + hex.EncodeToString(hash[:12])
	a := &Answer{Length: len(tile), GzipTag: tag + `-gzip"`, PlainTag: tag + `"`}
	if previous != nil && previous.PlainTag == a.PlainTag {
		return previous
	}
	if bytes.HasPrefix(tile, []byte(pngSignature)) {
		a.Body, a.GzipTag = tile, ""
		return a
	}
	a.Body = pack(tile)
	return a
}

// pngSignature begins every PNG (PNG, 5.2), which is compressed already, and no vector tile.
const pngSignature = "\x89PNG\r\n\x1a\n"

// pack compresses. The level follows from the size, so that the bytes follow from the tile.
func pack(tile []byte) []byte {
	pool := packers
	if len(tile) >= large {
		pool = quickPackers
	}
	z := pool.Get().(*gzip.Writer)
	defer pool.Put(z)
	var b bytes.Buffer
	b.Grow(len(tile)/2 + 64)
	z.Reset(&b)
	// A buffer takes everything: neither call can fail.
	_, _ = z.Write(tile)
	_ = z.Close()
	return bytes.Clone(b.Bytes())
}
