package geo

import (
	"testing"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom/encoding/ewkb"
	"github.com/twpayne/go-geom/encoding/wkbcommon"
)

var square = orb.Ring{{0, 0}, {0, 1}, {1, 1}, {1, 0}, {0, 0}}
var hole = orb.Ring{{0.2, 0.2}, {0.4, 0.2}, {0.4, 0.4}, {0.2, 0.2}}

// What goes to PostGIS and comes back is the same, to the last bit.
func TestGeomRoundTrip(t *testing.T) {
	for name, g := range map[string]orb.Geometry{
		"point":              orb.Point{2.3487654, 48.8},
		"points":             orb.MultiPoint{{1, 2}, {3, 4}},
		"line":               orb.LineString{{1, 2}, {3, 4}, {-180, 85}},
		"lines":              orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}, {9, 10}}},
		"polygon":            orb.Polygon{square},
		"polygon with hole":  orb.Polygon{square, hole},
		"polygons":           orb.MultiPolygon{{square, hole}, {square}},
		"no polygons":        orb.MultiPolygon{},
		"an empty one among": orb.MultiPolygon{{square}, {}, {square, hole}},
	} {
		t.Run(name, func(t *testing.T) {
			there, err := ToGeom(g)
			if err != nil {
				t.Fatal(err)
			}
			if there.SRID() != SRID {
				t.Errorf("SRID %d", there.SRID())
			}
			raw, err := ewkb.Marshal(there, ewkb.NDR)
			if err != nil {
				t.Fatal(err)
			}
			read, err := ewkb.Unmarshal(raw)
			if err != nil {
				t.Fatal(err)
			}
			back, err := FromGeom(read)
			if err != nil {
				t.Fatal(err)
			}
			if !orb.Equal(back, g) {
				t.Errorf("%v came back as %v", g, back)
			}
		})
	}
	if _, err := ToGeom(orb.Collection{orb.Point{1, 2}}); err == nil {
		t.Error("a collection went through")
	}
	if _, err := FromGeom(nil); err == nil {
		t.Error("nothing went through")
	}
}

// Heights are dropped, foreign reference systems refused, and no bytes make the conversion panic.
func FuzzFromGeom(f *testing.F) {
	// EWKB comes from PostGIS alone, which does not lie about lengths; these bytes do.
	for level := range wkbcommon.MaxGeometryElements {
		wkbcommon.MaxGeometryElements[level] = 1 << 12
	}
	for _, g := range []orb.Geometry{orb.Point{1, 2}, orb.MultiPoint{{1, 2}}, orb.LineString{{1, 2}, {3, 4}}, orb.Polygon{square, hole}, orb.MultiPolygon{{square}}} {
		there, err := ToGeom(g)
		if err != nil {
			f.Fatal(err)
		}
		raw, err := ewkb.Marshal(there, ewkb.NDR)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<16 {
			return
		}
		read, err := ewkb.Unmarshal(raw)
		if err != nil {
			return
		}
		g, err := FromGeom(read)
		if err != nil {
			return
		}
		again, err := ToGeom(g)
		if err != nil {
			t.Fatalf("%v came in and cannot go out: %v", g, err)
		}
		if again.SRID() != SRID {
			t.Fatalf("SRID %d", again.SRID())
		}
	})
}
