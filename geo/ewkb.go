package geo

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"
)

// SRID is the spatial reference of everything that is stored: WGS 84 longitude and latitude (EPSG:4326).
const SRID = 4326

// ToGeom turns a geometry of the program into the type that crosses to PostGIS as EWKB. It copies; it fails for orb's own helpers (Ring, Bound)
// and for collections, which no column holds.
func ToGeom(g orb.Geometry) (geom.T, error) {
	switch g := g.(type) {
	case orb.Point:
		return geom.NewPointFlat(geom.XY, []float64{g[0], g[1]}).SetSRID(SRID), nil
	case orb.MultiPoint:
		return geom.NewMultiPointFlat(geom.XY, flat(nil, g)).SetSRID(SRID), nil
	case orb.LineString:
		return geom.NewLineStringFlat(geom.XY, flat(nil, g)).SetSRID(SRID), nil
	case orb.MultiLineString:
		coordinates, ends := flatLines(nil, g)
		return geom.NewMultiLineStringFlat(geom.XY, coordinates, ends).SetSRID(SRID), nil
	case orb.Polygon:
		coordinates, ends := flatLines(nil, g)
		return geom.NewPolygonFlat(geom.XY, coordinates, ends).SetSRID(SRID), nil
	case orb.MultiPolygon:
		var coordinates []float64
		endss := make([][]int, len(g))
		for i, polygon := range g {
			coordinates, endss[i] = flatLines(coordinates, polygon)
		}
		return geom.NewMultiPolygonFlat(geom.XY, coordinates, endss).SetSRID(SRID), nil
	}
	return nil, fmt.Errorf("geo: a %T cannot be stored", g)
}

// FromGeom turns what came from PostGIS into a geometry of the program. Heights and measures are dropped. It fails for collections, for an
// empty point, which orb cannot say, and for another spatial reference than SRID (0 is taken as SRID).
func FromGeom(t geom.T) (orb.Geometry, error) {
	if t == nil {
		return nil, fmt.Errorf("geo: no geometry")
	}
	if t.SRID() != 0 && t.SRID() != SRID {
		return nil, fmt.Errorf("geo: spatial reference %d, not %d", t.SRID(), SRID)
	}
	if _, collection := t.(*geom.GeometryCollection); collection { // has no flat coordinates to ask for
		return nil, fmt.Errorf("geo: a collection has no counterpart")
	}
	c, stride := t.FlatCoords(), t.Stride()
	switch t := t.(type) {
	case *geom.Point:
		if t.Empty() {
			return nil, fmt.Errorf("geo: an empty point")
		}
		return orb.Point{c[0], c[1]}, nil
	case *geom.MultiPoint:
		points := make(orb.MultiPoint, 0, t.NumPoints())
		for i := range t.NumPoints() {
			if p := t.Point(i); !p.Empty() {
				points = append(points, orb.Point{p.X(), p.Y()})
			}
		}
		return points, nil
	case *geom.LineString:
		return orb.LineString(points(c, stride)), nil
	case *geom.MultiLineString:
		return lines[orb.MultiLineString, orb.LineString](c, 0, t.Ends(), stride), nil
	case *geom.Polygon:
		return lines[orb.Polygon, orb.Ring](c, 0, t.Ends(), stride), nil
	case *geom.MultiPolygon:
		many := make(orb.MultiPolygon, 0, t.NumPolygons())
		start := 0
		for _, ends := range t.Endss() {
			many = append(many, lines[orb.Polygon, orb.Ring](c, start, ends, stride))
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
		return many, nil
	}
	return nil, fmt.Errorf("geo: a %T has no counterpart", t)
}

func flat(to []float64, from []orb.Point) []float64 {
	for _, p := range from {
		to = append(to, p[0], p[1])
	}
	return to
}

func flatLines[L ~[]orb.Point, M ~[]L](to []float64, from M) (coordinates []float64, ends []int) {
	ends = make([]int, len(from))
	for i, line := range from {
		to = flat(to, line)
		ends[i] = len(to)
	}
	return to, ends
}

func points(c []float64, stride int) []orb.Point {
	list := make([]orb.Point, 0, len(c)/stride)
	for i := 0; i+1 < len(c); i += stride {
		list = append(list, orb.Point{c[i], c[i+1]})
	}
	return list
}

// lines cuts the coordinates from start at the ends.
func lines[M ~[]L, L ~[]orb.Point](c []float64, start int, ends []int, stride int) M {
	many := make(M, len(ends))
	for i, end := range ends {
		many[i] = L(points(c[start:end], stride))
		start = end
	}
	return many
}
