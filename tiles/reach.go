package tiles

import (
	"math"

	"quartier/geo"
)

// reach says which cells of a resolution a query wants: those whose centre lies in a tile (by the tile's range of Morton codes), or in a box.
type reach struct {
	resolution int
	centres    geo.Box
	byTile     bool
	first, end uint64 // if byTile

	members geo.Box // holds every member of every wanted cell
	inner   geo.Box // every cell with a member in it is wanted, so that nobody need ask H3; West > East: nowhere
}

// nowhere is a box that contains nothing.
var nowhere = geo.Box{West: 1, East: 0}

// ofTile wants the cells whose centre lies in a tile: the rule of the layer clusters.
func ofTile(t geo.Tile, resolution int) *reach {
	box := t.Box()
	g := &reach{resolution: resolution, byTile: true, members: widen(box, radius(resolution)), inner: narrow(box, radius(resolution))}
	g.first, g.end = mortons(t)
	return g
}

// ofBox wants the cells whose centre lies in a box.
func ofBox(box geo.Box, resolution int) *reach {
	return &reach{resolution: resolution, centres: box, members: widen(box, radius(resolution)), inner: nowhere}
}

// wants decides by the cell's centre.
func (g *reach) wants(c *centre) bool {
	if g.byTile {
		return c.morton >= g.first && c.morton < g.end
	}
	return g.centres.Contains(c.at)
}

// radius is a distance in degrees of latitude that is greater than the way from the centre of a cell to any of its descendants and to any
// corner: twice the mean edge, where geometry needs 1.06 times the longest edge of a neighbourhood, and edges vary by a fifth.
func radius(resolution int) float64 {
	const edge = 1281.0 / 111.2 // mean edge of resolution 0: kilometres through kilometres for each degree
	return 2 * edge * math.Pow(7, -float64(resolution)/2)
}

// widen grows a box by a distance on the ground, given in degrees of latitude. Where that passes the 180th meridian or comes near a pole the
// box takes all longitudes.
func widen(b geo.Box, degrees float64) geo.Box {
	const units = 1e7
	south, north := float64(b.South)/units-degrees, float64(b.North)/units+degrees
	wide := geo.Box{
		West: -halfTurn, East: halfTurn,
		South: int32(max(south, -90) * units), North: int32(min(north, 90) * units),
	}
	if far := max(-south, north); far < 89 {
		d := degrees / math.Cos(far*math.Pi/180)
		west, east := float64(b.West)/units-d, float64(b.East)/units+d
		if west > -180 && east < 180 {
			wide.West, wide.East = int32(west*units), int32(east*units)
		}
	}
	return wide
}

// narrow shrinks a box by a distance on the ground, given in degrees of latitude; nowhere if nothing is left, or near a pole.
func narrow(b geo.Box, degrees float64) geo.Box {
	const units = 1e7
	far := max(-float64(b.South), float64(b.North)) / units
	if far > 85 {
		return nowhere
	}
	high, wide := degrees*units, degrees*units/math.Cos(far*math.Pi/180)
	if 2*high >= float64(b.North)-float64(b.South) || 2*wide >= float64(b.East)-float64(b.West) {
		return nowhere
	}
	return geo.Box{
		West: b.West + int32(math.Ceil(wide)), East: b.East - int32(math.Ceil(wide)),
		South: b.South + int32(math.Ceil(high)), North: b.North - int32(math.Ceil(high)),
	}
}
