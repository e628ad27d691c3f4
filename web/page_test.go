package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// form is a browser without script: it opens the form, keeps its cookie and hidden fields, and sends what it is told to.
type form struct {
	site   *site
	cookie string
	hidden url.Values
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="(csrf|uuid|stamp)" value="([^"]*)"`)

func (s *site) openForm() *form {
	s.t.Helper()
	a := s.get("/reports/new")
	if a.StatusCode != http.StatusOK {
		s.t.Fatalf("the form answers %d", a.StatusCode)
	}
	f := &form{site: s, hidden: url.Values{}}
	for _, c := range a.Cookies() {
		f.cookie = c.Name + "=" + c.Value
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			s.t.Errorf("the cookie is %+v", c)
		}
	}
	for _, m := range hiddenField.FindAllStringSubmatch(a.body, -1) {
		f.hidden.Set(m[1], m[2])
	}
	f.ripen(time.Minute)
	return f
}

// ripen makes the form one that was opened some time ago: people take longer than a test.
func (f *form) ripen(age time.Duration) {
	f.site.t.Helper()
	key, err := f.site.sealKey(f.site.t.Context())
	if err != nil {
		f.site.t.Fatal(err)
	}
	f.hidden.Set("stamp", stamp(key, f.hidden.Get("csrf"), f.site.Register.Now().Add(-age)))
}

func (f *form) send(values url.Values, headers ...string) answer {
	f.site.t.Helper()
	all := url.Values{}
	for _, some := range []url.Values{f.hidden, values} {
		for name, v := range some {
			all[name] = v
		}
	}
	return f.site.do("POST", "/reports", all.Encode(), append([]string{"Content-Type", "application/x-www-form-urlencoded", "Cookie", f.cookie}, headers...)...)
}

func TestFormFilesAReport(t *testing.T) {
	s := newSite(t)
	f := s.openForm()
	a := f.send(url.Values{"category": {"pothole"}, "title": {"Trou"}, "lat": {"48,85"}, "lon": {"2.35"}})
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("answered %d %s", a.StatusCode, a.body)
	}
	thanks := s.get(a.Header.Get("Location"))
	if !strings.Contains(thanks.body, "nº 1 est reçu") || !strings.Contains(thanks.body, `name="quartier-token"`) || !strings.Contains(thanks.body, `href="/reports/1"`) {
		t.Errorf("the thanks page: %s", thanks.body)
	}
	// A reload that sends the form again files nothing new.
	if again := f.send(url.Values{"category": {"pothole"}, "title": {"Trou"}, "lat": {"48,85"}, "lon": {"2.35"}}); !strings.Contains(again.Header.Get("Location"), "id=1&") {
		t.Errorf("sent again: %d %s", again.StatusCode, again.Header.Get("Location"))
	}
	report := s.get("/reports/1", "Accept-Language", "en")
	for _, want := range []string{"Trou", "Pothole", "Report received", `lang="en"`} {
		if !strings.Contains(report.body, want) {
			t.Errorf("the report's page lacks %q", want)
		}
	}
	if list := s.get("/reports"); !strings.Contains(list.body, `href="/reports/1"`) {
		t.Error("the list lacks the report")
	}
}

func TestFormByAddress(t *testing.T) {
	s := newSite(t)
	insertAddresses(t, s)
	f := s.openForm()
	a := f.send(url.Values{"category": {"pothole"}, "title": {"Trou"}, "address": {"3 rue des dunes"}})
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("a known address answers %d %s", a.StatusCode, a.body)
	}
	a = s.openForm().send(url.Values{"category": {"pothole"}, "title": {"Trou"}, "address": {"rue des"}})
	if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `type="radio"`) || !strings.Contains(a.body, "Rue des Dunes") ||
		!strings.Contains(a.body, "Rue des Embruns") {
		t.Errorf("an address that can mean several places answers %d %s", a.StatusCode, a.body)
	}
	a = s.openForm().send(url.Values{"category": {"pothole"}, "title": {"Trou"}, "address": {"rue des"}, "place": {"48.1,-4.2"}})
	if a.StatusCode != http.StatusSeeOther {
		t.Errorf("the chosen place answers %d", a.StatusCode)
	}
	a = s.openForm().send(url.Values{"category": {"pothole"}, "title": {"Trou"}, "address": {"boulevard Inconnu"}})
	if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "cette adresse est inconnue") {
		t.Errorf("an unknown address answers %d", a.StatusCode)
	}
}

// What is wrong is said beside the fields, in the reader's language, and nothing that was typed is lost.
func TestFormKeepsWhatWasTyped(t *testing.T) {
	s := newSite(t)
	f := s.openForm()
	a := f.send(url.Values{"category": {"pothole"}, "title": {""}, "description": {"Un <b>long</b> récit"}, "address": {"3 rue d’Ici"},
		"lat": {"quarante"}, "lon": {"2.35"}, "email": {"jeanne@"}}, "Accept-Language", "fr")
	if a.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("answered %d", a.StatusCode)
	}
	for _, want := range []string{`class="error-summary"`, `href="#title"`, `href="#lat"`, `href="#email"`, "Un &lt;b&gt;long&lt;/b&gt; récit", "3 rue d’Ici",
		`value="quarante"`, `value="jeanne@"`, `value="pothole" checked`, "à remplir", `value="` + f.hidden.Get("uuid") + `"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	var stored int
	if err := s.Register.DB.QueryRow(t.Context(), `select count(*) from report`).Scan(&stored); err != nil || stored != 0 {
		t.Errorf("%d reports stored, %v", stored, err)
	}
}

func TestFormRefusesOtherSites(t *testing.T) {
	s := newSite(t)
	good := url.Values{"category": {"pothole"}, "title": {"Trou"}, "lat": {"48.85"}, "lon": {"2.35"}}
	noToken := s.openForm()
	noToken.hidden.Del("csrf")
	otherToken := s.openForm()
	otherToken.hidden.Set("csrf", strings.Repeat("0", 64))
	noCookie := s.openForm()
	noCookie.cookie = "a=b"
	empty := s.openForm()
	empty.hidden.Set("csrf", "")
	empty.cookie = "quartier_form="
	for name, f := range map[string]*form{"no token": noToken, "another token": otherToken, "no cookie": noCookie, "both empty": empty} {
		if a := f.send(good); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: answered %d", name, a.StatusCode)
		}
	}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "Cross-Site"}, {"Origin", "http://evil.example"}} {
		if a := s.openForm().send(good, headers...); a.StatusCode != http.StatusForbidden {
			t.Errorf("%v: answered %d", headers, a.StatusCode)
		}
	}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", "http://example.com"}} {
		if a := s.openForm().send(good, headers...); a.StatusCode != http.StatusSeeOther {
			t.Errorf("%v: answered %d", headers, a.StatusCode)
		}
	}
}

func TestPagesIgnoreWhatTheyDoNotKnow(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/?utm_source=mail", "/reports?colour=red&status=new&status=planned", "/reports?cursor=cut-sho"} {
		if a := s.get(path); a.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", path, a.StatusCode)
		}
	}
	a := s.get("/reports?status=gone")
	if a.StatusCode != http.StatusOK || !strings.Contains(a.body, `role="alert"`) {
		t.Errorf("a wrong filter answers %d without saying so", a.StatusCode)
	}
}

func TestLanguageSwitch(t *testing.T) {
	s := newSite(t)
	a := s.get("/reports?status=new&lang=en")
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/reports?status=new" || len(a.Cookies()) != 1 {
		t.Fatalf("answered %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	c := a.Cookies()[0]
	if english := s.get("/reports", "Cookie", c.Name+"="+c.Value, "Accept-Language", "fr"); !strings.Contains(english.body, "List of reports") {
		t.Error("the chosen language is forgotten")
	}
	for _, path := range []string{"//evil.example/", "/\\evil.example", "/%09/evil.example", "/%5cevil.example", "/%2fevil.example", "/%0d%0aSet-Cookie:%20a=b",
		"/%0a/evil.example", "/x%25zz"} {
		a := s.get(path + "?lang=en")
		address := a.Header.Get("Location")
		if len(address) > 1 && strings.ContainsAny(address[:2], "\\\t") || strings.HasPrefix(address, "//") || strings.Contains(strings.ToLower(address), "/%5c") ||
			a.Header.Get("Set-Cookie") == "a=b" {
			t.Errorf("%s answers %d and leads to %q", path, a.StatusCode, address)
		}
	}
}

// A private report's filer is thanked and told that nobody else can read it.
func TestThanksForAPrivateReport(t *testing.T) {
	s := newSite(t)
	a := s.openForm().send(url.Values{"category": {"person-at-risk"}, "title": {"À l’aide"}, "lat": {"48.85"}, "lon": {"2.35"}})
	thanks := s.get(a.Header.Get("Location"))
	if !strings.Contains(thanks.body, "seul le service") || strings.Contains(thanks.body, `href="/reports/1"`) || strings.Contains(thanks.body, "sur sa page") {
		t.Errorf("the thanks page: %s", thanks.body)
	}
	// Who filed it with an account reads it, and is not offered to share it.
	s2 := newSociety(t)
	headers, form := asForm(s2.people["resident"], url.Values{"category": {"person-at-risk"}, "title": {"À l’aide"}, "lat": {"48.85"}, "lon": {"2.35"}}.Encode())
	a = s2.do(http.MethodPost, "/reports", form, headers...)
	thanks = s2.get(a.Header.Get("Location"), s2.people["resident"]...)
	if !strings.Contains(thanks.body, "vous aussi") || strings.Contains(thanks.body, "seul le service") || !strings.Contains(thanks.body, `<a class="button" href="/reports/`) || strings.Contains(thanks.body, "thanks-share") {
		t.Errorf("the thanks page of an account: %s", thanks.body)
	}
}

// insertAddresses makes two streets with houses.
func insertAddresses(t *testing.T, s *site) {
	t.Helper()
	_, err := s.Register.DB.Exec(t.Context(), `
		insert into street (source, name, search, lon, lat) values
			('test', 'Rue des Dunes', ' rue des dunes', -42000000, 481000000), ('test', 'Rue des Embruns', ' rue des embruns', -42100000, 481100000);
		insert into address (source, external_id, street_id, number, lon, lat)
		select 'test', s.id || '-' || n, s.id, n::text, s.lon + n * 100, s.lat from street s, generate_series(1, 5) as n`)
	if err != nil {
		t.Fatal(err)
	}
}
