package tiles

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
)

// encoderVersion stands in every ETag. Count it up when the same items come to give other bytes, compressed or not.
const encoderVersion = "2"

// Answer is a drawn tile or picture, ready to be sent. It is shared: do not change Body.
type Answer struct {
	Empty  bool   // there is nothing in the tile: 204, without a body
	Body   []byte // gzip; of a picture: as it is
	length int    // of the tile before compression, bytes

	// Strong entity tags, quotes included (RFC 9110, 8.8.3), of the plain tile and of its compressed forms. They depend on the tile's bytes
	// alone: every node gives the same, whether it has made the brotli form or not. A picture has the plain one only.
	PlainTag, GzipTag, BrotliTag string

	brotli atomic.Pointer[[]byte] // of nil: it would not be smaller
}

// nothing is the answer of every empty tile.
var nothing = &Answer{Empty: true}

// Plain gives the tile uncompressed, for the rare client that takes no gzip.
func (a *Answer) Plain() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(a.Body))
	if err != nil {
		return nil, fmt.Errorf("tiles: unpack: %w", err)
	}
	plain := bytes.NewBuffer(make([]byte, 0, a.length+bytes.MinRead))
	if _, err := plain.ReadFrom(z); err != nil {
		return nil, fmt.Errorf("tiles: unpack: %w", err)
	}
	return plain.Bytes(), nil
}

// Brotli gives the smallest form of the tile; nil: there is none, or not yet. Do not change it.
func (a *Answer) Brotli() []byte {
	if form := a.brotli.Load(); form != nil {
		return *form
	}
	return nil
}

// answer packs a tile. If it has the bytes of the previous answer, that one will do: most changes near a tile leave it as it was.
func answer(tile []byte, previous *Answer) *Answer {
	if len(tile) == 0 {
		return nothing
	}
	hash := sha256.Sum256(tile)
	// One piece of memory for the three tags.
	name := `"` + encoderVersion + "-" + hex.EncodeToString(hash[:12])
	tags := name + `"` + name + `-gzip"` + name + `-br"`
	plain, rest := tags[:len(name)+1], tags[len(name)+1:]
	if previous != nil && previous.PlainTag == plain {
		return previous
	}
	a := &Answer{length: len(tile), PlainTag: plain}
	if bytes.HasPrefix(tile, []byte(pngSignature)) {
		a.Body = tile
		return a
	}
	packed := len(name) + len(`-gzip"`)
	a.GzipTag, a.BrotliTag = rest[:packed], rest[packed:]
	a.Body = pack(tile)
	return a
}

// pngSignature begins every PNG (PNG, 5.2), which is compressed already, and no vector tile.
const pngSignature = "\x89PNG\r\n\x1a\n"
