package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"quartier/reports/account"
)

// everybody may say for whom they speak, in tests that come from many addresses.
var everybody = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}

func TestMe(t *testing.T) {
	s := newPublicSite(t)
	v := newVisitor(s)
	for _, path := range []string{"/me", "/me/security"} {
		if a := v.get(path); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/sign-in?next=") {
			t.Errorf("%s without a session: %d", path, a.StatusCode)
		}
	}
	v.signInAs("jeanne@example.org")
	if a := v.send("/me", "/me", "name", "  Jeanne   d’Arc ", "name_shown", "yes", "language", "en"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("saving: %d %s", a.StatusCode, a.body)
	}
	if a := v.get("/me?done=saved"); !strings.Contains(a.body, `value="Jeanne d’Arc"`) || !strings.Contains(a.body, `lang="en"`) || !strings.Contains(a.body, "Saved.") {
		t.Errorf("saved as %s", a.body)
	}
	for name, typed := range map[string]string{"too long": strings.Repeat("x", account.MaxName+1), "nothing to show": ""} {
		a := v.send("/me", "/me", "name", typed, "name_shown", "yes", "language", "fr")
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="name-error"`) || !strings.Contains(a.body, `value="`+typed+`"`) {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	if a := v.send("/me", "/me", "name", `<img src=x onerror="alert(1)">`, "language", "fr"); a.StatusCode != http.StatusSeeOther || strings.Contains(v.get("/").body, "<img src=x") {
		t.Error("markup in a name is markup on a page")
	}
}

func TestMeByKey(t *testing.T) {
	s := newPublicSite(t)
	if a := s.get("/api/v1/me"); a.StatusCode != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("nobody is told %d %v", a.StatusCode, a.Header)
	}
	v := newVisitor(s)
	e := v.signInAs("jeanne@example.org")
	if err := s.People.Grant(t.Context(), account.System, e.Actor.Person, account.Grant{Role: account.RoleAnalyst}); err != nil {
		t.Fatal(err)
	}
	s.entries.forget()
	made := v.send("/me/security", "/me/security/tokens", "name", "robot", "days", "7")
	i := strings.Index(made.body, "quartier_")
	if made.StatusCode != http.StatusOK || i < 0 || made.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("making a key: %d", made.StatusCode)
	}
	key := made.body[i : i+len("quartier_")+account.SecretLength]
	if a := v.get("/me/security"); strings.Contains(a.body, key) || !strings.Contains(a.body, "robot") {
		t.Error("the key is shown again, or not listed")
	}
	a := s.get("/api/v1/me", "Authorization", "Bearer "+key)
	if want := fmt.Sprintf(`{"id":%d,"name":"","roles":["resident","analyst"],"scopes":["read"]}`, e.Actor.Person); a.StatusCode != http.StatusOK || strings.TrimSpace(a.body) != want {
		t.Errorf("the key is told %d %s, want %s", a.StatusCode, a.body, want)
	}
	if a := s.get("/api/v1/me?x=1", "Authorization", "Bearer "+key); a.StatusCode != http.StatusBadRequest {
		t.Errorf("an unknown parameter: %d", a.StatusCode)
	}
	// A program is nobody at the pages of the account.
	for _, path := range []string{"/me", "/me/security"} {
		if a := s.get(path, "Authorization", "Bearer "+key); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s by a key: %d", path, a.StatusCode)
		}
	}
	for name, fields := range map[string][]string{"no name": {"name", " ", "days", "7"}, "no days": {"name", "x", "days", "many"}, "too long": {"name", "x", "days", "367"}, "days before": {"name", "x", "days", "-1"}} {
		if a := v.send("/me/security", "/me/security/tokens", fields...); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "-error\"") || strings.Contains(a.body, "quartier_A") {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	var id int64
	if err := s.Register.DB.QueryRow(t.Context(), `select id from api_token`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	stranger := newVisitor(s)
	stranger.signInAs("mallory@example.org")
	if a := stranger.send("/me/security", fmt.Sprintf("/me/security/tokens/%d/revoke", id)); a.StatusCode != http.StatusNotFound {
		t.Errorf("somebody revokes another's key: %d", a.StatusCode)
	}
	if a := v.send("/me/security", fmt.Sprintf("/me/security/tokens/%d/revoke", id)); a.StatusCode != http.StatusSeeOther {
		t.Errorf("revoking: %d", a.StatusCode)
	}
	if a := s.get("/api/v1/me", "Authorization", "Bearer "+key); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a revoked key is told %d", a.StatusCode)
	}
}

// What changes credentials wants a proof that is fresh; without one each leads to the sign-in and changes nothing.
func TestCredentialsWantFreshProof(t *testing.T) {
	s := newPublicSite(t)
	v := newVisitor(s)
	v.signInAs("jeanne@example.org")
	if _, err := s.Register.DB.Exec(t.Context(), `update session set proved_at = $1`, time.Now().Add(-account.ProofLife)); err != nil {
		t.Fatal(err)
	}
	s.entries.forget()
	page := v.get("/me/security")
	if strings.Contains(page.body, `action="/me/security/password"`) || !strings.Contains(page.body, "/sign-in?next=%2Fme%2Fsecurity") {
		t.Error("the page offers what it would refuse")
	}
	for _, target := range []string{"/me/email", "/me/security/password", "/me/security/password/remove", "/me/security/passkeys", "/me/security/passkeys/options", "/me/security/passkeys/1/remove",
		"/me/security/second-factor", "/me/security/second-factor/confirm", "/me/security/second-factor/recovery", "/me/security/second-factor/remove", "/me/security/providers/remove", "/me/security/tokens"} {
		if a := v.send("/me/security", target, "email", "new@example.org", "password", "trombone velours 7 parapluies", "name", "x", "days", "7"); a.StatusCode != http.StatusSeeOther ||
			!strings.HasPrefix(a.Header.Get("Location"), "/sign-in?next=%2Fme") {
			t.Errorf("%s: %d %s", target, a.StatusCode, a.Header.Get("Location"))
		}
	}
	var n int
	err := s.Register.DB.QueryRow(t.Context(), `
		select (select count(*) from mail) + (select count(*) from api_token) + (select count(*) from totp) + (select count(*) from person where password_hash is not null)`).Scan(&n)
	if err != nil || n != 0 {
		t.Errorf("%d things were changed, %v", n, err)
	}
}

func TestSessionsOfOthers(t *testing.T) {
	s := newPublicSite(t)
	one, two, mallory := newVisitor(s), newVisitor(s), newVisitor(s)
	one.signInAs("jeanne@example.org")
	e := two.signInAs("jeanne@example.org")
	mallory.signInAs("mallory@example.org")
	if a := mallory.send("/me/security", fmt.Sprintf("/me/security/sessions/%d/end", e.Session.ID)); a.StatusCode != http.StatusNotFound {
		t.Errorf("somebody ends another's session: %d", a.StatusCode)
	}
	if a := two.get("/me"); a.StatusCode != http.StatusOK {
		t.Errorf("and it is ended: %d", a.StatusCode)
	}
	if a := one.send("/me/security", fmt.Sprintf("/me/security/sessions/%d/end", e.Session.ID)); a.StatusCode != http.StatusSeeOther {
		t.Errorf("ending one's own: %d", a.StatusCode)
	}
	if a := two.get("/me"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("a session that was ended is good: %d", a.StatusCode)
	}
	two.signInAs("jeanne@example.org")
	one.send("/me/security", "/me/security/sessions/others")
	if a := two.get("/me"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("all others were ended, but one: %d", a.StatusCode)
	}
	if a := one.get("/me"); a.StatusCode != http.StatusOK {
		t.Errorf("this one was ended too: %d", a.StatusCode)
	}
	for _, id := range []string{"0", "-1", "x", "9999999999999999999", "1%20or%201=1"} {
		if a := one.send("/me/security", "/me/security/sessions/"+id+"/end"); a.StatusCode != http.StatusNotFound {
			t.Errorf("the session %s: %d", id, a.StatusCode)
		}
	}
}

func TestChangeEmailByLink(t *testing.T) {
	s := newPublicSite(t)
	v := newVisitor(s)
	v.signInAs("old@example.org")
	if a := v.send("/me", "/me/email", "email", "new@example.org"); a.Header.Get("Location") != "/me?done=email" {
		t.Fatalf("asking: %d %s", a.StatusCode, a.body)
	}
	link := s.mailedLink("new@example.org")
	secret := link[strings.Index(link, "token=")+6:]
	stranger := newVisitor(s) // to whom somebody mailed the link of an account that is not theirs
	stranger.signInAs("stranger@example.org")
	for _, other := range []*visitor{newVisitor(s), stranger} {
		if a := other.get(link); a.StatusCode != http.StatusForbidden || strings.Contains(a.body, "new@example.org") {
			t.Errorf("the link is shown to somebody else: %d", a.StatusCode)
		}
		if a := other.send("/sign-in", "/sign-in/link", "token", secret); a.StatusCode != http.StatusForbidden {
			t.Errorf("the link works for somebody else: %d", a.StatusCode)
		}
	}
	if a := v.send(link, "/sign-in/link", "token", secret); a.StatusCode != http.StatusSeeOther || v.jar["quartier_session"] != "" {
		t.Errorf("the link answers %d, and leaves %v", a.StatusCode, v.jar)
	}
	if a := v.get("/me"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the old session is still good: %d", a.StatusCode)
	}
	u := newVisitor(s)
	u.signInAs("new@example.org")
	if a := u.get("/me"); !strings.Contains(a.body, "new@example.org") {
		t.Error("the address was not changed")
	}
}

func TestAgentOf(t *testing.T) {
	for header, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":           "Edge · Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari · iPhone",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox · Linux",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                            "Chrome · Android",
		"curl/8.5.0": "", "": "", "<script>": "",
	} {
		if got := agentOf(header); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

// Who was asked about while something changed is asked about again: the answer may be older than the change.
func TestEntryOlderThanAChangeIsNotKept(t *testing.T) {
	var e entries
	secret, now, asked := account.NewSecret(), time.Now(), 0
	for _, change := range []func(){e.forget, func() {}, func() {}} {
		e.of(secret, now, func() (account.Entry, error) {
			asked++
			change()
			return account.Entry{}, nil
		})
	}
	if asked != 2 {
		t.Errorf("the database was asked %d times, want 2", asked)
	}
}
