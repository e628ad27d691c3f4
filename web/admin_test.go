package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"quartier/reports"
	"quartier/reports/account"
)

// hostile are texts that break what takes them for something else.
var hostile = []string{
	"'; drop table person; --", `" or ""="`, "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "{{.}} ${7*7} {n} %s%n", "x\r\nSet-Cookie: a=b", "x\nBcc: y@example.org",
	"\u202egnp.exe", "a\x00b", "../../etc/passwd", strings.Repeat("é", 10_000), "🤷🏽‍♀️", "\xff\xfe", "=cmd|' /C calc'!A0", "-1", "99999999999999999999", "",
}

// forms of the administration, each with fields that it takes.
var adminForms = []struct {
	path   string
	good   url.Values
	fields string
}{
	{"/admin/people", url.Values{"email": {"neu@example.org"}, "name": {"Neu"}, "language": {"fr"}}, "email name language"},
	{"/admin/people/1/grant", url.Values{"role": {"agent"}}, "role services categories zones"},
	{"/admin/people/1/withdraw", url.Values{}, "grant"},
	{"/admin/groups", url.Values{"name": {"Groupe"}, "about": {""}}, "name about"},
	{"/admin/groups/1", url.Values{"name": {"Groupe"}, "about": {""}, "version": {"1"}}, "name about version"},
	{"/admin/groups/1/members", url.Values{"do": {"add"}, "email": {"personne-0@example.org"}}, "do email lead"},
	{"/admin/groups/1/members", url.Values{"do": {"lead"}, "person": {"1"}}, "person"},
	{"/admin/services/new", url.Values{"name_fr": {"Service"}, "name_en": {"Service"}, "slug": {""}, "email": {""}}, "name_fr name_en slug email active"},
	{"/admin/services/1", url.Values{"name_fr": {"Service"}, "name_en": {"Service"}, "version": {"1"}}, "name_fr name_en email version"},
	{"/admin/categories/new", category, "name_fr name_en slug parent service rank colour icon deadline_hours duplicate_radius questions attribute.0.code attribute.0.label_fr " +
		"attribute.0.label_en attribute.0.datatype attribute.0.values attribute.0.order"},
	{"/admin/zones/essai", url.Values{"name_fr": {"Zones"}, "name_en": {"Zones"}, "version": {"1"}}, "name_fr name_en version"},
	{"/admin/zones/essai/1/activate", url.Values{"before": {"1"}}, "before"},
	{"/admin/settings", url.Values{"town": {"Ville"}, "contact": {""}, "retention_years": {"3"}}, "town contact retention_years version"},
}

var category = url.Values{"name_fr": {"Catégorie"}, "name_en": {"Category"}, "slug": {""}, "parent": {"0"}, "service": {"0"}, "rank": {"0"}, "colour": {"#226622"}, "icon": {"marker"},
	"deadline_hours": {"0"}, "duplicate_radius": {"50"}, "questions": {"1"}, "attribute.0.label_fr": {"Quoi ?"}, "attribute.0.label_en": {"What?"},
	"attribute.0.datatype": {"singlevaluelist"}, "attribute.0.values": {"a | A | A"}, "attribute.0.order": {"1"}}

// office is a site with an administrator, a person, a group and a set of zones.
func office(t *testing.T) *desk {
	t.Helper()
	s := newSite(t, func(s *Server) { s.PublicURL = "http://example.com" })
	insertZone(t, s, "centre", "Centre")
	s.personWith()
	if _, err := s.People.MakeGroup(t.Context(), account.System, "Essai", ""); err != nil {
		t.Fatal(err)
	}
	return s.deskOf(account.RoleAdministrator)
}

// send sends a form as it is.
func (d *desk) send(target string, values url.Values) answer {
	d.t.Helper()
	values.Set("csrf", d.csrf)
	return d.do(http.MethodPost, target, values.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Cookie", d.cookie)
}

// Whatever is written into whichever field, the answer is a page that shows it as text or refuses it; nothing fails, nothing of it is code or a header.
func TestNaughtyStringsInAdministration(t *testing.T) {
	d := office(t)
	for _, f := range adminForms {
		for _, field := range strings.Fields(f.fields) {
			for _, text := range hostile {
				values := url.Values{}
				for name, list := range f.good {
					values[name] = list
				}
				values[field] = []string{text}
				a := d.send(f.path, values)
				if a.StatusCode >= 500 || a.Header.Get("Set-Cookie") != "" && strings.Contains(a.Header.Get("Set-Cookie"), "a=b") {
					t.Errorf("%s with %s = %.40q answers %d", f.path, field, text, a.StatusCode)
				}
				for _, code := range []string{"<script>alert", "<img src=x"} {
					if strings.Contains(a.body, code) {
						t.Errorf("%s with %s = %.40q answers with code", f.path, field, text)
					}
				}
				if a.StatusCode == http.StatusUnprocessableEntity && len(text) > 2 && len(text) < 100 && utf8.ValidString(text) && !strings.ContainsAny(text, "\x00\r") &&
					!strings.Contains(html.UnescapeString(a.body), text) && !strings.Contains("role services categories icon parent service language datatype questions csrf lead active", field) &&
					!strings.HasSuffix(field, "datatype") && !strings.HasSuffix(f.path, "/withdraw") && field != "zones" {
					t.Errorf("%s with %s = %.40q: what was typed is lost", f.path, field, text)
				}
			}
		}
	}
	for _, path := range []string{"/admin", "/admin/people", "/admin/people/1", "/admin/groups", "/admin/groups/1", "/admin/services", "/admin/services/1", "/admin/categories", "/admin/zones",
		"/admin/zones/essai", "/admin/settings", "/admin/audit", "/admin/audit.csv", "/reports/new", "/"} {
		a := d.see(path)
		if a.StatusCode != http.StatusOK || strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<img src=x") {
			t.Errorf("afterwards %s answers %d, or with code", path, a.StatusCode)
		}
	}
	for _, text := range hostile {
		text = text[:min(len(text), 4000)] // a longer head is refused before
		for _, path := range []string{"/admin/people?q=", "/admin/people?before=", "/admin/people?role=", "/admin/audit?actor=", "/admin/audit?subject=", "/admin/audit?action=", "/admin/audit?from=",
			"/admin/audit?cursor=", "/admin/people?done=", "/admin/audit.csv?to="} {
			if a := d.see(path + url.QueryEscape(text)); a.StatusCode >= 500 || strings.Contains(a.body, "<script>alert") {
				t.Errorf("%s%.40q answers %d", path, text, a.StatusCode)
			}
		}
	}
	if log := d.log.String(); strings.Contains(log, "level=ERROR") || strings.Contains(log, "drop table") {
		t.Errorf("the log holds %s", log)
	}
}

// What there is not, and what is another's, is not found.
func TestUnknownIdsInAdministration(t *testing.T) {
	d := office(t)
	for _, path := range []string{"/admin/people/999", "/admin/people/0", "/admin/people/x", "/admin/people/01", "/admin/groups/999", "/admin/groups/-1", "/admin/services/999", "/admin/services/x",
		"/admin/services/99999999999", "/admin/categories/999", "/admin/zones/nulle", "/admin/zones/essai/9", "/admin/zones/essai/x", "/admin/zones/..%2Fessai"} {
		if a := d.see(path); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, a.StatusCode)
		}
	}
	for path, values := range map[string]url.Values{
		"/admin/people/999/block": {}, "/admin/people/1/eat": {}, "/admin/people/1/withdraw": {"grant": {"1"}}, "/admin/people/999/grant": {"role": {"agent"}}, "/admin/groups/999": {"name": {"x"}, "version": {"1"}},
		"/admin/groups/1/members": {"do": {"remove"}, "person": {"1"}}, "/admin/groups/999/members": {"do": {"add"}, "email": {"personne-0@example.org"}}, "/admin/services/999": {}, "/admin/categories/999": category,
		"/admin/zones/nulle": {"name_fr": {"x"}, "name_en": {"x"}, "version": {"1"}}, "/admin/zones/essai/9/activate": {"before": {"1"}}, "/admin/zones/essai/1/eat": {}, "/admin/zones/nulle/1/drop": {},
	} {
		if a := d.send(path, values); a.StatusCode != http.StatusNotFound {
			t.Errorf("POST %s answers %d", path, a.StatusCode)
		}
	}
}

// Who edits what somebody else has changed meanwhile is told so, and finds what was typed.
func TestStaleEditsInAdministration(t *testing.T) {
	d := office(t)
	for path, values := range map[string]url.Values{
		"/admin/groups/1": {"name": {"Nom tapé"}, "about": {"Texte tapé"}, "version": {"0"}}, "/admin/services/1": {"name_fr": {"Nom tapé"}, "name_en": {"Texte tapé"}, "version": {"7"}},
		"/admin/zones/essai": {"name_fr": {"Nom tapé"}, "name_en": {"Texte tapé"}, "version": {""}}, "/admin/settings": {"town": {"Nom tapé"}, "contact": {"Texte-tapé@example.org"}, "retention_years": {"3"}, "version": {"x"}},
	} {
		a := d.send(path, values)
		text := html.UnescapeString(a.body)
		if a.StatusCode != http.StatusConflict || !strings.Contains(text, "Nom tapé") || !strings.Contains(text, "Texte") || !strings.Contains(text, "entre-temps") {
			t.Errorf("%s answers %d: %s", path, a.StatusCode, text)
		}
	}
	values := url.Values{}
	for name, list := range category {
		values[name] = list
	}
	values["version"], values["name_fr"] = []string{"9"}, []string{"Nom tapé"}
	if a := d.send("/admin/categories/1", values); a.StatusCode != http.StatusConflict || !strings.Contains(a.body, "a | A | A") {
		t.Errorf("a category answers %d", a.StatusCode)
	}
}

// A category that becomes private takes its reports with it, everywhere at once; what was filed in confidence is not published by its ceasing to be.
func TestCategoryBecomesPrivate(t *testing.T) {
	d := office(t)
	id, token := d.file("Au grand jour")
	d.awaitText(token)
	one, err := d.Register.Category(t.Context(), account.System, d.Map.Vocabulary().CategoryNamed("pothole").ID)
	if err != nil {
		t.Fatal(err)
	}
	save := func(private bool) {
		t.Helper()
		e, err := d.Register.Category(t.Context(), account.System, one.Parent) // the one above: those below follow
		if err != nil {
			t.Fatal(err)
		}
		e.Private = private
		if _, err := d.Register.SaveCategory(t.Context(), account.System, e); err != nil {
			t.Fatal(err)
		}
	}
	save(true)
	d.change(id, `select 1`) // waits for what was written before
	for _, path := range []string{fmt.Sprintf("/reports/%d", id), fmt.Sprintf("/api/v1/reports/%d", id)} {
		if a := d.get(path); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, a.StatusCode)
		}
	}
	if n := countIn(t, d.get("/tiles/items/0/0/0.mvt").body); n != 0 {
		t.Errorf("the map shows %d", n)
	}
	save(false)
	d.change(id, `select 1`)
	if a := d.get(fmt.Sprintf("/reports/%d", id)); a.StatusCode != http.StatusNotFound {
		t.Errorf("a confidence is published: %d", a.StatusCode)
	}
	if _, err := d.Register.SaveCategory(t.Context(), account.System, reports.CategoryEdit{ID: one.ID, Parent: one.ID}); err == nil {
		t.Error("a category stands below itself")
	}
}

// upload sends a file of zones; the fields come before it.
func (d *desk) upload(path, name, content string, fields ...string) answer {
	d.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = w.WriteField(fields[i], fields[i+1])
	}
	part, _ := w.CreateFormFile("file", name)
	_, _ = part.Write([]byte(content))
	_ = w.Close()
	return d.do(http.MethodPost, path, b.String(), "Content-Type", w.FormDataContentType(), "Cookie", d.cookie)
}

const square = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"neu","nom":"Neu"},"geometry":{"type":"Polygon","coordinates":[[[2.3,48.8],[2.4,48.8],[2.4,48.9],[2.3,48.9],[2.3,48.8]]]}}]}`

// zipped packs files into an archive.
func zipped(files ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, content := range files {
		part, _ := w.Create(fmt.Sprintf("%d.geojson", i))
		_, _ = part.Write([]byte(content))
	}
	_ = w.Close()
	return b.String()
}

// A file of zones is read, packed or not, and waits; what is none, too large, a bomb, or from elsewhere is refused with a sentence, and what was typed stays.
func TestZoneUpload(t *testing.T) {
	d := office(t)
	// Larger than what other bodies may be.
	large := strings.Replace(square, `"nom":"Neu"`, `"nom":"Neu","x":"`+strings.Repeat("x", 2*maxBody)+`"`, 1)
	for name, content := range map[string]string{"a.geojson": square, "b.zip": zipped(square), "c.geojson": large} {
		a := d.upload("/admin/zones/essai/revisions", name, content, "csrf", d.csrf)
		if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/admin/zones/essai/2") {
			t.Errorf("%s answers %d to %s: %s", name, a.StatusCode, a.Header.Get("Location"), a.body)
		}
	}
	if a := d.see("/admin/zones/essai/2"); !strings.Contains(a.body, "zone-after") || !strings.Contains(a.body, ">neu<") {
		t.Errorf("the preview answers %d: %s", a.StatusCode, a.body)
	}
	bomb := strings.Replace(square, `"nom":"Neu"`, `"nom":"Neu","x":"`+strings.Repeat("x", maxZoneUnpacked+1)+`"`, 1)
	for name, c := range map[string]struct {
		content, csrf string
		want          int
	}{
		"no GeoJSON": {"<html>", d.csrf, 422}, "nothing": {"", d.csrf, 422}, "a bomb": {zipped(bomb), d.csrf, 422}, "two in an archive": {zipped(square, square), d.csrf, 422},
		"half an archive": {zipped(square)[:60], d.csrf, 422}, "too large": {strings.Repeat(" ", maxZoneFile+1), d.csrf, 422}, "a point": {strings.ReplaceAll(square, "Polygon", "Point"), d.csrf, 422},
		"another site's": {square, strings.Repeat("b", 64), 403}, "no token": {square, "", 403},
	} {
		a := d.upload("/admin/zones", "../../<b>.geojson", c.content, "csrf", c.csrf, "set", "neuf", "name_fr", "Nom tapé", "name_en", "Typed")
		if a.StatusCode != c.want || c.want == 422 && !strings.Contains(a.body, "Nom tapé") {
			t.Errorf("%s answers %d: %.3000s", name, a.StatusCode, a.body)
		}
	}
	for _, set := range append(hostile, "../x", "Essai") {
		if a := d.upload("/admin/zones", "a.geojson", square, "csrf", d.csrf, "set", set, "name_fr", set, "name_en", set); a.StatusCode >= 500 || a.StatusCode == http.StatusSeeOther && set != "-1" && set != "99999999999999999999" {
			t.Errorf("the set %.40q answers %d", set, a.StatusCode)
		}
	}
	if a := d.upload("/admin/zones", "<i>\x00\r\n.geojson", square, "csrf", d.csrf, "set", "autre", "name_fr", "", "name_en", ""); a.StatusCode >= 500 {
		t.Errorf("a strange name of a file answers %d", a.StatusCode)
	}
	if strings.Contains(d.log.String(), "level=ERROR") {
		t.Errorf("the log holds %s", d.log)
	}
}
