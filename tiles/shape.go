package tiles

import (
	"iter"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"

	"quartier/geo"
	"quartier/tiles/mvt"
)

// buffer is how far a shape is drawn beyond the edge of its tile, in steps of the tile, so that strokes along the edge stay whole.
const buffer = 80

// shape is a cell's centre, and its outline on the unit square of the web map (x to the east, y to the south). A cell across the 180th meridian runs on
// beyond 0 or 1, and is drawn once for each side.
type shape struct {
	centre
	cell  geo.Cell
	ring  orb.Ring
	bound orb.Bound
}

// shapeOf asks H3: some microseconds.
func shapeOf(cell geo.Cell) *shape {
	corners := cell.Outline()
	ring := make(orb.Ring, 0, len(corners)+2)
	// Each corner follows the one before by the shorter way round.
	lon := corners[0][0]
	for _, c := range corners {
		lon += math.Remainder(c[0]-lon, 360)
		ring = append(ring, geo.Project(lon, c[1]))
	}
	if turn := ring[len(ring)-1][0] - ring[0][0]; math.Abs(turn) > 0.5 {
		// The ring goes round a pole: it closes along the edge of the world.
		y := -1.0
		if corners[0][1] < 0 {
			y = 2
		}
		ring = append(ring, orb.Point{ring[len(ring)-1][0], y}, orb.Point{ring[0][0], y}, ring[0])
	}
	return &shape{centre: centreOf(cell), cell: cell, ring: ring, bound: ring.Bound()}
}

// tiles gives the tiles of a zoom in which the shape may be seen: at least those that it or its buffer touches.
func (s *shape) tiles(zoom uint8) iter.Seq[geo.Tile] {
	n := float64(uint32(1) << zoom)
	const margin = float64(buffer+1) / mvt.Extent
	first, last := int64(math.Floor(s.bound.Min[0]*n-margin)), int64(math.Floor(s.bound.Max[0]*n+margin))
	last = min(last, first+1<<zoom-1)
	top, bottom := max(0, math.Floor(s.bound.Min[1]*n-margin)), min(n-1, math.Floor(s.bound.Max[1]*n+margin))
	return func(yield func(geo.Tile) bool) {
		for x := first; x <= last; x++ {
			for y := top; y <= bottom; y++ {
				if !yield(geo.Tile{Z: zoom, X: uint32(x & (1<<zoom - 1)), Y: uint32(y)}) {
					return
				}
			}
		}
	}
}

// in gives what of the shape can be seen in a tile and its buffer, in steps of the tile; nothing if it is elsewhere.
func (s *shape) in(t geo.Tile) orb.MultiPolygon {
	n := float64(uint32(1) << t.Z)
	var parts orb.MultiPolygon
	for world := -1.0; world <= 1; world++ {
		place := func(p orb.Point) orb.Point {
			return orb.Point{((p[0]+world)*n - float64(t.X)) * mvt.Extent, (p[1]*n - float64(t.Y)) * mvt.Extent}
		}
		if !view.Intersects(orb.Bound{Min: place(s.bound.Min), Max: place(s.bound.Max)}) {
			continue
		}
		ring := make(orb.Ring, len(s.ring))
		for i, p := range s.ring {
			ring[i] = place(p)
		}
		if ring = clip.Ring(view, ring); len(ring) > 0 {
			parts = append(parts, orb.Polygon{ring})
		}
	}
	return parts
}

// view is a tile with its buffer, in steps of the tile.
var view = orb.Bound{Min: orb.Point{-buffer, -buffer}, Max: orb.Point{mvt.Extent + buffer, mvt.Extent + buffer}}

// touches tells whether any part of the shape lies in a box of positions.
func (s *shape) touches(b geo.Box) bool {
	const units = 1e7
	low, high := geo.Project(float64(b.West)/units, float64(b.North)/units), geo.Project(float64(b.East)/units, float64(b.South)/units)
	for world := -1.0; world <= 1; world++ {
		box := orb.Bound{Min: orb.Point{low[0] - world, low[1]}, Max: orb.Point{high[0] - world, high[1]}}
		if box.Intersects(s.bound) && len(clip.Ring(box, s.ring.Clone())) > 0 {
			return true
		}
	}
	return false
}
