package web

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"quartier/geo"
	"quartier/reports/language"
	"quartier/tiles/raster"
)

// typed is what a person has filled in; every step must give it back.
var typed = url.Values{"category": {"pothole"}, "title": {"Trou « profond »"}, "description": {"Un <b>long</b> récit"}, "email": {"jeanne@example.org"}}

// and gives the values with some more.
func and(values url.Values, more ...string) url.Values {
	all := url.Values{}
	for name, v := range values {
		all[name] = v
	}
	for i := 0; i < len(more); i += 2 {
		all.Set(more[i], more[i+1])
	}
	return all
}

var (
	tileButton = regexp.MustCompile(`<input type="image" name="tile\.(\d+)\.(\d+)\.(\d+)"`)
	latField   = regexp.MustCompile(`name="lat" value="([^"]*)"`)
	lonField   = regexp.MustCompile(`name="lon" value="([^"]*)"`)
	pinPlace   = regexp.MustCompile(`<g transform="translate\(([-\d.]+) ([-\d.]+)\)"`)
)

// kept tells what of the typed values a form has lost.
func kept(t *testing.T, step string, a answer) {
	t.Helper()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d", step, a.StatusCode)
	}
	for _, want := range []string{`value="pothole" checked`, "Trou « profond »", "Un &lt;b&gt;long&lt;/b&gt; récit", `value="jeanne@example.org"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%s loses %q", step, want)
		}
	}
	if strings.Contains(a.body, "error-summary") {
		t.Errorf("%s complains", step)
	}
}

// A press on a tile is a place, exact to the pixel; the pin stands there, and nothing typed is lost on the way.
func TestFormByPress(t *testing.T) {
	s := newSite(t)
	f := s.openForm()
	const z, column, row = 17, 66391, 45093 // Paris
	press := and(typed, fmt.Sprintf("tile.%d.%d.%d.x", z, column, row), "100", fmt.Sprintf("tile.%d.%d.%d.y", z, column, row), "30", "map", "17/66391/45094")
	a := f.send(press)
	kept(t, "a press", a)
	lat, lon := latField.FindStringSubmatch(a.body)[1], lonField.FindStringSubmatch(a.body)[1]
	wantLon, wantLat := raster.At(z, column*256+100.5, row*256+30.5)
	if lat != degreesText(wantLat) || lon != degreesText(wantLon) {
		t.Errorf("the place is %s %s, want %.7f %.7f", lat, lon, wantLat, wantLon)
	}
	if middle := tileButton.FindAllStringSubmatch(a.body, -1)[4][0]; !strings.Contains(middle, fmt.Sprintf("tile.%d.%d.%d", z, column, row)) {
		t.Errorf("the map stands around %s", middle)
	}
	var x, y float64
	if pin := pinPlace.FindStringSubmatch(a.body); pin == nil {
		t.Fatal("there is no pin")
	} else if _, err := fmt.Sscan(pin[1], &x); err != nil {
		t.Fatal(err)
	} else if _, err := fmt.Sscan(pin[2], &y); err != nil {
		t.Fatal(err)
	}
	if math.Abs(x+14-356.5) > 0.01 || math.Abs(y+36.5-286.5) > 0.01 { // the middle tile begins at 256
		t.Errorf("the pin's tip stands at %v %v", x+14, y+36.5)
	}
	if a := f.send(and(typed, "lat", lat, "lon", lon)); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("sending answers %d", a.StatusCode)
	}
	if got := s.get("/api/v1/reports/1").body; !strings.Contains(got, `"coordinates":[`+strings.TrimRight(lon, "0")) {
		t.Errorf("what was filed: %s", got)
	}
}

// The pin stands in the tile of its place, at every zoom and wherever the map's middle is, around the world too.
func TestPinStandsInItsTile(t *testing.T) {
	for _, place := range [][2]float64{{2.35, 48.85}, {-150, -30}, {179, 10}, {-179, 10}} {
		at, err := geo.FromDegrees(place[0], place[1])
		if err != nil {
			t.Fatal(err)
		}
		for z := range 6 {
			px, py := raster.Pixel(z, place[0], place[1])
			name := fmt.Sprintf("tile.%d.%d.%d", z, int(px/256), int(py/256))
			for x := range 1 << z {
				p := spotMap{z, x, int(py / 256)}.page(language.French, &at)
				shown := false
				for j, row := range p.Rows {
					for i, tile := range row {
						if tile.Name != name {
							continue
						}
						shown = true
						wantX, wantY := float64(256*i)+math.Mod(px, 256), float64(256*j)+math.Mod(py, 256)
						if !p.Pin || math.Abs(p.X-wantX) > 1e-6 || math.Abs(p.Y-wantY) > 1e-6 {
							t.Errorf("%v at zoom %d around column %d: the pin (%t) stands at %v %v, want %v %v", place, z, x, p.Pin, p.X, p.Y, wantX, wantY)
						}
					}
				}
				if p.Pin && !shown {
					t.Errorf("%v at zoom %d around column %d: the pin stands beside its tile", place, z, x)
				}
			}
		}
	}
}

// From afar a press also comes closer, and a press by the keyboard is the tile's middle.
func TestFormPressFromAfar(t *testing.T) {
	s := newSite(t)
	a := s.openForm().send(and(typed, "tile.10.518.352.x", "0", "tile.10.518.352.y", "0"))
	kept(t, "a press by the keyboard", a)
	_, wantLat := raster.At(10, 518.5*256, 352.5*256)
	if lat := latField.FindStringSubmatch(a.body)[1]; lat != degreesText(wantLat) {
		t.Errorf("latitude %s, want %.7f", lat, wantLat)
	}
	if got := tileButton.FindStringSubmatch(a.body)[1]; got != "12" {
		t.Errorf("the map is at zoom %s", got)
	}
}

func TestFormMoves(t *testing.T) {
	s := newSite(t)
	f := s.openForm()
	for step, want := range map[string]string{"north": "17/5/6", "south": "17/5/8", "west": "17/4/7", "east": "17/6/7", "in": "18/11/15", "out": "16/2/3", "sideways": "17/5/7"} {
		a := f.send(and(typed, "map", "17/5/7", "step", step))
		kept(t, step, a)
		if !strings.Contains(a.body, `name="map" value="`+want+`"`) {
			t.Errorf("%s does not lead to %s", step, want)
		}
	}
	for _, nonsense := range []string{"", "1/2", "99/0/0", "3/8/0", "3/-1/0", "a/b/c", "20/0/0"} {
		kept(t, "a map of "+nonsense, f.send(and(typed, "map", nonsense, "step", "north")))
	}
	for _, edge := range []string{"0/0/0", "1/1/1", "2/3/0", "19/524287/524287"} {
		for _, step := range []string{"north", "south", "west", "east", "in", "out"} {
			a := f.send(and(typed, "map", edge, "step", step))
			kept(t, step+" of "+edge, a)
			seen := map[string]bool{}
			for _, m := range tileButton.FindAllString(a.body, -1) {
				if seen[m] {
					t.Errorf("%s of %s shows %s twice", step, edge, m)
				}
				seen[m] = true
			}
		}
	}
}

// Steps are not filings: they take no turn.
func TestFormStepsTakeNoTurn(t *testing.T) {
	s := newSite(t, func(s *Server) { s.FilingsPerTenMinutes = 1 })
	f := s.openForm()
	for range 5 {
		kept(t, "a step", f.send(and(typed, "step", "north")))
	}
	if a := f.send(and(typed, "lat", "48.85", "lon", "2.35")); a.StatusCode != http.StatusSeeOther {
		t.Errorf("then sending answers %d", a.StatusCode)
	}
	if a := s.openForm().send(and(typed, "lat", "48.85", "lon", "2.35")); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a second report answers %d", a.StatusCode)
	}
	other := s.openForm()
	other.hidden.Set("csrf", strings.Repeat("0", 64))
	if a := other.send(and(typed, "step", "north")); a.StatusCode != http.StatusForbidden {
		t.Errorf("a step from another site answers %d", a.StatusCode)
	}
}

// A press offers the nearest address, and never overwrites one that somebody typed.
func TestFormOffersTheAddress(t *testing.T) {
	s := newSite(t)
	insertAddresses(t, s)
	f := s.openForm()
	press := func(lat, lon float64, more ...string) answer {
		px, py := raster.Pixel(19, lon, lat)
		name := fmt.Sprintf("tile.19.%d.%d", int(px/256), int(py/256))
		a := f.send(and(and(typed, more...), name+".x", fmt.Sprint(int(px)%256), name+".y", fmt.Sprint(int(py)%256)))
		kept(t, "a press", a)
		return a
	}
	if a := press(48.1, -4.19998); !strings.Contains(a.body, `name="address" value="2 Rue des Dunes"`) || !strings.Contains(a.body, `name="near" value="2 Rue des Dunes"`) {
		t.Errorf("the address is not offered: %s", a.body)
	}
	if a := press(48.11, -4.20998, "address", "2 Rue des Dunes", "near", "2 Rue des Dunes"); !strings.Contains(a.body, `name="address" value="2 Rue des Embruns"`) {
		t.Error("an offered address does not follow the point")
	}
	if a := press(48.11, -4.20998, "address", "Chez moi", "near", "2 Rue des Dunes"); !strings.Contains(a.body, `name="address" value="Chez moi"`) || !strings.Contains(a.body, "Rue des Embruns") {
		t.Error("a typed address is overwritten, or the near one is not told")
	}
	if a := press(48.5, -4.5, "address", "2 Rue des Dunes", "near", "2 Rue des Dunes"); !strings.Contains(a.body, `name="address" value=""`) {
		t.Error("far from every address the last one stays")
	}
	a := f.send(and(typed, "step", "search", "address", "3 rue des dunes"))
	kept(t, "a search", a)
	if lat := latField.FindStringSubmatch(a.body)[1]; lat != "48.1000000" || pinPlace.FindString(a.body) == "" {
		t.Errorf("a search gives latitude %q", lat)
	}
	if a := f.send(and(typed, "step", "search", "address", "rue des")); !strings.Contains(a.body, `type="radio" id="place-1" name="place"`) {
		t.Errorf("several places are not offered")
	}
	if a := f.send(and(typed, "step", "search", "address", "rue Inconnue")); !strings.Contains(a.body, "cette adresse est inconnue") || !strings.Contains(a.body, "Trou « profond »") {
		t.Error("an unknown address is not told")
	}
}

// The categories: tiles for the first ones, a list for the rest, and what was chosen there counts.
func TestFormKinds(t *testing.T) {
	s := newSite(t)
	_, err := s.Register.DB.Exec(t.Context(), `
		insert into category (slug, name_fr, name_en, rank) select 'top-' || n, 'Haut ' || n, 'Top ' || n, 100 + n from generate_series(1, 4) as n;
		insert into category (parent_id, slug, name_fr, name_en) select id, 'low-' || n, 'Bas ' || n, 'Low ' || n from category, generate_series(1, 12) as n where slug = 'noise'`)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Map.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	tiles, rest := kinds(s.Map.Vocabulary(), language.French)
	if len(tiles) != tilesOfKinds || len(rest) != 3 || rest[0].Value != "top-2" {
		t.Fatalf("%d tiles and the rest %v", len(tiles), rest)
	}
	for slug, values := range map[string]url.Values{
		"low-7":   {"category": {"noise"}, "more.noise": {"low-7"}},
		"noise":   {"category": {"noise"}, "more.noise": {""}, "more.*": {"top-3"}},
		"top-3":   {"category": {"*"}, "more.*": {"top-3"}},
		"pothole": {"category": {"pothole"}, "more.noise": {"low-7"}},
	} {
		f := s.openForm()
		if a := f.send(and(values, "step", "north")); strings.Count(a.body, " checked")+strings.Count(a.body, " selected") == 0 {
			t.Errorf("%s is not chosen after a step", slug)
		}
		a := f.send(and(values, "title", slug, "lat", "48.85", "lon", "2.35"))
		at := a.Header.Get("Location")
		if a.StatusCode != http.StatusSeeOther {
			t.Errorf("%s answers %d", slug, a.StatusCode)
			continue
		}
		query, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.get("/api/v1/reports/" + query.Query().Get("id")).body; !strings.Contains(got, `"category":"`+slug+`"`) {
			t.Errorf("%s is filed as %s", slug, got)
		}
	}
}
