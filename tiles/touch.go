package tiles

import (
	"iter"

	"quartier/geo"
)

// TileOf gives the one tile of a zoom of 0…18 in which an item at a position counts, whatever the filter: that of its H3 cell's centre below
// PointsFrom, its own from there on. cell is at geo.CellResolution.
func (x *Index) TileOf(at geo.Position, cell geo.Cell, zoom uint8) geo.Tile {
	if zoom < x.pointsFrom {
		at = centreOf(cell.Parent(Resolution(int(zoom)))).at
	}
	return geo.TileAt(at, zoom)
}

// CellTilesOf gives the tiles of a zoom of 0…18 in which the hexagon of an item may be seen. cell is at geo.CellResolution.
func (x *Index) CellTilesOf(cell geo.Cell, zoom uint8) iter.Seq[geo.Tile] {
	return x.cells.shape(cell.Parent(Resolution(int(zoom)))).tiles(zoom)
}
