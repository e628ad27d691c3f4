package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Whoever comes without script finds places by the address, and stays within the filters.
func TestMapSearch(t *testing.T) {
	s := newSite(t)
	insertAddresses(t, s)
	a := s.get("/?q=rue+des+dunes&status=new&layer=hexagons")
	if to, _ := url.Parse(a.Header.Get("Location")); a.StatusCode != http.StatusSeeOther || to.Path != "/" || to.Query().Get("z") != "17" ||
		to.Query().Get("status") != "new" || to.Query().Get("layer") != "hexagons" || !strings.HasPrefix(to.Query().Get("lat"), "48.") {
		t.Errorf("one place answers %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	if body := s.get("/?q=rue+des&status=new").body; !strings.Contains(body, ">Rue des Dunes") || !strings.Contains(body, ">Rue des Embruns") ||
		!strings.Contains(body, "status=new&amp;z=17") {
		t.Error("several places are not offered as links that keep the filter")
	}
	for _, q := range []string{"nulle-part", "%22%3E%3Cscript%3E", strings.Repeat("rue", 90)} {
		if a := s.get("/?q=" + q); a.StatusCode != http.StatusOK || !strings.Contains(a.body, "Aucun lieu ne correspond") || strings.Contains(a.body, "<script>") {
			t.Errorf("what cannot be found (%.12s) is not said", q)
		}
	}
}

// The address of an open card shows the report without script, and the map begins there.
func TestMapCard(t *testing.T) {
	s := newSite(t)
	s.file("Trou")
	a := s.get("/?report=1")
	if a.StatusCode != http.StatusOK || !strings.Contains(a.body, `<article class="map-plain-card">`) || !strings.Contains(a.body, `href="/reports/1">Trou</a>`) ||
		!strings.Contains(a.body, "&#34;zoom&#34;:17,") {
		t.Errorf("the card is not in the page: %d", a.StatusCode)
	}
	for _, other := range []string{"999999", "0", "x"} {
		if a := s.get("/?report=" + other); a.StatusCode != http.StatusOK || strings.Contains(a.body, "map-plain-card") {
			t.Errorf("a report %s that is not there answers %d", other, a.StatusCode)
		}
	}
}

// Each filter in force has a link that takes away only it, and stays at the same place.
func TestChips(t *testing.T) {
	s := newSite(t)
	body := s.get("/?z=14&lat=48.8&lon=2.3&status=planned,new&category=pothole&from=2024-03-01&to=2024-04-01&outline=none").body
	place := "lat=48.8&amp;lon=2.3&amp;outline=none"
	for label, left := range map[string]string{
		"Planifié":                         "category=pothole&amp;from=2024-03-01&amp;" + place + "&amp;status=new&amp;to=2024-04-01&amp;z=14",
		"Nouveau":                          "category=pothole&amp;from=2024-03-01&amp;" + place + "&amp;status=planned&amp;to=2024-04-01&amp;z=14",
		"Nid-de-poule":                     "from=2024-03-01&amp;" + place + "&amp;status=planned%2Cnew&amp;to=2024-04-01&amp;z=14",
		"Du 1er mars 2024 au 31 mars 2024": "category=pothole&amp;" + place + "&amp;status=planned%2Cnew&amp;z=14",
	} {
		if want := `href="/?` + left + `"><span class="sr">Retirer le filtre : </span>` + label + `</a>`; !strings.Contains(body, want) {
			t.Errorf("no chip %s", want)
		}
	}
	if !strings.Contains(body, `href="/?`+place+`&amp;z=14">Tout effacer</a>`) {
		t.Error("no way to clear all filters")
	}
}

// The words of scripts are kept by browsers for ever, and their address is in the page.
func TestWords(t *testing.T) {
	s := newSite(t)
	body := s.get("/").body
	at := strings.Index(body, "/words/fr-")
	if at < 0 {
		t.Fatal("the page names no words")
	}
	address := body[at : at+strings.IndexAny(body[at:], `"&`)]
	a := s.get(address)
	if a.StatusCode != http.StatusOK || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s answers %d %s", address, a.StatusCode, a.Header.Get("Cache-Control"))
	}
	if a := s.get("/words/fr-000000000000.json"); a.StatusCode != http.StatusNotFound {
		t.Errorf("other words answer %d", a.StatusCode)
	}
}

// A place on the map is told in words: the address nearest to it.
func TestReverseGeocode(t *testing.T) {
	s := newSite(t)
	insertAddresses(t, s)
	for query, want := range map[string]string{
		"lat=48.10001&lon=-4.19998": `"label":"2 Rue des Dunes"`, // a metre away
		"lat=48.5&lon=-4.2":         `"features":[]`,
	} {
		if a := s.get("/api/v1/geocode?" + query); a.StatusCode != http.StatusOK || !strings.Contains(strings.ReplaceAll(a.body, "\n", ""), want) {
			t.Errorf("%s answers %d %s", query, a.StatusCode, a.body)
		}
	}
	for _, query := range []string{"lat=48.1", "lat=x&lon=2", "lat=91&lon=2", "lat=0&lon=0", "lat=48&lon=2&q=rue"} {
		if a := s.get("/api/v1/geocode?" + query); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s answers %d %s", query, a.StatusCode, a.body)
		}
	}
}
