package web

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/google/uuid"
)

var writerSaid = regexp.MustCompile(`<meta name="quartier-writer" content="([^"]*)">`)

// What was written under one account is not filed under another: it waits, and nothing is kept of it. What was written without one stays nobody's.
func TestOutboxFilesInItsWritersName(t *testing.T) {
	s := newSociety(t)
	said := func(who string) string {
		m := writerSaid.FindStringSubmatch(s.get("/stats", s.people[who]...).body)
		if m == nil {
			t.Fatalf("the page of %s does not say who writes", who)
		}
		return m[1]
	}
	resident, agent := said("resident"), said("agent")
	if again := said("resident"); again != resident || resident == agent || said("visitor") != noAccount || resident == noAccount {
		t.Fatalf("resident %q, then %q, agent %q, visitor %q", resident, again, agent, said("visitor"))
	}
	send := func(who, writer string) (status, filer int) {
		id := uuid.NewString()
		body := `{"uuid":"` + id + `","category":"pothole","title":"Trou","location":{"type":"Point","coordinates":[2.35,48.85]}}`
		a := s.postJSON(body, append([]string{writerHeader, writer}, s.people[who]...)...)
		return a.StatusCode, s.count(`select coalesce(max(c.person_id), 0) from report r left join report_contact c on c.report_id = r.id where r.uuid = '` + id + `'`)
	}
	for _, c := range []struct {
		name, who, writer string
		status            int
		own               bool
	}{
		{"the writer", "resident", resident, http.StatusCreated, true},
		{"who signed in next", "agent", resident, http.StatusUnauthorized, false},
		{"a session that ended", "visitor", resident, http.StatusUnauthorized, false},
		{"what is made up", "resident", "x", http.StatusUnauthorized, false},
		{"nobody's, somebody signed in since", "resident", noAccount, http.StatusCreated, false},
		{"nobody's", "visitor", noAccount, http.StatusCreated, false},
	} {
		status, filer := send(c.who, c.writer)
		if status != c.status || c.own != (filer != 0) {
			t.Errorf("%s: %d, filed by the account %d", c.name, status, filer)
		}
	}
	if _, a := s.upload(photoOf80(t), append([]string{writerHeader, resident}, s.people["agent"]...)...); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("the photo under another account: %d", a.StatusCode)
	}
	if up := s.mustUpload(append([]string{writerHeader, noAccount}, s.people["resident"]...)...); up.Secret == "" {
		t.Error("nobody's photo belongs to who is signed in")
	}
}
