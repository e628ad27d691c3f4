package web

import (
	"archive/zip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"quartier/reports/account"
)

// member is somebody who is signed in.
type member struct {
	*site
	id      int64
	cookies string
}

// member makes an account with a role (resident: none) and signs it in.
func (s *site) member(email string, role account.Role) *member {
	s.t.Helper()
	m := &member{site: s}
	err := s.Register.DB.QueryRow(s.t.Context(), `insert into person (email, email_verified_at, created_at) values ($1, now(), now()) returning id`, email).Scan(&m.id)
	if err != nil {
		s.t.Fatal(err)
	}
	if role != account.RoleResident {
		s.exec(`insert into role_grant (person_id, role) values ($1, $2)`, m.id, role)
	}
	secret, err := s.People.Begin(s.t.Context(), m.id, account.ByLink, false, "Firefox, Linux", "")
	if err != nil {
		s.t.Fatal(err)
	}
	m.cookies = "quartier_session=" + secret + "; quartier_form=" + formToken
	return m
}

func (s *site) exec(sql string, args ...any) {
	s.t.Helper()
	if _, err := s.Register.DB.Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
}

func (m *member) get(path string, headers ...string) answer {
	m.t.Helper()
	return m.site.get(path, append(headers, "Cookie", m.cookies)...)
}

// send sends a form of ours.
func (m *member) send(path string, form url.Values) answer {
	m.t.Helper()
	form.Set("csrf", formToken)
	return m.do(http.MethodPost, path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Cookie", m.cookies, "Sec-Fetch-Site", "same-origin")
}

func TestMyData(t *testing.T) {
	s := newSite(t)
	jeanne, luc := s.member("jeanne@example.org", account.RoleResident), s.member("luc@example.org", account.RoleResident)
	for _, m := range []*member{jeanne, luc} {
		a := m.do(http.MethodPost, "/api/v1/reports", `{"category":"pothole","title":"=Trou de `+strconv.FormatInt(m.id, 10)+`","email":"`+
			map[*member]string{jeanne: "jeanne", luc: "luc"}[m]+`@example.org","location":{"type":"Point","coordinates":[2.35,48.85]}}`,
			"Content-Type", "application/json", "Cookie", m.cookies, "Sec-Fetch-Site", "same-origin")
		if a.StatusCode != http.StatusCreated {
			t.Fatalf("filing answers %d %s", a.StatusCode, a.body)
		}
	}
	for _, path := range []string{"/me/data", "/me/data.json", "/me/data.zip", "/me/data/erase"} {
		a := jeanne.get(path)
		if a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s answers %d, kept %q", path, a.StatusCode, a.Header.Get("Cache-Control"))
		}
		if strings.Contains(a.body, "luc@") || strings.Contains(a.body, "Trou de 2") {
			t.Errorf("%s tells of somebody else", path)
		}
		if a := s.get(path); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/sign-in?next=") {
			t.Errorf("%s answers a stranger with %d, to %q", path, a.StatusCode, a.Header.Get("Location"))
		}
	}
	var data map[string][]map[string]any
	if err := json.Unmarshal([]byte(jeanne.get("/me/data.json").body), &data); err != nil {
		t.Fatal(err)
	}
	if len(data["reports"]) != 1 || data["reports"][0]["title"] != "=Trou de 1" || data["contacts"][0]["email"] != "jeanne@example.org" || data["account"][0]["email"] != "jeanne@example.org" ||
		len(data["sessions"]) != 1 || len(data["report_consents"]) != 1 {
		t.Errorf("the copy holds %v", data)
	}
	raw := jeanne.get("/me/data.zip").body
	z, err := zip.NewReader(strings.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := z.Open("reports.csv")
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(file)
	if err != nil || !strings.Contains(string(content), "'=Trou de 1") || !strings.HasPrefix(string(content), "Signalement,Catégorie") {
		t.Errorf("the table of reports is %s, %v", content, err)
	}
	if page := jeanne.get("/me/data").body; regexp.MustCompile(`data\.(section|column)\.`).MatchString(page) {
		t.Error("the page has a word that is in no catalogue")
	}
	// A program's key is for less than that.
	key := s.keyOf(jeanne.id, account.ScopeRead, account.ScopeWrite)
	if a := s.get("/me/data.json", "Authorization", "Bearer "+key); a.StatusCode != http.StatusForbidden {
		t.Errorf("a key reads its person's data: %d", a.StatusCode)
	}
}

func TestEraseMyData(t *testing.T) {
	s := newSite(t)
	jeanne := s.member("jeanne@example.org", account.RoleResident)
	if a := s.do(http.MethodPost, "/me/data/erase", "sure=yes&csrf="+formToken, "Content-Type", "application/x-www-form-urlencoded", "Cookie", jeanne.cookies, "Sec-Fetch-Site", "cross-site"); a.StatusCode != http.StatusForbidden {
		t.Errorf("another site erases: %d", a.StatusCode)
	}
	if a := s.do(http.MethodPost, "/me/data/erase", "sure=yes&csrf="+strings.Repeat("cd", 32), "Content-Type", "application/x-www-form-urlencoded", "Cookie", jeanne.cookies); a.StatusCode != http.StatusForbidden {
		t.Errorf("a form with a foreign token erases: %d", a.StatusCode)
	}
	if a := jeanne.send("/me/data/erase", url.Values{}); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="sure-error"`) {
		t.Errorf("without the tick it answers %d", a.StatusCode)
	}
	// Who signed in too long ago proves it again.
	s.exec(`update session set proved_at = proved_at - interval '16 minutes'`)
	s.entries.forget()
	if a := jeanne.get("/me/data/erase"); strings.Contains(a.body, `name="sure"`) || !strings.Contains(a.body, `href="/sign-in?next=/me/data/erase"`) {
		t.Error("an old sign-in may erase")
	}
	if a := jeanne.send("/me/data/erase", url.Values{"sure": {"yes"}}); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/sign-in?next=%2Fme%2Fdata%2Ferase" {
		t.Errorf("an old sign-in erases: %d", a.StatusCode)
	}
	s.exec(`update session set proved_at = now()`)
	s.entries.forget()
	a := jeanne.send("/me/data/erase", url.Values{"sure": {"yes"}})
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/privacy?erased=1" || !strings.Contains(strings.Join(a.Header.Values("Set-Cookie"), "\n"), "quartier_session=;") {
		t.Fatalf("erasing answers %d, to %q, %v", a.StatusCode, a.Header.Get("Location"), a.Header.Values("Set-Cookie"))
	}
	if a := jeanne.get("/me/data"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("who was erased is still in: %d", a.StatusCode)
	}
	// The last administrator stays.
	admin := s.member("admin@example.org", account.RoleAdministrator)
	if a := admin.send("/me/data/erase", url.Values{"sure": {"yes"}}); a.StatusCode != http.StatusConflict {
		t.Errorf("the last administrator leaves: %d", a.StatusCode)
	}
	if a := admin.get("/me/data"); a.StatusCode != http.StatusOK || !strings.Contains(a.body, "admin@example.org") {
		t.Error("the last administrator lost something")
	}
	s.member("second@example.org", account.RoleAdministrator)
	if a := admin.send("/me/data/erase", url.Values{"sure": {"yes"}}); a.StatusCode != http.StatusSeeOther {
		t.Errorf("one of two administrators cannot leave: %d", a.StatusCode)
	}
}

// A new notice asks everybody once, from their next sign-in on.
func TestConsent(t *testing.T) {
	s := newSite(t)
	admin, jeanne := s.member("admin@example.org", account.RoleAdministrator), s.member("jeanne@example.org", account.RoleResident)
	const asked = `class="site-asked`
	const current, next = "2", "3" // versions of the notice
	if a := jeanne.get("/reports"); !strings.Contains(a.body, asked) {
		t.Error("an account without an agreement is not asked")
	}
	if a := s.get("/privacy"); strings.Contains(a.body, `name="version"`) || !strings.Contains(a.body, "la commune") || strings.Contains(a.body, "{") {
		t.Errorf("the notice reads %s", a.body)
	}
	if a := jeanne.send("/privacy", url.Values{"version": {current}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("agreeing answers %d", a.StatusCode)
	}
	if a := jeanne.get("/reports"); strings.Contains(a.body, asked) {
		t.Error("who has agreed is asked")
	}
	for _, version := range []string{next, "0", "-1", "x", "99999999999999"} {
		if a := jeanne.send("/privacy", url.Values{"version": {version}}); a.StatusCode != http.StatusNotFound {
			t.Errorf("agreeing to version %s answers %d", version, a.StatusCode)
		}
	}
	if a := jeanne.send("/admin/privacy", url.Values{"before": {current}, "fr": {"x"}, "en": {"x"}}); a.StatusCode != http.StatusForbidden {
		t.Errorf("a resident publishes: %d", a.StatusCode)
	}
	const naughty = `<script>alert(1)</script> {{.}} "'><img src=x> ' or 1=1 --`
	if a := admin.send("/admin/privacy", url.Values{"before": {current}, "fr": {naughty}, "en": {" "}}); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "&lt;script&gt;alert(1)") {
		t.Errorf("half a notice answers %d", a.StatusCode)
	}
	if a := admin.send("/admin/privacy", url.Values{"before": {current}, "fr": {naughty}, "en": {"Changed"}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("publishing answers %d %s", a.StatusCode, a.body)
	}
	if a := admin.send("/admin/privacy", url.Values{"before": {current}, "fr": {"gardé"}, "en": {"kept"}}); a.StatusCode != http.StatusConflict || !strings.Contains(a.body, "gardé") {
		t.Errorf("who was too late gets %d", a.StatusCode)
	}
	if a := s.get("/privacy"); strings.Contains(a.body, "<script>alert") || !strings.Contains(a.body, "&lt;script&gt;alert(1)") {
		t.Error("the notice is taken for markup")
	}
	if a := jeanne.get("/reports"); strings.Contains(a.body, asked) {
		t.Error("asked before the next sign-in")
	}
	again, err := s.People.Begin(t.Context(), jeanne.id, account.ByLink, false, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if a := s.get("/reports", "Cookie", "quartier_session="+again); !strings.Contains(a.body, asked) {
		t.Error("not asked at the next sign-in")
	}
}

func TestContactPage(t *testing.T) {
	s := newSite(t)
	s.exec(`insert into setting (name, value) values ('town', 'Essai') on conflict do nothing`)
	a := s.postJSON(`{"category":"pothole","title":"Trou","email":"jeanne@example.org","location":{"type":"Point","coordinates":[2.35,48.85]}}`)
	if a.StatusCode != http.StatusCreated {
		t.Fatal(a.body)
	}
	s.awaitText(a.Header.Get(tokenHeader))
	agent, resident, moderator := s.member("agent@example.org", account.RoleAgent), s.member("voisin@example.org", account.RoleResident), s.member("mod@example.org", account.RoleModerator)
	const button = `action="/reports/1/contact"`
	for _, m := range []*member{resident, moderator} {
		if a := m.get("/reports/1"); strings.Contains(a.body, button) {
			t.Error("the button is there for who may not")
		}
		if a := m.send("/reports/1/contact", url.Values{}); a.StatusCode != http.StatusForbidden || strings.Contains(a.body, "jeanne") {
			t.Errorf("answers %d", a.StatusCode)
		}
	}
	if a := agent.get("/reports/1"); !strings.Contains(a.body, button) || strings.Contains(a.body, "jeanne@") {
		t.Error("the agent's page has no button, or the address")
	}
	if a := agent.get("/reports/1/contact"); a.StatusCode == http.StatusOK {
		t.Error("a link reads a contact")
	}
	if a := agent.send("/reports/1/contact", url.Values{}); a.StatusCode != http.StatusOK || !strings.Contains(a.body, "jeanne@example.org") || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the agent gets %d", a.StatusCode)
	}
	if a := agent.send("/reports/2/contact", url.Values{}); a.StatusCode != http.StatusNotFound {
		t.Errorf("a report that there is not: %d", a.StatusCode)
	}
	// Jeanne learns of it.
	jeanne := s.member("jeanne@example.org", account.RoleResident)
	s.exec(`update report_contact set person_id = $1`, jeanne.id)
	var data map[string][]map[string]any
	if err := json.Unmarshal([]byte(jeanne.get("/me/data.json").body), &data); err != nil || len(data["readings"]) != 1 || data["readings"][0]["role"] != "agent" || len(data["readings"][0]) != 3 {
		t.Errorf("the readings are %v, %v", data["readings"], err)
	}
}

func TestRetentionPage(t *testing.T) {
	s := newSite(t)
	admin, agent := s.member("admin@example.org", account.RoleAdministrator), s.member("agent@example.org", account.RoleAgent)
	s.exec(`insert into login_link (token_sha256, purpose, email, expires_at) values (sha256('a'), 'sign-in', 'x@example.org', '2020-01-01')`)
	if a := agent.get("/admin/retention"); a.StatusCode != http.StatusForbidden {
		t.Errorf("an agent gets %d", a.StatusCode)
	}
	a := admin.get("/admin/retention")
	if a.StatusCode != http.StatusOK || !strings.Contains(a.body, "2020-01-01") || strings.Contains(a.body, "retention.") {
		t.Errorf("the page answers %d %s", a.StatusCode, a.body)
	}
	if a := admin.send("/admin/retention", url.Values{}); a.StatusCode != http.StatusSeeOther {
		t.Errorf("running answers %d", a.StatusCode)
	}
	var jobs int
	if err := s.Register.DB.QueryRow(t.Context(), `select count(*) from river_job where kind = 'retention' and args = '{}'`).Scan(&jobs); err != nil || jobs != 1 {
		t.Errorf("%d jobs, %v", jobs, err)
	}
}
