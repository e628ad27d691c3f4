package notification

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"net"
	netmail "net/mail"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"quartier/reports/mail"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

// office is a mail server that stops the first mail on its way, until it is told to go on.
type office struct {
	offered chan struct{} // closed when the first has come whole
	dead    chan struct{} // closed when its sender is dead
	mu      sync.Mutex
	ids     []string
}

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) { return o, nil }
func (o *office) Reset()                                      {}
func (o *office) Logout() error                               { return nil }
func (o *office) Mail(string, *smtp.MailOptions) error        { return nil }
func (o *office) Rcpt(string, *smtp.RcptOptions) error        { return nil }

func (o *office) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	o.mu.Lock()
	o.ids = append(o.ids, m.Header.Get("Message-ID"))
	first := len(o.ids) == 1
	o.mu.Unlock()
	if first {
		close(o.offered)
		<-o.dead
	}
	return nil
}

// works has a node plan, gather and send until its process is killed, or the test ends.
func works(t *testing.T, v *town, address string) {
	t.Helper()
	jobs := store.NewJobs()
	v.Work(jobs)
	server, err := mail.ParseServer("smtp://"+address, "Ville <no-reply@ville.example>")
	if err != nil {
		t.Fatal(err)
	}
	mail.Work(jobs, v.db(), server, v.Renew)
	if err := jobs.Start(v.db(), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = jobs.Stop(ctx)
	})
}

// A node that dies while it plans, while it gathers, or while the mail server takes what it sends loses nothing: another goes on, and the one mail that was on its
// way comes twice under the same Message-ID.
func TestNodeKilled(t *testing.T) {
	if url := os.Getenv("NOTICE_TEST_DATABASE"); url != "" { // a node that will be killed
		db, err := store.Open(t.Context(), store.Options{URL: url, MaxConns: 8})
		if err != nil {
			t.Fatal(err)
		}
		v := townOn(t, db)
		v.clock = time.Now().UTC() // the outbox goes by it
		if address := os.Getenv("NOTICE_TEST_OFFICE"); address != "" {
			works(t, v, address)
		} else if os.Getenv("NOTICE_TEST_STEP") == "plan" {
			_, _ = v.Plan(t.Context())
		} else {
			_ = (&gathering{notifier: v.Notifier}).Work(t.Context(), nil)
		}
		select {}
	}
	t.Parallel()
	url := storetest.URL(t)
	db, err := store.Open(t.Context(), store.Options{URL: url, MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	v := townOn(t, db)
	v.clock = time.Now().UTC()
	child := func(env ...string) (kill func()) {
		c := exec.Command(os.Args[0], "-test.run=^TestNodeKilled$")
		c.Env = append(append(os.Environ(), "NOTICE_TEST_DATABASE="+url), env...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return func() {
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = c.Wait()
		}
	}
	// held has a child stop in the middle of a transaction, before a lock of ours, and kills it there.
	held := func(step, table string) {
		tx, err := db.Begin(t.Context())
		if err == nil {
			_, err = tx.Exec(t.Context(), `lock table `+table+` in share mode`)
		}
		if err != nil {
			t.Fatal(err)
		}
		kill := child("NOTICE_TEST_STEP=" + step)
		v.await(`select count(*) > 0 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'relation'`)
		kill()
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		v.await(`select count(*) = 0 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'`)
	}
	id := v.file(v.person("auteur@example.org"), "Un trou")
	v.plan()
	v.entry(id, "answer", "", "Oui.", 0)
	held("plan", "notice")
	if n := v.count(`select count(*) from notice`); n != 0 {
		t.Fatalf("a node that was killed has planned %d notices", n)
	}
	if n := v.plan(); n != 2 {
		t.Fatalf("another planned %d", n)
	}
	held("gather", "mail")
	if n := v.count(`select count(*) from mail`) + v.count(`select count(*) from notice where told_at is not null`); n != 0 {
		t.Fatal("a node that was killed has told")
	}
	o := &office{offered: make(chan struct{}), dead: make(chan struct{})}
	server := smtp.NewServer(o)
	server.ErrorLog = log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
	v.gather()
	kill := child("NOTICE_TEST_OFFICE=" + l.Addr().String())
	<-o.offered
	kill()
	close(o.dead)
	// As if time had passed: the dead node leads no more, and its job counts as stuck.
	v.exec(`delete from river_leader`)
	v.exec(`update river_job set attempted_at = attempted_at - interval '1 hour' where state = 'running'`)
	works(t, v, l.Addr().String())
	v.await(`select bool_and(sent_at is not null) from mail`)
	if n := v.count(`select count(*) from mail`); n != 1 {
		t.Errorf("%d mails of one notice", n)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.ids) != 2 || o.ids[0] != o.ids[1] {
		t.Errorf("offered as %v", o.ids)
	}
}
