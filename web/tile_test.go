package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
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
	for header, want := range map[string]string{"gzip": "gzip", "br, gzip;q=0.5": "gzip", "gzip;q=0": "", "gzip;q=0.0, br": "", "identity": "", "": "", "*": "gzip"} {
		a := s.get("/tiles/items/0/0/0.mvt", "Accept-Encoding", header)
		if got := a.Header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q is answered with %q, want %q", header, got, want)
		}
		if a.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Vary is %q", a.Header.Get("Vary"))
		}
	}
}
