package web

import (
	"html"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"quartier/tiles/basemap"
)

var (
	moveLink = regexp.MustCompile(`<a class="[^"]*button (\w+)" href="([^"]+)"`)
	picture  = regexp.MustCompile(`(?:src|srcset)="(/maps/static\.png[^ "]*)`)
)

// plainPage reads what the map page gives to readers without script.
func (s *site) plainPage(path string) (page string, moves map[string]url.Values) {
	s.t.Helper()
	a := s.get(path)
	if a.StatusCode != http.StatusOK {
		s.t.Fatalf("%s answers %d", path, a.StatusCode)
	}
	moves = map[string]url.Values{}
	for _, m := range moveLink.FindAllStringSubmatch(a.body, -1) {
		address, err := url.Parse(html.UnescapeString(m[2]))
		if err != nil {
			s.t.Fatal(err)
		}
		moves[m[1]] = address.Query()
	}
	return a.body, moves
}

// The map without script tells how much is in view, moves by links that keep the filter, and its pictures are there.
func TestPlainMap(t *testing.T) {
	s := newSite(t)
	for _, title := range []string{"un", "deux"} {
		_, token := s.file(title)
		s.awaitText(token)
	}
	body, moves := s.plainPage("/?z=14.5&lat=48.85&lon=2.35&status=open&category=pothole")
	if !strings.Contains(body, `alt="Carte : 2 signalements dans la vue"`) {
		t.Error("the picture does not tell the count")
	}
	if far, _ := s.plainPage("/?z=14&lat=47&lon=2.35"); !strings.Contains(far, `alt="Carte : 0 signalement dans la vue"`) {
		t.Error("far away it tells another count than 0")
	}
	for name, want := range map[string][3]float64{"in": {15.5, 48.85, 2.35}, "out": {13.5, 48.85, 2.35}} {
		q := moves[name]
		if number64(t, q.Get("z")) != want[0] || number64(t, q.Get("lat")) != want[1] || number64(t, q.Get("lon")) != want[2] {
			t.Errorf("%s leads to %v", name, q)
		}
	}
	if !(number64(t, moves["north"].Get("lat")) > 48.85 && number64(t, moves["south"].Get("lat")) < 48.85 &&
		number64(t, moves["west"].Get("lon")) < 2.35 && number64(t, moves["east"].Get("lon")) > 2.35) {
		t.Errorf("the moves are %v", moves)
	}
	for name, q := range moves {
		if q.Get("status") != "open" || q.Get("category") != "pothole" {
			t.Errorf("%s loses the filter: %v", name, q)
		}
	}
	pictures := picture.FindAllStringSubmatch(body, -1)
	if len(pictures) < 4 {
		t.Fatalf("%d pictures", len(pictures))
	}
	for _, m := range pictures {
		address := html.UnescapeString(m[1])
		if !strings.Contains(address, "status=open") {
			t.Errorf("%s loses the filter", address)
		}
		s.get(address).picture(t)
	}
	// At the ends of the world there is no way on.
	if _, moves := s.plainPage("/?z=0&lat=85&lon=0"); moves["out"] != nil || moves["in"] == nil {
		t.Errorf("from the whole world it leads to %v", moves)
	}
	for _, nonsense := range []string{"/?z=x&lat=1&lon=2", "/?z=99&lat=48&lon=2", "/?z=4&lat=91&lon=2", "/?lat=48"} {
		if body, _ := s.plainPage(nonsense); !picture.MatchString(body) {
			t.Errorf("%s has no picture", nonsense)
		}
	}
}

// A press leads to the clean address of the map around that pixel, one zoom closer.
func TestPlainMapPress(t *testing.T) {
	s := newSite(t)
	const view = "/?z=14&lat=48.85&lon=2.35&status=open"
	for press, want := range map[string][2]float64{
		"&at.x=640&at.y=450": {2.35 + 0.5*perPixel, 48.85}, "&at.x=740&at.y=450": {2.35 + 100.5*perPixel, 48.85}, "&at.x=0&at.y=0": {2.35, 48.85}, "&at.x=-3&at.y=9999": {2.35, 48.85}, "&at.x=a&at.y=b": {2.35, 48.85},
	} {
		a := s.get(view + press)
		address, err := url.Parse(a.Header.Get("Location"))
		if err != nil || a.StatusCode != http.StatusSeeOther || address.Path != "/" {
			t.Errorf("%s answers %d to %s", press, a.StatusCode, a.Header.Get("Location"))
			continue
		}
		q := address.Query()
		if q.Get("z") != "15" || q.Get("status") != "open" || q.Has("at.x") || math.Abs(number64(t, q.Get("lon"))-want[0]) > 2e-5 ||
			math.Abs(number64(t, q.Get("lat"))-want[1]) > 5e-5 {
			t.Errorf("%s leads to %v", press, q)
		}
	}
}

// perPixel is how many degrees of longitude a pixel has at zoom 14.
const perPixel = 360.0 / (512 << 14)

func number64(t *testing.T, text string) float64 {
	t.Helper()
	n, ok := decimal(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return n
}

// The page of a report shows its place alone: what else is near does not change the picture.
func TestReportShowsItsPlace(t *testing.T) {
	s := newSite(t)
	_, token := s.file("ici")
	s.awaitText(token)
	a := s.get("/reports/1")
	m := picture.FindStringSubmatch(a.body)
	if m == nil || !strings.Contains(m[1], "pin=1") || !strings.Contains(m[1], "items=0") || !strings.Contains(a.body, `alt="Carte : le lieu de ce signalement"`) {
		t.Fatalf("the page shows %v", m)
	}
	address := html.UnescapeString(m[1])
	s.get(address).picture(t)
	if s.get(address).body != s.get(address+"&z=13.5").body {
		t.Error("without a ground the zones around it are not seen")
	}
	s.Ground = basemap.Draw(nil, "")
	if s.get(address+"&theme=dark").body != s.get(address+"&theme=dark&z=16").body {
		t.Error("with a ground its street corner is not seen")
	}
}
