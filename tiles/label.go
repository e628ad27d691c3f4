package tiles

import (
	"slices"

	"github.com/paulmach/orb"

	"quartier/geo"
)

// inside gives a position in the interior of an area, for its name: the middle of the widest stretch that a few level lines have inside it.
// !ok: it has no area.
func inside(area orb.MultiPolygon) (at geo.Position, ok bool) {
	var best orb.Point
	widest := 0.0
	for _, polygon := range area {
		b := polygon.Bound()
		for i := 1; i < levels; i++ {
			y := b.Min[1] + (b.Max[1]-b.Min[1])*float64(i)/levels
			xs := crossings(polygon, y)
			for j := 0; j+1 < len(xs); j += 2 {
				if width := xs[j+1] - xs[j]; width > widest {
					widest, best = width, orb.Point{(xs[j] + xs[j+1]) / 2, y}
				}
			}
		}
	}
	if widest == 0 {
		return geo.Position{}, false
	}
	at, err := geo.FromDegrees(best[0], best[1])
	return at, err == nil
}

// levels is the number of bands into which level lines divide a polygon.
const levels = 8

// crossings gives where a level line enters and leaves a polygon, by the even-odd rule, from west to east.
func crossings(polygon orb.Polygon, y float64) []float64 {
	var xs []float64
	for _, ring := range polygon {
		for i := range ring {
			a, b := ring[i], ring[(i+1)%len(ring)]
			if (a[1] <= y) != (b[1] <= y) { // half-open: a corner on the line counts once
				xs = append(xs, a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]))
			}
		}
	}
	slices.Sort(xs)
	return xs
}
