package basemap

import (
	"encoding/binary"
	"errors"
	"sort"

	"quartier/geo"
)

// entry is one entry of a directory (PMTiles 3, clause 4.1).
type entry struct {
	id             uint64 // of the first tile
	offset, length uint64 // bytes
	run            uint64 // tiles that share the content; 0: the content is a leaf directory
}

// errDirectory says that bytes are no directory.
var errDirectory = errors.New("a directory is broken")

// parseDirectory reads the unpacked bytes of a directory (PMTiles 3, clause 4.2): the number of entries, then column by column the differences of the
// ids, the runs, the lengths, and the offsets, of which 0 means "right behind the entry before". Entries that do not rise are refused, and more of them
// than most.
func parseDirectory(b []byte, most uint64) ([]entry, error) {
	short := false
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			short = true
			return 0
		}
		b = b[n:]
		return v
	}
	count := next()
	if short || count > most || count > uint64(len(b))/4 { // each entry has four numbers of at least one byte
		return nil, errDirectory
	}
	entries := make([]entry, count)
	last := uint64(0)
	for i := range entries {
		delta := next()
		if i > 0 && delta == 0 || last+delta < last {
			return nil, errDirectory
		}
		last += delta
		entries[i].id = last
	}
	for i := range entries {
		entries[i].run = next()
	}
	for i := range entries {
		if entries[i].length = next(); entries[i].length == 0 {
			return nil, errDirectory
		}
	}
	for i := range entries {
		switch offset := next(); {
		case offset > 0:
			entries[i].offset = offset - 1
		case i > 0:
			entries[i].offset = entries[i-1].offset + entries[i-1].length
		default:
			return nil, errDirectory
		}
	}
	if short {
		return nil, errDirectory
	}
	return entries, nil
}

// find gives the entry that holds a tile or leads to it.
func find(entries []entry, id uint64) (entry, bool) {
	i := sort.Search(len(entries), func(i int) bool { return entries[i].id > id }) - 1
	if i < 0 {
		return entry{}, false
	}
	e := entries[i]
	return e, e.run == 0 || id-e.id < e.run
}

// tileID gives the number of a tile (PMTiles 3, clause 4.1.1): all tiles of lower zooms, and its place on the Hilbert curve of its own.
func tileID(t geo.Tile) uint64 {
	id := (uint64(1)<<(2*t.Z) - 1) / 3
	x, y := uint64(t.X), uint64(t.Y)
	for s := uint64(1) << t.Z >> 1; s > 0; s >>= 1 {
		var right, low uint64
		if x&s != 0 {
			right = 1
		}
		if y&s != 0 {
			low = 1
		}
		id += s * s * (3*right ^ low)
		// Each quarter's curve is turned so that it begins where the one before ends.
		if low == 0 {
			if right == 1 {
				x, y = s-1-x&(s-1), s-1-y&(s-1)
			}
			x, y = y, x
		}
	}
	return id
}
