package follow

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
	orbgeo "github.com/paulmach/orb/geo"

	"quartier/geo"
	"quartier/reports/fault"
)

// Bounds of what can be followed on the map. The largest holds a big town; who wants more follows its zones.
const (
	MaxCorners  = 200
	MinArea     = 1_000         // m²
	MaxArea     = 100_000_000   // m²
	MinRadius   = 25            // m
	MaxRadius   = 5_000         // m
	circleSides = 64            // of the polygon that stands for a circle: it lies within, by a thousandth of the radius
	farthest    = 2 * 1_0000000 // 1e-7 degrees that corners may lie apart, which keeps crossings exact in 64 bits
)

// Area is a part of the map: drawn, or a circle.
type Area struct {
	Corners []geo.Position // of what was drawn, each once, in either direction; none: a circle
	Centre  geo.Position   // of a circle
	Radius  int            // of a circle, m, MinRadius to MaxRadius
}

// Check notes what is wrong with it. Field names the whole, as it was read.
func (a *Area) Check(check *fault.Check, field string) {
	switch {
	case len(a.Corners) == 0:
		if a.Radius < MinRadius || a.Radius > MaxRadius {
			check.Add(field, "error.follow.radius", fault.Args{"least": MinRadius, "most": MaxRadius})
		}
	case len(a.Corners) > MaxCorners:
		check.Add(field, "error.follow.corners", fault.Args{"n": len(a.Corners), "most": MaxCorners})
	case len(a.Corners) < 3:
		check.Add(field, "error.follow.small", fault.Args{"least": MinArea})
	case a.wide():
		check.Add(field, "error.follow.large", fault.Args{"most": MaxArea / 1_000_000})
	case a.crosses():
		check.Add(field, "error.follow.crossing", nil)
	default:
		switch size := math.Abs(orbgeo.Area(a.Polygon())); {
		case size < MinArea:
			check.Add(field, "error.follow.small", fault.Args{"least": MinArea})
		case size > MaxArea:
			check.Add(field, "error.follow.large", fault.Args{"most": MaxArea / 1_000_000})
		}
	}
}

// Polygon gives it as it is stored.
func (a *Area) Polygon() orb.Polygon {
	var ring orb.Ring
	if len(a.Corners) == 0 {
		for i := range circleSides {
			p := orbgeo.PointAtBearingAndDistance(a.Centre.Point(), 360*float64(i)/circleSides, float64(a.Radius))
			p[0] = math.Max(-180, math.Min(180, p[0])) // a circle ends at the 180th meridian, as maps of ours do
			ring = append(ring, p)
		}
	}
	for _, c := range a.Corners {
		ring = append(ring, c.Point())
	}
	return orb.Polygon{append(ring, ring[0])}
}

// areaOf reads what is stored.
func areaOf(g orb.Geometry) (*Area, error) {
	polygon, ok := g.(orb.Polygon)
	if !ok || len(polygon) != 1 || len(polygon[0]) < 4 {
		return nil, fmt.Errorf("a %T is no area that is followed", g)
	}
	a := &Area{}
	for _, p := range polygon[0][:len(polygon[0])-1] {
		corner, err := geo.FromDegrees(p[0], p[1])
		if err != nil {
			return nil, fmt.Errorf("a corner of an area that is followed: %w", err)
		}
		a.Corners = append(a.Corners, corner)
	}
	return a, nil
}

// wide tells whether corners lie farther apart than any area of MaxArea that somebody would draw.
func (a *Area) wide() bool {
	west, east, south, north := a.Corners[0].Lon, a.Corners[0].Lon, a.Corners[0].Lat, a.Corners[0].Lat
	for _, c := range a.Corners {
		west, east, south, north = min(west, c.Lon), max(east, c.Lon), min(south, c.Lat), max(north, c.Lat)
	}
	return int64(east)-int64(west) > farthest || int64(north)-int64(south) > farthest
}

// crosses tells whether the line of the corners crosses, touches or goes back along itself.
func (a *Area) crosses() bool {
	n := len(a.Corners)
	corner := func(i int) geo.Position { return a.Corners[i%n] }
	for i := range n {
		if corner(i) == corner(i+1) || turn(corner(i), corner(i+1), corner(i+2)) == 0 && within(corner(i), corner(i+1), corner(i+2)) {
			return true
		}
		for j := i + 2; j < n; j++ {
			if (j+1)%n != i && meet(corner(i), corner(i+1), corner(j), corner(j+1)) {
				return true
			}
		}
	}
	return false
}

// turn tells to which side c lies of the line from a to b: positive to the left, 0 on it. Exact, where none lies farther apart than farthest.
func turn(a, b, c geo.Position) int64 {
	return int64(b.Lon-a.Lon)*int64(c.Lat-a.Lat) - int64(b.Lat-a.Lat)*int64(c.Lon-a.Lon)
}

// within tells of a point on the line through a and b whether the way on from b to it leads back towards a.
func within(a, b, c geo.Position) bool {
	return int64(a.Lon-b.Lon)*int64(c.Lon-b.Lon)+int64(a.Lat-b.Lat)*int64(c.Lat-b.Lat) > 0
}

// meet tells whether the lines from a to b and from c to d have a point in common.
func meet(a, b, c, d geo.Position) bool {
	sign := func(n int64) int {
		switch {
		case n < 0:
			return -1
		case n > 0:
			return 1
		}
		return 0
	}
	abc, abd, cda, cdb := sign(turn(a, b, c)), sign(turn(a, b, d)), sign(turn(c, d, a)), sign(turn(c, d, b))
	if abc != abd && cda != cdb {
		return true
	}
	return abc == 0 && between(a, b, c) || abd == 0 && between(a, b, d) || cda == 0 && between(c, d, a) || cdb == 0 && between(c, d, b)
}

// between tells of a point on the line through a and b whether it lies between them.
func between(a, b, p geo.Position) bool {
	return min(a.Lon, b.Lon) <= p.Lon && p.Lon <= max(a.Lon, b.Lon) && min(a.Lat, b.Lat) <= p.Lat && p.Lat <= max(a.Lat, b.Lat)
}
