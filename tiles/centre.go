package tiles

import "quartier/geo"

// resolutions is the number of H3 resolutions that the index keeps apart: 0…geo.CellResolution.
const resolutions = geo.CellResolution + 1

// centre is the middle of a cell, and the same as a Morton code: the bits of its tile's column and row at geo.MaxZoom, interleaved, so
// that the cells whose centre lies in a tile of any zoom are one range of codes.
type centre struct {
	at     geo.Position
	morton uint64
}

func centreOf(c geo.Cell) centre {
	at := c.Centre()
	return centre{at: at, morton: morton(geo.TileAt(at, geo.MaxZoom))}
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
