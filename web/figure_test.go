package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/language"
	"quartier/reports/zone"
	"quartier/tiles"
	"quartier/web/live"
)

// insertZone makes a zone set with one square zone around the place where the tests file, and waits until the map knows it.
func insertZone(t *testing.T, s *site, code, name string) {
	t.Helper()
	content, err := zone.ReadFile(strings.NewReader(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"`+code+`","nom":"`+name+`"},
		"geometry":{"type":"Polygon","coordinates":[[[2.3,48.8],[2.4,48.8],[2.4,48.9],[2.3,48.9],[2.3,48.8]]]}}]}`), "code", "nom")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zone.Import(t.Context(), s.Register.DB, account.System, zone.Naming{Slug: "essai", NameFR: "Essai", NameEN: "Trial"}, content); err != nil {
		t.Fatal(err)
	}
	if err := s.Map.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// The page of a zone counts what lies in it, names what was filed there last, and leads to the same on map and list. A code may have any sign in it.
func TestZonePage(t *testing.T) {
	s := newSite(t)
	insertZone(t, s, "a/b é", "Vieux-Port")
	_, token := s.file("Trou dans la zone")
	s.awaitText(token)
	const address = "/zones/essai/a%2Fb%20%C3%A9"
	if list := s.get("/zones"); !strings.Contains(list.body, `href="`+address+`"`) || !strings.Contains(list.body, "Vieux-Port") {
		t.Errorf("the list of zones: %s", list.body)
	}
	a := s.get(address)
	for _, want := range []string{"<h1>Vieux-Port</h1>", "Trou dans la zone", `&amp;zone=essai%2Fa%2Fb+%C3%A9"`, `src="/maps/static.png?`, `href="/reports?zone=essai%2Fa%2Fb+%C3%A9"`,
		`<a href="/reports?status=open&amp;zone=essai%2Fa%2Fb+%C3%A9">1</a>`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the zone's page (%d) lacks %q: %s", a.StatusCode, want, a.body)
		}
	}
	if report := s.get("/reports/1"); !strings.Contains(report.body, `href="`+address+`"`) {
		t.Error("the report does not lead to its zone")
	}
	for _, path := range []string{"/zones/essai/x", "/zones/autre/x", "/zones/autre/" + "essai%2Fa", "/zones/essai/", "/zones/essai/%2e%2e"} {
		if a := s.get(path); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, a.StatusCode)
		}
	}
}

func TestStatisticsPage(t *testing.T) {
	s := newSite(t)
	s.file("Premier")
	id, token := s.file("Second")
	s.awaitText(token)
	s.change(id, `update report set status = 'resolved', closed_at = created_at + interval '3 hours' where id = $1`, id)
	a := s.get("/stats", "Accept-Language", "en")
	for _, want := range []string{`<a href="/reports">2</a>`, `<a href="/reports?status=open">1</a>`, "3 hours", `href="/reports?status=resolved"`,
		`href="/reports?category=roads"`, `href="/reports?service=roads"`, "<svg", "<details"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the numbers (%d) lack %q: %s", a.StatusCode, want, a.body)
		}
	}
	if strings.Contains(a.body, "style=") {
		t.Error("a style attribute, which the policy forbids")
	}
	if resolved := s.get("/stats?status=resolved&category=pothole"); !strings.Contains(resolved.body, `<a href="/reports?category=pothole&amp;status=resolved">1</a>`) {
		t.Errorf("a filter does not count: %s", resolved.body)
	}
	if nothing := s.get("/stats?from=1999-01-01&to=1999-01-02"); nothing.StatusCode != http.StatusOK || !strings.Contains(nothing.body, "Rien à compter") {
		t.Errorf("nothing to count answers %d", nothing.StatusCode)
	}
	if wrong := s.get("/stats?status=nonsense"); wrong.StatusCode != http.StatusOK || !strings.Contains(wrong.body, "valeur inconnue") {
		t.Errorf("a wrong filter answers %d", wrong.StatusCode)
	}
}

// Columns are of equal spans without gaps, and lose nothing; very many weeks are drawn as months.
func TestWeeksHaveNoGaps(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	monday := func(n int) time.Time { return time.Date(2024, 1, 1+7*n, 0, 0, 0, 0, paris) }
	for _, c := range []struct{ last, columns int }{{0, 1}, {3, 4}, {weeksDrawn, weeksDrawn + 1}, {weeksDrawn + 1, 40}} {
		weeks := []tiles.Week{{Monday: monday(0), Count: 2}}
		if c.last > 0 {
			weeks = append(weeks, tiles.Week{Monday: monday(c.last), Count: 3})
		}
		chart := figures{l: language.French, v: &live.Vocabulary{}, counts: tiles.Counts{Weeks: weeks}}.weeks()
		sum, before := 0, time.Time{}
		for _, one := range chart.Columns {
			if sum += one.Value; !one.From.After(before) {
				t.Errorf("week %d: %s is not after %s", c.last, one.From, before)
			}
			before = one.From
		}
		if want := 2 + 3*min(c.last, 1); len(chart.Columns) != c.columns || sum != want {
			t.Errorf("weeks 0 and %d: %d columns with %d, want %d with %d", c.last, len(chart.Columns), sum, c.columns, want)
		}
	}
}

// A page that has not changed is not sent again; one that has is.
func TestPagesAreRevalidated(t *testing.T) {
	s := newSite(t)
	_, token := s.file("Premier")
	s.awaitText(token)
	first := s.get("/stats")
	tag := first.Header.Get("ETag")
	if again := s.get("/stats", "If-None-Match", tag); tag == "" || again.StatusCode != http.StatusNotModified || again.body != "" {
		t.Errorf("the same page again, with %q: %d, %d bytes", tag, again.StatusCode, len(again.body))
	}
	if english := s.get("/stats", "If-None-Match", tag, "Accept-Language", "en"); english.StatusCode != http.StatusOK {
		t.Errorf("in another language: %d", english.StatusCode)
	}
	_, token = s.file("Second")
	s.awaitText(token)
	if changed := s.get("/stats", "If-None-Match", tag); changed.StatusCode != http.StatusOK {
		t.Errorf("the changed page: %d", changed.StatusCode)
	}
}
