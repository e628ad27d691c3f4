package web

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"quartier/geo"
)

func TestBadRequests(t *testing.T) {
	s := newSite(t)
	location := `"location":{"type":"Point","coordinates":[2.35,48.85]}`
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		says                     string // in the English answer
	}{
		{"unknown parameter", "GET", "/api/v1/reports?colour=red", "", 400, "colour: unknown parameter"},
		{"repeated parameter", "GET", "/api/v1/reports?status=new&status=open", "", 400, "status: can be given only once"},
		{"unknown state", "GET", "/api/v1/reports.geojson?status=gone", "", 400, "“gone”"},
		{"unknown category", "GET", "/tiles/items/3/4/2.mvt?category=dragons", "", 400, "“dragons”"},
		{"unknown zone", "GET", "/tiles/items/3/4/2.mvt?zone=paris/1", "", 400, "“paris/1”"},
		{"no day", "GET", "/tiles/items/3/4/2.mvt?from=yesterday", "", 400, "“yesterday”"},
		{"a day before all days", "GET", "/tiles/items/3/4/2.mvt?to=0001-01-01T00:00:00Z", "", 400, "“0001-01-01T00:00:00Z”"},
		{"a day before all days, in the city", "GET", "/api/v1/reports?to=0001-01-01", "", 400, "“0001-01-01”"},
		{"a moment of the year 10000", "GET", "/api/v1/reports?to=9999-12-31T23:59:59-01:00", "", 400, "“9999-12-31T23:59:59-01:00”"},
		{"an ending behind the zoom", "GET", "/tiles/items/0.mvt/0/0.mvt", "", 400, "no such tile"},
		{"an ending behind the column", "GET", "/tiles/raster/0/0.png/0.png", "", 400, "no such tile"},
		{"the end before the beginning", "GET", "/api/v1/stats?from=2026-03-02&to=2026-03-01", "", 400, "before the beginning"},
		{"a box with three numbers", "GET", "/api/v1/reports?bbox=1,2,3", "", 400, "bbox"},
		{"a box that is not a number", "GET", "/api/v1/reports?bbox=NaN,1,2,3", "", 400, "bbox"},
		{"a limit out of range", "GET", "/api/v1/reports?limit=501", "", 400, "1 to 500"},
		{"a foreign cursor", "GET", "/api/v1/reports?cursor=abc", "", 400, "cursor"},
		{"a zoom out of range", "GET", "/tiles/items/19/0/0.mvt", "", 400, "no such tile"},
		{"a column out of range", "GET", "/tiles/items/3/8/0.mvt", "", 400, "no such tile"},
		{"a negative row", "GET", "/tiles/items/3/0/-1.mvt", "", 400, "no such tile"},
		{"a huge zoom", "GET", "/tiles/items/259/0/0.mvt", "", 400, "no such tile"},
		{"an unknown zone set", "GET", "/tiles/zones/nowhere/0/0/0.mvt", "", 404, "nothing at this address"},
		{"an unknown set's GeoJSON", "GET", "/api/v1/zones/nowhere.geojson", "", 404, "nothing at this address"},
		{"a number that is none", "GET", "/api/v1/reports/12x", "", 404, "nothing at this address"},
		{"an unknown path", "GET", "/api/v1/dragons", "", 404, "nothing at this address"},
		{"a method that is not taken", "DELETE", "/api/v1/reports", "", 405, "method"},
		{"too many cells", "GET", "/api/v1/cells.geojson?resolution=14", "", 400, "0 to 13"},
		{"no JSON", "POST", "/api/v1/reports", `{"category":`, 400, "not a valid JSON document"},
		{"two documents", "POST", "/api/v1/reports", `{"category":"pothole","title":"a",` + location + `}{}`, 400, "follows"},
		{"an unknown field", "POST", "/api/v1/reports", `{"category":"pothole","title":"a","colour":"red",` + location + `}`, 422, "colour: unknown field"},
		{"a key twice", "POST", "/api/v1/reports", `{"category":"pothole","title":"a","title":"b",` + location + `}`, 422, "comes twice"},
		{"a key in capitals", "POST", "/api/v1/reports", `{"category":"pothole","title":"a","TITLE":"b",` + location + `}`, 422, "TITLE: unknown field"},
		{"no longitude", "POST", "/api/v1/reports", `{"category":"pothole","title":"a","location":{"type":"Point","coordinates":[null,48.85]}}`, 422, "GeoJSON point"},
		{"nothing to be seen", "POST", "/api/v1/reports", `{"category":"pothole","title":"\u200b\u200b",` + location + `}`, 422, "must be filled in"},
		{"text that turns round", "POST", "/api/v1/reports", `{"category":"pothole","title":"a\u202eb",` + location + `}`, 422, "control characters"},
		{"the empty uuid", "POST", "/api/v1/reports", `{"uuid":"00000000-0000-0000-0000-000000000000","category":"pothole","title":"a",` + location + `}`, 422, "not a UUID"},
		{"hexadecimal degrees", "GET", "/api/v1/reports?bbox=0x1p3,1,9,9", "", 400, "bbox"},
		{"a wrong type", "POST", "/api/v1/reports", `{"category":"pothole","title":7,` + location + `}`, 422, "title"},
		{"swapped coordinates", "POST", "/api/v1/reports", `{"category":"pothole","title":"a","location":{"type":"Point","coordinates":[48.85,122.35]}}`, 422, "swapped"},
		{"coordinates out of range", "POST", "/api/v1/reports", `{"category":"pothole","title":"a","location":{"type":"Point","coordinates":[2.35,885]}}`, 422, "do not exist"},
		{"null island", "POST", "/api/v1/reports", `{"category":"pothole","title":"a","location":{"type":"Point","coordinates":[0,0]}}`, 422, "0/0"},
		{"a line", "POST", "/api/v1/reports", `{"category":"pothole","title":"a","location":{"type":"LineString","coordinates":[2,48]}}`, 422, "GeoJSON point"},
		{"NaN", "POST", "/api/v1/reports", `{"category":"pothole","title":"a","location":{"type":"Point","coordinates":[NaN,48]}}`, 400, "not a valid JSON document"},
		{"invalid UTF-8", "POST", "/api/v1/reports", "{\"category\":\"pothole\",\"title\":\"a\xff\"," + location + `}`, 400, "not UTF-8"},
		{"a text of 100 kB", "POST", "/api/v1/reports", `{"category":"pothole","title":"a","description":"` + strings.Repeat("a", 100_000) + `",` + location + `}`, 422, "100,000 characters, at most 10,000"},
		{"a uuid that is none", "POST", "/api/v1/reports", `{"uuid":"7","category":"pothole","title":"a",` + location + `}`, 422, "not a UUID"},
		{"everything at once", "POST", "/api/v1/reports", `{"category":"dragons","title":""}`, 422, "must be filled in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := s.do(c.method, c.path, c.body, "Content-Type", "application/json", "Accept-Language", "en")
			if a.StatusCode != c.status || !strings.Contains(a.body, c.says) {
				t.Errorf("answered %d %s, want %d with %q", a.StatusCode, a.body, c.status, c.says)
			}
			var p Problem
			if err := json.Unmarshal([]byte(a.body), &p); err != nil || p.Status != c.status || p.Title == "" || strings.HasPrefix(p.Title, "problem.") ||
				!strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") {
				t.Errorf("no problem document: %s %s", a.Header.Get("Content-Type"), a.body)
			}
			french := s.do(c.method, c.path, c.body, "Content-Type", "application/json", "Accept-Language", "fr")
			if french.body == a.body || french.StatusCode != c.status {
				t.Errorf("in French it answers %d %s", french.StatusCode, french.body)
			}
		})
	}
	if body := s.get("/api/v1/reports").body; !strings.Contains(body, `"items":[]`) {
		t.Errorf("something was stored: %s", body)
	}
}

func TestBodiesOverTheLimit(t *testing.T) {
	s := newSite(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }()
	defer s.app.Shutdown()
	// The size is said and one byte is sent: a server that answers before it has read everything resets the connection of who still writes.
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST /api/v1/reports HTTP/1.1\r\nHost: example.com\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{", maxBody+1)
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a body over the limit answers %d", response.StatusCode)
	}
}

func TestWrongContentType(t *testing.T) {
	s := newSite(t)
	// A small compressed body can unpack to gigabytes: none is unpacked.
	if a := s.postJSON("anything", "Content-Encoding", "gzip, gzip"); a.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("a compressed body answers %d %s", a.StatusCode, a.body)
	}
	if a := s.do("POST", "/api/v1/reports", "a=b", "Content-Type", "application/x-www-form-urlencoded"); a.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("a form for the JSON API answers %d %s", a.StatusCode, a.body)
	}
}

// A report that was filed is in the tile at once for who sends the token, and the token's write is never missed.
func TestReadYourWrite(t *testing.T) {
	s := newSite(t)
	at := geo.TileAt(geo.Position{Lon: 23_500_000, Lat: 488_500_000}, 16)
	path := fmt.Sprintf("/tiles/items/%d/%d/%d.mvt", at.Z, at.X, at.Y)
	for n := 1; n <= 5; n++ {
		_, token := s.file("tout de suite")
		if got := countIn(t, s.get(path, tokenHeader, token).body); got != n {
			t.Fatalf("with the token the tile counts %d, want %d", got, n)
		}
	}
	if a := s.get(path, tokenHeader, "nonsense"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("a foreign token answers %d", a.StatusCode)
	}
}

func TestRepeatedFiling(t *testing.T) {
	s := newSite(t)
	body := `{"uuid":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","category":"pothole","title":"a","location":{"type":"Point","coordinates":[2.35,48.85]}}`
	first, second := s.postJSON(body), s.postJSON(body)
	if first.StatusCode != http.StatusCreated || second.StatusCode != http.StatusCreated || first.body != second.body ||
		first.Header.Get("Location") == "" || first.Header.Get("Location") != second.Header.Get("Location") {
		t.Errorf("the same filing answers %d %s and %d %s", first.StatusCode, first.body, second.StatusCode, second.body)
	}
	if other := s.postJSON(strings.Replace(body, `"a"`, `"b"`, 1)); other.StatusCode != http.StatusConflict {
		t.Errorf("another content answers %d", other.StatusCode)
	}
}

func TestFilingIsLimited(t *testing.T) {
	s := newSite(t, func(s *Server) { s.FilingsPerTenMinutes = 1 })
	s.file("un")
	a := s.postJSON(`{"category":"pothole","title":"deux","location":{"type":"Point","coordinates":[2.35,48.85]}}`)
	if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
		t.Errorf("the second filing answers %d, Retry-After %q", a.StatusCode, a.Header.Get("Retry-After"))
	}
}

// X-Forwarded-For counts only from trusted proxies, and then only what they wrote themselves.
func TestForwardedAddresses(t *testing.T) {
	limited := func(proxies ...string) *site {
		return newSite(t, func(s *Server) {
			s.FilingsPerTenMinutes = 1
			for _, p := range proxies {
				s.TrustedProxies = append(s.TrustedProxies, netip.MustParsePrefix(p))
			}
		})
	}
	body := `{"category":"pothole","title":"a","location":{"type":"Point","coordinates":[2.35,48.85]}}`
	s := limited()
	s.postJSON(body, "X-Forwarded-For", "198.51.100.1")
	if a := s.postJSON(body, "X-Forwarded-For", "198.51.100.2"); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("an untrusted peer chose its address: %d", a.StatusCode)
	}
	s = limited("0.0.0.0/32") // the address of Fiber's test connections
	s.postJSON(body, "X-Forwarded-For", "198.51.100.1")
	if a := s.postJSON(body, "X-Forwarded-For", "198.51.100.2"); a.StatusCode != http.StatusCreated {
		t.Errorf("behind a trusted proxy another client is refused: %d %s", a.StatusCode, a.body)
	}
	if a := s.postJSON(body, "X-Forwarded-For", "203.0.113.9, 198.51.100.2"); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a client wrote its own address before the proxy's: %d", a.StatusCode)
	}
}

// The exports give every report once, in the same words.
func TestExports(t *testing.T) {
	s := newSite(t)
	for i := range 30 {
		s.file(fmt.Sprintf("=%d, avec \\\"guillemets\\\" et virgule", i))
	}
	var collection struct {
		Type     string
		Features []struct {
			ID         int64
			Geometry   struct{ Coordinates []json.Number }
			Properties map[string]any
		}
	}
	if err := json.Unmarshal([]byte(s.get("/api/v1/reports.geojson").body), &collection); err != nil {
		t.Fatal(err)
	}
	if collection.Type != "FeatureCollection" || len(collection.Features) != 30 {
		t.Fatalf("%d features in a %s", len(collection.Features), collection.Type)
	}
	first := collection.Features[0]
	if fmt.Sprint(first.Geometry.Coordinates) != "[2.3500000 48.8500000]" {
		t.Errorf("the coordinates are %v", first.Geometry.Coordinates)
	}
	for _, name := range strings.Fields("id category service status title description address zones created_at updated_at closed_at support_count h3 source url") {
		if _, ok := first.Properties[name]; !ok {
			t.Errorf("the property %s is missing", name)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(s.get("/api/v1/reports.csv").body)).ReadAll()
	if err != nil || len(rows) != 31 {
		t.Fatalf("%d rows of CSV, %v", len(rows), err)
	}
	if title := rows[1][4]; !strings.HasPrefix(title, "'=") {
		t.Errorf("a spreadsheet would compute %q", title)
	}
	if n := strings.Count(s.get("/api/v1/reports.geojson?bbox=2.36,48,3,49").body, `"Feature"`); n != 0 {
		t.Errorf("%d features outside the box", n)
	}
	if n := strings.Count(s.get("/api/v1/reports.geojson?bbox=2.35,48.85,2.36,48.86").body, `"Feature"`); n != 30 {
		t.Errorf("%d features on the corner of the box, want 30", n)
	}
}
