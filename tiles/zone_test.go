package tiles_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"

	"quartier/geo"
	"quartier/tiles"
)

func ring(points ...float64) orb.Ring {
	var r orb.Ring
	for i := 0; i < len(points); i += 2 {
		r = append(r, orb.Point{points[i], points[i+1]})
	}
	return append(r, r[0])
}

// shapes are zones with something to get wrong.
var shapes = []tiles.Zone{
	{ID: 1, Code: "b", Name: "A square with a hole in the middle", Geometry: orb.MultiPolygon{{
		ring(2.30, 48.80, 2.40, 48.80, 2.40, 48.90, 2.30, 48.90),
		ring(2.34, 48.84, 2.36, 48.84, 2.36, 48.86, 2.34, 48.86),
	}}},
	{ID: 2, Code: "a", Name: "A horseshoe, wound the other way", Geometry: orb.MultiPolygon{{
		ring(2.40, 48.80, 2.40, 48.90, 2.42, 48.90, 2.42, 48.82, 2.48, 48.82, 2.48, 48.90, 2.50, 48.90, 2.50, 48.80),
	}}},
	{ID: 3, Code: "c", Name: "Two islands", Geometry: orb.MultiPolygon{
		{ring(-1.0, 46.0, -0.9, 46.0, -0.9, 46.1, -1.0, 46.1)},
		{ring(-0.8, 46.0, -0.7, 46.0, -0.7, 46.2, -0.8, 46.2)},
	}},
	{ID: 4, Code: "d", Name: "A circle of many corners", Geometry: orb.MultiPolygon{{circle(3000)}}},
	{ID: 5, Code: "e", Name: "Nothing"},
}

func circle(corners int) orb.Ring {
	var r orb.Ring
	for i := range corners {
		a := 2 * math.Pi * float64(i) / float64(corners)
		r = append(r, orb.Point{5 + 0.3*math.Cos(a), 45 + 0.2*math.Sin(a)})
	}
	return append(r, r[0])
}

// around gives all tiles of a zoom that a box of degrees touches.
func around(b orb.Bound, zoom uint8) (found []geo.Tile) {
	first, last := geo.TileAt(at(b.Min[0], b.Max[1]), zoom), geo.TileAt(at(b.Max[0], b.Min[1]), zoom)
	for x := first.X; x <= last.X; x++ {
		for y := first.Y; y <= last.Y; y++ {
			found = append(found, geo.Tile{Z: zoom, X: x, Y: y})
		}
	}
	return found
}

// Whoever stands in a zone stands in it on the map too, and whoever stands outside does not; its name is in one tile, inside the zone.
func TestZonesAreDrawnWhereTheyAre(t *testing.T) {
	set := tiles.NewZoneSet("quartiers", shapes)
	for zoom := uint8(0); zoom <= geo.MaxZoom; zoom += 2 {
		for _, z := range shapes[:4] {
			b := z.Geometry.Bound()
			if zoom <= 10 {
				named := 0
				for _, tile := range around(b, zoom) {
					for _, f := range decode(t, set.Tile(tile))["names"] {
						if f.Properties["code"] != z.Code {
							continue
						}
						named++
						p := f.Geometry.(orb.Point)
						if zoom == 10 && !planar.MultiPolygonContains(z.Geometry, degrees(tile, p)) {
							t.Errorf("zoom %d: the name of zone %s stands outside it", zoom, z.Code)
						}
					}
				}
				if named != 1 {
					t.Errorf("zoom %d: zone %s has %d names", zoom, z.Code, named)
				}
			}
			for i := range 200 {
				p := orb.Point{b.Min[0] + (b.Max[0]-b.Min[0])*(float64(i%14)+0.41)/14, b.Min[1] + (b.Max[1]-b.Min[1])*(float64(i/14)+0.37)/15}
				tile := geo.TileAt(at(p[0], p[1]), zoom)
				on := false
				projected := geo.Project(at(p[0], p[1]).Degrees())
				n := math.Ldexp(1, int(zoom))
				place := orb.Point{(projected[0]*n - float64(tile.X)) * 4096, (projected[1]*n - float64(tile.Y)) * 4096}
				far := true // from every border, in steps
				for _, f := range decode(t, set.Tile(tile))["zones"] {
					if f.Properties["code"] != z.Code {
						continue
					}
					if f.Properties["set"] != "quartiers" || f.Properties["name"] != z.Name || f.ID != float64(z.ID) {
						t.Fatalf("zone %s: %v %v", z.Code, f.ID, f.Properties)
					}
					on = contains(f.Geometry, place)
					far = distance(f, place) > 4
				}
				if far && on != planar.MultiPolygonContains(z.Geometry, p) && zoom >= 8 {
					t.Fatalf("zoom %d: %v in zone %s on the map: %v", zoom, p, z.Code, on)
				}
			}
		}
	}
	if set.Tile(geo.TileAt(at(-100, 10), 6)) != nil || set.Tile(geo.Tile{Z: 2, X: 4}) != nil {
		t.Error("a tile without zones has something")
	}
	b, ok := set.Bound()
	if !ok || math.Abs(b.Min[0]+1) > 1e-9 || math.Abs(b.Max[1]-48.9) > 1e-9 {
		t.Errorf("bound %v", b)
	}
}

// degrees gives the place of a point of a tile on the ground.
func degrees(tile geo.Tile, p orb.Point) orb.Point {
	n := math.Ldexp(1, int(tile.Z))
	lon, lat := geo.Degrees((float64(tile.X)+p[0]/4096)/n, (float64(tile.Y)+p[1]/4096)/n)
	return orb.Point{lon, lat}
}

func polygons(g orb.Geometry) orb.MultiPolygon {
	if p, ok := g.(orb.Polygon); ok {
		return orb.MultiPolygon{p}
	}
	return g.(orb.MultiPolygon)
}

func contains(g orb.Geometry, p orb.Point) bool { return planar.MultiPolygonContains(polygons(g), p) }

// distance is how far a point is from the nearest border.
func distance(f *geojson.Feature, p orb.Point) float64 {
	least := math.Inf(1)
	for _, polygon := range polygons(f.Geometry) {
		for _, r := range polygon {
			least = min(least, planar.DistanceFrom(orb.LineString(r), p))
		}
	}
	return least
}

// Far away a border has few corners, near it has many; and it stays within the tile and its buffer.
func TestZonesAreSimplified(t *testing.T) {
	set := tiles.NewZoneSet("quartiers", shapes)
	corners := func(zoom uint8) (n int) {
		for _, tile := range around(shapes[3].Geometry.Bound(), zoom) {
			for _, f := range decode(t, set.Tile(tile))["zones"] {
				for _, p := range polygons(f.Geometry) {
					if b := p.Bound(); b.Min[0] < -80 || b.Min[1] < -80 || b.Max[0] > 4176 || b.Max[1] > 4176 {
						t.Fatalf("tile %v: %v", tile, b)
					}
					n += len(p[0])
				}
			}
		}
		return n
	}
	if far, near := corners(5), corners(12); far > 100 || near < 400 {
		t.Errorf("%d corners at zoom 5, %d at zoom 12", far, near)
	}
}

// The order in which zones are read does not matter, and a new revision is not taken for the old one.
func TestZoneRevisions(t *testing.T) {
	x := loaded(t, nil)
	c := tiles.NewCache(x, 0)
	ask := func(s *tiles.ZoneSet, tile geo.Tile) string {
		a, err := c.Zones(t.Context(), s, tile)
		if err != nil {
			t.Fatal(err)
		}
		return a.PlainTag
	}
	tile := geo.TileAt(at(2.35, 48.81), 10)
	a := tiles.NewZoneSet("quartiers", shapes)
	b := tiles.NewZoneSet("quartiers", []tiles.Zone{shapes[3], shapes[1], shapes[2], shapes[0]})
	if !bytes.Equal(a.Tile(tile), b.Tile(tile)) || ask(a, tile) != ask(b, tile) {
		t.Error("the order of zones shows in the tile")
	}
	renamed := shapes[0]
	renamed.Name = "Le Carré"
	if ask(tiles.NewZoneSet("quartiers", []tiles.Zone{renamed}), tile) == ask(a, tile) {
		t.Error("a renamed zone has the old tile")
	}
	if fmt.Sprint(a.Name()) != "quartiers" {
		t.Error(a.Name())
	}
}
