package raster

import (
	"bytes"
	"context"
	"image/png"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"quartier/geo"
	"quartier/tiles"
	"quartier/tiles/basemap"
)

const lon, lat = -4.5, 48.1

// ground is a small island with a river, a park and two streets.
func island() basemap.Ground {
	around := func(reach float64) orb.Polygon {
		return orb.Polygon{{{lon - reach, lat - reach}, {lon + reach, lat - reach}, {lon + reach, lat + reach}, {lon - reach, lat + reach}, {lon - reach, lat - reach}}}
	}
	sea := around(1)
	hole := around(0.02)[0].Clone()
	hole.Reverse()
	sea = append(sea, hole)
	return basemap.Draw([]basemap.Feature{
		{Layer: "water", Class: "ocean", Geometry: sea},
		{Layer: "park", Class: "public_park", Geometry: orb.Polygon{{{lon, lat}, {lon + 0.004, lat}, {lon + 0.004, lat + 0.003}, {lon, lat + 0.003}, {lon, lat}}}},
		{Layer: "transportation", Class: "primary", Geometry: orb.LineString{{lon - 0.01, lat}, {lon + 0.01, lat}}},
		{Layer: "transportation_name", Class: "primary", Name: "Rue Longue", Geometry: orb.LineString{{lon - 0.01, lat}, {lon, lat}}},
		{Layer: "transportation_name", Class: "primary", Name: "Rue Longue", Geometry: orb.LineString{{lon, lat}, {lon + 0.01, lat}}},
		{Layer: "place", Class: "quarter", Name: "Le Bourg", Geometry: orb.Point{lon, lat - 0.003}},
	}, "Essai")
}

var vocabulary = tiles.Vocabulary{Kinds: []string{"report"}, Statuses: []tiles.Status{
	{Name: "new", Open: true}, {Name: "resolved", Group: tiles.GroupResolved}, {Name: "unheard of", Open: true}, {Name: "rejected", Group: tiles.GroupClosedOther}}}

// index holds items at places, with their states.
func index(t testing.TB, items ...tiles.Item) *tiles.Index {
	t.Helper()
	x, err := tiles.New(tiles.Options{Vocabulary: vocabulary})
	if err != nil {
		t.Fatal(err)
	}
	err = x.Load(context.Background(), func(yield func(tiles.Item, error) bool) {
		for i, one := range items {
			one.ID, one.Created = int64(i+1), 1_700_000_000
			one.Cell = geo.CellAt(one.Position, geo.CellResolution)
			if one.Visibility == 0 {
				one.Visibility = tiles.Public
			}
			if !yield(one, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func at(t testing.TB, lon, lat float64) geo.Position {
	t.Helper()
	p, err := geo.FromDegrees(lon, lat)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (c *canvas) at(x, y float64) colour {
	return colour(c.pixels[int((y-c.top)*c.scale)*c.width+int((x-c.left)*c.scale)])
}

// like tells whether a colour is another, a little mixed with what is beside it.
func like(a, b colour) bool { return distance(uint32(a), uint32(b)) < 40_000 }

func mustDraw(t testing.TB, s *Sheet, v View) *canvas {
	t.Helper()
	c, err := s.draw(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What is at a place has its colour, in both themes and at both scales.
func TestGroundColours(t *testing.T) {
	for name, theme := range map[string]Theme{"light": Light, "dark": Dark} {
		for scale := 1; scale <= 2; scale++ {
			s := &Sheet{Ground: island(), Theme: theme}
			v := View{Lon: lon, Lat: lat, Zoom: 12, Width: 600, Height: 600, Scale: scale}
			c := mustDraw(t, s, v)
			if c.width != 600*scale || c.height != 600*scale {
				t.Fatalf("the picture has %d × %d pixels", c.width, c.height)
			}
			// 0.02° are 119 pixels at this zoom.
			for _, want := range []struct {
				what string
				x, y float64
				of   string
			}{{"sea", 20, 20, theme.Ground.Sea}, {"land", 220, 250, theme.Ground.Land}, {"park", 312, 285, theme.Ground.Green}} {
				if got := c.at(want.x, want.y); got != hex(want.of) {
					t.Errorf("%s, scale %d: the %s is %06X, want %s", name, scale, want.what, got, want.of)
				}
			}
		}
	}
	bare := mustDraw(t, &Sheet{Theme: Light}, View{Lon: lon, Lat: lat, Zoom: 12, Width: 100, Height: 100, Scale: 1})
	if got := bare.at(50, 50); got != Light.bare {
		t.Errorf("without a ground it is %06X", got)
	}
}

// A street lies in the middle of its name, which is not said again nearby although the street comes in pieces.
func TestStreet(t *testing.T) {
	v := View{Lon: lon, Lat: lat, Zoom: 16, Width: 700, Height: 300, Scale: 1}
	g, err := readGround(context.Background(), island(), v.frame())
	if err != nil {
		t.Fatal(err)
	}
	l := newLayout(v.frame())
	if err := l.names(t.Context(), g.names, v.Zoom, false); err != nil {
		t.Fatal(err)
	}
	if len(l.lines[strong]) == 0 {
		t.Fatal("no name is written")
	}
	for i, name := range l.lines[strong] {
		if name.words != "Rue Longue" || math.Abs(name.at.y-150) > 1 || math.Abs(name.angle) > 0.01 {
			t.Errorf("the name %q stands at %v, turned by %v", name.words, name.at, name.angle)
		}
		for _, other := range l.lines[strong][:i] {
			if math.Abs(name.at.x-other.at.x) < again {
				t.Errorf("the name is said at %v and at %v", other.at, name.at)
			}
		}
	}
	c := mustDraw(t, &Sheet{Ground: island(), Theme: Light}, v)
	if got := c.at(60, 150); got != hex(Light.Ground.MainRoad) {
		t.Errorf("the street is %06X", got)
	}
}

// A single item has the colour of its state, a cluster a ring whose arcs are the shares of open and closed, and what is not public is not there.
func TestItems(t *testing.T) {
	v := View{Lon: lon, Lat: lat, Zoom: 17, Width: 300, Height: 300, Scale: 2}
	s := &Sheet{Theme: Light, Items: index(t, tiles.Item{Position: at(t, lon, lat), Status: 1})}
	c := mustDraw(t, s, v)
	if got := c.at(150-8, 150-4); got != states["resolved"] {
		t.Errorf("the sign is %06X", got)
	}
	if got := c.at(150, 150+10.8); got == Light.bare {
		t.Error("the sign has no rim")
	}
	s.Items = index(t, tiles.Item{Position: at(t, lon, lat), Status: 2})
	if got := mustDraw(t, s, v).at(150-8, 150-4); got != states[unknown] {
		t.Errorf("a state without a colour is %06X", got)
	}
	s.Items = index(t, tiles.Item{Position: at(t, lon, lat), Visibility: tiles.Hidden}, tiles.Item{Position: at(t, lon, lat), Visibility: tiles.Private})
	for i, p := range mustDraw(t, s, v).pixels {
		if colour(p) != Light.bare {
			t.Fatalf("pixel %d shows what is not public", i)
		}
	}

	four := make([]tiles.Item, 4)
	for i := range four {
		four[i] = tiles.Item{Position: at(t, lon, lat), Status: 1}
	}
	four[0].Status, four[1].Status = 0, 3 // a quarter is new, a quarter refused, the rest resolved between them
	s.Items = index(t, four...)
	v.Zoom = 12
	c = mustDraw(t, s, v)
	r := 19 * ringSize(4) / math.Sqrt2
	for _, want := range []struct {
		x, y float64
		of   colour
	}{{r, -r, states["new"]}, {r, r, states["resolved"]}, {-r, r, states["resolved"]}, {-r, -r, states["rejected"]}} {
		if got := c.at(150+want.x, 150+want.y); !like(got, want.of) {
			t.Errorf("the ring at %.0f %.0f is %06X, want %06X", want.x, want.y, got, want.of)
		}
	}
}

func TestRingsGrow(t *testing.T) {
	before := 0.0
	for _, n := range []int{2, 3, 10, 100, 1000, 10_000, 90_000, 1_000_000} {
		if size := ringSize(n); size < before {
			t.Errorf("the ring of %d is smaller than that of less", n)
		} else {
			before = size
		}
	}
	for n, want := range map[int]string{2: "2", 999: "999", 1204: "1\u202f204", 99_999: "99\u202f999", 123_456: "123\u202fk"} {
		if got := short(n); got != want {
			t.Errorf("%d is written %q", n, got)
		}
	}
}

func TestPinAndFurniture(t *testing.T) {
	v := View{Lon: lon, Lat: lat, Zoom: 14, Width: 300, Height: 200, Scale: 1}
	s := &Sheet{Theme: Light, Attribution: "© Essai"}
	bare := mustDraw(t, s, v)
	v.Pin = true
	c := mustDraw(t, s, v)
	if got := c.at(150-8, 100-22.5); got != Light.danger {
		t.Errorf("the pin is %06X", got)
	}
	if got := c.at(150, 100-22.5); got != Light.card {
		t.Errorf("the pin's eye is %06X", got)
	}
	if got := c.at(150, 100-38); got != bare.at(150, 100-38) {
		t.Error("the pin is higher than it should")
	}
	v.ScaleBar, v.Attribution = true, true
	c = mustDraw(t, s, v)
	if !like(c.at(20, 189), Light.ink) || c.at(296, 186) == bare.at(296, 186) {
		t.Errorf("the scale bar is %06X, the plate of the attribution %06X", c.at(20, 189), c.at(296, 186))
	}
	for length, want := range map[float64]float64{99: 50, 100: 100, 230: 200, 4999: 2000, 0.7: 0.5} {
		if got := roundDown(length); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v m is rounded to %v", length, got)
		}
	}
}

// Zones have borders where they end, and none where a tile cuts them.
func TestZones(t *testing.T) {
	set := tiles.NewZoneSet("essai", []tiles.Zone{{ID: 1, Code: "a", Name: "Zone A", Geometry: orb.MultiPolygon{{{
		{lon - 0.01, lat - 0.01}, {lon + 0.01, lat - 0.01}, {lon + 0.01, lat + 0.01}, {lon - 0.01, lat + 0.01}, {lon - 0.01, lat - 0.01}}}}}})
	// At this zoom the zone is many tiles large: the picture, in its middle, has no border.
	c := mustDraw(t, &Sheet{Theme: Light, Zones: []*tiles.ZoneSet{set}}, View{Lon: lon, Lat: lat, Zoom: 17.2, Width: 1200, Height: 900, Scale: 1})
	for i, p := range c.pixels {
		if colour(p) != colour(c.pixels[0]) {
			t.Fatalf("there is something at %d %d", i%c.width, i/c.width)
		}
	}
	c = mustDraw(t, &Sheet{Theme: Light, Zones: []*tiles.ZoneSet{set}}, View{Lon: lon + 0.01, Lat: lat, Zoom: 17.2, Width: 400, Height: 300, Scale: 1})
	inside, border, outside := c.at(100, 80), c.at(200, 80), c.at(300, 80)
	if outside != Light.bare || inside != Light.land[1] || !like(border, Light.zone) {
		t.Errorf("inside %06X, border %06X, outside %06X", inside, border, outside)
	}
	// Over a ground the border is dashed, and what lies beneath is seen.
	c = mustDraw(t, &Sheet{Theme: Light, Ground: basemap.Draw(nil, ""), Zones: []*tiles.ZoneSet{set}}, View{Lon: lon + 0.01, Lat: lat, Zoom: 17.2, Width: 400, Height: 300, Scale: 1})
	dashed := map[bool]int{}
	for y := range 300 {
		dashed[like(c.at(200, float64(y)), Light.zone)]++
	}
	if dashed[true] < 100 || dashed[false] < 100 || c.at(300, 80) != hex(Light.Ground.Land) {
		t.Errorf("of the border %d pixels are there and %d not; outside it is %06X", dashed[true], dashed[false], c.at(300, 80))
	}
}

// The four small tiles of a block are its picture, to the pixel: rings and names go on from one to the next.
func TestSmallTilesFit(t *testing.T) {
	x, y := Pixel(15, lon, lat)
	column, row := int(x)/512*2, int(y)/512*2
	corner := func(px, py float64) geo.Position {
		lon, lat := At(15, float64(column)*256+px, float64(row)*256+py)
		return at(t, lon, lat)
	}
	s := &Sheet{Ground: island(), Theme: Light, Items: index(t, tiles.Item{Position: corner(256, 256)}, tiles.Item{Position: corner(256, 256)},
		tiles.Item{Position: corner(2, 300)}, tiles.Item{Position: corner(255, 500)})}
	whole := View{Zoom: 14, Width: 512, Height: 512, Scale: 1}
	whole.Lon, whole.Lat = At(15, float64(column+1)*256, float64(row+1)*256)
	want := mustDraw(t, s, whole)
	for j := range 2 {
		for i := range 2 {
			v, err := TileView(15, column+i, row+j, 1)
			if err != nil {
				t.Fatal(err)
			}
			got := mustDraw(t, s, v)
			for py := range 256 {
				for px := range 256 {
					if a, b := got.pixels[py*256+px], want.pixels[(j*256+py)*512+i*256+px]; colour(a) != colour(b) {
						t.Fatalf("tile %d %d at %d %d is %06X, in the block %06X", i, j, px, py, a, b)
					}
				}
			}
		}
	}
}

// The same sheet gives the same bytes, which are a PNG of the size asked for.
func TestBytes(t *testing.T) {
	s := &Sheet{Ground: island(), Theme: Dark, Items: index(t, tiles.Item{Position: at(t, lon, lat)}, tiles.Item{Position: at(t, lon, lat)})}
	v := View{Lon: lon, Lat: lat, Zoom: 14.3, Width: 321, Height: 123, Scale: 2, Pin: true, ScaleBar: true}
	first, err := s.Draw(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Draw(context.Background(), v)
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("drawn twice it is not the same: %v", err)
	}
	p, err := png.Decode(bytes.NewReader(first))
	if err != nil || p.Bounds().Dx() != 642 || p.Bounds().Dy() != 246 {
		t.Errorf("decoded: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Draw(ended, v); err == nil {
		t.Error("it is drawn for somebody who has gone")
	}
}

// The colours are those of the pages.
func TestColoursAreThePages(t *testing.T) {
	css, err := os.ReadFile("../../web/ui/src/styles/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(css), "prefers-color-scheme: dark")
	token := func(sheet, name string) colour {
		m := regexp.MustCompile(`--` + name + `: (#[0-9A-F]{6});`).FindStringSubmatch(sheet)
		if m == nil {
			t.Fatalf("there is no token %s", name)
		}
		return hex(m[1])
	}
	for name, of := range states {
		if want := token(light, strings.ReplaceAll(name, "_", "-")); of != want {
			t.Errorf("%s is %06X, on pages %06X", name, of, want)
		}
		if s := shapes[name]; s.fill == nil && s.lines == nil {
			t.Errorf("%s has no shape", name)
		}
	}
	for sheet, theme := range map[string]Theme{light: Light, dark: Dark} {
		for name, of := range map[string]colour{"card": theme.card, "ink": theme.ink, "zone": theme.zone, "accent": theme.accent, "danger": theme.danger,
			"ground": theme.bare, "land-1": theme.land[0], "land-2": theme.land[1], "land-3": theme.land[2]} {
			if want := token(sheet, name); of != want {
				t.Errorf("%s is %06X, on pages %06X", name, of, want)
			}
		}
	}
}

func FuzzDraw(f *testing.F) {
	f.Add(-4.5, 48.1, 14.0, uint16(300), uint16(200), true)
	f.Add(180.0, 85.0511, -1.0, uint16(1280), uint16(1024), false)
	f.Add(-180.0, -85.0511, 19.0, uint16(1), uint16(1), true)
	s := &Sheet{Ground: island(), Theme: Light, Items: index(f, tiles.Item{Position: at(f, lon, lat)}, tiles.Item{Position: at(f, lon, lat)})}
	f.Fuzz(func(t *testing.T, lon, lat, zoom float64, width, height uint16, large bool) {
		v := View{Lon: lon, Lat: lat, Zoom: zoom, Width: int(width), Height: int(height), Scale: 1, Pin: true, ScaleBar: true, Attribution: true}
		if large {
			v.Scale = 2
		}
		b, err := s.Draw(context.Background(), v)
		if (err == nil) != v.Valid() {
			t.Fatalf("%+v: %v", v, err)
		}
		if err != nil {
			return
		}
		if c, err := png.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width != v.Width*v.Scale || c.Height != v.Height*v.Scale {
			t.Errorf("%+v: %v", v, err)
		}
	})
}
