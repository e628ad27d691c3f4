package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"quartier/reports/account"
)

// naughty are texts that have broken other services.
var naughty = []string{
	`'; drop table report; --`, `" or 1=1`, `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `{{.}} ${7*7} { f.Say("x") }`, "Jean\r\nBcc: all@example.org",
	`javascript:alert(1)`, "😀 Ünïcödé 中文", `../../etc/passwd`, `%00%0a`, `\u0000`, `&lt;b&gt;`, strings.Repeat("é", 900),
}

// submit sends a form as a browser that is signed in with a cookie, or not.
func (s *site) submit(path, cookie string, values url.Values, headers ...string) answer {
	s.t.Helper()
	const token = "00000000000000000000000000000000000000000000000000000000000000aa"
	values.Set("csrf", token)
	return s.do("POST", path, values.Encode(), append([]string{"Content-Type", "application/x-www-form-urlencoded", "Cookie", "quartier_form=" + token + "; " + cookie,
		"Accept-Language", "en"}, headers...)...)
}

// mailed gives the text of the latest mail to an address.
func (s *site) mailed(to string) (text string) {
	s.t.Helper()
	if err := s.Register.DB.QueryRow(s.t.Context(), `select body from mail where recipient = $1 order by id desc limit 1`, to).Scan(&text); err != nil {
		s.t.Fatalf("no mail to %s: %v", to, err)
	}
	return text
}

var linked = regexp.MustCompile(`http://example\.com(/(?:appeal|confirm)\?token=([A-Za-z0-9_-]{43}))`)

// linkIn gives path and secret of the link in a mail.
func (s *site) linkIn(text string) (path, secret string) {
	s.t.Helper()
	m := linked.FindStringSubmatch(text)
	if m == nil {
		s.t.Fatalf("no link in %q", text)
	}
	return m[1], m[2]
}

// fileWithEmail files a report with an address.
func (s *site) fileWithEmail(title, email string) (id int64) {
	s.t.Helper()
	before := int64(s.count(`select coalesce(max(id), 0) from report`))
	a := s.postJSON(fmt.Sprintf(`{"category":"pothole","title":%q,"email":%q,"location":{"type":"Point","coordinates":[2.35,48.85]}}`, title, email), "Accept-Language", "en")
	if a.StatusCode != http.StatusCreated {
		s.t.Fatalf("filing: %d %s", a.StatusCode, a.body)
	}
	s.awaitText(a.Header.Get(tokenHeader))
	return before + 1
}

// hush stands in what nobody else may read.
const hush = "motsecret"

// mailing tells a site its address, so that mails can lead there.
func mailing(s *Server) { s.PublicURL = "http://example.com" }

var moderates = account.Grant{Role: account.RoleModerator}

// The whole way: flagged, hidden, the author told, appealed, heard by another moderator, restored.
func TestFlagHideAppealRestore(t *testing.T) {
	s := newSite(t, mailing)
	first, second := s.signedInAs(moderates), s.signedInAs(moderates)
	id := s.fileWithEmail("gros mot", "jeanne@example.org")
	path := fmt.Sprintf("/reports/%d", id)
	if a := s.submit(path+"/flag", "", url.Values{"reason": {"insult"}, "words": {"<b>vraiment</b>"}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("flagging: %d %s", a.StatusCode, a.body)
	}
	queue := s.get("/moderation", "Cookie", first, "Accept-Language", "en")
	if !containsText(queue.body, "1 flag") || !containsText(queue.body, "Insult or hate") {
		t.Errorf("the queue lacks the flag: %s", queue.body)
	}
	one := s.get("/moderation"+path, "Cookie", first)
	if !strings.Contains(one.body, "&lt;b&gt;vraiment") || strings.Contains(one.body, "jeanne") {
		t.Error("the case shows the flag's words as markup, or who filed")
	}
	if a := s.submit("/moderation"+path, first, url.Values{"verdict": {"hide"}, "reason": {""}}); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "must be filled in") {
		t.Errorf("hiding without a reason: %d", a.StatusCode)
	}
	if a := s.submit("/moderation"+path, first, url.Values{"verdict": {"hide"}, "reason": {"Une insulte"}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("hiding: %d %s", a.StatusCode, a.body)
	}
	s.settled()
	for _, gone := range []string{path, "/api/v1" + path, "/api/v1" + path + "/updates", path + "/flag"} {
		if a := s.get(gone); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s of a hidden report answers %d", gone, a.StatusCode)
		}
	}
	if a := s.get("/api/v1/stats"); !strings.Contains(a.body, `"total":0`) {
		t.Errorf("the map still counts it: %s", a.body)
	}
	if a := s.submit("/moderation"+path, first, url.Values{"verdict": {"hide"}, "reason": {"encore"}}); a.StatusCode != http.StatusConflict {
		t.Errorf("hiding what is hidden: %d", a.StatusCode)
	}

	notice := s.mailed("jeanne@example.org")
	if !strings.Contains(notice, "Une insulte") {
		t.Errorf("the notice lacks the reason: %s", notice)
	}
	appeal, secret := s.linkIn(notice)
	if a := s.get(appeal, "Accept-Language", "en"); a.StatusCode != http.StatusOK || !containsText(a.body, "Une insulte") || a.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the appeal's page: %d %v", a.StatusCode, a.Header)
	}
	if a := s.submit("/appeal", "", url.Values{"token": {secret}, "words": {""}}); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an appeal without words: %d", a.StatusCode)
	}
	if a := s.submit("/appeal", "", url.Values{"token": {secret}, "words": {"C’est un nom de rue"}}); a.StatusCode != http.StatusOK || !containsText(a.body, "Your appeal is received") {
		t.Errorf("the appeal: %d", a.StatusCode)
	}
	if a := s.submit("/appeal", "", url.Values{"token": {secret}, "words": {"encore"}}); a.StatusCode != http.StatusConflict {
		t.Errorf("the second appeal: %d", a.StatusCode)
	}
	answer := url.Values{"decision": {"1"}, "outcome": {"undone"}, "answer": {"Pardon"}}
	if a := s.submit("/moderation"+path+"/appeal", first, answer); a.StatusCode != http.StatusForbidden {
		t.Errorf("who decided hears the appeal: %d", a.StatusCode)
	}
	if a := s.get("/moderation", "Cookie", second, "Accept-Language", "en"); !containsText(a.body, "Appeal") {
		t.Error("the queue lacks the appeal")
	}
	if a := s.submit("/moderation"+path+"/appeal", second, answer); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("the other moderator: %d %s", a.StatusCode, a.body)
	}
	if a := s.submit("/moderation"+path+"/appeal", second, answer); a.StatusCode != http.StatusConflict {
		t.Errorf("heard twice: %d", a.StatusCode)
	}
	s.settled()
	if a := s.get(path); a.StatusCode != http.StatusOK {
		t.Errorf("the restored report answers %d", a.StatusCode)
	}
	if !strings.Contains(s.mailed("jeanne@example.org"), "Pardon") {
		t.Error("the author was not answered")
	}
	if a := s.get("/moderation", "Cookie", first, "Accept-Language", "en"); !containsText(a.body, "Nothing waits") {
		t.Errorf("the queue is not empty: %s", a.body)
	}
	if n := s.count(`select count(*) from audit where subject = $1 and action in ('report.hide', 'decision.appeal', 'decision.settle')`, fmt.Sprintf("report/%d", id)); n != 3 {
		t.Errorf("%d of 3 acts stand in the audit", n)
	}
	if strings.Contains(s.log.String(), secret) {
		t.Error("the log holds the secret of a link")
	}
}

// settled waits until the map has seen all that was written.
func (s *site) settled() {
	s.t.Helper()
	id, token := s.file("après")
	s.awaitText(token)
	s.change(id, `update report set visibility = 'private' where id = $1`, id)
}

// Who flags is told the same whether it was the first flag or not, and the same browser counts once.
func TestFlagsTellNothing(t *testing.T) {
	s := newSite(t)
	id, _ := s.file("visible")
	path := fmt.Sprintf("/api/v1/reports/%d/flags", id)
	flag := func(body string) answer { return s.do("POST", path, body, "Content-Type", "application/json") }
	one, again := flag(`{"reason":"spam"}`), flag(`{"reason":"illegal","words":"encore"}`)
	if one.StatusCode != http.StatusNoContent || again.StatusCode != one.StatusCode || again.body != one.body {
		t.Errorf("the first flag is answered %d, the second %d", one.StatusCode, again.StatusCode)
	}
	if n := s.count(`select count(*) from flag`); n != 1 {
		t.Errorf("%d flags of one browser", n)
	}
	page := s.get(fmt.Sprintf("/reports/%d", id))
	if strings.Contains(page.body, "spam") {
		t.Error("the report's page tells that it was flagged")
	}
	for body, status := range map[string]int{
		`{"reason":"ugly"}`: 422, `{}`: 422, `{"reason":"other"}`: 422, `{"reason":"spam","entry":-1}`: 404, `{"reason":"spam","entry":999}`: 404,
		`{"reason":"spam","colour":1}`: 422, `[`: 400,
	} {
		if a := flag(body); a.StatusCode != status {
			t.Errorf("%s is answered %d, want %d: %s", body, a.StatusCode, status, a.body)
		}
	}
	s.change(id, `update report set visibility = 'hidden' where id = $1`, id)
	hidden := flag(`{"reason":"spam"}`)
	path = "/api/v1/reports/999999/flags"
	if unknown := flag(`{"reason":"spam"}`); hidden.StatusCode != http.StatusNotFound || hidden.body != unknown.body {
		t.Errorf("flagging what is hidden is answered %d, unlike what is unknown", hidden.StatusCode)
	}
}

// Nobody else opens the moderators' doors, and what stands behind them is not told.
func TestModerationIsForModerators(t *testing.T) {
	s := newSite(t)
	id := s.fileWithEmail(hush, "jeanne@example.org")
	s.change(id, `update report set visibility = 'hidden' where id = $1`, id)
	one := fmt.Sprintf("/moderation/reports/%d", id)
	for name, cookie := range map[string]string{"nobody": "", "resident": s.signedInAs(), "agent": s.signedInAs(account.Grant{Role: account.RoleAgent}),
		"analyst": s.signedInAs(account.Grant{Role: account.RoleAnalyst})} {
		for _, path := range []string{"/moderation", one, "/admin/blocks", "/admin"} {
			if a := s.get(path, "Cookie", cookie); a.StatusCode != http.StatusForbidden && a.StatusCode != http.StatusSeeOther || strings.Contains(a.body, hush) {
				t.Errorf("%s at %s is answered %d", name, path, a.StatusCode)
			}
		}
		for _, path := range []string{one, one + "/appeal", "/admin/blocks", "/admin/blocks/1/remove"} {
			a := s.submit(path, cookie, url.Values{"verdict": {"show"}, "reason": {"x"}, "kind": {"word"}, "value": {"pothole"}, "decision": {"1"}, "answer": {"x"}})
			if a.StatusCode != http.StatusForbidden && a.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s posting to %s is answered %d", name, path, a.StatusCode)
			}
		}
	}
	moderator := s.signedInAs(moderates)
	for _, path := range []string{"/moderation/reports/999999", "/moderation/reports/x", "/moderation/reports/0"} {
		if a := s.get(path, "Cookie", moderator); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s is answered %d", path, a.StatusCode)
		}
	}
	private, _ := s.file("privé")
	s.change(private, `update report set visibility = 'private' where id = $1`, private)
	if a := s.get(fmt.Sprintf("/moderation/reports/%d", private), "Cookie", moderator); a.StatusCode != http.StatusNotFound {
		t.Errorf("a moderator opens a private report: %d", a.StatusCode)
	}
	foreign := s.do("POST", one, "verdict=show", "Content-Type", "application/x-www-form-urlencoded", "Cookie", moderator, "Sec-Fetch-Site", "cross-site")
	if foreign.StatusCode != http.StatusForbidden {
		t.Errorf("another site decides: %d", foreign.StatusCode)
	}
}

// An address is confirmed by the press of a button, once, and only by its own link.
func TestConfirm(t *testing.T) {
	s := newSite(t, mailing)
	if _, err := s.Register.DB.Exec(t.Context(), `insert into setting (name, value) values ('confirm_email', 'true')`); err != nil {
		t.Fatal(err)
	}
	id := s.fileWithEmail("à confirmer", "jeanne@example.org")
	report := fmt.Sprintf("/reports/%d", id)
	if a := s.get(report); a.StatusCode != http.StatusNotFound {
		t.Errorf("an unconfirmed report is public: %d", a.StatusCode)
	}
	mail := s.mailed("jeanne@example.org")
	if strings.Contains(mail, "à confirmer") {
		t.Error("the mail repeats what was typed: anybody could write to anybody")
	}
	path, secret := s.linkIn(mail)
	for range 2 { // a program that looks at mails opens links
		if a := s.get(path, "Accept-Language", "en"); a.StatusCode != http.StatusOK || !strings.Contains(a.body, "Yes, it is mine") {
			t.Fatalf("the link: %d", a.StatusCode)
		}
	}
	if a := s.get(report); a.StatusCode != http.StatusNotFound {
		t.Error("opening the link confirmed it")
	}
	moderator := s.signedInAs(moderates)
	if a := s.get("/moderation", "Cookie", moderator); strings.Contains(a.body, report) {
		t.Error("what only waits for its author stands in the moderators' queue")
	}
	if a := s.get("/moderation?of=unconfirmed", "Cookie", moderator); !strings.Contains(a.body, report) {
		t.Error("what waits for its author is nowhere to be seen")
	}
	tampered := "A" + secret[1:]
	if secret[0] == 'A' {
		tampered = "B" + secret[1:]
	}
	for _, bad := range []string{"", "x", tampered, secret + "x", "' or 1=1"} {
		if a := s.submit("/confirm", "", url.Values{"token": {bad}}); a.StatusCode != http.StatusNotFound {
			t.Errorf("the token %q is answered %d", bad, a.StatusCode)
		}
	}
	for range 2 { // a second press does no harm
		if a := s.submit("/confirm", "", url.Values{"token": {secret}}); a.StatusCode != http.StatusOK {
			t.Fatalf("the button: %d %s", a.StatusCode, a.body)
		}
	}
	if a := s.get(report); a.StatusCode != http.StatusOK {
		t.Errorf("the confirmed report answers %d", a.StatusCode)
	}
	if n := s.count(`select count(*) from timeline where item_id = $1 and type = 'status' and from_status = 'pending' and to_status = 'new'`, id); n != 1 {
		t.Errorf("%d entries tell of the move", n)
	}
	if n := s.count(`select count(*) from report_contact where report_id = $1 and email_verified_at is not null`, id); n != 1 {
		t.Error("the address is not marked as proved")
	}
	s.fileWithEmail("ancien", "paul@example.org")
	old, _ := s.linkIn(s.mailed("paul@example.org"))
	if _, err := s.Register.DB.Exec(t.Context(), `update login_link set expires_at = now() - interval '1 second'`); err != nil {
		t.Fatal(err)
	}
	if a := s.get(old); a.StatusCode != http.StatusNotFound {
		t.Errorf("an expired link is answered %d", a.StatusCode)
	}
	for range 20 {
		s.fileWithEmail("encore", "victime@example.org")
	}
	if n := s.count(`select count(*) from mail where recipient = 'victime@example.org'`); n > 5 {
		t.Errorf("%d mails to one address that somebody else typed", n)
	}
}

// An entry is redacted with a trace, and given back when the appeal is granted.
func TestRedact(t *testing.T) {
	s := newSite(t)
	moderator := s.signedInAs(moderates)
	id, _ := s.file("visible")
	author := s.personWith()
	s.change(id, `insert into timeline (kind, item_id, type, body, actor_role, person_id, created_at) values ('report', $1, 'comment', $2, 'resident', $3, now())`, id, hush, author)
	entry := s.count(`select max(id) from timeline`)
	path := fmt.Sprintf("/reports/%d", id)
	if a := s.get(fmt.Sprintf("%s/flag?entry=%d", path, entry)); !strings.Contains(a.body, hush) {
		t.Error("the form does not show what is flagged")
	}
	if a := s.submit(path+"/flag", "", url.Values{"reason": {"personal"}, "entry": {fmt.Sprint(entry)}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("flagging an entry: %d", a.StatusCode)
	}
	if a := s.submit("/moderation"+path, moderator, url.Values{"verdict": {"redact"}, "entry": {fmt.Sprint(entry + 1)}, "reason": {"x"}}); a.StatusCode != http.StatusNotFound {
		t.Errorf("an entry that is not there: %d", a.StatusCode)
	}
	if a := s.submit("/moderation"+path, moderator, url.Values{"verdict": {"redact"}, "entry": {fmt.Sprint(entry)}, "reason": {"Un nom"}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("redacting: %d %s", a.StatusCode, a.body)
	}
	for _, p := range []string{path, "/api/v1" + path + "/updates", fmt.Sprintf("%s/flag?entry=%d", path, entry)} {
		if a := s.get(p); strings.Contains(a.body, hush) {
			t.Errorf("%s still has the text", p)
		}
	}
	if a := s.get(path, "Accept-Language", "en"); !containsText(a.body, "Text removed by moderators") {
		t.Error("there is no trace of the text")
	}
	// The author has an account: the number of the decision is enough, for nobody else.
	if a := s.submit("/appeal", s.signedInAs(), url.Values{"decision": {"1"}, "words": {"x"}}); a.StatusCode != http.StatusNotFound {
		t.Errorf("somebody else appeals: %d", a.StatusCode)
	}
	if a := s.submit("/appeal", s.cookieOf(author), url.Values{"decision": {"1"}, "words": {"Ce n’est pas un nom"}}); a.StatusCode != http.StatusOK {
		t.Errorf("the author appeals: %d", a.StatusCode)
	}
	// There is no other moderator: the only one hears it.
	if a := s.submit("/moderation"+path+"/appeal", moderator, url.Values{"decision": {"1"}, "outcome": {"undone"}, "answer": {"D’accord"}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("the only moderator: %d %s", a.StatusCode, a.body)
	}
	if a := s.get(path); !strings.Contains(a.body, hush) {
		t.Error("the text is not back")
	}
}

// Naughty strings come back as text, or are refused; nothing breaks, nothing typed is lost.
func TestNaughtyModeration(t *testing.T) {
	s := newSite(t)
	moderator := s.signedInAs(account.Grant{Role: account.RoleAdministrator})
	for _, text := range naughty {
		id := s.fileWithEmail("visible", "jeanne@example.org")
		path := fmt.Sprintf("/reports/%d", id)
		for _, a := range []answer{
			s.submit(path+"/flag", "", url.Values{"reason": {text}, "words": {text}, "entry": {""}}),
			s.submit(path+"/flag", "", url.Values{"reason": {"other"}, "words": {text}}, "User-Agent", "x"),
			s.submit("/moderation"+path, moderator, url.Values{"verdict": {text}, "reason": {text}}),
			s.submit("/moderation"+path, moderator, url.Values{"verdict": {"hide"}, "reason": {text}}),
			s.submit("/admin/blocks", moderator, url.Values{"kind": {text}, "value": {text}, "reason": {text}, "days": {text}}),
			s.submit("/admin/blocks", moderator, url.Values{"kind": {"email"}, "value": {text}, "reason": {text}}),
			s.submit("/appeal", "", url.Values{"token": {text}, "decision": {text}, "words": {text}}),
			s.get("/appeal?token=" + url.QueryEscape(text) + "&decision=" + url.QueryEscape(text)),
			s.get("/confirm?token=" + url.QueryEscape(text)),
			s.get("/moderation?cursor="+url.QueryEscape(text), "Cookie", moderator),
			s.get("/moderation"+path, "Cookie", moderator),
		} {
			if a.StatusCode >= 500 || strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<img src=x") {
				t.Errorf("%q: %s answers %d", text, a.Request.URL.Path, a.StatusCode)
			}
		}
	}
	if n := s.count(`select count(*) from mail where recipient <> 'jeanne@example.org' or subject ~ '[\r\n]'`); n != 0 {
		t.Error("a header was injected into a mail")
	}
	if s.log.Len() > 0 {
		t.Errorf("the log: %s", s.log.String())
	}
}

func TestBlocks(t *testing.T) {
	s := newSite(t)
	if _, err := s.Register.DB.Exec(t.Context(), `insert into setting (name, value) values ('contact', 'mairie@example.org')`); err != nil {
		t.Fatal(err)
	}
	moderator := s.signedInAs(moderates)
	add := func(kind, value string) {
		t.Helper()
		if a := s.submit("/admin/blocks", moderator, url.Values{"kind": {kind}, "value": {value}, "reason": {"pour voir"}, "days": {"7"}}); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("blocking %s: %d %s", value, a.StatusCode, a.body)
		}
	}
	file := func(title, email string) answer {
		return s.postJSON(fmt.Sprintf(`{"category":"pothole","title":%q,"email":%q,"location":{"type":"Point","coordinates":[2.35,48.85]}}`, title, email), "Accept-Language", "en")
	}
	id, _ := s.file("visible")
	add("email", "Jeanne@Example.org")
	add("domain", "spam.example")
	add("word", "Viagra  pas-cher")
	byEmail, byDomain := file("trou", "jeanne@example.org"), file("trou", "a@mail.spam.example")
	if byEmail.StatusCode != http.StatusForbidden || byEmail.body != byDomain.body || !strings.Contains(byEmail.body, "mairie@example.org") || strings.Contains(byEmail.body, "pour voir") {
		t.Errorf("blocked addresses are answered %d %s and %d %s", byEmail.StatusCode, byEmail.body, byDomain.StatusCode, byDomain.body)
	}
	if a := file("trou", "a@notspam.example"); a.StatusCode != http.StatusCreated {
		t.Errorf("another domain is answered %d", a.StatusCode)
	}
	if a := file("VIAGRA pas cher !", ""); a.StatusCode != http.StatusCreated || !strings.Contains(a.body, `"status":"pending"`) {
		t.Errorf("a watched word is answered %d %s", a.StatusCode, a.body)
	}
	if a := file("viagrapascher", ""); !strings.Contains(a.body, `"status":"new"`) {
		t.Errorf("a longer word is watched too: %s", a.body)
	}
	if a := s.openForm().send(url.Values{"category": {"pothole"}, "title": {"Mon texte"}, "lat": {"48.85"}, "lon": {"2.35"}, "email": {"jeanne@example.org"}}); a.StatusCode != http.StatusForbidden ||
		!strings.Contains(a.body, `value="Mon texte"`) || !strings.Contains(a.body, "mairie@example.org") {
		t.Errorf("the form of who is blocked: %d, or what was typed is lost", a.StatusCode)
	}
	add("network", "0.0.0.0/8") // where the test's own requests come from
	byNetwork := file("trou", "")
	if byNetwork.StatusCode != http.StatusForbidden || byNetwork.body != byEmail.body {
		t.Errorf("a blocked network is answered %d %s", byNetwork.StatusCode, byNetwork.body)
	}
	if a := s.do("POST", fmt.Sprintf("/api/v1/reports/%d/flags", id), `{"reason":"spam"}`, "Content-Type", "application/json"); a.StatusCode != http.StatusForbidden {
		t.Errorf("a flag from a blocked network is answered %d", a.StatusCode)
	}
	if a := s.get(fmt.Sprintf("/reports/%d", id)); a.StatusCode != http.StatusOK {
		t.Errorf("who is blocked cannot read: %d", a.StatusCode)
	}
	block := s.count(`select id from block where kind = 'network'`)
	if a := s.submit(fmt.Sprintf("/admin/blocks/%d/remove", block), moderator, url.Values{}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("unblocking: %d %s", a.StatusCode, a.body)
	}
	if a := file("trou", ""); a.StatusCode != http.StatusCreated {
		t.Errorf("after the block was taken away: %d", a.StatusCode)
	}
	for kind, value := range map[string]string{"network": "0.0.0.0/0", "email": "example.org", "domain": "localhost", "word": "a", "": "x", "sort": "x"} {
		if a := s.submit("/admin/blocks", moderator, url.Values{"kind": {kind}, "value": {value}, "reason": {"pour voir"}}); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "pour voir") {
			t.Errorf("blocking %s %q: %d", kind, value, a.StatusCode)
		}
	}
	if n := s.count(`select count(*) from audit where action like 'block.%' and detail::text like '%example%'`); n != 0 {
		t.Error("the audit holds addresses")
	}
}

// A page with several forms gives them all the token of its cookie, also when it is the first page that a browser opens.
func TestFormsOfAFirstPage(t *testing.T) {
	s := newSite(t)
	a := s.get("/admin/blocks", "Cookie", s.signedInAs(account.Grant{Role: account.RoleAdministrator}))
	tokens := regexp.MustCompile(`name="csrf" value="([0-9a-f]{64})"`).FindAllStringSubmatch(a.body, -1)
	if len(tokens) < 2 || len(a.Cookies()) != 1 {
		t.Fatalf("%d forms and %d cookies", len(tokens), len(a.Cookies()))
	}
	for _, m := range tokens {
		if m[1] != a.Cookies()[0].Value {
			t.Error("a form's token is not the cookie's")
		}
	}
}
