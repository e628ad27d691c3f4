package mvt_test

import (
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	omvt "github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/planar"

	"quartier/tiles/mvt"
)

// What is written is what orb reads: ids, texts, numbers of every size and sign, points anywhere.
func TestPointsReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	l := mvt.New("things", "name", "n", "unique")
	for round := range 2 { // the second one in used memory
		l.Reset("things", "name", "n", "unique")
		type thing struct {
			id   uint64
			name string
			n    int64
			at   orb.Point
		}
		var want []thing
		for i := range 500 {
			w := thing{
				id: uint64(r.Int64N(1 << 53)), name: strings.Repeat("é", r.IntN(90)), n: r.Int64N(1<<50) >> r.IntN(50),
				at: orb.Point{float64(r.IntN(9000) - 2000), float64(r.IntN(9000) - 2000)},
			}
			if i%3 == 0 {
				w.n = -w.n
			}
			want = append(want, w)
			l.Point(w.id, int32(w.at[0]), int32(w.at[1]),
				mvt.Tags(nil).With(0, l.String(w.name)).With(1, l.Int(w.n)).With(2, l.Unique(w.id)))
		}
		layers, err := omvt.Unmarshal(mvt.Append(nil, l))
		if err != nil || len(layers) != 1 || len(layers[0].Features) != len(want) {
			t.Fatalf("round %d: %d layers, %v", round, len(layers), err)
		}
		for i, f := range layers[0].Features {
			w := want[i]
			properties := map[string]any{"name": w.name, "n": float64(w.n), "unique": strconv.FormatUint(w.id, 16)}
			if f.ID != float64(w.id) || f.Geometry != w.at || !reflect.DeepEqual(map[string]any(f.Properties), properties) {
				t.Fatalf("feature %d: %v %v %v, want %+v", i, f.ID, f.Geometry, f.Properties, w)
			}
		}
	}
}

// The dictionary holds each value once: tiles of thousands of features stay small.
func TestValuesAreShared(t *testing.T) {
	l := mvt.New("l", "k")
	text, minus := l.String("a"), l.Int(-7)
	if l.String("a") != text || l.Uint(7) != l.Int(7) || l.Int(-7) != minus {
		t.Error("an equal value has another place")
	}
	seen := map[uint32]bool{}
	for _, v := range []uint32{l.String("a"), l.String("b"), l.Uint(7), l.Int(-7), l.Uint(0), l.String(""), l.Unique(10)} {
		if seen[v] {
			t.Error("two values have one place")
		}
		seen[v] = true
	}
}

// Outer rings wind clockwise and holes against it, whatever came in (specification, clause 4.3.3.3); what collapses is left out.
func TestPolygonsReadBack(t *testing.T) {
	square := func(west, north, size float64, clockwise bool) orb.Ring {
		r := orb.Ring{{west, north}, {west + size, north}, {west + size, north + size}, {west, north + size}, {west, north}}
		if !clockwise {
			r.Reverse()
		}
		return r
	}
	for name, c := range map[string]struct {
		in   orb.MultiPolygon
		area float64
		n    int
	}{
		"clockwise":           {orb.MultiPolygon{{square(0, 0, 100, true)}}, 10_000, 1},
		"against the clock":   {orb.MultiPolygon{{square(0, 0, 100, false)}}, 10_000, 1},
		"with a hole":         {orb.MultiPolygon{{square(0, 0, 100, true), square(10, 10, 20, true)}}, 9_600, 1},
		"with a tiny hole":    {orb.MultiPolygon{{square(0, 0, 100, true), square(10, 10, 0.2, true)}}, 10_000, 1},
		"two":                 {orb.MultiPolygon{{square(0, 0, 100, false)}, {square(200, 0, 50, true)}}, 12_500, 2},
		"two, one is nothing": {orb.MultiPolygon{{square(0, 0, 0.3, true), square(0, 0, 90, true)}, {square(200, 0, 50, true)}}, 2_500, 1},
		"nothing":             {orb.MultiPolygon{{square(5, 5, 0.1, true)}}, 0, 0},
		"no ring":             {orb.MultiPolygon{{}}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := mvt.New("shapes", "k")
			if l.Outline(c.in) != (c.n > 0) {
				t.Fatalf("something is left: %v", c.n == 0)
			}
			if c.n == 0 {
				return
			}
			l.Polygons(mvt.NoID, nil)
			layers, err := omvt.Unmarshal(mvt.Append(nil, l))
			if err != nil {
				t.Fatal(err)
			}
			g := layers[0].Features[0].Geometry
			parts, ok := g.(orb.MultiPolygon)
			if !ok {
				parts = orb.MultiPolygon{g.(orb.Polygon)}
			}
			if layers[0].Features[0].ID != nil || len(parts) != c.n || planar.Area(g) != c.area {
				t.Errorf("%d polygons of area %v, want %d of %v", len(parts), planar.Area(g), c.n, c.area)
			}
			for _, p := range parts {
				for i, r := range p {
					// orb takes y to the north, so that clockwise on the screen is against the clock for it.
					if want := []orb.Orientation{orb.CCW, orb.CW}[min(i, 1)]; r.Orientation() != want {
						t.Errorf("ring %d winds %d", i, r.Orientation())
					}
				}
			}
		})
	}
}

// Lines come back as they went in, rounded; what collapses to a point is no line (specification, clause 4.3.3.2).
func TestLinesReadBack(t *testing.T) {
	for name, c := range map[string]struct {
		in, want orb.MultiLineString
	}{
		"one":               {orb.MultiLineString{{{0, 0}, {10, 20}, {-80, 4176}}}, orb.MultiLineString{{{0, 0}, {10, 20}, {-80, 4176}}}},
		"two":               {orb.MultiLineString{{{5, 5}, {6, 6}}, {{1, 1}, {0, 0}}}, orb.MultiLineString{{{5, 5}, {6, 6}}, {{1, 1}, {0, 0}}}},
		"closed":            {orb.MultiLineString{{{0, 0}, {9, 0}, {9, 9}, {0, 0}}}, orb.MultiLineString{{{0, 0}, {9, 0}, {9, 9}, {0, 0}}}},
		"rounded":           {orb.MultiLineString{{{0.4, 0.4}, {0.45, 0}, {7.6, 0.2}}}, orb.MultiLineString{{{0, 0}, {8, 0}}}},
		"one is a point":    {orb.MultiLineString{{{3, 3}, {3.1, 3.2}}, {{1, 1}, {0, 0}}}, orb.MultiLineString{{{1, 1}, {0, 0}}}},
		"nothing but point": {orb.MultiLineString{{{3, 3}, {3.1, 3.2}}}, nil},
		"nothing":           {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			l := mvt.New("ways", "k")
			if l.Trace(c.in) != (c.want != nil) {
				t.Fatalf("something is left: %v", c.want == nil)
			}
			if c.want == nil {
				return
			}
			l.Lines(7, mvt.Tags(nil).With(0, l.String("v")))
			layers, err := omvt.Unmarshal(mvt.Append(nil, l))
			if err != nil {
				t.Fatal(err)
			}
			f := layers[0].Features[0]
			got, ok := f.Geometry.(orb.MultiLineString)
			if !ok {
				got = orb.MultiLineString{f.Geometry.(orb.LineString)}
			}
			if !reflect.DeepEqual(got, c.want) || f.ID != 7.0 || f.Properties["k"] != "v" {
				t.Errorf("%v %v", f.ID, got)
			}
		})
	}
}

// Layers without features are left out: an empty tile is no bytes at all.
func TestEmptyLayers(t *testing.T) {
	full := mvt.New("full")
	full.Point(1, 2, 3, nil)
	layers, err := omvt.Unmarshal(mvt.Append(nil, mvt.New("a", "k"), full, mvt.New("b")))
	if err != nil || len(layers) != 1 || layers[0].Name != "full" {
		t.Errorf("%v, %v", layers, err)
	}
	if tile := mvt.Append(nil, mvt.New("a")); tile != nil {
		t.Errorf("%v", tile)
	}
}
