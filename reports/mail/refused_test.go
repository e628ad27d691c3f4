package mail

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

// isRefused tells whether an address is known to be none.
func isRefused(t *testing.T, db *store.DB, address string) bool {
	t.Helper()
	var at time.Time
	err := db.Read(t.Context(), func(tx pgx.Tx) (err error) {
		at, err = Refused(t.Context(), tx, address)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return !at.IsZero()
}

// A server that says that there is no such mailbox is believed; one that says anything else is not.
func TestRefusedAtSending(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  *smtp.SMTPError
		want bool
	}{
		{"no such mailbox", &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "who?"}, true},
		{"no such domain", &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 2}, Message: "where?"}, true},
		{"switched off", &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 2, 1}, Message: "gone"}, true},
		{"without an enhanced code", &smtp.SMTPError{Code: 550, EnhancedCode: smtp.NoEnhancedCode, Message: "who?"}, true},
		{"unwelcome", &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "spam"}, false},
		{"full", &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 2, 2}, Message: "full"}, false},
		{"not now", &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: "greylisted"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := storetest.New(t)
			o := &office{rcpt: func(string) error { return c.err }}
			o.open(t, nil, false)
			m := greeting
			m.To = "Jeanne@Example.org"
			if err := mailed(t, db, m); err != nil {
				t.Fatal(err)
			}
			w := &sending{db: db, server: at(t, o, "smtp://localhost:PORT"), now: time.Now}
			if err := w.Work(t.Context(), job(1, 1, 3)); err == nil {
				t.Fatal("a mail that was refused counts as sent")
			}
			if got := isRefused(t, db, "jeanne@example.ORG"); got != c.want {
				t.Errorf("the address counts as none: %v", got)
			}
			if err := db.Write(t.Context(), func(tx pgx.Tx) error { return TryAgain(t.Context(), tx, "Jeanne@Example.org") }); err != nil || isRefused(t, db, "jeanne@example.org") {
				t.Errorf("tried again: %v", err)
			}
		})
	}
}

// report is a delivery status report about a mail.
func report(id, action, status string) string {
	return strings.ReplaceAll("From: MAILER-DAEMON@mail.example.org\nTo: no-reply@evian.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n"+
		"--b\nContent-Type: text/plain\n\nSorry.\n"+
		"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example.org\n\nFinal-Recipient: rfc822; president@example.org\nAction: "+action+"\nStatus: "+status+" (who?)\n"+
		"--b\nContent-Type: text/rfc822-headers\n\nSubject: Bonjour\nMessage-ID: <"+id+"@evian.example>\n--b--\n", "\n", "\r\n")
}

// A mail that came back ends the address that it went to, whatever the report says of addresses.
func TestBounce(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	if err := mailed(t, db, greeting); err != nil {
		t.Fatal(err)
	}
	var id string
	if err := db.QueryRow(t.Context(), `select message_id from mail`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"delayed":         report(id, "delayed", "4.4.1"),
		"full":            report(id, "failed", "5.2.2"),
		"unwelcome":       report(id, "failed", "5.7.1"),
		"no mail of ours": report("ffffffffffffffffffffffffffffffff", "failed", "5.1.1"),
		"without an id":   report("", "failed", "5.1.1"),
		"an answer":       "From: jeanne@example.org\nIn-Reply-To: <" + id + "@evian.example>\n\nMerci.\n",
		"cut off":         report(id, "failed", "5.1.1")[:300],
	} {
		if ended, err := Bounce(t.Context(), db, strings.NewReader(raw), time.Now()); ended || err != nil {
			t.Errorf("%s: %v, %v", name, ended, err)
		}
	}
	if _, err := Bounce(t.Context(), db, strings.NewReader("\x00"), time.Now()); err == nil {
		t.Error("what is no mail was taken")
	}
	if ended, err := Bounce(t.Context(), db, strings.NewReader(report(id, "Failed", "5.1.1")), time.Now()); !ended || err != nil {
		t.Fatalf("%v, %v", ended, err)
	}
	if !isRefused(t, db, greeting.To) || isRefused(t, db, "president@example.org") {
		t.Error("another address was ended")
	}
}

// A bounce is forgotten with its person.
func TestForgetRefused(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	if err := refuse(t.Context(), db, greeting.To, "x", time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), func(tx pgx.Tx) error { return Forget(t.Context(), tx, 0, greeting.To) }); err != nil {
		t.Fatal(err)
	}
	if isRefused(t, db, greeting.To) {
		t.Error("the address is kept")
	}
}

// Whatever comes back, reading it ends.
func FuzzBounce(f *testing.F) {
	f.Add(report("0123456789abcdef0123456789abcdef", "failed", "5.1.1"))
	f.Add(report("x", "relayed", ""))
	f.Add("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n\n\n\nAction:failed\nStatus:5.1.1")
	f.Fuzz(func(t *testing.T, raw string) {
		b, err := readBounce(strings.NewReader(raw))
		if err == nil && b.failed && (b.status == "" || len(b.messageID) > 64) {
			t.Errorf("read %+v", b)
		}
	})
}
