package reports

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/follow"
	"quartier/reports/store"
)

// A merge [fusion] makes a report the duplicate of another, its original: whoever follows or supports it does so with the original, too, and its photos are shown
// there (they stay its own: what can be undone need not be moved). There are no chains: a duplicate of a duplicate is one of the root, and what repeated a report
// that becomes a duplicate goes along. The entries of the timelines say what was named, and an undo goes by them.

// lockMerged locks what a merge of two reports, or its undo (other is 0), may change: both, their originals, what they are parts of, and what repeats any of these, in the order of their
// numbers. Two merges at once would each build on what the other is about to change, and leave a chain: one waits.
func lockMerged(ctx context.Context, tx pgx.Tx, one, other int64) error {
	if err := follow.Alone(ctx, tx, Kind); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		with named (id) as (
		  select unnest(array[id, original_id, parent_id]) from report where id in (@one, @other)
		)
		select from report
		where id in (select id from named) or original_id in (select id from named)
		order by id
		for update`, pgx.NamedArgs{"one": one, "other": other})
	if err != nil {
		return fmt.Errorf("lock what is merged with reports %d and %d: %w", one, other, err)
	}
	return nil
}

// merge makes a report the duplicate of another one, which the actor sees. lockMerged has locked both.
func merge(ctx context.Context, tx pgx.Tx, actor account.Actor, one Report, original int64, e entry, now time.Time) error {
	to, err := get(ctx, tx, actor, original)
	if err == nil && to.Original != 0 {
		to, err = get(ctx, tx, actor, to.Original)
	}
	switch {
	case fault.KindOf(store.Explain(err)) == fault.NotFound, err == nil && (to.Status == "pending" || to.Status == "duplicate" || to.Status == "withdrawn"):
		return fault.In("original", "error.merge.unknown", nil)
	case err != nil:
		return err
	case to.ID == one.ID:
		return fault.In("original", "error.merge.self", nil)
	}
	e.other = to.ID
	if err := move(ctx, tx, actor, one.ID, e, now); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update report set original_id = @to where original_id = @from`, pgx.NamedArgs{"from": one.ID, "to": to.ID}); err != nil {
		return fmt.Errorf("lead what repeats report %d on: %w", one.ID, err)
	}
	if err := follow.Move(ctx, tx, Kind, one.ID, to.ID); err != nil {
		return err
	}
	return told(ctx, tx, actor, to.ID, entry{kind: "merge", other: one.ID}, now)
}

// unmerge undoes a merge: the report is in another state, and what went along with it comes back to it.
func unmerge(ctx context.Context, tx pgx.Tx, actor account.Actor, one Report, e entry, now time.Time) error {
	if one.Original == 0 { // the source of an import does not say which
		return move(ctx, tx, actor, one.ID, e, now)
	}
	if err := move(ctx, tx, actor, one.ID, e, now); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		with recursive below (id) as (
		  select @id::bigint
		  union
		  select r.id
		  from below b
		  join timeline t on t.other_id = b.id and t.kind = @kind and t.to_status = 'duplicate'
		  join report r on r.id = t.item_id and r.status = 'duplicate' and r.original_id = @original
		  where not exists (
		    select from timeline x where x.kind = t.kind and x.item_id = t.item_id and x.to_status = 'duplicate' and (x.created_at, x.id) > (t.created_at, t.id)))
		update report set original_id = @id where id in (select id from below) and id <> @id`,
		pgx.NamedArgs{"kind": Kind, "id": one.ID, "original": one.Original})
	if err != nil {
		return fmt.Errorf("lead what repeats report %d back: %w", one.ID, err)
	}
	if err := follow.MoveBack(ctx, tx, Kind, one.ID); err != nil {
		return err
	}
	return told(ctx, tx, actor, one.Original, entry{kind: "unmerge", other: one.ID}, now)
}

// told writes an entry into the timeline of the other side of a merge.
func told(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64, e entry, now time.Time) error {
	if err := touch(ctx, tx, id, now); err != nil {
		return err
	}
	_, err := write(ctx, tx, actor, id, e, now)
	return err
}
