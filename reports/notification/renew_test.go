package notification

import (
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/mail"
)

// resting is a mail server that puts every mail off until it is opened.
type resting struct {
	mu      sync.Mutex
	open    bool
	offered int
	taken   []string
}

func (o *resting) NewSession(*smtp.Conn) (smtp.Session, error) { return o, nil }
func (o *resting) Reset()                                      {}
func (o *resting) Logout() error                               { return nil }
func (o *resting) Mail(string, *smtp.MailOptions) error        { return nil }
func (o *resting) Rcpt(string, *smtp.RcptOptions) error        { return nil }

func (o *resting) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.offered++; !o.open {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "closed for the night"}
	}
	o.taken = append(o.taken, string(raw))
	return err
}

// While the mail server rests a report is hidden and one reader unsubscribes: when it is back no mail names that report or goes to that reader, and what is still
// true is told once.
func TestHiddenWhileServerRests(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	v.clock = time.Now().UTC() // the outbox goes by it
	stays, leaves := v.person("reste@example.org"), v.person("part@example.org")
	for _, who := range []account.Actor{stays, leaves} {
		v.exec(`insert into follow (person_id, area, created_at) values ($1, `+square+`, now())`, who.Person)
	}
	hidden := v.file(account.Anonymous, "Jeanne habite ici")
	v.file(account.Anonymous, "Un banc")
	only := v.person("seul@example.org") // hears of nothing but what will be hidden
	v.follow(only, `kind, item_id`, "report", hidden)
	v.entry(hidden, "answer", "", "Oui.", 0)
	v.plan()
	v.gather()
	if n := v.count(`select count(*) from mail`); n != 3 {
		t.Fatalf("%d mails", n)
	}
	var secret string
	if err := v.db().QueryRow(t.Context(), `select substr(unsubscribe, strpos(unsubscribe, '=') + 1) from mail where recipient = 'part@example.org'`).Scan(&secret); err != nil {
		t.Fatal(err)
	}
	o := &resting{}
	server := smtp.NewServer(o)
	server.ErrorLog = log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
	works(t, v, l.Addr().String())
	v.await(`select count(*) = 3 from mail where reason = 'DATA: 451 4.3.2'`)

	v.exec(`update report set visibility = 'hidden' where id = $1`, hidden)
	if err := v.Stop(t.Context(), secret, false); err != nil {
		t.Fatal(err)
	}
	v.await(`select count(*) = 0 from river_job where kind = 'mail_send' and state = 'running'`) // an attempt looks before it sends
	o.mu.Lock()
	o.open = true
	o.mu.Unlock()
	// The pauses between attempts are River's.
	go func() {
		for t.Context().Err() == nil {
			_, _ = v.db().Exec(t.Context(), `update river_job set scheduled_at = now(), state = 'available' where kind = 'mail_send' and state = 'retryable'`)
		}
	}()
	v.await(`select bool_and(sent_at is not null) and count(*) = 1 from mail`)
	v.await(`select count(*) = 3 from river_job where kind = 'mail_send' and state = 'completed'`)
	v.gather()

	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.taken) != 1 || !strings.Contains(o.taken[0], "To: <reste@example.org>") || !strings.Contains(o.taken[0], "Un banc") || strings.Contains(o.taken[0], "Jeanne") {
		t.Errorf("%d mails came: %s", len(o.taken), strings.Join(o.taken, "\n\n"))
	}
	if n := v.count(`select count(*) from mail where body || html || subject like '%Jeanne%' or subject not like 'Un banc%'`); n != 0 {
		t.Error("the outbox keeps what was hidden")
	}
	if n := v.count(`select count(*) from notice where channel = 'mail' and told_at is not null and mail_id is not null`); n != 1 {
		t.Errorf("%d notices count as told", n)
	}
	if n := v.count(`select count(*) from notice where channel = 'mail' and told_at is null and dropped_at is null`); n != 0 {
		t.Errorf("%d notices wait", n)
	}
}

// What else may befall a mail that waits, and what it says then.
func TestRenew(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		befalls string
		want    []string // address and subject; nil: it is no mail any more
	}{
		"nothing":         {`select`, []string{"jeanne@example.org", "Un trou : Réponse officielle"}},
		"another title":   {`update report set title = 'Un creux'`, []string{"jeanne@example.org", "Un creux : Réponse officielle"}},
		"redacted":        {`update timeline set redacted_at = now() where type = 'answer'`, nil},
		"private":         {`update report set visibility = 'private'`, []string{"jeanne@example.org", "Un trou : Réponse officielle"}}, // who filed it sees it
		"unsubscribed":    {`update report_contact set stopped_at = now()`, nil},
		"no such address": {`insert into mail_refused (address, reason, at) values ('jeanne@example.org', 'x', now())`, nil},
		"erased":          {`delete from report_contact`, nil},
		"has an account since": {`
			with p as (insert into person (email, email_verified_at) values ('jeanne@example.org', now()) returning id)
			update report_contact set person_id = p.id from p`, []string{"jeanne@example.org", "Un trou : Réponse officielle"}},
		"has an account that is blocked": {`
			with p as (insert into person (email, email_verified_at, blocked_at) values ('jeanne@example.org', now(), now()) returning id)
			update report_contact set person_id = p.id from p`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newTown(t)
			id := v.file(account.Anonymous, "Un trou", func(f *reports.Filing) { f.Email = "jeanne@example.org" })
			v.exec(`update report_contact set email_verified_at = now()`)
			v.plan()
			v.entry(id, "answer", "", "Oui.", 0)
			v.news()
			v.exec(c.befalls)
			var m *mail.Message
			err := v.db().Write(t.Context(), func(tx pgx.Tx) (err error) {
				m, err = v.Renew(t.Context(), tx, v.count(`select id from mail where purpose = 'notice'`), "https://ville.example/q/unsubscribe?token=x")
				return err
			})
			var got []string
			if m != nil {
				got = []string{m.To, m.Subject}
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("it says %q, %v", got, err)
			}
			if n := v.count(`select count(*) from notice where told_at is not null`); (n == 1) != (c.want != nil) {
				t.Errorf("%d notices count as told", n)
			}
		})
	}
}
