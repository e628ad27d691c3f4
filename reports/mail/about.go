package mail

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Letter is a mail of the outbox as the person is shown it to whom it went.
type Letter struct {
	To, Purpose, Subject, Text string
	CreatedAt                  time.Time
	SentAt                     *time.Time // nil: not sent
}

// aboutSQL is a condition: the mail is about an account, or went to an address.
const aboutSQL = `(person_id = nullif(@person::bigint, 0) or lower(recipient) = nullif(@email, ''))`

// About gives the mails of an account and those to an address, oldest first. A text that lets somebody in is left out: who looks is in.
func About(ctx context.Context, tx pgx.Tx, person int64, email string) ([]Letter, error) {
	rows, err := tx.Query(ctx, `
		select recipient, purpose, subject, case when secret then '' else body end, created_at, sent_at
		from mail where `+aboutSQL+`
		order by id`, pgx.NamedArgs{"person": person, "email": email})
	if err != nil {
		return nil, fmt.Errorf("gather the mails of person %d: %w", person, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Letter])
}

// Claim gives an account the mails that went to an address of its person.
func Claim(ctx context.Context, tx pgx.Tx, person int64, email string) error {
	_, err := tx.Exec(ctx, `update mail set person_id = @person where person_id is null and not forget and lower(recipient) = nullif(@email, '')`,
		pgx.NamedArgs{"person": person, "email": email})
	if err != nil {
		return fmt.Errorf("find the mails of person %d: %w", person, err)
	}
	return nil
}

// Forget removes the mails of an account and those to an address. Their jobs find nothing to do.
func Forget(ctx context.Context, tx pgx.Tx, person int64, email string) error {
	args := pgx.NamedArgs{"person": person, "email": email}
	_, err := tx.Exec(ctx, `delete from mail where `+aboutSQL, args)
	if err == nil {
		_, err = tx.Exec(ctx, `delete from mail_refused where address = nullif(@email, '')`, args)
	}
	if err != nil {
		return fmt.Errorf("forget the mails of person %d: %w", person, err)
	}
	return nil
}
