package basemap

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/planar"

	"quartier/geo"
	"quartier/tiles/mvt"
)

// window is a tile with its buffer, on the unit square of the web map.
type window struct {
	tile geo.Tile
	view orb.Bound
}

func windowOf(t geo.Tile) window {
	step := math.Ldexp(1.0/mvt.Extent, -int(t.Z))
	size := step * mvt.Extent
	west, north := float64(t.X)*size, float64(t.Y)*size
	return window{tile: t, view: orb.Bound{
		Min: orb.Point{west - buffer*step, north - buffer*step},
		Max: orb.Point{west + size + buffer*step, north + size + buffer*step},
	}}
}

// areas gives what of polygons is in the window, in steps of the tile. The polygons are left as they are.
func (w window) areas(polygons orb.MultiPolygon) orb.MultiPolygon {
	var cut orb.MultiPolygon
	for _, polygon := range polygons {
		if len(polygon) == 0 {
			continue
		}
		outer := w.ring(polygon[0])
		if len(outer) == 0 {
			continue
		}
		rest := math.Abs(planar.Area(outer))
		part := orb.Polygon{outer}
		for _, hole := range polygon[1:] {
			if inner := w.ring(hole); len(inner) > 0 {
				part = append(part, inner)
				rest -= math.Abs(planar.Area(inner))
			}
		}
		// A hole that holds the whole window, as an island does in the sea, leaves nothing.
		if rest > 0.5 {
			cut = append(cut, part)
		}
	}
	return cut
}

// ring gives what of a ring is in the window, in steps of the tile.
func (w window) ring(ring orb.Ring) orb.Ring {
	bound := ring.Bound()
	if !w.view.Intersects(bound) {
		return nil
	}
	copied := ring.Clone()
	if !w.view.Contains(bound.Min) || !w.view.Contains(bound.Max) {
		copied = clip.Ring(w.view, copied)
	}
	return w.steps(copied)
}

// lines gives what of lines is in the window, in steps of the tile.
func (w window) lines(lines orb.MultiLineString) orb.MultiLineString {
	var cut orb.MultiLineString
	for _, line := range lines {
		if !w.view.Intersects(line.Bound()) {
			continue
		}
		for _, part := range clip.LineString(w.view, line) {
			cut = append(cut, w.steps(part))
		}
	}
	return cut
}

// steps moves points from the unit square to the tile's grid, in place.
func (w window) steps(points []orb.Point) []orb.Point {
	n := math.Ldexp(1, int(w.tile.Z))
	for i, p := range points {
		points[i] = orb.Point{(p[0]*n - float64(w.tile.X)) * mvt.Extent, (p[1]*n - float64(w.tile.Y)) * mvt.Extent}
	}
	return points
}
