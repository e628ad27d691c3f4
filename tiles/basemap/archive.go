package basemap

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/singleflight"

	"quartier/geo"
	"quartier/reports/fault"
)

// Archive is a ground in a local file of the format PMTiles 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md), with vector tiles
// in the schema of OpenMapTiles. It is safe for many goroutines. Its file stays open as long as it is in use.
type Archive struct {
	file   *os.File
	header header
	root   []entry
	about  about
	digest string // of what the file says about itself

	flight singleflight.Group // of leaf directories
	tables chan struct{}      // places for those who read one

	mu     sync.Mutex
	leaves map[uint64]leaf // by offset
	kept   int             // what they weigh together, in entries
}

// Limits of what is read from an archive: more is broken, or meant to hurt.
const (
	maxDirectory = 16 << 20 // bytes, unpacked
	maxMetadata  = 4 << 20
	// maxTile is several times what tools write: they keep tiles below half a megabyte, so that browsers stay quick.
	maxTile = 2 << 20
	// maxRoot and maxLeaf are entries of one directory: writers keep a root below 16 KB and give a leaf some ten thousand.
	maxRoot, maxLeaf = 1 << 19, 1 << 18
	// maxDepth is how many directories may lead to a tile: writers make one or two below the root.
	maxDepth = 4
)

// Open opens an archive. What is wrong with it is a fault with a sentence for the person who gave its path.
func Open(path string) (*Archive, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "basemap.unreadable", fault.Args{"path": path, "cause": cause(err)})
	}
	a := &Archive{file: file, leaves: map[uint64]leaf{}, tables: make(chan struct{}, readers)}
	if word, err := a.open(); word != "" || err != nil {
		file.Close()
		if word == "" {
			word = "basemap.broken"
		}
		return nil, &fault.Error{Kind: fault.Invalid, Word: word, Args: fault.Args{"path": path}, Cause: err}
	}
	return a, nil
}

// cause gives the system's word without the path, which the sentence has already.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// open reads what the file says about itself; word is the sentence for what is wrong.
func (a *Archive) open() (word string, err error) {
	info, err := a.file.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "basemap.format", nil
	}
	raw := make([]byte, headerSize)
	if n, err := a.file.ReadAt(raw, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	} else if word := a.header.parse(raw[:n]); word != "" {
		return word, nil
	}
	h := &a.header
	for _, part := range []section{h.root, h.metadata, h.leaves, h.tiles} {
		if part.offset > uint64(info.Size()) || part.length > uint64(info.Size())-part.offset {
			return "basemap.cut", nil
		}
	}
	root, err := a.read(h.root, h.packed, maxDirectory)
	if err != nil {
		return "", err
	}
	if a.root, err = parseDirectory(root, maxRoot); err != nil {
		return "", err
	}
	metadata, err := a.read(h.metadata, h.packed, maxMetadata)
	if err != nil {
		return "", err
	}
	if a.about, word = parseAbout(metadata); word != "" {
		return word, nil
	}
	hash := sha256.New()
	fmt.Fprintln(hash, info.Size(), info.ModTime().UnixNano())
	for _, part := range [][]byte{raw, root, metadata} {
		hash.Write(part)
	}
	a.digest = hex.EncodeToString(hash.Sum(nil)[:8])
	return "", nil
}

// MaxZoom implements Ground.
func (a *Archive) MaxZoom() uint8 { return min(a.header.maxZoom, geo.MaxZoom) }

// Attribution implements Ground.
func (a *Archive) Attribution() string { return a.about.attribution }

// Version implements Ground.
func (a *Archive) Version() string { return a.digest }

// Tile implements Ground.
func (a *Archive) Tile(ctx context.Context, t geo.Tile) ([]byte, error) {
	if !t.Valid() || t.Z > a.header.maxZoom || t.Z < a.header.minZoom {
		return nil, nil
	}
	id, entries := tileID(t), a.root
	for range maxDepth {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e, found := find(entries, id)
		if !found {
			return nil, nil
		}
		if e.run > 0 {
			part, err := within(a.header.tiles, e)
			if err != nil {
				return nil, err
			}
			return a.read(part, a.header.tilesPacked, maxTile)
		}
		var err error
		if entries, err = a.leaf(ctx, e); err != nil {
			return nil, err
		}
	}
	return nil, errDirectory
}

// within gives the place in the file of what an entry points to in a section.
func within(s section, e entry) (section, error) {
	if e.offset > s.length || e.length > s.length-e.offset {
		return section{}, errDirectory
	}
	return section{s.offset + e.offset, e.length}, nil
}

// read reads a part of the file, unpacked; at most limit bytes.
func (a *Archive) read(s section, packed compression, limit int) ([]byte, error) {
	if s.length > uint64(limit) {
		return nil, fmt.Errorf("basemap: %d bytes at once are too many", s.length)
	}
	raw := make([]byte, s.length)
	if _, err := a.file.ReadAt(raw, int64(s.offset)); err != nil {
		return nil, fmt.Errorf("basemap: read: %w", err)
	}
	if packed == uncompressed {
		return raw, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("basemap: unpack: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(z, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("basemap: unpack: %w", err)
	}
	if len(plain) > limit {
		return nil, fmt.Errorf("basemap: more than %d bytes unpacked", limit)
	}
	return plain, nil
}
