package notification

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/follow"
	"quartier/reports/store"
)

// StopPath is the page of ours by which the reader of a mail ends what led to it; the secret stands in the parameter "token" of its address. It lets nobody
// in, and names nobody.
const StopPath = "/unsubscribe"

// keepStop makes the secret by which a mail's reader ends what led to it, and keeps its digest.
func keepStop(ctx context.Context, tx pgx.Tx, to recipient, f file, now time.Time) (secret string, err error) {
	secret = account.NewSecret()
	_, err = tx.Exec(ctx, `
		insert into unsubscribe (token_sha256, person_id, contact_id, follow_ids, report_ids, created_at)
		values (@token, nullif(@person::bigint, 0), nullif(@contact::bigint, 0), @follows::text::bigint[], @filed::text::bigint[], @now)`,
		pgx.NamedArgs{"token": account.Digest(secret), "person": to.person, "contact": to.contact, "follows": arrayOf(f.follows), "filed": arrayOf(f.filed), "now": now})
	if err != nil {
		return "", fmt.Errorf("keep the end of a mail: %w", err)
	}
	return secret, nil
}

// Stoppable tells whether a secret ends something. It fails with NotFound for one that is none, or is too old.
func (n *Notifier) Stoppable(ctx context.Context, secret string) error {
	var there bool
	err := n.db().QueryRow(ctx, `select true from unsubscribe where token_sha256 = @token`, pgx.NamedArgs{"token": account.Digest(secret)}).Scan(&there)
	return stopFault(err)
}

// Stop ends what led to a mail: its reader follows that no more, or hears of it by push only; of reports that were filed nothing is mailed any more. With all,
// nothing at all is mailed to that person or address. Done again it changes nothing.
func (n *Notifier) Stop(ctx context.Context, secret string, all bool) error {
	return n.db().Write(ctx, func(tx pgx.Tx) error {
		var person, contact int64
		var follows []int64
		args := pgx.NamedArgs{"token": account.Digest(secret), "now": n.now()}
		err := tx.QueryRow(ctx, `
			select coalesce(u.person_id, 0), coalesce(u.contact_id, 0), u.follow_ids from unsubscribe u where u.token_sha256 = @token`, args).
			Scan(&person, &contact, &follows)
		if err != nil {
			return stopFault(err)
		}
		args["person"], args["contact"] = person, contact
		if !all {
			if err := follow.EndMail(ctx, tx, person, follows); err != nil {
				return err
			}
		}
		var b pgx.Batch
		switch {
		case all && person != 0:
			b.Queue(`insert into notice_choice (person_id, by_mail) values (@person, false) on conflict (person_id) do update set by_mail = false`, args)
		case all: // what else was filed with that address, and the account that has it since
			b.Queue(`
				update report_contact set stopped_at = @now
				where stopped_at is null and email <> '' and lower(email) = (select lower(email) from report_contact where report_id = @contact)`, args)
			b.Queue(`
				insert into notice_choice (person_id, by_mail) select person_id, false from report_contact where report_id = @contact and person_id is not null
				on conflict (person_id) do update set by_mail = false`, args)
		default:
			// What was filed without an account may be an account's now: it is the same reader.
			b.Queue(`
				update report_contact set stopped_at = @now
				where report_id = any(array(select unnest(report_ids) from unsubscribe where token_sha256 = @token)) and stopped_at is null
				  and (person_id = nullif(@person::bigint, 0) or report_id = nullif(@contact::bigint, 0))`, args)
		}
		if err := tx.SendBatch(ctx, &b).Close(); err != nil {
			return fmt.Errorf("end what led to a mail: %w", err)
		}
		return nil
	})
}

func stopFault(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.New(fault.NotFound, "error.link.stop", nil)
	}
	return store.Explain(err)
}
