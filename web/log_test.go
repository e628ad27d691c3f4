package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"quartier/reports/account"
)

// What people send reaches no log, whatever goes wrong: not by the address, a header, a cookie or a body, not through an error of the database either.
func TestLogHoldsNothingPersonal(t *testing.T) {
	s := newSite(t)
	m := s.member("zenobie.marquee@example.org", account.RoleAdministrator)
	s.exec(`update person set name = 'Zénobie Marquée'`)
	key := s.keyOf(s.member("autre@example.org", account.RoleResident).id, account.ScopeRead, account.ScopeWrite)
	_, session, _ := strings.Cut(strings.Split(m.cookies, ";")[0], "=")
	marks := []string{"marquee", "marquée", "0611223344", key, session, url.QueryEscape("Zénobie Marquée")}
	const typed = "Zénobie Marquée zenobie.marquee@example.org 0611223344"
	form := url.Values{"csrf": {formToken}}
	for _, field := range []string{"title", "description", "address", "email", "category", "lat", "lon", "uuid", "place", "near", "name", "token", "version", "before", "fr", "en", "sure", "q", "map", "step"} {
		form.Set(field, typed)
	}
	json := `{"category":"pothole","title":"` + typed + `","description":"` + typed + `","email":"zenobie.marquee@example.org","location":{"type":"Point","coordinates":[2.35,48.85]}}`
	parameter := regexp.MustCompile(`[:*][a-z]*|\{[a-z]+\}`)
	attack := func() {
		for _, route := range s.app.GetRoutes(true) {
			path := parameter.ReplaceAllString(route.Path, url.PathEscape(typed))
			numbered := parameter.ReplaceAllString(route.Path, "1")
			if route.Method == http.MethodHead || route.Path == "/api/v1/events" {
				continue
			}
			for _, target := range []string{path, numbered, path + "?" + form.Encode(), numbered + "?q=" + url.QueryEscape(typed) + "&token=" + key} {
				for _, body := range []struct{ kind, text string }{{"application/x-www-form-urlencoded", form.Encode()}, {"application/json", json}, {"application/json", `{"` + typed + `":1}`},
					{"text/plain", typed}, {"application/x-www-form-urlencoded", "title=%ff" + url.QueryEscape(typed)}} {
					if route.Method == http.MethodGet {
						body.text = ""
					}
					for _, headers := range [][]string{{"Cookie", m.cookies, "Sec-Fetch-Site", "same-origin"}, {"Authorization", "Bearer " + key},
						{"Authorization", "Bearer " + key, "Quartier-Token", url.QueryEscape(typed), "Last-Event-ID", url.QueryEscape(typed)}} {
						r := httptest.NewRequest(route.Method, target, strings.NewReader(body.text))
						headers = append(headers, "Content-Type", body.kind, "User-Agent", typed, "Referer", "http://x/?q="+url.QueryEscape(typed), "If-None-Match", typed)
						for i := 0; i < len(headers); i += 2 {
							r.Header.Set(headers[i], headers[i+1])
						}
						if response, err := s.app.Test(r, -1); err == nil { // a stream that fails half-way is cut off
							response.Body.Close()
						}
					}
					if route.Method == http.MethodGet {
						break
					}
				}
			}
		}
	}
	attack()
	// The database refuses what it is given, and says with which values.
	s.exec(`create unique index never_twice on report (title) where created_at > '` + time.Now().UTC().Format(time.RFC3339Nano) + `'`)
	attack()
	s.exec(`drop index never_twice`)
	s.exec(`alter table report_contact add constraint never check (email <> 'zenobie.marquee@example.org') not valid`)
	attack()
	s.exec(`alter table report rename column description to gone`)
	s.exec(`alter table person rename column name to gone`)
	s.exec(`alter table consent_text rename column fr to gone`)
	s.entries.forget()
	attack()
	s.Register.DB.Close()
	s.entries.forget()
	attack()
	log := s.log.String()
	for _, failure := range []string{"violates unique constraint", "violates check constraint", "does not exist", "closed pool"} {
		if !strings.Contains(log, failure) {
			t.Errorf("no request met %q: the test tells less than it should", failure)
		}
	}
	for _, mark := range marks {
		if i := strings.Index(strings.ToLower(log), strings.ToLower(mark)); i >= 0 {
			t.Errorf("the log holds %q: …%s…", mark, log[max(0, i-300):min(len(log), i+100)])
		}
	}
}
