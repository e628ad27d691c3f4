package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
)

// visitor is a browser: it keeps cookies, and sends forms with their token.
type visitor struct {
	s    *site
	jar  map[string]string
	from string // address that it comes from, as a trusted proxy tells; empty: the test's own
}

func newVisitor(s *site) *visitor { return &visitor{s: s, jar: map[string]string{}} }

func (v *visitor) ask(method, target, body string, headers ...string) answer {
	v.s.t.Helper()
	var cookies []string
	for name, value := range v.jar {
		cookies = append(cookies, name+"="+value)
	}
	headers = append(headers, "Cookie", strings.Join(cookies, "; "), "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	if v.from != "" {
		headers = append(headers, "X-Forwarded-For", v.from)
	}
	a := v.s.do(method, target, body, headers...)
	for _, c := range a.Cookies() {
		if v.jar[c.Name] = c.Value; c.Value == "" || c.MaxAge < 0 {
			delete(v.jar, c.Name)
		}
	}
	return a
}

func (v *visitor) get(target string, headers ...string) answer {
	v.s.t.Helper()
	return v.ask(fiber.MethodGet, target, "", headers...)
}

var csrfField = regexp.MustCompile(`name="csrf" value="([0-9a-f]{64})"`)

// send sends the form of a page; fields come in pairs.
func (v *visitor) send(page, target string, fields ...string) answer {
	v.s.t.Helper()
	found := csrfField.FindStringSubmatch(v.get(page).body)
	if found == nil {
		v.s.t.Fatalf("%s has no form", page)
	}
	form := url.Values{"csrf": {found[1]}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return v.ask(fiber.MethodPost, target, form.Encode(), "Content-Type", fiber.MIMEApplicationForm, "Sec-Fetch-Site", "same-origin")
}

// signInAs begins a session, as a proof would.
func (v *visitor) signInAs(email string) account.Entry {
	v.s.t.Helper()
	ctx := v.s.t.Context()
	var id int64
	err := v.s.Register.DB.QueryRow(ctx, `
		insert into person (email, email_verified_at) values ($1, now()) on conflict (email) do update set email_verified_at = now() returning id`, email).Scan(&id)
	if err != nil {
		v.s.t.Fatal(err)
	}
	secret, err := v.s.People.Begin(ctx, id, account.ByLink, false, "Firefox · Linux", "")
	if err != nil {
		v.s.t.Fatal(err)
	}
	v.jar[v.session()] = secret
	e, err := v.s.People.Enter(ctx, secret)
	if err != nil {
		v.s.t.Fatal(err)
	}
	return e
}

// session is the name of the session's cookie.
func (v *visitor) session() string {
	if strings.HasPrefix(v.s.PublicURL, "https:") && len(v.s.TrustedProxies) > 0 {
		return "__Host-quartier_session"
	}
	return "quartier_session"
}

// mailedLink gives the path of the link that was last mailed to an address.
func (s *site) mailedLink(to string) string {
	s.t.Helper()
	var text string
	if err := s.Register.DB.QueryRow(s.t.Context(), `select body from mail where recipient = $1 and secret order by id desc limit 1`, to).Scan(&text); err != nil {
		s.t.Fatalf("no mail to %s: %v", to, err)
	}
	address, err := url.Parse(regexp.MustCompile(`https?://\S+`).FindString(text))
	if err != nil {
		s.t.Fatal(err)
	}
	return address.RequestURI()
}

// newPublicSite is a site with a public address, as mails need one.
func newPublicSite(t *testing.T) *site {
	t.Helper()
	return newSite(t, func(s *Server) { s.PublicURL = "http://ville.example" })
}

func TestSignInByLink(t *testing.T) {
	s := newPublicSite(t)
	v := newVisitor(s)
	if a := v.send("/sign-in?next=/zones", "/sign-in", "email", "Jeanne@example.org", "next", "/zones"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/sign-in/sent" {
		t.Fatalf("asking for a link: %d %s", a.StatusCode, a.body)
	}
	link := s.mailedLink("jeanne@example.org")
	for range 2 { // programs that look for bad links open them, again and again
		scanner := newVisitor(s)
		a := scanner.get(link)
		if a.StatusCode != http.StatusOK || !strings.Contains(a.body, "jeanne@example.org") || a.Header.Get("Referrer-Policy") != "no-referrer" || a.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("the link opens %d, %v", a.StatusCode, a.Header)
		}
		if scanner.jar["quartier_session"] != "" {
			t.Error("opening a link signs in")
		}
	}
	token := link[strings.Index(link, "token=")+len("token="):]
	planted := account.NewSecret() // a session that somebody planted in the browser
	v.jar["quartier_session"] = planted
	before := v.jar["quartier_form"]
	a := v.send(link, "/sign-in/link", "token", token)
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/zones" {
		t.Fatalf("the button: %d %s", a.StatusCode, a.body)
	}
	if v.jar["quartier_session"] == planted || len(v.jar["quartier_session"]) != account.SecretLength || v.jar["quartier_form"] == before {
		t.Error("the session or the token of forms is the one from before the sign-in")
	}
	for _, c := range a.Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("the cookie is %+v", c)
		}
	}
	if a := v.get("/me"); a.StatusCode != http.StatusOK || !strings.Contains(a.body, "jeanne@example.org") || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the account answers %d", a.StatusCode)
	}
	if a := newVisitor(s).get(link); a.StatusCode != http.StatusNotFound {
		t.Errorf("a used link opens %d", a.StatusCode)
	}
	if strings.Contains(s.log.String(), token) || strings.Contains(s.log.String(), "jeanne") {
		t.Errorf("the log says %s", s.log.String())
	}
}

// Under TLS the cookie is the host's own, and does not travel without TLS.
func TestCookieUnderTLS(t *testing.T) {
	s := newSite(t, func(s *Server) { s.PublicURL = "https://ville.example"; s.TrustedProxies = everybody })
	v := newVisitor(s)
	v.signInAs("jeanne@example.org")
	a := v.get("/sign-in", "X-Forwarded-Proto", "https")
	for _, c := range a.Cookies() {
		if !c.Secure || !strings.HasPrefix(c.Name, "__Host-") {
			t.Errorf("the cookie is %+v", c)
		}
	}
	if len(a.Cookies()) == 0 || a.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%v", a.Header)
	}
	if a := v.get("/me", "X-Forwarded-Proto", "https"); a.StatusCode != http.StatusOK {
		t.Errorf("the session under TLS answers %d", a.StatusCode)
	}
}

// Mails lead to the address of the setting, and nowhere that a client names.
func TestMailLeadsToPublicAddress(t *testing.T) {
	s := newSite(t, func(s *Server) { s.TrustedProxies = everybody }) // a proxy that passes on what the client wrote
	v := newVisitor(s)
	for host, want := range map[string]int{"evil.example": 503, "localhost.evil.example": 503, "192.0.2.1": 503, "localhost:8080": 303, "127.0.0.1:8080": 303} {
		form := url.Values{"csrf": {csrfField.FindStringSubmatch(v.get("/sign-in").body)[1]}, "email": {"jeanne@example.org"}}.Encode()
		if a := v.ask(fiber.MethodPost, "/sign-in", form, "Content-Type", fiber.MIMEApplicationForm, "X-Forwarded-Host", host); a.StatusCode != want {
			t.Errorf("asked for as %s: %d", host, a.StatusCode)
		}
	}
	var n int
	if err := s.Register.DB.QueryRow(t.Context(), `select count(*) from mail where body like '%evil%' or body like '%192.0.2%'`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d mails lead elsewhere, %v", n, err)
	}
}

func TestOpenRedirects(t *testing.T) {
	s := newPublicSite(t)
	for _, next := range []string{"https://evil.example", "//evil.example", `/\evil.example`, `\\evil.example`, "/%2f%2fevil.example", "javascript:alert(1)", "/\t/evil.example", "http:evil.example", "/..//evil.example"} {
		v := newVisitor(s)
		email := fmt.Sprintf("a%x@example.org", next)
		if a := v.get("/sign-in?" + url.Values{"next": {next}}.Encode()); a.StatusCode == http.StatusOK && strings.Contains(a.body, "evil.example\"") {
			t.Errorf("%q stands on the page", next)
		}
		v.send("/sign-in", "/sign-in", "email", email, "next", next)
		link := s.mailedLink(email)
		a := v.send(link, "/sign-in/link", "token", link[strings.Index(link, "token=")+6:])
		if at, err := url.Parse(a.Header.Get("Location")); err != nil || a.StatusCode != http.StatusSeeOther || at.Host != "" || at.Scheme != "" || strings.Contains(at.Path, "evil") {
			t.Errorf("%q leads to %q", next, a.Header.Get("Location"))
		}
	}
}

func TestSignInForms(t *testing.T) {
	s := newPublicSite(t)
	v := newVisitor(s)
	a := v.send("/sign-in", "/sign-in", "email", `"><script>alert(1)</script>`, "next", "/zones")
	if a.StatusCode != http.StatusUnprocessableEntity || strings.Contains(a.body, "<script>alert") || !strings.Contains(a.body, `aria-invalid="true"`) || !strings.Contains(a.body, `name="next" value="/zones"`) {
		t.Errorf("a bad address: %d %s", a.StatusCode, a.body)
	}
	if a := v.send("/sign-in", "/sign-in/password", "email", "jeanne@example.org", "password", "secret-typed"); a.StatusCode != http.StatusUnprocessableEntity ||
		strings.Contains(a.body, "secret-typed") || !strings.Contains(a.body, `value="jeanne@example.org"`) {
		t.Errorf("a wrong password: %d", a.StatusCode)
	}
	// The trap: no mail goes out, and nothing tells that it was a trap.
	if a := v.send("/sign-in", "/sign-in", "email", "robot@example.org", "website", "x"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the trap answers %d", a.StatusCode)
	}
	var n int
	if err := s.Register.DB.QueryRow(t.Context(), `select count(*) from mail`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d mails, %v", n, err)
	}
	for _, target := range []string{"/sign-in", "/sign-in/link", "/sign-in/password", "/sign-in/passkey", "/sign-in/passkey/options", "/sign-in/code", "/sign-out"} {
		for name, headers := range map[string][]string{
			"no token": {"Content-Type", fiber.MIMEApplicationForm}, "another site": {"Content-Type", fiber.MIMEApplicationForm, "Sec-Fetch-Site", "cross-site"},
		} {
			if a := v.ask(fiber.MethodPost, target, "email=a@example.org", headers...); a.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %s: %d", target, name, a.StatusCode)
			}
		}
		if a := v.ask(fiber.MethodPost, target, "{}", "Content-Type", "application/json"); a.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("%s takes JSON: %d", target, a.StatusCode)
		}
	}
}

// Ten thousand guesses from everywhere at one account get nobody in, and keep out neither the person by another way nor anybody else.
func TestTenThousandGuesses(t *testing.T) {
	s := newSite(t, func(s *Server) { s.PublicURL = "http://ville.example"; s.TrustedProxies = everybody })
	owner := newVisitor(s)
	e := owner.signInAs("victim@example.org")
	if err := s.People.SetPassword(t.Context(), e, "trombone velours 7 parapluies", ""); err != nil {
		t.Fatal(err)
	}
	v := newVisitor(s)
	token := csrfField.FindStringSubmatch(v.get("/sign-in").body)[1]
	statuses := map[int]int{}
	begun := time.Now()
	for i := range 10_000 {
		v.from = fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)
		form := url.Values{"csrf": {token}, "email": {"victim@example.org"}, "password": {fmt.Sprintf("guess-%d", i)}}
		a := v.ask(fiber.MethodPost, "/sign-in/password", form.Encode(), "Content-Type", fiber.MIMEApplicationForm)
		if statuses[a.StatusCode]++; a.StatusCode == http.StatusTooManyRequests && a.Header.Get("Retry-After") == "" {
			t.Fatal("nothing says when to try again")
		}
	}
	t.Logf("10 000 guesses in %v: %v", time.Since(begun), statuses)
	if statuses[http.StatusUnprocessableEntity] > 2*passwordsPerQuarter || statuses[http.StatusUnprocessableEntity]+statuses[http.StatusTooManyRequests] != 10_000 {
		t.Errorf("the answers were %v", statuses)
	}
	if a := owner.get("/me"); a.StatusCode != http.StatusOK {
		t.Errorf("who is signed in is put out: %d", a.StatusCode)
	}
	other := newVisitor(s)
	other.from = "192.0.2.7"
	other.send("/sign-in", "/sign-in", "email", "victim@example.org")
	link := s.mailedLink("victim@example.org")
	if a := other.send(link, "/sign-in/link", "token", link[strings.Index(link, "token=")+6:]); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the link does not sign in meanwhile: %d", a.StatusCode)
	}
	if a := other.send("/sign-in", "/sign-in/password", "email", "somebody@example.org", "password", "x"); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another account is kept out: %d", a.StatusCode)
	}
}

// From one network, the same is over after a hundred.
func TestGuessesOfOneNetwork(t *testing.T) {
	s := newPublicSite(t)
	v := newVisitor(s)
	token := csrfField.FindStringSubmatch(v.get("/sign-in").body)[1]
	statuses := map[int]int{}
	for range 2 * signInsPerTenMinutes {
		form := url.Values{"csrf": {token}, "token": {account.NewSecret()}}
		statuses[v.ask(fiber.MethodPost, "/sign-in/link", form.Encode(), "Content-Type", fiber.MIMEApplicationForm).StatusCode]++
	}
	if statuses[http.StatusNotFound] > signInsPerTenMinutes+1 || statuses[http.StatusTooManyRequests] < signInsPerTenMinutes-1 {
		t.Errorf("the answers were %v", statuses)
	}
}

// Asking for a link takes as long for an address that has an account as for one that has none, and says the same.
func TestAskingTellsNothing(t *testing.T) {
	s := newPublicSite(t)
	newVisitor(s).signInAs("known@example.org")
	s.limits.mails = newLimiter(1000, time.Minute, time.Now)
	s.limits.links.burst = time.Hour
	took := map[string][]time.Duration{}
	v := newVisitor(s)
	token := csrfField.FindStringSubmatch(v.get("/sign-in").body)[1]
	for range 15 {
		for _, address := range []string{"known@example.org", "unknown@example.org"} {
			form := url.Values{"csrf": {token}, "email": {address}}
			begun := time.Now()
			if a := v.ask(fiber.MethodPost, "/sign-in", form.Encode(), "Content-Type", fiber.MIMEApplicationForm); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/sign-in/sent" {
				t.Fatalf("%s: %d", address, a.StatusCode)
			}
			took[address] = append(took[address], time.Since(begun))
		}
	}
	median := func(address string) time.Duration { slices.Sort(took[address]); return took[address][7] }
	known, unknown := median("known@example.org"), median("unknown@example.org")
	t.Logf("medians: known %v, unknown %v", known, unknown)
	if known > 3*unknown || unknown > 3*known {
		t.Errorf("a known address takes %v, an unknown one %v", known, unknown)
	}
}

func TestSignOut(t *testing.T) {
	s := newPublicSite(t)
	v, elsewhere := newVisitor(s), newVisitor(s)
	v.signInAs("jeanne@example.org")
	elsewhere.signInAs("jeanne@example.org")
	stolen := v.jar["quartier_session"]
	if a := v.send("/me", "/sign-out"); a.StatusCode != http.StatusSeeOther || v.jar["quartier_session"] != "" {
		t.Fatalf("signing out: %d, %v", a.StatusCode, v.jar)
	}
	if a := v.get("/sign-out"); a.StatusCode != http.StatusOK {
		t.Errorf("the page after it: %d", a.StatusCode)
	}
	v.jar["quartier_session"] = stolen // at once, on this node
	if a := v.get("/me"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/sign-in?next=%2Fme" {
		t.Errorf("a session that was ended opens %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	if a := elsewhere.get("/me"); a.StatusCode != http.StatusOK {
		t.Errorf("another browser is signed out too: %d", a.StatusCode)
	}
}

func TestSecondStep(t *testing.T) {
	s := newPublicSite(t)
	v := newVisitor(s)
	v.signInAs("jeanne@example.org")
	v.send("/me/security", "/me/security/second-factor")
	key := regexp.MustCompile(`mine-secret">([A-Z2-7]{32})<`).FindStringSubmatch(v.get("/me/security").body)
	if key == nil {
		t.Fatal("the page shows no key")
	}
	if a := v.send("/me/security", "/me/security/second-factor/confirm", "code", "000000"); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="second-code-error"`) {
		t.Errorf("a wrong code: %d", a.StatusCode)
	}
	if _, err := s.Register.DB.Exec(t.Context(), `update totp set confirmed_at = now()`); err != nil { // as a right code does: account.TestSecondFactor
		t.Fatal(err)
	}
	if a := v.get("/me/security"); strings.Contains(a.body, key[1]) {
		t.Error("the key of a factor that is on is shown again")
	}
	u := newVisitor(s)
	u.send("/sign-in", "/sign-in", "email", "jeanne@example.org")
	link := s.mailedLink("jeanne@example.org")
	a := u.send(link, "/sign-in/link", "token", link[strings.Index(link, "token=")+6:])
	if a.Header.Get("Location") != "/sign-in/code" || u.jar["quartier_session"] != "" {
		t.Fatalf("the first step leads to %q, %v", a.Header.Get("Location"), u.jar)
	}
	if a := u.get("/me"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the first step alone opens the account: %d", a.StatusCode)
	}
	statuses := map[int]int{}
	for range 3 * codesPerHour {
		statuses[u.send("/sign-in/code", "/sign-in/code", "code", "12345x").StatusCode]++
	}
	if statuses[http.StatusSeeOther] != 0 || statuses[http.StatusUnprocessableEntity] > codesPerHour {
		t.Errorf("guesses are answered %v", statuses)
	}
}

// Staff who must use a second factor are led to where it is set up.
func TestWithheldRolesLeadToSecondFactor(t *testing.T) {
	s := newPublicSite(t)
	v := newVisitor(s)
	e := v.signInAs("agent@example.org")
	if err := s.People.Grant(t.Context(), account.System, e.Actor.Person, account.Grant{Role: account.RoleAgent}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Register.DB.Exec(t.Context(), `insert into setting (name, value) values ('staff_second_factor', 'true')`); err != nil {
		t.Fatal(err)
	}
	s.entries.forget()
	if a := v.get("/me/security"); a.StatusCode != http.StatusOK || !strings.Contains(a.body, "demande une connexion en deux étapes") {
		t.Errorf("the page says nothing of it: %d", a.StatusCode)
	}
	app := fiber.New()
	app.Use(func(c *fiber.Ctx) error {
		c.SetUserContext(context.WithValue(context.Background(), askedKey{}, &asked{entry: account.Entry{Withheld: true}, actor: account.Actor{Person: e.Actor.Person}}))
		return c.Next()
	})
	app.Get("/triage", s.only(account.RoleAgent), func(c *fiber.Ctx) error { return c.SendStatus(http.StatusNoContent) })
	response, err := app.Test(mustRequest(t, "/triage"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusSeeOther || response.Header.Get("Location") != "/me/security" {
		t.Errorf("a page of staff answers %d %s", response.StatusCode, response.Header.Get("Location"))
	}
}

func mustRequest(t *testing.T, target string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
