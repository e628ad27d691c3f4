package basemap

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/klauspost/compress/gzip"

	"quartier/geo"
)

// packing is how a test writes an archive.
type packing struct {
	zip      bool   // directories, metadata and tiles
	leaf     int    // entries of a leaf directory; 0: all in the root
	replace  string // the bytes of every leaf directory; empty: as they should be
	metadata string
}

const metadata = `{"attribution":"<a href=\"https://www.openstreetmap.org/copyright\">&copy; OpenStreetMap</a>","vector_layers":[{"id":"transportation"},{"id":"place"}]}`

// pack writes an archive (PMTiles 3) of tiles; equal neighbours share their bytes, as writers do.
func (p packing) pack(t testing.TB, tiles map[geo.Tile]string) []byte {
	t.Helper()
	squeeze := func(b []byte) []byte {
		if !p.zip {
			return b
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		z.Write(b)
		z.Close()
		return packed.Bytes()
	}
	var addresses []geo.Tile
	for at := range tiles {
		addresses = append(addresses, at)
	}
	slices.SortFunc(addresses, func(a, b geo.Tile) int { return cmp.Compare(tileID(a), tileID(b)) })
	var data []byte
	var entries []entry
	var low, high uint8 = 255, 0
	before := ""
	for _, at := range addresses {
		low, high = min(low, at.Z), max(high, at.Z)
		if n := len(entries); n > 0 && before == tiles[at] && entries[n-1].id+entries[n-1].run == tileID(at) {
			entries[n-1].run++
			continue
		}
		before = tiles[at]
		content := squeeze([]byte(before))
		entries = append(entries, entry{id: tileID(at), offset: uint64(len(data)), length: uint64(len(content)), run: 1})
		data = append(data, content...)
	}
	var leaves []byte
	if p.leaf > 0 {
		var top []entry
		for chunk := range slices.Chunk(entries, p.leaf) {
			leaf := squeeze(writeDirectory(chunk))
			if p.replace != "" {
				leaf = []byte(p.replace)
			}
			top = append(top, entry{id: chunk[0].id, offset: uint64(len(leaves)), length: uint64(len(leaf))})
			leaves = append(leaves, leaf...)
		}
		entries = top
	}
	root, about := squeeze(writeDirectory(entries)), squeeze([]byte(cmp.Or(p.metadata, metadata)))
	file := append([]byte("PMTiles\x03"), make([]byte, headerSize-8)...)
	at := uint64(headerSize)
	for i, part := range [][]byte{root, about, leaves, data} {
		binary.LittleEndian.PutUint64(file[8+16*i:], at)
		binary.LittleEndian.PutUint64(file[16+16*i:], uint64(len(part)))
		at += uint64(len(part))
	}
	file[97], file[98] = byte(uncompressed), byte(uncompressed)
	if p.zip {
		file[97], file[98] = byte(gzipped), byte(gzipped)
	}
	file[99], file[100], file[101] = vectorTiles, low, high
	return slices.Concat(file, root, about, leaves, data)
}

func writeDirectory(entries []entry) []byte {
	b := binary.AppendUvarint(nil, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		b, last = binary.AppendUvarint(b, e.id-last), e.id
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.run)
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.length)
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+entries[i-1].length {
			b = binary.AppendUvarint(b, 0)
		} else {
			b = binary.AppendUvarint(b, e.offset+1)
		}
	}
	return b
}

func write(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ground.pmtiles")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
