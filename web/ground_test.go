package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"quartier/tiles/basemap"
)

// withGround gives a site whose map stands on one street.
func withGround(s *Server) {
	s.Ground = basemap.Draw([]basemap.Feature{{Layer: "transportation", Class: "primary", Geometry: orb.LineString{{2.35, 48.85}, {2.36, 48.85}}}}, "Nous & vous")
}

// The ground's tiles are public, compressed once, checked by their tags, and kept by browsers only under the address that names the ground.
func TestGroundTiles(t *testing.T) {
	s := newSite(t, withGround)
	const street = "/tiles/basemap/14/8299/5636.mvt"
	a := s.get(street, "Accept-Encoding", "gzip")
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != tileType || a.Header.Get("Content-Encoding") != "gzip" ||
		a.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.Header.Get("Cache-Control"), "must-revalidate") {
		t.Errorf("a tile answers %d %v", a.StatusCode, a.Header)
	}
	if again := s.get(street, "Accept-Encoding", "gzip", "If-None-Match", a.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("a tile that stands answers %d", again.StatusCode)
	}
	if kept := s.get(street + "?v=" + s.Ground.Version()); !strings.Contains(kept.Header.Get("Cache-Control"), "max-age=86400") {
		t.Errorf("the ground's own address answers %v", kept.Header)
	}
	if other := s.get(street + "?v=another"); !strings.Contains(other.Header.Get("Cache-Control"), "must-revalidate") {
		t.Errorf("the address of another ground answers %v", other.Header)
	}
	for path, want := range map[string]int{
		"/tiles/basemap/14/0/0.mvt": http.StatusNoContent, "/tiles/basemap/17/66392/45088.mvt": http.StatusBadRequest,
		"/tiles/basemap/14/99999/0.mvt": http.StatusBadRequest, street + "?x=1": http.StatusBadRequest, "/styles/pink.json": http.StatusNotFound,
	} {
		if a := s.get(path); a.StatusCode != want {
			t.Errorf("%s answers %d, want %d", path, a.StatusCode, want)
		}
	}
}

// From a style's address alone another program finds its tiles: style, TileJSON, tile, all by absolute addresses.
func TestStylesLeadToTiles(t *testing.T) {
	s := newSite(t, withGround, func(s *Server) { s.PublicURL = "https://quartier.example" })
	for name := range palettes {
		a := s.get("/styles/" + name + ".json")
		var style basemap.Style
		if err := json.Unmarshal([]byte(a.body), &style); err != nil || style.Version != 8 || a.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Fatalf("%s: %v %s %v", name, err, a.body, a.Header)
		}
		if again := s.get("/styles/"+name+".json", "If-None-Match", a.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("a style that stands answers %d", again.StatusCode)
		}
		for _, source := range style.Sources {
			path, own := strings.CutPrefix(source.URL, s.PublicURL)
			if !own {
				t.Fatalf("%s leads to %s", name, source.URL)
			}
			var d tileDocument
			if err := json.Unmarshal([]byte(s.get(path).body), &d); err != nil {
				t.Fatal(err)
			}
			if d.TileJSON != "3.0.0" || d.MaxZoom != 16 || d.Attribution != "Nous &amp; vous" || len(d.VectorLayers) == 0 {
				t.Errorf("the document says %+v", d)
			}
			path, own = strings.CutPrefix(d.Tiles[0], s.PublicURL)
			path = strings.NewReplacer("{z}", "14", "{x}", "8299", "{y}", "5636").Replace(path)
			if a := s.get(path); !own || a.StatusCode != http.StatusOK {
				t.Errorf("%s answers %d", path, a.StatusCode)
			}
		}
	}
}

// Without a ground there is nothing to be had, and the map is told to make do without; somebody is named on every map all the same.
func TestNoGround(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/tiles/basemap.json", "/tiles/basemap/0/0/0.mvt", "/styles/light.json"} {
		if a := s.get(path); a.StatusCode != http.StatusNotFound || !strings.Contains(a.Header.Get("Content-Type"), "problem+json") {
			t.Errorf("%s answers %d %s", path, a.StatusCode, a.body)
		}
	}
}

// A style from outside wins over the ground; the makers of what is shown are named, and nobody else.
func TestBasemapOfTheIsland(t *testing.T) {
	ground := &Server{}
	withGround(ground)
	for name, c := range map[string]struct {
		server      *Server
		basemap     string
		attribution string
	}{
		"nothing":         {&Server{}, `{"background":true}`, "Quartier"},
		"data only":       {&Server{Attribution: "Ville"}, `{"background":true}`, "Ville"},
		"ground":          {&Server{Ground: ground.Ground}, `"light":"/styles/light.json"`, "Nous & vous"},
		"ground and data": {&Server{Ground: ground.Ground, Attribution: "Ville"}, `"contrastDark":"/styles/contrast-dark.json"`, "Nous & vous · Ville"},
		"outside":         {&Server{Ground: ground.Ground, Attribution: "Ville", BasemapStyle: "https://a.example/s"}, `{"style":"https://a.example/s"}`, "Ville"},
	} {
		told, err := json.Marshal(c.server.basemap())
		if err != nil || !strings.Contains(string(told), c.basemap) || c.server.attribution() != c.attribution {
			t.Errorf("%s: %s, %q", name, told, c.server.attribution())
		}
	}
}
