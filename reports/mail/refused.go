package mail

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/store"
)

// refusedFor is for how long an address counts as none: mailboxes come back.
const refusedFor = 365 * 24 * time.Hour

// Refused tells since when an address is known to take no mails; the zero time: it is not.
func Refused(ctx context.Context, tx pgx.Tx, address string) (at time.Time, err error) {
	err = tx.QueryRow(ctx, `select at from mail_refused where address = lower(@address)`, pgx.NamedArgs{"address": address}).Scan(&at)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, fmt.Errorf("look whether an address was refused: %w", err)
	}
	return at, nil
}

// TryAgain has mails sent to an address again that was refused.
func TryAgain(ctx context.Context, tx pgx.Tx, address string) error {
	if _, err := tx.Exec(ctx, `delete from mail_refused where address = lower(@address)`, pgx.NamedArgs{"address": address}); err != nil {
		return fmt.Errorf("try an address again: %w", err)
	}
	return nil
}

// refuse notes that there is no such address.
func refuse(ctx context.Context, db *store.DB, address, reason string, now time.Time) error {
	_, err := db.Exec(ctx, `
		insert into mail_refused (address, reason, at) values (lower(@address), @reason, @now)
		on conflict (address) do update set reason = excluded.reason, at = excluded.at`,
		pgx.NamedArgs{"address": address, "reason": reason, "now": now})
	if err != nil {
		return fmt.Errorf("note that an address was refused: %w", err)
	}
	return nil
}

// Bounce takes a mail that came back to the sender's address: if it is a report that one of ours could not be delivered for good (RFC 3464), the address of
// that mail is refused from now on. It finds the mail by the Message-ID, which only who was sent it knows; what the report says of addresses is believed by nobody,
// and no address of ours need be made for each mail (VERP). It gives false for everything else: delays, answers, reports about mails that
// are forgotten already.
func Bounce(ctx context.Context, db *store.DB, raw io.Reader, now time.Time) (bool, error) {
	b, err := readBounce(raw)
	if err != nil || !b.failed || b.messageID == "" {
		return false, err
	}
	var to string
	err = db.QueryRow(ctx, `select recipient from mail where message_id = @id`, pgx.NamedArgs{"id": b.messageID}).Scan(&to)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return false, nil
	case err != nil:
		return false, store.Explain(fmt.Errorf("find the mail that came back: %w", err))
	}
	return true, store.Explain(refuse(ctx, db, to, "DSN: "+b.status, now))
}

// bounce is what a delivery status report says.
type bounce struct {
	failed    bool   // for good, and by the fault of the address
	status    string // RFC 3463
	messageID string // of the mail that came back: the left side
}

// bounceLongest is how much of a mail is read, in bytes: what counts stands at its beginning.
const bounceLongest = 1 << 20

// readBounce reads a mail. One that is no report is an empty bounce; what is no mail at all is refused.
func readBounce(raw io.Reader) (b bounce, err error) {
	m, err := mail.ReadMessage(io.LimitReader(raw, bounceLongest))
	if err != nil {
		return b, fault.New(fault.Invalid, "bounce.no_mail", nil)
	}
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || !strings.EqualFold(parameters["report-type"], "delivery-status") || parameters["boundary"] == "" {
		return b, nil
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil { // the end, or what a mailer cut off
			return b, nil
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		switch kind {
		case "message/delivery-status", "message/global-delivery-status":
			b.readStatus(part)
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			b.readOriginal(part)
		}
	}
}

// readStatus reads the groups of fields of RFC 3464, 2.1: one of the message, and one of each recipient.
func (b *bounce) readStatus(part io.Reader) {
	lines := textproto.NewReader(bufio.NewReader(part))
	for {
		fields, err := lines.ReadMIMEHeader()
		status, _, _ := strings.Cut(strings.TrimSpace(fields.Get("Status")), " ")
		if strings.EqualFold(strings.TrimSpace(fields.Get("Action")), "failed") && noAddress(0, status) && status != "" {
			b.failed, b.status = true, status
		}
		if err != nil {
			return
		}
	}
}

// readOriginal reads which mail came back.
func (b *bounce) readOriginal(part io.Reader) {
	fields, _ := textproto.NewReader(bufio.NewReader(part)).ReadMIMEHeader() // as far as it goes
	id, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(fields.Get("Message-Id")), "<>"), "@")
	if len(id) <= 64 {
		b.messageID = id
	}
}
