package web

import (
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quartier/reports/account"
)

// what in a page leads somewhere, or is fetched.
var (
	leads   = regexp.MustCompile(`\s(?:href|src)="([^"]*)"`)
	digits  = regexp.MustCompile(`\d+`)
	sends   = regexp.MustCompile(`\s(?:action|formaction)="([^"]*)"`)
	sets    = regexp.MustCompile(`\ssrcset="([^"]*)"`)
	islands = regexp.MustCompile(`\sdata-config="([^"]*)"`)
)

// linksOf gives the addresses in an answer: of a page, or every text of a JSON document that begins like an address.
func linksOf(a answer) (list []string) {
	for _, name := range []string{"Location", "Content-Location"} {
		if value := a.Header.Get(name); value != "" {
			list = append(list, value)
		}
	}
	if _, rest, found := strings.Cut(a.Header.Get("Link"), "<"); found {
		next, _, _ := strings.Cut(rest, ">")
		list = append(list, next)
	}
	switch kind := a.Header.Get("Content-Type"); {
	case strings.HasPrefix(kind, "text/html"):
		for _, m := range leads.FindAllStringSubmatch(a.body, -1) {
			list = append(list, html.UnescapeString(m[1]))
		}
		for _, m := range sets.FindAllStringSubmatch(a.body, -1) {
			for one := range strings.SplitSeq(html.UnescapeString(m[1]), ", ") {
				address, _, _ := strings.Cut(one, " ")
				list = append(list, address)
			}
		}
		for _, m := range islands.FindAllStringSubmatch(a.body, -1) {
			list = append(list, linksIn([]byte(html.UnescapeString(m[1])))...)
		}
	case strings.Contains(kind, "json"):
		list = append(list, linksIn([]byte(a.body))...)
	}
	return list
}

// sentTo gives the addresses that the forms of a page are sent to.
func sentTo(a answer) (list []string) {
	for _, m := range sends.FindAllStringSubmatch(a.body, -1) {
		list = append(list, html.UnescapeString(m[1]))
	}
	return list
}

// linksIn gives the texts of a JSON document that begin like addresses. The names of kinds of problems and the paths of the OpenAPI document, which
// stand below its server's address, are none.
func linksIn(document []byte) (list []string) {
	var value any
	if json.Unmarshal(document, &value) != nil {
		return nil
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "/problems/") || strings.HasPrefix(v, "http") {
				list = append(list, v)
			}
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			for _, one := range v {
				walk(one)
			}
		}
	}
	walk(value)
	return list
}

// Whoever follows the links of the site, from page to page and into what its scripts and programs are told, never leaves the base path.
func TestNoLinkLeavesTheBasePath(t *testing.T) {
	const base = "/ville/quartier"
	s := newSite(t, withGround, func(s *Server) { s.BasePath = base })
	insertZone(t, s, "centre", "Centre")
	insertAddresses(t, s)
	a := s.do("POST", base+"/api/v1/reports", `{"category":"pothole","title":"Trou","location":{"type":"Point","coordinates":[2.35,48.85]}}`, "Content-Type", "application/json")
	if a.StatusCode != http.StatusCreated || a.Header.Get("Location") != base+"/api/v1/reports/1" {
		t.Fatalf("filing answers %d and leads to %q", a.StatusCode, a.Header.Get("Location"))
	}
	s.awaitText(a.Header.Get(tokenHeader))

	public := crawl(t, s, "")
	for _, path := range []string{"/", "/reports", "/reports/new", "/reports/1", "/zones", "/zones/essai/centre", "/stats", "/sign-in", "/api/docs", "/api/openapi.json", "/styles/dark.json", "/tiles/basemap.json",
		"/tiles/basemap/12/2074/1409.mvt", "/assets/icon.svg", "/api/v1/reports.csv", "/api/v1/zones/essai.geojson"} {
		if !slices.ContainsFunc(public, func(address string) bool { return address == base+path || strings.HasPrefix(address, base+path+"?") }) {
			t.Errorf("no link leads to %s", path)
		}
	}
	signedIn := strings.Replace(s.signedInAs(account.Grant{Role: account.RoleAdministrator}, account.Grant{Role: account.RoleModerator}), "quartier_session=", "quartier_session.ville.quartier=", 1)
	staff := crawl(t, s, signedIn)
	for _, path := range []string{"/me", "/me/security", "/admin"} {
		if !slices.Contains(staff, base+path) {
			t.Errorf("no link leads staff to %s", path)
		}
	}
}

// crawl follows all links from everywhere that is not led to, and gives where it came.
func crawl(t *testing.T, s *site, cookie string) []string {
	t.Helper()
	base := s.BasePath
	templates := strings.NewReplacer("{z}", "12", "{x}", "2074", "{y}", "1409")
	// Where no link leads, and where a mistake leads.
	queue := []string{base + "/", base + "/?report=1", base + "/?q=rue+des", base + "/?q=3+rue+des+dunes", base + "/?at.x=3&at.y=4", base + "/reports/new/thanks?id=1", base + "/reports/new/thanks",
		base + "/reports/99", base + "/nowhere", base + "/reports?status=pending", base + "/tiles/items.json?status=open", base + "/tiles/cells.json", base + "/tiles/zones/essai.json", base,
		base + "/api/openapi.json", base + "/api/v1/reports?limit=1", base + "/api/v1/zones", base + "/api/v1/categories", base + "/api/v1/reports/99", base + "/api/v1/reports.geojson", base + "//evil.example/?lang=en"}
	seen, drawn := map[string]bool{}, map[string]bool{}
	pages := 0
	for len(queue) > 0 {
		address := queue[0]
		queue = queue[1:]
		if seen[address] {
			continue
		}
		seen[address] = true
		a := s.get(address, "Cookie", cookie)
		if a.StatusCode >= 500 || a.StatusCode == http.StatusNotFound && !slices.Contains([]string{"/reports/99", "/nowhere", "/api/v1/reports/99"}, strings.TrimPrefix(address, base)) &&
			!strings.Contains(address, "evil") {
			t.Errorf("%s answers %d", address, a.StatusCode)
		}
		if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			pages++
		}
		if strings.HasPrefix(a.Header.Get("Content-Type"), "text/css") && strings.Contains(a.body, "url(/") {
			t.Errorf("%s names a file by a path from the root", address)
		}
		for _, c := range a.Cookies() {
			if !strings.HasSuffix(c.Name, ".ville.quartier") {
				t.Errorf("%s sets the cookie %s, which another site of ours on the host would take", address, c.Name)
			}
		}
		forms := sentTo(a)
		for i, link := range slices.Concat(forms, linksOf(a)) {
			if strings.HasPrefix(link, "#") || strings.HasPrefix(link, "https://spdx.org/") {
				continue
			}
			at, err := url.Parse(templates.Replace(link))
			if err != nil {
				t.Errorf("%s leads to %q: %v", address, link, err)
				continue
			}
			if at.Path == base && strings.HasPrefix(address, base+"/api/openapi") { // the address of the server
				continue
			}
			if at.Host != "" && at.Host != "example.com" || !strings.HasPrefix(at.Path, base+"/") {
				t.Errorf("%s leads out, to %q", address, link)
				continue
			}
			at.Scheme, at.Host, at.Fragment = "", "", ""
			if strings.HasSuffix(at.Path, ".png") { // one picture of each kind will do: it costs a hundred times what a page does
				kind := digits.ReplaceAllString(at.Path, "")
				if drawn[kind] {
					continue
				}
				drawn[kind] = true
			}
			// Maps moved and enlarged, dates and filters are without number: one of each kind will do.
			if query := at.Query(); i >= len(forms) && (len(query) < 2 && len(query["cursor"]) == 0 || pages < 30) {
				queue = append(queue, at.String())
			}
		}
	}
	t.Logf("%d addresses, %d of them pages", len(seen), pages)
	return slices.Collect(maps.Keys(seen))
}

// Without the base path in front nothing is ours but what watches over the node.
func TestOutsideTheBasePathNothingAnswers(t *testing.T) {
	s := newSite(t, func(s *Server) { s.BasePath = "/quartier" })
	for path, want := range map[string]int{"/": 404, "/reports": 404, "/api/v1/reports": 404, "/tiles/items/0/0/0.mvt": 404, "/quartierlatin/": 404, "/quartier-/reports": 404, "/%71uartier/reports": 404,
		"//quartier/reports": 404, "/quartier/../reports": 404, "/quartier/quartier/reports": 404, "/healthz": 200, "/readyz": 200, "/metrics": 404, "/quartier/healthz": 200, "/quartier/readyz": 200, "/quartier": 308,
		"/quartier?lang=en": 308, "/quartier/": 200, "/quartier/reports": 200, "/quartier/tiles/items/0/0/0.mvt": 204} {
		if a := s.get(path); a.StatusCode != want {
			t.Errorf("%s answers %d, not %d", path, a.StatusCode, want)
		}
	}
	if a := s.get("/quartier"); a.Header.Get("Location") != "/quartier/" {
		t.Errorf("the bare base path leads to %q", a.Header.Get("Location"))
	}
}

// Under TLS a browser takes cookies of ours only for the path "/" (__Host-), below a base path too: also the one by which it flags a thing once.
func TestCookiesBelowTheBasePath(t *testing.T) {
	s := newSite(t, proven, func(s *Server) { s.BasePath = "/quartier" })
	a := s.do("POST", "/quartier/api/v1/reports", `{"category":"pothole","title":"Trou","location":{"type":"Point","coordinates":[2.35,48.85]}}`, "Content-Type", "application/json")
	if a.StatusCode != http.StatusCreated {
		t.Fatalf("filing: %d %s", a.StatusCode, a.body)
	}
	s.awaitText(a.Header.Get(tokenHeader))
	a = s.get("/quartier/reports/1/flag", "X-Forwarded-For", "198.51.100.1", "X-Forwarded-Proto", "https")
	if a.StatusCode != http.StatusOK || len(a.Cookies()) < 2 {
		t.Fatalf("%d with cookies %v", a.StatusCode, a.Cookies())
	}
	for _, c := range a.Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || c.Path != "/" || c.Domain != "" || !c.Secure || !c.HttpOnly {
			t.Errorf("a browser refuses %v", c)
		}
	}
}
