package reports

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
)

// Update [suivi] is one entry of an item's timeline. Append-only.
type Update struct {
	ID       int64
	Type     string // filed, status, comment, answer, note, photo, assignment, merge
	From, To string // states; empty where none changed
	Body     string
	Role     account.Role // of who made it
	By       string       // a service or a source; a person's name only if that person shows it
	Person   int64        // the account, noted so that it can be erased and told to nobody; 0: none
	At       time.Time
	Redacted bool // moderators took the body away
}

// queueFiled writes the first entry of a report among the statements that store it.
func queueFiled(b *pgx.Batch, u Update) {
	b.Queue(`
		insert into timeline (kind, item_id, type, to_status, actor_role, actor_name, person_id, created_at)
		values (@kind, currval(@numbers::text::regclass), 'filed', @to, @role, @by, nullif(@person::bigint, 0), @at)`,
		pgx.NamedArgs{"kind": Kind, "numbers": numbers, "to": u.To, "role": u.Role, "by": u.By, "person": u.Person, "at": u.At})
}

// Timeline gives the entries of a report's timeline, oldest first: the public ones, and those for staff to who works on the report. It fails with NotFound
// for a report that the actor may not see.
func (r *Register) Timeline(ctx context.Context, actor account.Actor, id int64) (list []Update, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		one, err := get(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		list, err = timeline(ctx, tx, id, actor.Handles(one.Service, one.Category, one.Zones), false)
		return err
	})
	return list, err
}

// timeline reads the entries of a report: those for staff too where they are wanted, and what redacted ones said.
func timeline(ctx context.Context, tx pgx.Tx, id int64, staff, redacted bool) ([]Update, error) {
	rows, err := tx.Query(ctx, `
		select id, type, coalesce(from_status, ''), coalesce(to_status, ''), case when redacted_at is null or @redacted then body else '' end,
		       actor_role, actor_name, created_at, redacted_at is not null
		from timeline
		where kind = @kind and item_id = @id and (public or @staff)
		order by created_at, id`,
		pgx.NamedArgs{"kind": Kind, "id": id, "staff": staff, "redacted": redacted})
	if err != nil {
		return nil, fmt.Errorf("read the timeline of report %d: %w", id, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Update, error) {
		var u Update
		err := row.Scan(&u.ID, &u.Type, &u.From, &u.To, &u.Body, &u.Role, &u.By, &u.At, &u.Redacted)
		return u, err
	})
}
