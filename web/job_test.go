package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/mail"
	"quartier/reports/store"
)

// broom is a kind of job.
type broom struct {
	Street int `json:"street"`
}

func (broom) Kind() string { return "broom" }

// enqueue writes a job, in a state, and gives its id.
func (s *site) enqueue(street int, change string) (id int64) {
	s.t.Helper()
	err := s.Register.DB.Write(s.t.Context(), func(tx pgx.Tx) error {
		if err := store.Enqueue(s.t.Context(), tx, broom{street}); err != nil {
			return err
		}
		return tx.QueryRow(s.t.Context(), `update river_job set `+change+` where id = (select max(id) from river_job) returning id`).Scan(&id)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

const (
	dead     = `state = 'discarded', finalized_at = now(), attempt = 25, errors = array['{"at": "2026-03-01T08:00:00Z", "error": "the <b>broom</b> broke"}']::jsonb[]`
	retrying = `state = 'retryable', attempt = 1, scheduled_at = now() + interval '1 hour'`
	done     = `state = 'completed', finalized_at = now()`
)

func TestJobs(t *testing.T) {
	s := newSite(t)
	admin := s.deskOf(account.RoleAdministrator)
	lost, late, over, fresh := s.enqueue(1, dead), s.enqueue(2, retrying), s.enqueue(3, done), s.enqueue(4, `priority = 1`)
	s.post(mail.Message{To: "jeanne@example.org", Subject: "x", Purpose: "answer"})
	for state, want := range map[string]string{"": `{&#34;street&#34;: 1}`, "dead": "the &lt;b&gt;broom&lt;/b&gt; broke", "retrying": `{&#34;street&#34;: 2}`,
		"done": `{&#34;street&#34;: 3}`, "waiting": `/admin/mail/1"`, "x": `{&#34;street&#34;: 1}`} {
		a := admin.see("/admin/jobs?state=" + state)
		if a.StatusCode != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("the jobs that are %q answer %d without %s: %s", state, a.StatusCode, want, a.body)
		}
	}
	state := func(id int64) (state string) {
		if err := s.Register.DB.QueryRow(t.Context(), `select coalesce((select state::text from river_job where id = $1), 'gone')`, id).Scan(&state); err != nil {
			t.Fatal(err)
		}
		return state
	}
	for _, c := range []struct {
		what, act string
		id        int64
		after     string
	}{
		{"one that is dead, again", "retry", lost, "available"},
		{"one that waits for its next attempt, now", "retry", late, "available"},
		{"one that is done, again", "retry", over, "completed"},
		{"one that waits, given up", "discard", fresh, "cancelled"},
		{"one that was given up, removed", "discard", fresh, "gone"},
		{"one that is done, given up", "discard", over, "completed"},
	} {
		a := admin.press(fmt.Sprintf("/admin/jobs/%d", c.id), "act", c.act, "state", "dead")
		if got := state(c.id); a.StatusCode != http.StatusSeeOther || got != c.after {
			t.Errorf("%s: answers %d, is %s afterwards, want %s", c.what, a.StatusCode, got, c.after)
		}
		if place := a.Header.Get("Location"); !strings.HasPrefix(place, "/admin/jobs?done=") || !strings.HasSuffix(place, "&state=dead") {
			t.Errorf("%s: leads to %s", c.what, place)
		}
	}
	if n := s.count(`select count(*) from audit where action in ('job.retry', 'job.discard')`); n != 6 {
		t.Errorf("%d traces of six acts", n)
	}
	for place, want := range map[string]int{"/admin/jobs/999999": http.StatusNotFound, "/admin/jobs/x": http.StatusNotFound, fmt.Sprintf("/admin/jobs/%d", over): http.StatusBadRequest} {
		act := "retry"
		if want == http.StatusBadRequest {
			act = "burn"
		}
		if a := admin.press(place, "act", act); a.StatusCode != want {
			t.Errorf("%s answers %d, want %d", place, a.StatusCode, want)
		}
	}
}

func TestJobPages(t *testing.T) {
	s := newSite(t)
	admin := s.deskOf(account.RoleAdministrator)
	for i := range linesOnPage + 3 {
		s.enqueue(1000+i, dead)
	}
	first := admin.see("/admin/jobs")
	next := regexp.MustCompile(`/admin/jobs\?state=dead&amp;before=\d+`).FindString(first.body)
	second := admin.see(strings.ReplaceAll(next, "&amp;", "&"))
	for i := range linesOnPage + 3 {
		text := fmt.Sprintf("street&#34;: %d}", 1000+i)
		if n := strings.Count(first.body, text) + strings.Count(second.body, text); n != 1 {
			t.Errorf("job %d stands on the pages %d times", i, n)
		}
	}
}

// Who watches over us learns of what is stuck.
func TestQueueMetrics(t *testing.T) {
	s := newSite(t, func(s *Server) { s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32")} }) // where tests ask from
	s.enqueue(1, dead)
	s.post(mail.Message{To: "jeanne@example.org", Subject: "x", Purpose: "answer"})
	body := s.get("/metrics").body
	for _, want := range []string{`quartier_jobs{state="dead"} 1`, `quartier_jobs{state="waiting"} 1`, `quartier_jobs{state="running"} 0`, "quartier_mail_waiting 1"} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("the metrics lack %s:\n%s", want, body)
		}
	}
}
