package basemap

import "encoding/binary"

// section is a part of the file, in bytes.
type section struct{ offset, length uint64 }

// compression is how parts of an archive are packed (PMTiles 3, clause 3.3); others are refused.
type compression byte

const (
	uncompressed compression = 1
	gzipped      compression = 2
)

// vectorTiles is the type of tiles that we draw (PMTiles 3, clause 3.4).
const vectorTiles = 1

// header is the beginning of an archive (PMTiles 3, clause 3).
type header struct {
	root, metadata, leaves, tiles section
	packed, tilesPacked           compression // directories and metadata; tiles
	minZoom, maxZoom              uint8
}

const headerSize = 127

// parse reads a header; word is the sentence for what is wrong with it.
func (h *header) parse(b []byte) (word string) {
	switch {
	case len(b) < 8 || string(b[:7]) != "PMTiles" || b[7] != 3:
		return "basemap.format"
	case len(b) < headerSize:
		return "basemap.cut"
	}
	for i, s := range []*section{&h.root, &h.metadata, &h.leaves, &h.tiles} {
		s.offset, s.length = binary.LittleEndian.Uint64(b[8+16*i:]), binary.LittleEndian.Uint64(b[16+16*i:])
	}
	h.packed, h.tilesPacked = compression(b[97]), compression(b[98])
	for _, c := range []compression{h.packed, h.tilesPacked} {
		if c != uncompressed && c != gzipped {
			return "basemap.compression"
		}
	}
	if b[99] != vectorTiles {
		return "basemap.pictures"
	}
	h.minZoom, h.maxZoom = b[100], b[101]
	return ""
}
