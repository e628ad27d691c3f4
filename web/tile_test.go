package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"
	"github.com/valyala/fasthttp"

	"quartier/geo"
	"quartier/reports/store"
	"quartier/tiles"
	"quartier/web/live"
)

// TileJSON names the layers, the zoom from which points are shown, and passes filters on to the tiles' addresses.
func TestTileJSON(t *testing.T) {
	s := newSite(t)
	a := s.get("/tiles/items.json?status=open&category=pothole")
	var d struct {
		TileJSON     string
		Tiles        []string
		MinZoom      int
		MaxZoom      int
		VectorLayers []struct {
			ID               string
			MinZoom, MaxZoom int
			Fields           map[string]string
		} `json:"vector_layers"`
		PointsFrom int `json:"quartier:points_from"`
	}
	if err := json.Unmarshal([]byte(a.body), &d); err != nil {
		t.Fatal(err)
	}
	if d.TileJSON != "3.0.0" || len(d.Tiles) != 1 || !strings.HasSuffix(d.Tiles[0], "/tiles/items/{z}/{x}/{y}.mvt?category=pothole&status=open") || d.PointsFrom != 16 {
		t.Errorf("the document says %s", a.body)
	}
	if len(d.VectorLayers) != 2 || d.VectorLayers[0].ID != "clusters" || d.VectorLayers[0].MaxZoom != 15 || d.VectorLayers[1].ID != "items" ||
		d.VectorLayers[1].MinZoom != 16 || d.VectorLayers[0].Fields["count"] == "" {
		t.Errorf("the layers are %+v", d.VectorLayers)
	}
}

// Zones come as tiles and as GeoJSON, with their names.
func TestZoneTiles(t *testing.T) {
	s := newSite(t)
	_, err := s.Register.DB.Exec(t.Context(), `
		with s as (insert into zone_set (slug, name_fr, name_en) values ('town', 'Ville', 'Town') returning id),
		     v as (insert into zone_revision (zone_set_id, number, sha256, source) select id, 1, sha256(''), 'test' from s returning id),
		     z as (insert into zone (zone_set_id, code) select id, 'nord' from s returning id)
		insert into zone_shape (revision_id, zone_id, name, geometry)
		select v.id, z.id, 'Nord', ST_Multi(ST_MakeEnvelope(2.3, 48.8, 2.4, 48.9, 4326)) from v, z;
		update zone_set set revision_id = (select id from zone_revision)`)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Map.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := countIn(t, s.get("/tiles/zones/town/8/129/88.mvt").body); n != 2 { // the area and its name
		t.Errorf("the tile holds %d features, want 2", n)
	}
	if a := s.get("/tiles/zones/town/8/1/1.mvt"); a.StatusCode != http.StatusNoContent {
		t.Errorf("an empty tile answers %d", a.StatusCode)
	}
	if a := s.get("/tiles/zones/town.json"); a.StatusCode != http.StatusOK || !strings.Contains(a.body, "/tiles/zones/town/{z}/{x}/{y}.mvt") {
		t.Errorf("the TileJSON answers %d %s", a.StatusCode, a.body)
	}
	if a := s.get("/api/v1/zones/town.geojson"); !strings.Contains(a.body, `"code":"nord"`) || !json.Valid([]byte(a.body)) {
		t.Errorf("the GeoJSON is %s", a.body)
	}
	// A report within it names the zone, and the filter finds it by set/code and by the code alone.
	_, token := s.file("au nord")
	s.awaitText(token)
	for _, path := range []string{"/api/v1/reports?zone=town/nord", "/api/v1/reports?zone=nord"} {
		if a := s.get(path); !strings.Contains(a.body, `"zones":["town/nord"]`) {
			t.Errorf("%s answers %s", path, a.body)
		}
	}
	if n := countIn(t, s.get("/tiles/items/0/0/0.mvt?zone=nord").body); n != 1 {
		t.Errorf("the filtered tile counts %d", n)
	}
}

func TestAcceptsGzip(t *testing.T) {
	s := newSite(t)
	_, token := s.file("un")
	s.awaitText(token)
	for header, want := range map[string]string{"gzip": "gzip", "br, gzip;q=0.5": "gzip", "gzip;q=0": "", "gzip;q=0.0, br": "", "identity": "", "": "", "*": "gzip", "gzip;q=0.5, identity": ""} {
		a := s.get("/tiles/items/0/0/0.mvt", "Accept-Encoding", header)
		if got := a.Header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q is answered with %q, want %q", header, got, want)
		}
		if a.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Vary is %q", a.Header.Get("Vary"))
		}
	}
}

// What is asked for often comes in brotli to who takes it. Each form has a tag of its own, and each tag confirms what its client has, before and after
// the smaller form is there.
func TestBrotliTiles(t *testing.T) {
	s := newSite(t)
	var token string
	for i := range 20 {
		_, token = s.file(fmt.Sprint("nid ", i))
	}
	s.awaitText(token)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.Cache.Run(ctx) })
	defer running.Wait()
	defer cancel()
	const browser = "gzip, deflate, br, zstd"
	at := geo.TileAt(geo.Position{Lon: 23_500_000, Lat: 488_500_000}, 16)
	path := fmt.Sprintf("/tiles/items/16/%d/%d.mvt", at.X, at.Y)
	first := s.get(path, "Accept-Encoding", browser)
	if first.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("the first answer is in %q", first.Header.Get("Content-Encoding"))
	}
	var hot answer
	for hot = first; hot.Header.Get("Content-Encoding") != "br"; hot = s.get(path, "Accept-Encoding", browser) {
		if hot.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", hot.StatusCode, hot.body)
		}
	}
	plain := s.get(path)
	unpacked, err := io.ReadAll(brotli.NewReader(strings.NewReader(hot.body)))
	if err != nil || string(unpacked) != plain.body {
		t.Errorf("the brotli tile is not the plain one: %v", err)
	}
	tags := map[string]string{}
	for coding, a := range map[string]answer{"gzip": first, "br": hot, "identity": plain} {
		tag := a.Header.Get("ETag")
		for other, seen := range tags {
			if seen == tag {
				t.Errorf("%s and %s have one tag, %s", coding, other, tag)
			}
		}
		tags[coding] = tag
	}
	for coding, tag := range tags {
		for _, header := range []string{tag, `"other", W/` + tag} {
			a := s.get(path, "Accept-Encoding", browser, "If-None-Match", header)
			if a.StatusCode != http.StatusNotModified || a.Header.Get("ETag") != tag || a.body != "" || a.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("who has the %s form and asks with %s gets %d with %s", coding, header, a.StatusCode, a.Header.Get("ETag"))
			}
		}
	}
	// Who does not take a form cannot have it confirmed.
	if a := s.get(path, "Accept-Encoding", "identity", "If-None-Match", tags["br"]); a.StatusCode != http.StatusOK || a.body != plain.body {
		t.Errorf("a client that takes no brotli gets %d for its tag", a.StatusCode)
	}
	if a := s.get(path, "Accept-Encoding", "*;q=0"); a.StatusCode != http.StatusNotAcceptable || !strings.Contains(a.body, "/problems/not-acceptable") {
		t.Errorf("a client that takes nothing gets %d %s", a.StatusCode, a.body)
	}
}

// A filter that was read before is known by its words; new words are read anew.
func TestQueriesAreRemembered(t *testing.T) {
	s := newSite(t)
	_, token := s.file("nid de poule")
	s.awaitText(token)
	const path = "/tiles/items/0/0/0.mvt"
	for range 3 {
		for query, want := range map[string]int{"?status=open": 1, "?status=closed": 0, "?category=pothole&from=2020-01-01": 1, "": 1} {
			if n := countIn(t, s.get(path+query).body); n != want {
				t.Errorf("%q counts %d, want %d", query, n, want)
			}
		}
		if a := s.get(path + "?status=unknown"); a.StatusCode != http.StatusBadRequest {
			t.Errorf("a status that does not exist answers %d", a.StatusCode)
		}
	}
	if err := s.Map.Load(t.Context()); err != nil { // names may have changed
		t.Fatal(err)
	}
	if s.queries.words == s.Map.Vocabulary() {
		t.Error("nothing was loaded anew")
	}
	if n := countIn(t, s.get(path+"?status=open").body); n != 1 || s.queries.words != s.Map.Vocabulary() || len(s.queries.filters) != 1 {
		t.Errorf("%d items by %d queries of the old words", n, len(s.queries.filters))
	}
}

// A header field that came on several lines is one list, as if it had come on one (RFC 9110, 5.3).
func TestRepeatedHeaderLines(t *testing.T) {
	s := newSite(t)
	_, token := s.file("nid de poule")
	s.awaitText(token)
	first := s.get("/tiles/items/0/0/0.mvt", "Accept-Encoding", "gzip")
	for _, c := range []struct {
		accepted, known []string
		status          int
		coding          string
	}{
		{[]string{"gzip"}, nil, http.StatusOK, "gzip"},
		{[]string{"deflate", "gzip"}, nil, http.StatusOK, "gzip"},
		{[]string{"gzip;q=0.5", "identity"}, nil, http.StatusOK, ""},
		{[]string{"gzip"}, []string{`"another"`, first.Header.Get("ETag")}, http.StatusNotModified, ""},
		{[]string{"deflate", "gzip"}, []string{`"another"`, `"third", W/` + first.Header.Get("ETag")}, http.StatusNotModified, ""},
		{[]string{"gzip"}, []string{`"another"`, `"third"`}, http.StatusOK, "gzip"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/tiles/items/0/0/0.mvt", nil)
		r.Header["Accept-Encoding"], r.Header["If-None-Match"] = c.accepted, c.known
		a, err := s.app.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != c.status || a.Header.Get("Content-Encoding") != c.coding {
			t.Errorf("%q, %q: %d in %q", c.accepted, c.known, a.StatusCode, a.Header.Get("Content-Encoding"))
		}
	}
}

// Tiles of everybody may be kept by everybody; those of a narrower audience only by their reader; none is confirmed while the map may be behind.
func TestLifeOfTiles(t *testing.T) {
	s := newSite(t)
	staff := tiles.Audience{Sees: tiles.Public | tiles.Private}
	app := fiber.New()
	c := app.AcquireCtx(&fasthttp.RequestCtx{})
	defer app.ReleaseCtx(c)
	if l := s.life(c, tiles.Everyone); l != lasting {
		t.Errorf("everybody: %+v", l)
	}
	if l := s.life(c, staff); l.control != "private, max-age=0, must-revalidate" || !l.sure {
		t.Errorf("staff: %+v", l)
	}
	// A map that was never loaded knows nothing of its step.
	m, err := live.New(s.Register.DB, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	behind := &Server{Map: m}
	if l := behind.life(c, tiles.Everyone); l.control != "public, max-age=1" || l.sure {
		t.Errorf("everybody, behind: %+v", l)
	}
	if l := behind.life(c, staff); l.control != "private, max-age=1" || l.sure {
		t.Errorf("staff, behind: %+v", l)
	}
	c.Request().Header.Set("If-None-Match", "*")
	_, token := s.file("nid de poule")
	s.awaitText(token)
	a, err := s.Cache.Items(t.Context(), geo.Tile{}, tiles.Filter{}, tiles.Everyone)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := a.Plain()
	if err != nil {
		t.Fatal(err)
	}
	if err := sendTile(c, a, behind.life(c, tiles.Everyone)); err != nil || c.Response().StatusCode() != http.StatusOK || !bytes.Equal(c.Response().Body(), plain) {
		t.Errorf("a conditional request to a map that may be behind: %d, %v", c.Response().StatusCode(), err)
	}
}

// A reader whose stream is ahead of the map, because it comes from another node, is not confirmed what is old, and is told that it may be.
func TestTilesBehindTheStream(t *testing.T) {
	s := newSite(t)
	late, err := live.New(s.Register.DB, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := late.Load(t.Context()); err != nil { // and it does not follow
		t.Fatal(err)
	}
	second := &site{Server: &Server{Register: s.Register, People: s.People, Map: late, Cache: tiles.NewCache(late.Index, 0), Log: s.Log, TimeZone: s.TimeZone, FilingsPerTenMinutes: 1}, t: t}
	if err := second.Prepare(); err != nil {
		t.Fatal(err)
	}
	stands := func() (c store.Cursor) {
		err := s.Register.DB.Read(t.Context(), func(tx pgx.Tx) (err error) {
			c, err = store.Here(t.Context(), tx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	s.file("nid de poule")
	known := stands().String()
	if err := late.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	tag := second.get("/tiles/items/0/0/0.mvt").Header.Get("ETag")
	s.file("un autre")
	ahead := stands()
	other := ahead
	other.Epoch = "another"
	for _, path := range []string{"/tiles/items/0/0/0.mvt", "/tiles/cells/0/0/0.mvt"} {
		for name, c := range map[string]struct {
			at     *site
			since  string
			behind string
			status int
		}{
			"where the map stands":     {second, known, "", 200},
			"ahead of the map":         {second, ahead.String(), "1", 200},
			"of another history":       {second, other.String(), "1", 200},
			"ahead, but the map comes": {s, ahead.String(), "", 200},
			"nonsense":                 {s, "dragons", "", 400},
		} {
			a := c.at.get(path, sinceHeader, c.since)
			if a.StatusCode != c.status || a.Header.Get(behindHeader) != c.behind {
				t.Errorf("%s, %s: %d, behind %q", path, name, a.StatusCode, a.Header.Get(behindHeader))
			}
			if control := a.Header.Get("Cache-Control"); c.behind != "" && control != "public, max-age=1" {
				t.Errorf("%s, %s: %s", path, name, control)
			}
		}
	}
	if a := second.get("/tiles/items/0/0/0.mvt", sinceHeader, ahead.String(), "If-None-Match", tag); a.StatusCode != 200 {
		t.Errorf("what is old is confirmed: %d", a.StatusCode)
	}
}

// Tiles carry what makes them safe to read from anywhere, and nothing of what protects pages.
func TestHeadersOfTiles(t *testing.T) {
	s := newSite(t)
	_, token := s.file("nid de poule")
	s.awaitText(token)
	for _, path := range []string{"/tiles/items/0/0/0.mvt", "/tiles/cells/0/0/0.mvt", "/tiles/items/1/0/1.mvt"} {
		a := s.get(path, "Accept-Encoding", "gzip")
		h := a.Header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Vary") != "Accept-Encoding" ||
			h.Get("Cache-Control") != "public, max-age=0, must-revalidate" || h.Get("Content-Security-Policy") != "" {
			t.Errorf("%s answers with %v", path, h)
		}
	}
	// Escaped without need a path is the same path (RFC 3986, 6.2.2.2).
	plain := s.get("/tiles/items/0/0/0.mvt")
	for _, path := range []string{"/tiles/items/%30/0/0.mvt", "/tiles/items/0/%30/0%2Emvt", "/tiles/items/0/0/%30"} {
		if a := s.get(path); a.StatusCode != http.StatusOK || a.Header.Get("ETag") != plain.Header.Get("ETag") {
			t.Errorf("%s answers %d", path, a.StatusCode)
		}
	}
	// What goes wrong is told in the reader's language, though nobody asked who reads.
	a := s.get("/tiles/items/0/0/7.mvt", "Accept-Language", "en")
	if a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, "there is no such tile") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := s.get("/tiles/none/0/0/0.mvt"); a.StatusCode != http.StatusNotFound || a.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("what is no tile answers %d with %v", a.StatusCode, a.Header)
	}
}

// Pages of other origins may send what tiles and data are asked for with: browsers ask first whether they may (Fetch, 3.2.2).
func TestPreflights(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/tiles/items/0/0/0.mvt", "/tiles/items.json", "/tiles/raster/0/0/0.png", "/api/v1/reports", "/api/v1/reports.geojson",
		"/api/v1/cells.geojson", "/api/v1/events", "/maps/static.png", "/styles/light.json"} {
		a := s.do(http.MethodOptions, path, "", "Origin", "https://example.org", "Access-Control-Request-Method", "GET",
			"Access-Control-Request-Headers", "quartier-token")
		h := a.Header
		if a.StatusCode != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Max-Age") == "" ||
			h.Get("Access-Control-Allow-Headers") != "Quartier-Token, Last-Event-ID, If-None-Match" {
			t.Errorf("%s answers %d with %v", path, a.StatusCode, h)
		}
	}
	if a := s.do(http.MethodOptions, "/tiles/items.json", ""); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("OPTIONS that is no preflight answers %d", a.StatusCode)
	}
	// What changes something is not for them, nor are pages.
	for _, path := range []string{"/reports", "/", "/healthz"} {
		if a := s.do(http.MethodOptions, path, "", "Origin", "https://example.org", "Access-Control-Request-Method", "GET"); a.StatusCode != http.StatusMethodNotAllowed ||
			a.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s answers a preflight with %d, %v", path, a.StatusCode, a.Header)
		}
	}
	if a := s.do(http.MethodOptions, "/api/v1/reports", "", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type"); strings.Contains(strings.ToLower(a.Header.Get("Access-Control-Allow-Headers")), "content-type") {
		t.Error("another origin's script may file reports")
	}
}
