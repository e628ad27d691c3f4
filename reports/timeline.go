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
}

// queueFiled writes the first entry of a report among the statements that store it.
func queueFiled(b *pgx.Batch, u Update) {
	b.Queue(`
		insert into timeline (kind, item_id, type, to_status, actor_role, actor_name, person_id, created_at)
		values (@kind, currval(@numbers::text::regclass), 'filed', 'new', @role, @by, nullif(@person::bigint, 0), @at)`,
		pgx.NamedArgs{"kind": Kind, "numbers": numbers, "role": u.Role, "by": u.By, "person": u.Person, "at": u.At})
}

// Timeline gives the entries of a report's timeline, oldest first: the public ones, and those for staff to who works on the report. It fails with NotFound
// for a report that the actor may not see.
func (r *Register) Timeline(ctx context.Context, actor account.Actor, id int64) (list []Update, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		one, err := get(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select id, type, coalesce(from_status, ''), coalesce(to_status, ''), case when redacted_at is null then body else '' end,
			       actor_role, actor_name, created_at
			from timeline
			where kind = @kind and item_id = @id and (public or @within)
			order by created_at, id`,
			pgx.NamedArgs{"kind": Kind, "id": id, "within": actor.Handles(one.Service, one.Category, one.Zones)})
		if err != nil {
			return fmt.Errorf("read the timeline of report %d: %w", id, err)
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Update, error) {
			var u Update
			err := row.Scan(&u.ID, &u.Type, &u.From, &u.To, &u.Body, &u.Role, &u.By, &u.At)
			return u, err
		})
		return err
	})
	return list, err
}
