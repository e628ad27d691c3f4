// Package notification tells people what happens to what they filed and follow: by mail and by web push, at once or gathered into digests.
//
// The way of a notice:
//  1. An entry is written to a timeline, with its row in the change log. Nobody is thought of yet: a filing waits for nothing of ours.
//  2. Whichever node holds the reader's row of change_cursor (plan.go) finds the entries that were committed since, joins them with follows by their indexes, and
//     writes a notice for each recipient, with the moment at which it is due (due.go). Cursor and notices are one transaction: a node that is killed has
//     planned all or nothing, and loses the row to the next.
//  3. A job takes what is due of one recipient (gather.go), looks again at what may be seen, and posts one mail or enqueues pushes, in the transaction that
//     marks the notices.
//  4. The outbox and the queue send: at least once, and twice only between the server's acceptance and our commit (reports/mail). Both may wait for hours, so each
//     attempt looks once more and says what may be said then, under the same Message-ID. What is hidden, redacted or unsubscribed until that moment is told to
//     nobody; the rest of the same mail or push is.
//
// Decisions:
//   - A notice is a row and no job: digests need to find what waits of one person, and the person's data goes with the person.
//   - What a recipient may see is what a resident may: what everybody sees, and what the recipient filed. Staff work with lists, not with mails of private
//     reports in their mailboxes.
//   - Refused: matching follows in memory (all of them on every node), and a query for each follow (FixMyStreet's 5 000 took half an hour).
//   - Of an item that somebody filed or follows everything public is told; of a zone, an area or a category what is new and what is resolved.
//   - Nobody is mailed, or pushed to, more than a few times an hour: what comes then is gathered. Who files many reports must not fill others' mailboxes.
//   - Refused: telling history. What an import says of days before yesterday is no news.
package notification

import (
	"log/slog"
	"time"

	"quartier/reports/account"
	"quartier/reports/store"
)

// Notifier tells people things. Fill in its fields, then Work and Run.
type Notifier struct {
	People *account.Directory
	City   *time.Location // its days and hours
	// Site is the address of our pages, for links in mails, without a slash at its end.
	Site string
	Log  *slog.Logger

	pusher pusher
}

func (n *Notifier) db() *store.DB { return n.People.DB }

func (n *Notifier) now() time.Time { return n.People.Now().UTC().Truncate(time.Microsecond) }
