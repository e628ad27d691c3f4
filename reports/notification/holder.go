package notification

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
)

// Holder is this package as an account.Holder: what somebody was told and is to be told, how, and on which browsers.
type Holder struct{}

// Export implements account.Holder.
func (Holder) Export(ctx context.Context, tx pgx.Tx, s account.Subject) (list []account.Section, err error) {
	for _, q := range []struct{ name, sql string }{
		{"notices", `
			select t.item_id as report, t.type as entry, n.channel, n.due_at, n.told_at from notice n join timeline t on t.id = n.entry_id
			where n.person_id = @person and n.dropped_at is null order by n.id`},
		{"notice_choices", `
			select rhythm, by_mail, by_push, hour, weekday, quiet_from, quiet_to from notice_choice where person_id = @person`},
		{"push_browsers", `select agent, created_at from push_subscription where person_id = @person order by id`},
		{"refused_addresses", `select address as email, reason, at from mail_refused where address = nullif(@email, '')`},
	} {
		one, err := account.Ask(ctx, tx, q.name, q.sql, pgx.NamedArgs{"person": s.Person, "email": s.Email})
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// Erase implements account.Holder. What came of an address the outbox forgets (mail.Forget).
func (Holder) Erase(ctx context.Context, tx pgx.Tx, s account.Subject) error {
	var b pgx.Batch
	for _, table := range []string{"notice", "notice_choice", "push_subscription", "unsubscribe"} {
		b.Queue(`delete from `+table+` where person_id = @person`, pgx.NamedArgs{"person": s.Person})
	}
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("erase what person %d was told: %w", s.Person, err)
	}
	return nil
}
