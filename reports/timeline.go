package reports

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/media"
)

// Update [suivi] is one entry of an item's timeline. Append-only.
type Update struct {
	ID       int64
	Type     string // filed, status, comment, answer, note, photo, assignment, merge, unmerge, split, due, edit
	From, To string // states; empty where none changed
	Body     string
	Role     account.Role // of who made it
	By       string       // a service or a source; a person's name only if that person shows it
	Person   int64        // the account, noted so that it can be erased and told to nobody; 0: none
	At       time.Time
	Redacted bool     // moderators took the body away
	Other    int64    // of a merge: the report on its other side; of a split: the part, or the whole; if the reader sees it; 0: none
	Due      Expected // what was said of when it is expected
	Doubts   []Doubt  // of a comment that waits for a moderator, or was refused; moderators only
	Photos   []media.Photo
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
		list, err = timeline(ctx, tx, actor, id, actor.Handles(one.Service, one.Category, one.Zones), false)
		return err
	})
	return list, err
}

// timeline reads the entries of a report: those for staff too where they are wanted; for moderators what redacted ones said, and comments that wait or were refused.
func timeline(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64, staff, moderator bool) ([]Update, error) {
	rows, err := tx.Query(ctx, `
		select t.id, t.type, coalesce(t.from_status, ''), coalesce(t.to_status, ''), case when t.redacted_at is null or @moderator then t.body else '' end,
		       t.actor_role, t.actor_name, t.created_at, t.redacted_at is not null, coalesce(r.id, 0), coalesce(t.due_at, 'epoch'), t.doubts
		from timeline t
		left join report r on r.id = t.other_id and `+actor.VisibleSQL("r")+`
		where t.kind = @kind and t.item_id = @id and case when t.doubts <> '{}' then @moderator else t.public or @staff end
		order by t.created_at, t.id`,
		pgx.NamedArgs{"kind": Kind, "id": id, "staff": staff, "moderator": moderator})
	if err != nil {
		return nil, fmt.Errorf("read the timeline of report %d: %w", id, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Update, error) {
		var u Update
		err := row.Scan(&u.ID, &u.Type, &u.From, &u.To, &u.Body, &u.Role, &u.By, &u.At, &u.Redacted, &u.Other, &u.Due.At, &u.Doubts)
		if u.Due.Given = u.Due.At.Unix() != 0; !u.Due.Given || u.Due.At.Equal(never) {
			u.Due.At = time.Time{}
		}
		return u, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the timeline of report %d: %w", id, err)
	}
	return list, withPhotos(ctx, tx, list, moderator)
}

// withPhotos adds their photos to entries; what moderators took away only they see.
func withPhotos(ctx context.Context, tx pgx.Tx, list []Update, moderator bool) error {
	ids := make([]int64, len(list))
	for i, u := range list {
		ids[i] = u.ID
	}
	photos, err := media.Of(ctx, tx, KindUpdate, ids...)
	if err != nil {
		return err
	}
	for i := range list {
		if !list[i].Redacted || moderator {
			list[i].Photos = photos[list[i].ID]
		}
	}
	return nil
}
