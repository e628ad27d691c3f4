package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"quartier/reports/store"
)

const (
	// sendAtOnce is how many mails a node sends at the same time. Few: mail servers count connections.
	sendAtOnce = 2
	// tidyEvery is how often the outbox is tidied.
	tidyEvery = 15 * time.Minute
)

// Work registers the jobs of the outbox. Without a server (nil) the node sends no mails, and leaves them to nodes that have one. Renew words those anew that
// were posted so.
func Work(jobs *store.Jobs, db *store.DB, server *Server, renew Renew) {
	// Known even where none is taken: the node that leads would give up those it does not know when their node has died.
	store.Work(jobs, &sending{db: db, server: server, renew: renew, now: time.Now})
	if server != nil {
		jobs.Queue(queue, sendAtOnce)
	}
	store.Work(jobs, &tidying{db: db, now: time.Now})
	jobs.Every(tidyEvery, tidyArgs{})
}

// Reasons of ours why a mail was not sent: words of the catalogue, behind outbox.reason. Others are steps and codes of the server.
const (
	reasonExpired = "expired"
	reasonGivenUp = "given_up"
	reasonNoJob   = "no_job"
)

// sending sends mails.
type sending struct {
	river.WorkerDefaults[sendArgs]
	db     *store.DB
	server *Server
	renew  Renew
	now    func() time.Time
}

// Timeout leaves time for both steps of a slow server.
func (w *sending) Timeout(*river.Job[sendArgs]) time.Duration { return 3 * answerAtMost }

// Work makes one attempt.
func (w *sending) Work(ctx context.Context, job *river.Job[sendArgs]) error {
	l, expired, err := w.begin(ctx, job.Args.Mail)
	switch {
	case err != nil:
		return err
	case l.id == 0: // gone, sent, or given up meanwhile
		return nil
	case expired:
		return w.fail(ctx, l.id, reasonExpired)
	}
	err = w.server.send(ctx, l)
	// What has happened out there is written down even if we are being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var t *trouble
	if !errors.As(err, &t) {
		return w.sent(ctx, job)
	}
	if t.noAddress {
		if err := refuse(ctx, w.db, l.to, t.reason, w.now()); err != nil {
			return err
		}
	}
	if t.permanent {
		return errors.Join(w.fail(ctx, l.id, t.reason), river.JobCancel(t))
	}
	if job.Attempt >= job.MaxAttempts {
		return errors.Join(w.fail(ctx, l.id, t.reason), t)
	}
	_, err = w.db.Exec(ctx, `update mail set reason = @reason where id = @id and sent_at is null and failed_at is null`,
		pgx.NamedArgs{"id": l.id, "reason": t.reason})
	return errors.Join(err, t)
}

// begin counts an attempt and reads the mail as it is to be sent; one without a number is none that waits.
func (w *sending) begin(ctx context.Context, id int64) (l letter, expired bool, err error) {
	err = w.db.Write(ctx, func(tx pgx.Tx) error {
		var renewed bool
		err := tx.QueryRow(ctx, `
			update mail set attempts = attempts + 1
			where id = @id and sent_at is null and failed_at is null
			returning id, message_id, recipient, subject, body, html, unsubscribe, thread, created_at, coalesce(expires_at <= @now, false), renewed`,
			pgx.NamedArgs{"id": id, "now": w.now()}).
			Scan(&l.id, &l.messageID, &l.to, &l.subject, &l.text, &l.html, &l.ends, &l.thread, &l.created, &expired, &renewed)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return nil
		case err != nil:
			return fmt.Errorf("read the mail %d: %w", id, err)
		case !renewed || expired:
			return nil
		}
		still, err := w.renewed(ctx, tx, &l)
		if !still {
			l.id = 0
		}
		return err
	})
	return l, expired, err
}

// sent notes that the server has taken a mail, together with the end of its job: the one is not forgotten without the other.
func (w *sending) sent(ctx context.Context, job *river.Job[sendArgs]) error {
	return w.db.Write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			update mail
			set sent_at = @now, failed_at = null, reason = null, body = case when secret then '' else body end
			where id = @id`,
			pgx.NamedArgs{"id": job.Args.Mail, "now": w.now()})
		if err == nil {
			_, err = tx.Exec(ctx, `delete from mail where id = @id and forget`, pgx.NamedArgs{"id": job.Args.Mail})
		}
		if err != nil {
			return fmt.Errorf("note that the mail %d was sent: %w", job.Args.Mail, err)
		}
		return store.Complete(ctx, tx, job)
	})
}

// fail notes that a mail will not be sent.
func (w *sending) fail(ctx context.Context, id int64, reason string) error {
	_, err := w.db.Exec(ctx, `
		update mail
		set failed_at = @now, reason = @reason, body = case when secret and expires_at <= @now then '' else body end
		where id = @id and sent_at is null and failed_at is null`,
		pgx.NamedArgs{"id": id, "now": w.now(), "reason": reason})
	if err != nil {
		return fmt.Errorf("note that the mail %d failed: %w", id, err)
	}
	return nil
}
