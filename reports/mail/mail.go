// Package mail is the outbox: mails are written to a table and enqueued in the transaction of what they tell about, and sent by a job over SMTP.
//
// Decisions:
//   - A mail exists if and only if what it tells about was committed; a server that rests delays it and loses nothing. Refused: sending from the
//     handler of a request, which waits for a foreign server and forgets the mail when the process ends.
//   - A mail goes out at least once. It may go out twice only when the node dies between the server's acceptance and our commit, and then under the
//     same Message-ID, by which mail programs recognise it.
//   - Jobs of mails are a queue of their own, which only nodes with a mail server take. Without one mails wait in the outbox, where administrators
//     read them, and go out if a server is configured before they expire.
//   - A mail may wait for days. What tells of things that can be hidden meanwhile is worded anew at each attempt (Renew), and is no mail any more when there is
//     nothing left to tell.
//   - Every mail is whole as plain text, which everything reads. What tells of reports has the same once more as a page (multipart/alternative), made by
//     whoever posts it from a template that escapes; nothing in it is loaded that tells whether it was read.
//   - An address that its server says is none is told nothing more of what it follows (refused.go); what its owner asks for is still sent.
package mail

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"quartier/reports/store"
)

// Limits of a mail, in characters.
const (
	maxSubject = 200
	maxText    = 100_000
	maxHTML    = 400_000
)

// Message is a mail to be sent.
type Message struct {
	To      string    // one mailbox, without a name
	Subject string    // on one line; what cannot stand in a header becomes a space
	Text    string    // plain text; lines end with \n
	HTML    string    // the same as a page; empty: none
	Purpose string    // a word by which administrators tell mails apart: sign_in, answer, …; small letters and _
	Person  int64     // the account that it is for, which takes its mails with it when it is deleted; 0: none
	Expires time.Time // when it is of no use any more and is not sent; zero: never
	// Unsubscribe is the address that ends such mails by one POST (RFC 8058); empty: none.
	Unsubscribe string
	// Thread is what mails about one thing have in common (letters, digits, hyphens): mail programs show them together. Empty: nothing.
	Thread string
	// Secret mails let whoever reads them in. Their text is forgotten as soon as it was sent or has expired, so they must have an end.
	Secret bool
	// Forget removes the mail from the outbox as soon as it was sent or has expired: the last one to somebody who was erased. It must have an end.
	Forget bool
}

// Post writes a mail to the outbox and enqueues its sending, both in the caller's transaction. It fails with Invalid, of the field email, when the
// address is none.
func Post(ctx context.Context, tx pgx.Tx, m Message) error {
	_, err := post(ctx, tx, m, false)
	return err
}

// PostRenewed is Post for a mail that is worded anew at each attempt (Renew). It gives the number by which that is asked.
func PostRenewed(ctx context.Context, tx pgx.Tx, m Message) (id int64, err error) {
	return post(ctx, tx, m, true)
}

func post(ctx context.Context, tx pgx.Tx, m Message, renewed bool) (id int64, err error) {
	to, err := mailbox(m.To)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		insert into mail (purpose, recipient, subject, body, html, unsubscribe, thread, secret, forget, renewed, person_id, expires_at)
		values (@purpose, @to, @subject, @text, @html, @unsubscribe, @thread, @secret, @forget, @renewed, nullif(@person::bigint, 0), @expires)
		returning id`,
		pgx.NamedArgs{"purpose": m.Purpose, "to": to, "subject": oneLine(m.Subject), "text": plain(m.Text, maxText),
			"html": page(m.HTML), "unsubscribe": m.Unsubscribe, "thread": m.Thread, "secret": m.Secret, "forget": m.Forget, "renewed": renewed,
			"person": m.Person, "expires": never(m.Expires)}).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("post a mail %s: %w", m.Purpose, err)
	}
	return id, store.Enqueue(ctx, tx, sendArgs{Mail: id})
}

const (
	// queue holds the sending of mails.
	queue = "mail"
	// attempts are how often a mail is tried when the server is not ready for it: with River's pauses, for about three days.
	attempts = 16
)

// sendArgs name a mail to send.
type sendArgs struct {
	Mail int64 `json:"mail"`
}

func (sendArgs) Kind() string { return "mail_send" }

func (sendArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queue, MaxAttempts: attempts}
}

// oneLine makes a text that can stand in a header: without line ends and other control characters, and not too long.
func oneLine(s string) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(s, "�"), func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) })
	return cut(strings.Join(words, " "), maxSubject)
}

// page makes a page that can be sent. One that is too long is left out: half of it would be no page, and the text says the same.
func page(s string) string {
	if utf8.RuneCountInString(s) > maxHTML {
		return ""
	}
	return plain(s, maxHTML)
}

// plain makes a plain text: line ends as \n, without other control characters but tabs, and not too long.
func plain(s string, most int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\r\n", "\n")
	return cut(strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r != '\n' && r != '\t' && unicode.IsControl(r):
			return -1
		}
		return r
	}, s), most)
}

func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

// never gives nil for the zero time.
func never(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
