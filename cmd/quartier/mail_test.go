package main

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jackc/pgx/v5"

	"quartier/reports/mail"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

// letterbox is a mail server that hands on what it takes.
type letterbox chan string

func (b letterbox) NewSession(*smtp.Conn) (smtp.Session, error) { return b, nil }
func (b letterbox) Reset()                                      {}
func (b letterbox) Logout() error                               { return nil }
func (b letterbox) Mail(string, *smtp.MailOptions) error        { return nil }
func (b letterbox) Rcpt(string, *smtp.RcptOptions) error        { return nil }

func (b letterbox) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	b <- string(text)
	return err
}

// A server that is given a mail server sends what is in the outbox, and the doctor approves of both.
func TestServeSendsMails(t *testing.T) {
	box := make(letterbox, 1)
	office := smtp.NewServer(box)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = office.Serve(l) }()
	defer office.Close()
	address := "smtp://" + l.Addr().String() + "?from=Ville+%3Cville%40example.org%3E"
	url := storetest.URL(t)
	db, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(t.Context(), func(tx pgx.Tx) error {
		return mail.Post(t.Context(), tx, mail.Message{To: "jeanne@example.org", Subject: "Bonjour", Text: "Bonjour.\n", Purpose: "answer"})
	})
	if err != nil {
		t.Fatal(err)
	}
	n := serve(t, "--database", url, "--smtp-url", address)
	select {
	case text := <-box:
		if !strings.Contains(text, "\r\nFrom: \"Ville\" <ville@example.org>\r\n") || !strings.Contains(text, "\r\nBonjour.\r\n") {
			t.Errorf("sent: %s", text)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing was sent within a minute")
	}
	if code := n.stop(); code != 0 {
		t.Errorf("exit %d: %s", code, n.stderr)
	}
	if code, stdout, stderr := quartier(t, "doctor", "--database", url, "--data", t.TempDir(), "--smtp-url", address); code != 0 ||
		!strings.Contains(stdout, "Good: the mail server "+l.Addr().String()) || !strings.Contains(stdout, "Good: no job has failed") {
		t.Errorf("the doctor: exit %d %s %s", code, stdout, stderr)
	}
	if _, err := db.Exec(t.Context(), `update river_job set state = 'discarded', finalized_at = now() where kind = 'mail_send'`); err != nil {
		t.Fatal(err)
	}
	l.Close()
	code, stdout, _ := quartier(t, "doctor", "--database", url, "--data", t.TempDir(), "--smtp-url", "smtp://jeanne:hunter2@127.0.0.1:1?from=a@b.example")
	if code != 1 || !strings.Contains(stdout, "Wrong: the mail server 127.0.0.1:1") || !strings.Contains(stdout, "Wrong: 1 job has failed") || strings.Contains(stdout, "hunter2") {
		t.Errorf("the doctor finds nothing wrong: exit %d %s", code, stdout)
	}
}
