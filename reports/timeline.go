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
	At       time.Time
}

// queueFiled writes the first entry of a report among the statements that store it.
func queueFiled(b *pgx.Batch, u Update) {
	b.Queue(`
		insert into timeline (kind, item_id, type, to_status, actor_role, actor_name, created_at)
		values (@kind, currval(@numbers::text::regclass), 'filed', 'new', @role, @by, @at)`,
		pgx.NamedArgs{"kind": Kind, "numbers": numbers, "role": u.Role, "by": u.By, "at": u.At})
}

// Timeline gives the public entries of a report's timeline, oldest first. It fails with NotFound for a report that the actor may not see.
func (r *Register) Timeline(ctx context.Context, actor account.Actor, id int64) (list []Update, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		var seen bool
		err := tx.QueryRow(ctx, `select exists (select from report r where r.id = @id and `+actor.VisibleSQL("r")+`)`,
			pgx.NamedArgs{"id": id}).Scan(&seen)
		if err != nil {
			return fmt.Errorf("look for report %d: %w", id, err)
		}
		if !seen {
			return pgx.ErrNoRows
		}
		rows, err := tx.Query(ctx, `
			select id, type, coalesce(from_status, ''), coalesce(to_status, ''), case when redacted_at is null then body else '' end,
			       actor_role, actor_name, created_at
			from timeline
			where kind = @kind and item_id = @id and public
			order by created_at, id`,
			pgx.NamedArgs{"kind": Kind, "id": id})
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
