package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quartier/reports/account"
)

// example completes the pattern of a route with what may stand there.
var example = strings.NewReplacer(":id", "1", ":set", "essai", ":name", "light", ":z", "12", ":x", "2074", ":y", "1409", "{id}", "1", "{set}", "essai", "*", "centre")

// everyRoute gives an address of each route, by its method. Parameters without an example stand as a number.
func everyRoute(s *site) map[string][]string {
	list := map[string][]string{}
	for _, r := range s.app.GetRoutes(true) {
		path := regexp.MustCompile(`:\w+|\{\w+\}`).ReplaceAllString(example.Replace(r.Path), "1")
		list[r.Method] = append(list[r.Method], path)
	}
	return list
}

// plainTile is an answer that no browser shows.
var plainTile = regexp.MustCompile(`^/tiles/(items|cells|zones/\w+|basemap)/\d`)

// Every answer of every route, for the public and for staff, with TLS before us and without, by every method, says what keeps a browser safe, each thing
// once; so do errors that come before any route.
func TestEveryAnswerIsShielded(t *testing.T) {
	s := newSite(t, withGround, func(s *Server) { s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32")} })
	insertZone(t, s, "centre", "Centre")
	_, token := s.file("Trou")
	s.awaitText(token)
	staff := s.signedInAs(account.Grant{Role: account.RoleAdministrator}, account.Grant{Role: account.RoleModerator}, account.Grant{Role: account.RoleAnalyst}, account.Grant{Role: account.RoleAgent})
	staff += "; __Host-" + staff
	answers := 0
	for _, kind := range []struct{ name, cookie, scheme string }{{"the public", "", "http"}, {"the public under TLS", "", "https"}, {"staff under TLS", staff, "https"}} {
		check := func(method, path string) answer {
			t.Helper()
			a := s.do(method, path, "", "Cookie", kind.cookie, "X-Forwarded-For", "198.51.100.1", "X-Forwarded-Proto", kind.scheme)
			answers++
			name := kind.name + ": " + method + " " + path
			want := map[string]string{"X-Content-Type-Options": "nosniff"}
			if !plainTile.MatchString(path) || a.StatusCode >= 400 && method != http.MethodOptions {
				want["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
					"manifest-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
				want["Referrer-Policy"] = "same-origin"
				want["X-Frame-Options"] = "DENY"
				want["Cross-Origin-Opener-Policy"] = "same-origin"
				want["Permissions-Policy"] = "geolocation=(self), camera=(), microphone=(), payment=()"
				if kind.scheme == "https" {
					want["Strict-Transport-Security"] = "max-age=31536000"
				}
			}
			for header, value := range want {
				if got := a.Header.Values(header); len(got) != 1 || got[0] != value {
					t.Errorf("%s answers %d with %s %q, not %q", name, a.StatusCode, header, got, value)
				}
			}
			if kind.scheme == "http" && a.Header.Get("Strict-Transport-Security") != "" {
				t.Errorf("%s: a browser is told never to come without TLS again, by one who has none", name)
			}
			if got := a.Header.Get("Access-Control-Allow-Credentials"); got != "" {
				t.Errorf("%s lets scripts of other sites ask in the name of who is signed in: %q", name, got)
			}
			for _, cookie := range a.Cookies() {
				secure := kind.scheme == "https"
				if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Secure != secure || cookie.Path != "/" || cookie.Domain != "" ||
					strings.HasPrefix(cookie.Name, "__Host-quartier_") != secure {
					t.Errorf("%s sets the cookie %+v", name, cookie)
				}
			}
			return a
		}
		for method, paths := range everyRoute(s) {
			for _, path := range paths {
				if path == "/api/v1/events" && method == http.MethodGet { // a stream: it is HEAD that shows what goes before it, and TestEvents
					continue
				}
				a := check(method, path)
				if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
					checkMarkup(t, kind.name+": "+path, a.body)
				}
			}
		}
		for _, path := range []string{"/", "/reports", "/api/v1/reports", "/tiles/items/0/0/0.mvt", "/assets/icon.svg", "/healthz"} {
			for _, method := range []string{"TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PROPFIND", "OPTIONS"} {
				if a := check(method, path); a.StatusCode != http.StatusMethodNotAllowed && method != http.MethodOptions && a.StatusCode != http.StatusNotImplemented &&
					a.StatusCode != http.StatusNotFound || strings.Contains(a.body, kind.cookie) && kind.cookie != "" {
					t.Errorf("%s %s answers %d %s", method, path, a.StatusCode, a.body)
				}
			}
		}
		for _, path := range []string{"/nowhere", "/%00", "/reports/0", "/tiles/items/99/0/0.mvt", "/tiles/none/0/0/0.mvt", "/assets/none.js", "/assets/../server.go", "/api/v1/none",
			"/reports?lang=en", "/reports?status=gone", "/api/v1/reports?colour=red", "//evil.example/"} {
			a := check(http.MethodGet, path)
			if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
				checkMarkup(t, kind.name+": "+path, a.body)
			}
		}
	}
	t.Logf("%d answers", answers)
}

var (
	inlineStyle   = regexp.MustCompile(`<[^>]*\sstyle\s*=`)
	inlineHandler = regexp.MustCompile(`<[^>]*\son\w+\s*=`)
	scripts       = regexp.MustCompile(`<script([^>]*)>([^<]*)`)
)

// checkMarkup finds what the policy would stop on a page, and what it would fetch elsewhere.
func checkMarkup(t *testing.T, name, body string) {
	t.Helper()
	for _, found := range []string{inlineStyle.FindString(body), inlineHandler.FindString(body)} {
		if found != "" {
			t.Errorf("%s has %s", name, found)
		}
	}
	for _, m := range scripts.FindAllStringSubmatch(body, -1) {
		if !strings.Contains(m[1], `src="`) || m[2] != "" {
			t.Errorf("%s has the script %q", name, m[0])
		}
	}
	if strings.Contains(body, "<style") || strings.Contains(body, "javascript:") || strings.Contains(body, "<base") || strings.Contains(body, "<iframe") {
		t.Errorf("%s has a style, a script, a base or a frame", name)
	}
	page := answer{&http.Response{Header: http.Header{"Content-Type": {"text/html"}}}, body}
	for _, link := range append(sentTo(page), linksOf(page)...) {
		if at, err := url.Parse(link); err != nil || at.Host != "" && at.Host != "example.com" || at.Scheme != "" && at.Host == "" {
			t.Errorf("%s leads to %q", name, link)
		}
	}
}

// A page whose address lets somebody in tells nobody of it, whatever it links to.
func TestAddressesWithSecretsAreNotTold(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]string{"/reports": "same-origin", "/reports/new/thanks?id=1&token=x": "no-referrer", "/nowhere?token=x": "no-referrer", "/nowhere?code=x&state=y": "no-referrer"} {
		if a := s.get(path); a.Header.Get("Referrer-Policy") != want {
			t.Errorf("%s has the policy %q", path, a.Header.Get("Referrer-Policy"))
		}
	}
	// An old browser says of such a page's form only that it comes from nowhere.
	f := s.openForm()
	values := url.Values{"category": {"pothole"}, "title": {"Trou"}, "lat": {"48.85"}, "lon": {"2.35"}}
	if a := f.send(values, "Origin", "null"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("such a form answers %d", a.StatusCode)
	}
	for _, headers := range [][]string{{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Origin", "http://example.com.evil.example"},
		{"Sec-Fetch-Site", "same-site"}, {"Origin", "null", "Cookie", ""}} {
		if a := f.send(values, headers...); a.StatusCode != http.StatusForbidden {
			t.Errorf("a form with %q answers %d", headers, a.StatusCode)
		}
	}
}

// Whatever host a request names, nothing of it gets where others would see it: not when the address of the site is known, and not from who may not speak
// for others.
func TestHostsOfStrangersAreNotBelieved(t *testing.T) {
	s := newSite(t, withGround, func(s *Server) { s.PublicURL = "https://quartier.example" })
	_, token := s.file("Trou")
	s.awaitText(token)
	_, _ = s.file("Deux")
	open := newSite(t, withGround)
	for _, path := range []string{"/", "/reports", "/api/v1/reports?limit=1", "/tiles/items.json", "/tiles/basemap.json", "/styles/light.json", "/api/v1/zones", "/api/v1/reports.geojson", "/reports?lang=en", "/nowhere"} {
		for _, headers := range [][]string{{"X-Forwarded-Host", "evil.example"}, {"X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https"}, {"Forwarded", "host=evil.example"},
			{"X-Host", "evil.example"}, {"X-Original-URL", "/evil.example"}, {"X-Rewrite-URL", "/evil.example"}} {
			for _, site := range []*site{s, open} {
				if a := site.get(path, headers...); strings.Contains(a.body, "evil.example") || slices.ContainsFunc(slices.Concat(a.Header["Location"], a.Header["Link"]), func(v string) bool {
					return strings.Contains(v, "evil.example")
				}) {
					t.Errorf("%s with %q: %d %v", path, headers, a.StatusCode, a.Header)
				}
			}
		}
		if a := s.get("http://evil.example" + path); strings.Contains(a.body, "evil.example") || strings.Contains(a.Header.Get("Location")+a.Header.Get("Link"), "evil.example") {
			t.Errorf("%s asked of evil.example: %d %v", path, a.StatusCode, a.Header)
		}
	}
}

func TestSafeNext(t *testing.T) {
	for text, want := range map[string]string{
		"/":                               "/",
		"/reports":                        "/reports",
		"/reports?status=open&zone=a%2Fb": "/reports?status=open&zone=a%2Fb",
		"/reports/12#timeline":            "/reports/12#timeline",
		"/zones/quartiers/R%C3%A9%20x":    "/zones/quartiers/R%C3%A9%20x",
		"/?q=https://elsewhere.example":   "/?q=https://elsewhere.example",
		"":                                "/",
		"reports":                         "/",
		"https://evil.example/":           "/",
		"HTTPS:evil.example":              "/",
		"//evil.example":                  "/",
		"///evil.example":                 "/",
		"/\\evil.example":                 "/",
		"\\\\evil.example":                "/",
		"/\t/evil.example":                "/",
		"/%09/evil.example":               "/",
		"\x01//evil.example":              "/",
		" //evil.example":                 "/",
		"/ /evil.example":                 "/%20/evil.example",
		"/%2fevil.example":                "/",
		"/%2F%2Fevil.example":             "/",
		"/%5cevil.example":                "/",
		"/%255cevil.example":              "/",
		"/%25252fevil.example":            "/",
		"/..//evil.example":               "/",
		"/reports/../admin":               "/",
		"/reports/%2e%2e/admin":           "/",
		"/./reports":                      "/",
		"/reports//12":                    "/",
		"javascript:alert(1)":             "/",
		"data:text/html,x":                "/",
		"/reports\r\nSet-Cookie: a=b":     "/",
		"/reports?a=\r\nSet-Cookie:b":     "/",
		"/reports?a=%0d%0aSet-Cookie:b":   "/reports?a=%0d%0aSet-Cookie:b", // encoded it ends no header
		"/\xff":                           "/",
		"/" + strings.Repeat("a", 3000):   "/",
		"//user@evil.example/":            "/",
		"/@evil.example":                  "/@evil.example",
		"/:80/":                           "/:80/",
		"/;/evil.example":                 "/;/evil.example",
	} {
		if got := safeNext(text); got != want {
			t.Errorf("%q leads to %q, not %q", text, got, want)
		}
	}
}

// Where a browser would go from any of our pages stays with us, and is the same when it is asked about again.
func FuzzSafeNext(f *testing.F) {
	for _, seed := range []string{"/reports?status=open#x", "//evil.example", "/\\evil", "/%2f%2fevil", "https:evil", "/a/../b", "/%25%32%66evil", "/é?é#é", "/\t/evil"} {
		f.Add(seed)
	}
	here, err := url.Parse("https://quartier.example/ville/reports/new?x=1")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		next := safeNext(text)
		if again := safeNext(next); again != next {
			t.Fatalf("%q leads to %q, and that to %q", text, next, again)
		}
		if strings.ContainsFunc(next, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }) {
			t.Fatalf("%q leads to %q, of which browsers leave out signs", text, next)
		}
		for _, base := range []string{"", "/ville"} {
			at, err := here.Parse(base + next)
			if err != nil || at.Scheme != here.Scheme || at.Host != here.Host || at.User != nil || !strings.HasPrefix(at.Path, base+"/") || strings.HasPrefix(at.Path, "//") {
				t.Fatalf("%q leads to %q, which is %v (%v)", text, base+next, at, err)
			}
		}
	})
}
