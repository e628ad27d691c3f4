package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"

	"quartier/geo"
)

// secret stands in what nobody may read: the texts of reports that are not public and the personal data of those that are.
const secret = "motsecret"

// Every output, with one report of each visibility: the public one is there, nothing of the others is, not even in a count.
func TestNothingLeaks(t *testing.T) {
	s := newSite(t)
	insertZone(t, s, "centre", "Centre")
	public, _ := s.file("visible")
	hiddenOnes := map[string]int64{}
	for _, v := range []string{"private", "hidden", "pending"} {
		id, token := s.file(secret + v)
		s.awaitText(token)
		hiddenOnes[v] = id
		sql := `update report set visibility = $2 where id = $1`
		if v == "pending" {
			sql = `update report set status = $2 where id = $1`
		}
		s.change(id, sql, id, v)
		s.change(id, `update report set address = $2, description = $2 where id = $1`, id, secret+v)
	}
	s.change(public, `insert into report_contact (report_id, email, name, phone) values ($1, $2, $2, $2)`, public, secret+"@example.org")
	s.change(public, `insert into timeline (kind, item_id, type, public, body, actor_role, created_at) values ('report', $1, 'note', false, $2, 'agent', now())`, public, secret)

	position := geo.Position{Lon: 23_500_000, Lat: 488_500_000}
	outputs := []string{"/", "/reports", "/reports/new", "/privacy", "/api/docs", "/api/openapi.json", "/api/v1/reports", "/api/v1/reports.geojson", "/api/v1/reports.csv",
		"/api/v1/cells.geojson?resolution=9", "/api/v1/stats", "/api/v1/categories", "/api/v1/services", "/api/v1/zones", "/api/v1/geocode?q=" + secret,
		"/tiles/items.json", "/tiles/cells.json", "/zones", "/stats", "/stats?status=pending",
		"/zones/essai/centre", "/reports/new/thanks?id=1", "/tiles/zones/essai.json", "/tiles/zones/essai/8/129/88.mvt", "/api/v1/zones/essai.geojson",
		"/maps/static.png?z=16&lat=48.85&lon=2.35&w=200&h=200", "/tiles/raster/12/2074/1409.png", fmt.Sprintf("/?report=%d", public),
		fmt.Sprintf("/reports/%d", public), fmt.Sprintf("/api/v1/reports/%d", public), fmt.Sprintf("/api/v1/reports/%d/updates", public),
		"/reports?status=pending", "/api/v1/reports?status=pending", "/api/v1/reports?category=pothole&status=open", "/api/v1/reports.csv?bbox=2,48,3,49"}
	for _, path := range outputs {
		a := s.get(path)
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d: %s", path, a.StatusCode, a.body)
		}
		if strings.Contains(a.body, secret) {
			t.Errorf("%s leaks: %s", path, a.body)
		}
	}
	unwalked := unwalkedRoutes(s, outputs)
	for _, route := range []string{ // what says nothing of reports, or is walked by a test of its own
		"/healthz", "/readyz", "/metrics", "/assets/*", "/words/*", "/styles/:name.json", "/api/openapi.yaml", "/api/openapi-3.0.json", "/api/openapi-3.0.yaml", "/tiles/basemap.json", "/tiles/basemap/:z/:x/:y",
		"/tiles/items/:z/:x/:y", "/tiles/cells/:z/:x/:y", "/api/v1/events", // below, and TestEvents
	} {
		delete(unwalked, route)
	}
	// What only who is signed in is shown; to others it is the way to sign in. TestMyData looks at what it shows.
	for _, path := range []string{"/me/data", "/me/data.json", "/me/data.zip", "/me/data/erase", "/admin", "/admin/privacy", "/admin/retention"} {
		if a := s.get(path); a.StatusCode != http.StatusSeeOther || strings.Contains(a.body, secret) {
			t.Errorf("%s answers a stranger %d: %s", path, a.StatusCode, a.body)
		}
		delete(unwalked, path)
	}
	for route := range unwalked {
		t.Errorf("nothing looks for leaks at %s: name an address of it here", route)
	}
	for v, id := range hiddenOnes {
		for _, path := range []string{"/reports/%d", "/api/v1/reports/%d", "/api/v1/reports/%d/updates"} {
			a := s.get(fmt.Sprintf(path, id))
			unknown := s.get(fmt.Sprintf(path, 999_999))
			if a.StatusCode != http.StatusNotFound || strings.ReplaceAll(a.body, fmt.Sprintf("/reports/%d?", id), "/reports/999999?") != unknown.body {
				t.Errorf("the %s report at %s answers %d, unlike an unknown one", v, path, a.StatusCode)
			}
		}
	}
	for zoom := uint8(0); zoom <= geo.MaxZoom; zoom++ {
		for _, family := range []string{"items", "cells"} {
			at := geo.TileAt(position, zoom)
			a := s.get(fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", family, at.Z, at.X, at.Y))
			if n := countIn(t, a.body); n > 1 {
				t.Errorf("%s at zoom %d counts %d items", family, zoom, n)
			}
		}
	}
	if a := s.get("/metrics"); a.StatusCode != http.StatusNotFound { // it counts what is not public
		t.Errorf("a stranger reads the metrics: %d", a.StatusCode)
	}
	if body := s.get("/api/v1/stats").body; !strings.Contains(body, `"total":1`) {
		t.Errorf("the statistics count what is not public: %s", body)
	}
	if strings.Contains(s.log.String(), secret) {
		t.Errorf("the log holds %s", s.log.String())
	}
}

// unwalkedRoutes gives the routes that no address of the list leads to.
func unwalkedRoutes(s *site, addresses []string) map[string]bool {
	rest := map[string]bool{}
	for _, route := range s.app.GetRoutes(true) {
		if route.Method == http.MethodGet {
			rest[route.Path] = true
		}
	}
	parameter := regexp.MustCompile(`:[a-z]+|\\\*|\{[a-z]+\}`)
	for route := range rest {
		pattern := regexp.MustCompile("^" + parameter.ReplaceAllString(regexp.QuoteMeta(route), ".+") + "$")
		for _, address := range addresses {
			path, _, _ := strings.Cut(address, "?")
			if pattern.MatchString(path) {
				delete(rest, route)
			}
		}
	}
	return rest
}

// countIn sums the items of a tile.
func countIn(t *testing.T, raw string) (n int) {
	t.Helper()
	layers, err := mvt.Unmarshal([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		for _, feature := range layer.Features {
			if count, ok := feature.Properties["count"].(float64); ok {
				n += int(count)
			} else {
				n++
			}
		}
	}
	return n
}

// A change that the public cannot see does not move a tile's ETag; one that it sees does.
func TestETagMovesWithPublicChangesOnly(t *testing.T) {
	s := newSite(t)
	_, token := s.file("visible")
	s.awaitText(token)
	hidden, token := s.file("caché")
	s.awaitText(token)
	s.change(hidden, `update report set visibility = 'hidden' where id = $1`, hidden)
	const path = "/tiles/items/0/0/0.mvt"
	before := s.get(path, "Accept-Encoding", "gzip")
	tag := before.Header.Get("ETag")
	if again := s.get(path, "Accept-Encoding", "gzip", "If-None-Match", tag); tag == "" || again.StatusCode != http.StatusNotModified || again.body != "" {
		t.Errorf("the same tile again answers %d with the ETag %q", again.StatusCode, tag)
	}
	plain := s.get(path, "Accept-Encoding", "identity")
	if plain.Header.Get("ETag") == tag || plain.Header.Get("Content-Encoding") != "" {
		t.Error("the plain tile has the ETag or the encoding of the compressed one")
	}
	s.change(hidden, `update report set lon = lon + 100000, status = 'resolved' where id = $1`, hidden)
	if again := s.get(path, "Accept-Encoding", "gzip", "If-None-Match", tag); again.StatusCode != http.StatusNotModified {
		t.Errorf("a hidden change moved the ETag: %d", again.StatusCode)
	}
	s.change(hidden, `update report set visibility = 'public' where id = $1`, hidden)
	if again := s.get(path, "Accept-Encoding", "gzip", "If-None-Match", tag); again.StatusCode != http.StatusOK || again.Header.Get("ETag") == tag {
		t.Errorf("a public change did not move the ETag: %d", again.StatusCode)
	}
}
