package basemap

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/paulmach/orb"
	omvt "github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/planar"

	"quartier/geo"
	"quartier/tiles/mvt"
)

// decode reads a tile with another's code, by layer.
func decode(t testing.TB, g Ground, at geo.Tile) map[string]*omvt.Layer {
	t.Helper()
	tile, err := g.Tile(context.Background(), at)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := omvt.Unmarshal(tile)
	if err != nil {
		t.Fatalf("%v: %v", at, err)
	}
	found := map[string]*omvt.Layer{}
	for _, l := range layers {
		if l.Version != 2 || l.Extent != mvt.Extent || len(l.Features) == 0 {
			t.Errorf("%v: layer %s has version %d, extent %d, %d features", at, l.Name, l.Version, l.Extent, len(l.Features))
		}
		found[l.Name] = l
	}
	return found
}

func tileOf(t testing.TB, lon, lat float64, zoom uint8) geo.Tile {
	t.Helper()
	p, err := geo.FromDegrees(lon, lat)
	if err != nil {
		t.Fatal(err)
	}
	return geo.TileAt(p, zoom)
}

// A feature is in the tiles from its first zoom on, in its layer, with the properties of OpenMapTiles and no others.
func TestDrawFeatures(t *testing.T) {
	const lon, lat = -5.5, 47.5
	square := orb.Polygon{{{lon, lat}, {lon + 0.01, lat}, {lon + 0.01, lat + 0.01}, {lon, lat + 0.01}, {lon, lat}}}
	line := orb.LineString{{lon, lat}, {lon + 0.01, lat + 0.01}}
	features := []Feature{
		{Layer: "landcover", Class: "wood", Geometry: square},
		{Layer: "building", Geometry: orb.MultiPolygon{square}, MinZoom: 14},
		{Layer: "transportation", Class: "primary", Geometry: line, Bridge: true},
		{Layer: "transportation", Class: "minor", Geometry: orb.MultiLineString{line}, MinZoom: 12},
		{Layer: "poi", Class: "library", Name: "Médiathèque", Geometry: orb.Point{lon, lat}, MinZoom: 15, Rank: 3},
		{Layer: "place", Class: "town", Name: "Ville", Geometry: orb.MultiPoint{{lon, lat}, {lon, lat + 1e-4}, {math.NaN(), 0}}, Rank: 1},
		{Layer: "unheard of", Geometry: line},
		{Layer: "water", Geometry: orb.Bound{}},
	}
	d := Draw(features, "nous")
	if d.Attribution() != "nous" {
		t.Errorf("attribution %q", d.Attribution())
	}
	for zoom := uint8(0); zoom <= d.MaxZoom(); zoom++ {
		got := decode(t, d, tileOf(t, lon, lat, zoom))
		want := map[string][]map[string]any{
			"landcover":      {{"class": "wood"}},
			"transportation": {{"class": "primary", "brunnel": "bridge"}},
			"place":          {{"class": "town", "name": "Ville", "rank": 1.0}, {"class": "town", "name": "Ville", "rank": 1.0}},
		}
		if zoom < 5 { // too small for a step of the tile
			delete(want, "landcover")
		}
		if zoom < 3 {
			delete(want, "transportation")
		}
		if zoom >= 12 {
			want["transportation"] = append(want["transportation"], map[string]any{"class": "minor"})
		}
		if zoom >= 14 {
			want["building"] = []map[string]any{{}}
		}
		if zoom >= 15 {
			want["poi"] = []map[string]any{{"class": "library", "name": "Médiathèque", "rank": 3.0}}
		}
		for name, features := range want {
			l := got[name]
			if l == nil || len(l.Features) != len(features) {
				t.Errorf("z%d: layer %s is %v, want %v", zoom, name, l, features)
				continue
			}
			for i, f := range l.Features {
				if len(f.Properties) != len(features[i]) {
					t.Errorf("z%d %s: %v, want %v", zoom, name, f.Properties, features[i])
				}
				for key, value := range features[i] {
					if f.Properties[key] != value {
						t.Errorf("z%d %s: %v, want %v", zoom, name, f.Properties, features[i])
					}
				}
			}
		}
		if zoom >= 5 && len(got) != len(want) {
			t.Errorf("z%d has layers %v", zoom, got)
		}
	}
	for _, away := range []geo.Tile{tileOf(t, lon+1, lat, 14), {Z: 17, X: 63_000, Y: 46_000}, {Z: 3, X: 8, Y: 0}} {
		if tile, err := d.Tile(t.Context(), away); tile != nil || err != nil {
			t.Errorf("%v: %d bytes, %v", away, len(tile), err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Tile(ended, geo.Tile{}); err == nil {
		t.Error("draws for nobody")
	}
}

// coast makes a sea that covers the world, with islands as holes: stars of random reach that leave each other alone.
func coast(r *rand.Rand, lon, lat float64) orb.Polygon {
	sea := orb.Polygon{{{-180, -85.06}, {180, -85.06}, {180, 85.06}, {-180, 85.06}, {-180, -85.06}}}
	for i := range 6 {
		var ring orb.Ring
		centre, corners := orb.Point{lon + float64(i%3-1)*0.05, lat + float64(i/3)*0.05}, 5+r.IntN(200)
		for c := range corners {
			turn, reach := 2*math.Pi*float64(c)/float64(corners), 0.004+0.018*r.Float64()
			ring = append(ring, orb.Point{centre[0] + reach*math.Cos(turn), centre[1] + reach*math.Sin(turn)})
		}
		sea = append(sea, append(ring, ring[0]))
	}
	return sea
}

// The sea is wet and the islands are dry at every zoom and on every side: what the tiles say of random places is what the features say of them.
func TestSeaAndIslands(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const lon, lat = -5.5, 47.5
	sea := coast(r, lon, lat)
	d := Draw([]Feature{{Layer: "water", Class: "ocean", Geometry: sea}}, "")
	wet, dry := 0, 0
	for zoom := uint8(0); zoom <= d.MaxZoom(); zoom++ {
		near := 3.0 / math.Ldexp(mvt.Extent, int(zoom)) * 360 // three steps of the tile, in degrees
		for range 300 {
			at := orb.Point{lon + 0.14*(r.Float64()-0.5), lat + 0.025 + 0.1*(r.Float64()-0.5)}
			if zoom < 6 {
				at = orb.Point{360*r.Float64() - 180, 170*r.Float64() - 85}
			}
			if onEdge(sea, at, near) {
				continue
			}
			tile := tileOf(t, at[0], at[1], zoom)
			layer := decode(t, d, tile)["water"]
			in := false
			if layer != nil {
				spot := windowOf(tile).steps([]orb.Point{geo.Project(at[0], at[1])})[0]
				for _, f := range layer.Features {
					switch g := f.Geometry.(type) {
					case orb.Polygon:
						in = in || planar.PolygonContains(g, spot)
					case orb.MultiPolygon:
						in = in || planar.MultiPolygonContains(g, spot)
					}
				}
			}
			want := planar.PolygonContains(sea, at)
			if in != want {
				t.Fatalf("z%d: %v is in the sea: %v; the tile %v says %v", zoom, at, want, tile, in)
			}
			if want {
				wet++
			} else {
				dry++
			}
		}
	}
	if wet < 1000 || dry < 300 {
		t.Errorf("%d places in the sea and %d on land prove little", wet, dry)
	}
}

func onEdge(p orb.Polygon, at orb.Point, near float64) bool {
	for _, ring := range p {
		if planar.DistanceFrom(orb.LineString(ring), at) < near {
			return true
		}
	}
	return false
}

// town makes streets and buildings as a town has them, some 20 000 features.
func town(r *rand.Rand) []Feature {
	const lon, lat = -5.5, 47.5
	features := []Feature{{Layer: "water", Class: "ocean", Geometry: coast(r, lon, lat)}}
	for range 18_000 {
		x, y := lon+0.03*r.Float64(), lat+0.03*r.Float64()
		features = append(features, Feature{Layer: "building", MinZoom: 13, Geometry: orb.Polygon{
			{{x, y}, {x + 2e-4, y}, {x + 2e-4, y + 1e-4}, {x, y + 1e-4}, {x, y}}}})
	}
	for i := range 2000 {
		var line orb.LineString
		x, y := lon+0.03*r.Float64(), lat+0.03*r.Float64()
		for range 8 {
			x, y = x+1e-4*r.Float64(), y+1e-4*r.Float64()
			line = append(line, orb.Point{x, y})
		}
		class := roads[i%len(roads)].class
		features = append(features, Feature{Layer: "transportation", Class: class, Geometry: line, MinZoom: 10},
			Feature{Layer: "transportation_name", Class: class, Name: "Rue de la Paix", Geometry: line, MinZoom: 12})
	}
	return features
}

// The same features give the same bytes, whoever asks and how many at once.
func TestDrawIsDeterministic(t *testing.T) {
	one, other := Draw(town(rand.New(rand.NewPCG(5, 6))), ""), Draw(town(rand.New(rand.NewPCG(5, 6))), "")
	var running sync.WaitGroup
	for zoom := range uint8(deepest + 1) {
		running.Go(func() {
			at := tileOf(t, -5.48, 47.515, zoom)
			a, _ := one.Tile(t.Context(), at)
			b, _ := other.Tile(t.Context(), at)
			again, _ := one.Tile(t.Context(), at)
			if len(a) == 0 || !bytes.Equal(a, b) || !bytes.Equal(a, again) {
				t.Errorf("%v has %d, %d and %d bytes", at, len(a), len(b), len(again))
			}
		})
	}
	running.Wait()
}

// BenchmarkDraw draws the densest tiles of a town of 22 000 features.
func BenchmarkDraw(b *testing.B) {
	d := Draw(town(rand.New(rand.NewPCG(5, 6))), "")
	for _, zoom := range []uint8{11, 13, 14, 16} {
		b.Run("z"+string(rune('0'+zoom/10))+string(rune('0'+zoom%10)), func(b *testing.B) {
			at := tileOf(b, -5.48, 47.515, zoom)
			var n int
			for b.Loop() {
				tile, _ := d.Tile(b.Context(), at)
				n = len(tile)
			}
			b.ReportMetric(float64(n), "bytes")
		})
	}
}
