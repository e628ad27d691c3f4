package tiles

import (
	"sync/atomic"

	"quartier/geo"
)

// resolutions is the number of H3 resolutions that the index keeps apart: 0…geo.CellResolution.
const resolutions = geo.CellResolution + 1

// centre is the middle of a cell, and the same as a Morton code: the bits of its tile's column and row at geo.MaxZoom, interleaved, so
// that the cells whose centre lies in a tile of any zoom are one range of codes.
type centre struct {
	at     geo.Position
	morton uint64
}

// centreOf gives the middle of a cell. H3 takes a microsecond for it, and the same cells are asked for again and again: what it said lately is
// remembered, which is never wrong, because geography does not change.
func centreOf(c geo.Cell) centre {
	slot := &centres[uint64(c)*0x9e3779b97f4a7c15>>(64-centreBits)]
	if known := slot.Load(); known != nil && known.cell == c {
		return known.centre
	}
	at := c.Centre()
	known := &knownCentre{cell: c, centre: centre{at: at, morton: morton(geo.TileAt(at, geo.MaxZoom))}}
	slot.Store(known)
	return known.centre
}

// centres has a place for each of 65 536 cells by a hash of their numbers (2^64 divided by the golden ratio); who comes later takes the place. At
// most 3 MB.
var centres [1 << centreBits]atomic.Pointer[knownCentre]

const centreBits = 16

type knownCentre struct {
	cell geo.Cell
	centre
}

// lineageOf gives the centres of the ancestors of a cell of geo.CellResolution from a resolution on, itself the last.
func lineageOf(cell geo.Cell, from int) []centre {
	l := make([]centre, resolutions-from)
	for i := range l {
		l[i] = centreOf(cell.Parent(from + i))
	}
	return l
}

// morton interleaves the column (even bits) and the row (odd bits) of a tile.
func morton(t geo.Tile) uint64 { return spread(t.X) | spread(t.Y)<<1 }

// spread puts a zero before each bit.
func spread(n uint32) uint64 {
	x := uint64(n)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	x = (x | x<<1) & 0x5555555555555555
	return x
}

// mortons gives the half-open range of codes at geo.MaxZoom that lie in a tile.
func mortons(t geo.Tile) (first, end uint64) {
	shift := 2 * (geo.MaxZoom - t.Z)
	m := morton(t)
	return m << shift, (m + 1) << shift
}
