package web

import (
	"context"
	"fmt"
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

// The number above a list is that of its rows, whatever is filtered.
func TestListTotals(t *testing.T) {
	s := newSite(t)
	for _, title := range []string{"Un", "Deux", "Trois"} {
		_, token := s.file(title)
		s.awaitText(token)
	}
	s.change(1, `update report set status = 'resolved' where id = $1`, 1)
	for query, want := range map[string]int{"": 3, "status=resolved": 1, "category=roads": 3, "category=litter": 0, "bbox=2,48,3,49": 3, "bbox=0,0,0.1,0.1": 0,
		"from=1999-01-01&to=1999-02-01": 0, "service=roads&status=open": 2} {
		a := s.get("/reports?"+query, "Accept-Language", "en")
		rows := strings.Count(a.body, `class="report-row"`)
		if said := strings.Contains(a.body, ">"+language.English.Say("list.count", map[string]any{"n": want})+"<"); rows != want || !said {
			t.Errorf("%q: %d rows, said so: %v; want %d", query, rows, said, want)
		}
	}
}

// Forms keep the filters that they have no field for.
func TestFormsKeepFilters(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string][]string{
		"/?service=cleaning&status=open&layer=hexagons": {`name="service" value="cleaning"`, `name="layer" value="hexagons"`, `type="hidden" name="status" value="open"`},
		"/reports?service=cleaning&kind=report":         {`name="service" value="cleaning"`, `name="kind" value="report"`},
		"/stats?service=cleaning&bbox=1,2,3,4":          {`name="service" value="cleaning"`},
	} {
		body := s.get(path).body
		for _, field := range want {
			if !strings.Contains(body, field) {
				t.Errorf("%s lacks %s", path, field)
			}
		}
	}
}

// While the database hangs (it takes questions and gives no answers) pages come without what they can do without.
func TestPagesWhileTheDatabaseHangs(t *testing.T) {
	s := newSite(t)
	insertZone(t, s, "a", "Vieux-Port")
	id, token := s.file("Trou")
	s.awaitText(token)
	tx, err := s.Register.DB.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(t.Context(), `lock table report, street, address in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		fmt.Sprintf("/?report=%d", id): `data-island="map"`, "/?q=dunes": "ne peuvent pas être cherchés", "/zones/essai/a": "ne répond pas", "/zones": "Vieux-Port", "/stats": "<svg",
	} {
		begun := time.Now()
		a := s.get(path)
		if took := time.Since(begun); a.StatusCode != http.StatusOK || !strings.Contains(a.body, want) || took > slow/2 {
			t.Errorf("%s answers %d after %s: %s", path, a.StatusCode, took, a.body)
		}
	}
}
