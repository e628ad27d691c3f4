package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/mail"
)

// desk is a browser without script in which somebody is signed in.
type desk struct {
	*site
	cookie, csrf string
}

func (s *site) deskOf(roles ...account.Role) *desk {
	s.t.Helper()
	var grants []account.Grant
	for _, r := range roles {
		grants = append(grants, account.Grant{Role: r})
	}
	d := &desk{site: s, cookie: s.signedInAs(grants...)}
	a := s.get("/reports/new", "Cookie", d.cookie)
	for _, c := range a.Cookies() {
		d.cookie += "; " + c.Name + "=" + c.Value
	}
	if m := regexp.MustCompile(`name="csrf" value="([0-9a-f]{64})"`).FindStringSubmatch(a.body); m != nil {
		d.csrf = m[1]
	}
	return d
}

func (d *desk) see(target string) answer {
	d.t.Helper()
	return d.get(target, "Cookie", d.cookie)
}

// press sends a form; pairs are names and values.
func (d *desk) press(target string, pairs ...string) answer {
	d.t.Helper()
	values := url.Values{"csrf": {d.csrf}}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return d.do(http.MethodPost, target, values.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Cookie", d.cookie)
}

// post posts a mail and gives its id.
func (s *site) post(m mail.Message) (id int64) {
	s.t.Helper()
	err := s.Register.DB.Write(s.t.Context(), func(tx pgx.Tx) error {
		if err := mail.Post(s.t.Context(), tx, m); err != nil {
			return err
		}
		return tx.QueryRow(s.t.Context(), `select max(id) from mail`).Scan(&id)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// secret stands in what is nobody's but one person's.
const secret = "motsecret"

var secretMail = mail.Message{To: secret + "@example.org", Subject: secret, Text: secret, Purpose: "link"}

// Only administrators see the outbox and the jobs, or act on them.
func TestOutboxIsForAdministrators(t *testing.T) {
	s := newSite(t)
	id := s.post(secretMail)
	places := []string{"/admin", "/admin/mail", fmt.Sprintf("/admin/mail/%d", id), "/admin/jobs", "/admin/jobs?state=waiting"}
	for _, who := range []struct {
		name   string
		desk   *desk
		status int
	}{
		{"a stranger", &desk{site: s}, http.StatusSeeOther},
		{"a resident", s.deskOf(), http.StatusForbidden},
		{"an agent", s.deskOf(account.RoleAgent), http.StatusForbidden},
		{"an analyst", s.deskOf(account.RoleAnalyst), http.StatusForbidden},
		{"a moderator", s.deskOf(account.RoleModerator), http.StatusForbidden},
	} {
		for _, place := range places {
			if a := who.desk.see(place); a.StatusCode != who.status || strings.Contains(a.body, secret) {
				t.Errorf("%s at %s: %d %s", who.name, place, a.StatusCode, a.body)
			}
		}
		for _, c := range [][]string{{fmt.Sprintf("/admin/mail/%d", id), "give_up"}, {"/admin/jobs/1", "discard"}, {"/admin/mail", ""}} {
			a := who.desk.press(c[0], "act", c[1], "to", secret)
			if a.StatusCode == http.StatusOK || a.StatusCode == http.StatusSeeOther || strings.Contains(a.body, secret) {
				t.Errorf("%s acts on %s: %d", who.name, c[0], a.StatusCode)
			}
		}
	}
	if n := s.count(`select count(*) from mail where failed_at is null`) + s.count(`select count(*) from river_job where finalized_at is null`); n != 2 {
		t.Error("somebody who may not has changed something")
	}
	admin := s.deskOf(account.RoleAdministrator)
	for _, place := range places {
		if a := admin.see(place); a.StatusCode != http.StatusOK {
			t.Errorf("an administrator at %s: %d %s", place, a.StatusCode, a.body)
		}
	}
	// A key is handed to programs, which have no business with the mails of others.
	key := s.keyOf(s.personWith(account.Grant{Role: account.RoleAdministrator}), account.ScopeRead)
	for _, place := range places[1:] {
		if a := s.get(place, "Authorization", "Bearer "+key); a.StatusCode != http.StatusForbidden || strings.Contains(a.body, secret) {
			t.Errorf("an administrator's program at %s: %d", place, a.StatusCode)
		}
	}
	if strings.Contains(s.log.String(), secret) {
		t.Errorf("the log holds %s", s.log.String())
	}
}

// The list masks whose mails there are; who reads one leaves a trace.
func TestReadingAMail(t *testing.T) {
	s := newSite(t)
	admin := s.deskOf(account.RoleAdministrator)
	id := s.post(mail.Message{To: "jeanne@example.org", Subject: "Bonjour <b>Jeanne</b>", Text: "Un texte\n<script>alert(1)</script>", Purpose: "link", Secret: true,
		Expires: time.Now().Add(time.Hour)})
	list := admin.see("/admin/mail")
	if strings.Contains(list.body, "jeanne@") || !strings.Contains(list.body, "j•••@example.org") || strings.Contains(list.body, "Un texte") ||
		!strings.Contains(list.body, "QUARTIER_SMTP_URL") {
		t.Errorf("the list: %s", list.body)
	}
	if n := s.count(`select count(*) from audit`); n != 1 { // the administrator's role
		t.Errorf("%d traces before anything was read", n)
	}
	one := admin.see(fmt.Sprintf("/admin/mail/%d", id))
	if !strings.Contains(one.body, "jeanne@example.org") || !strings.Contains(one.body, "Un texte\n&lt;script&gt;") || one.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the mail (%s): %s", one.Header.Get("Cache-Control"), one.body)
	}
	if n := s.count(`select count(*) from audit where action = 'mail.read' and subject = $1 and actor_id is not null and detail = '{}'`, fmt.Sprintf("mail/%d", id)); n != 1 {
		t.Errorf("%d traces of the reading", n)
	}
	for _, place := range []string{"/admin/mail/999", "/admin/mail/x", "/admin/mail/0", "/admin/mail/99999999999999999999"} {
		if a := admin.see(place); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", place, a.StatusCode)
		}
	}
}

func TestActingOnMails(t *testing.T) {
	s := newSite(t)
	admin := s.deskOf(account.RoleAdministrator)
	id := s.post(mail.Message{To: "jeanne@example.org", Subject: "Bonjour", Purpose: "answer"})
	place := fmt.Sprintf("/admin/mail/%d", id)
	if a := admin.press(place, "act", "give_up"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != place+"?done=given_up" {
		t.Fatalf("giving up answers %d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	if a := admin.see(place + "?done=given_up"); !containsText(a.body, "Le courriel ne sera pas envoyé.") || !containsText(a.body, "Abandonné par un administrateur.") {
		t.Errorf("the page says %s", a.body)
	}
	if a := admin.press(place, "act", "give_up"); a.StatusCode != http.StatusConflict {
		t.Errorf("giving up twice answers %d", a.StatusCode)
	}
	if a := admin.press(place, "act", "again"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("sending again answers %d %s", a.StatusCode, a.body)
	}
	if n := s.count(`select count(*) from river_job where kind = 'mail_send' and finalized_at is null`); n != 2 { // the first finds that it was given up, or is the one that sends
		t.Errorf("%d jobs", n)
	}
	if a := admin.press(place, "act", "again"); a.StatusCode != http.StatusSeeOther || s.count(`select count(*) from river_job`) != 2 {
		t.Errorf("sending one that waits answers %d", a.StatusCode)
	}
	if a := admin.press(place, "act", "burn"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("an unknown act answers %d", a.StatusCode)
	}
	s.count(`with x as (update mail set sent_at = now() returning 1) select count(*) from x`)
	if a := admin.press(place, "act", "again"); a.StatusCode != http.StatusConflict || !containsText(a.body, "déjà été envoyé") {
		t.Errorf("sending one that was sent answers %d", a.StatusCode)
	}
	late := s.post(mail.Message{To: "jeanne@example.org", Subject: "Bonjour", Purpose: "answer", Expires: time.Now().Add(-time.Minute)})
	if a := admin.press(fmt.Sprintf("/admin/mail/%d", late), "act", "again"); a.StatusCode != http.StatusConflict || !containsText(a.body, "trop tard") {
		t.Errorf("sending one that expired answers %d", a.StatusCode)
	}
	other := *admin
	other.csrf = strings.Repeat("0", 64)
	if a := other.press(place, "act", "again"); a.StatusCode != http.StatusForbidden {
		t.Errorf("another site's form answers %d", a.StatusCode)
	}
	if n := s.count(`select count(*) from audit where action in ('mail.again', 'mail.give_up')`); n != 3 {
		t.Errorf("%d traces of three acts", n)
	}
}

// Pages of the list follow each other without gap or repeat, also through what was searched for.
func TestOutboxPages(t *testing.T) {
	s := newSite(t)
	admin := s.deskOf(account.RoleAdministrator)
	for i := range linesOnPage + 7 {
		s.post(mail.Message{To: fmt.Sprintf("jeanne_%d@example.org", i), Subject: fmt.Sprintf("nº %d.", i), Purpose: "answer"})
		if i%10 == 0 {
			s.post(mail.Message{To: "luc@example.org", Subject: fmt.Sprintf("luc %d.", i), Purpose: "answer"})
		}
	}
	first := admin.see("/admin/mail")
	next := regexp.MustCompile(`/admin/mail\?state=waiting&amp;before=\d+`).FindString(first.body)
	if next == "" {
		t.Fatalf("there is no way to the next page: %s", first.body)
	}
	second := admin.see(strings.ReplaceAll(next, "&amp;", "&"))
	for i := range linesOnPage + 7 {
		text := fmt.Sprintf("nº %d.", i)
		if n := strings.Count(first.body, text) + strings.Count(second.body, text); n != 1 {
			t.Errorf("mail %d stands on the pages %d times", i, n)
		}
	}
	for search, want := range map[string]int{"LUC@": 6, "jeanne_1": 11, "%": 0, "_": 50, `\`: 0, "' or 1=1": 0, "nobody": 0} {
		a := admin.press("/admin/mail", "to", search)
		if n := strings.Count(a.body, `scope="row"`); a.StatusCode != http.StatusOK || n != want {
			t.Errorf("searching %q finds %d, want %d (%d)", search, n, want, a.StatusCode)
		}
		if strings.Contains(a.body, "?to=") || strings.Contains(a.body, "&amp;to=") {
			t.Errorf("what was searched for (%q) stands in an address", search)
		}
	}
	before := regexp.MustCompile(`name="before" value="(\d+)"`).FindStringSubmatch(admin.press("/admin/mail", "to", "jeanne").body)
	if before == nil {
		t.Fatal("a search has no next page")
	}
	if a := admin.press("/admin/mail", "to", "jeanne", "before", before[1]); strings.Count(a.body, `scope="row"`) != 7 {
		t.Errorf("the next page of a search: %s", a.body)
	}
}
