package mail

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Renew gives what a mail says at this attempt to send it, in the attempt's transaction: address, subject, text, page and thread. Nil: there is nothing to be said
// any more. Ends is the address that ends such mails, which stays.
type Renew func(ctx context.Context, tx pgx.Tx, id int64, ends string) (*Message, error)

// renewed words a mail anew. One that has nothing to say any more is removed, with what it said: false.
func (w *sending) renewed(ctx context.Context, tx pgx.Tx, l *letter) (still bool, err error) {
	if w.renew == nil { // better late than what may not be said any more
		return false, errors.New("nobody words this mail anew")
	}
	m, err := w.renew(ctx, tx, l.id, l.ends)
	if err != nil {
		return false, fmt.Errorf("word the mail %d anew: %w", l.id, err)
	}
	args := pgx.NamedArgs{"id": l.id}
	if m == nil {
		if _, err := tx.Exec(ctx, `delete from mail where id = @id`, args); err != nil {
			return false, fmt.Errorf("remove the mail %d: %w", l.id, err)
		}
		return false, nil
	}
	if l.to, err = mailbox(m.To); err != nil {
		return false, err
	}
	l.subject, l.text, l.html, l.thread = oneLine(m.Subject), plain(m.Text, maxText), page(m.HTML), m.Thread
	args["to"], args["subject"], args["text"], args["html"], args["thread"] = l.to, l.subject, l.text, l.html, l.thread
	_, err = tx.Exec(ctx, `update mail set recipient = @to, subject = @subject, body = @text, html = @html, thread = @thread where id = @id`, args)
	if err != nil {
		return false, fmt.Errorf("word the mail %d anew: %w", l.id, err)
	}
	return true, nil
}
