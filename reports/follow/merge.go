package follow

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
)

// counters are the tables that keep how many support each of their items, in the column support_count, by kind.
var counters = map[string]string{"report": "report"}

// Move carries who follows and supports an item to another one that it repeats, in the transaction of the merge; somebody who does both counts once. What
// people do about the first from then on counts for the second too. Supports that an import brought as a bare number stay where they are: nobody knows whose.
//
// What is carried are rows of their own, which name where they come from. Refused: moving the rows, after which an undo would not know whom to leave.
func Move(ctx context.Context, tx pgx.Tx, kind string, from, to int64) error {
	if err := lock(ctx, tx, kind, from, to); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into carried (kind, from_id, to_id) values (@kind, @from, @to)`, pgx.NamedArgs{"kind": kind, "from": from, "to": to})
	if err != nil {
		return fmt.Errorf("carry who follows %s %d to %d: %w", kind, from, to, err)
	}
	return spread(ctx, tx, kind, from)
}

// MoveBack undoes Move, also when others were carried to the same item meanwhile. Of an item that was not carried it does nothing.
func MoveBack(ctx context.Context, tx pgx.Tx, kind string, from int64) error {
	if err := lock(ctx, tx, kind, from); err != nil {
		return err
	}
	to, err := target(ctx, tx, kind, from)
	if err != nil || to == 0 {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from carried where kind = @kind and from_id = @from`, pgx.NamedArgs{"kind": kind, "from": from}); err != nil {
		return fmt.Errorf("bring who follows %s %d back: %w", kind, from, err)
	}
	if err := refresh(ctx, tx, kind, to); err != nil {
		return err
	}
	return spread(ctx, tx, kind, to)
}

// target gives the item that one was carried to; 0: none.
func target(ctx context.Context, tx pgx.Tx, kind string, item int64) (to int64, err error) {
	err = tx.QueryRow(ctx, `select coalesce((select to_id from carried where kind = @kind and from_id = @item), 0)`,
		pgx.NamedArgs{"kind": kind, "item": item}).Scan(&to)
	if err != nil {
		return 0, fmt.Errorf("find what %s %d repeats: %w", kind, item, err)
	}
	return to, nil
}

// spread makes every item that one was carried to, directly or by others, agree with what is carried to it.
func spread(ctx context.Context, tx pgx.Tx, kind string, item int64) error {
	for {
		to, err := target(ctx, tx, kind, item)
		if err != nil || to == 0 {
			return err
		}
		if err := refresh(ctx, tx, kind, to); err != nil {
			return err
		}
		item = to
	}
}

// refresh makes the carried rows of an item what the items say that were carried to it.
func refresh(ctx context.Context, tx pgx.Tx, kind string, item int64) error {
	args := pgx.NamedArgs{"kind": kind, "item": item}
	by := 0
	for _, t := range []struct {
		table, columns string
		counts         int
	}{
		{"support", "created_at", 1},
		{"follow", "name, rhythm, by_mail, by_push, created_at", 0},
	} {
		gone, err := tx.Exec(ctx, `
			delete from `+t.table+` s
			where s.kind = @kind and s.item_id = @item and s.carried_from is not null
			  and not exists (
			    select from carried c
			    join `+t.table+` o on o.kind = c.kind and o.item_id = c.from_id and (o.person_id = s.person_id or o.device_sha256 = s.device_sha256)
			    where c.kind = s.kind and c.from_id = s.carried_from and c.to_id = s.item_id)`, args)
		if err != nil {
			return fmt.Errorf("let go who no longer is carried to %s %d: %w", kind, item, err)
		}
		come, err := tx.Exec(ctx, `
			insert into `+t.table+` (kind, item_id, person_id, device_sha256, carried_from, `+t.columns+`)
			select distinct on (o.person_id, o.device_sha256) o.kind, c.to_id, o.person_id, o.device_sha256, c.from_id, `+t.columns+`
			from carried c
			join `+t.table+` o on o.kind = c.kind and o.item_id = c.from_id
			where c.kind = @kind and c.to_id = @item
			order by o.person_id, o.device_sha256, o.created_at
			on conflict do nothing`, args)
		if err != nil {
			return fmt.Errorf("carry who follows to %s %d: %w", kind, item, err)
		}
		by += t.counts * int(come.RowsAffected()-gone.RowsAffected())
	}
	return tally(ctx, tx, kind, item, by)
}

// Alone lets one transaction at a time merge items of a kind or undo a merge, while nobody supports or follows one: what is merged with what stays as it was read. It
// comes before any lock of an item.
func Alone(ctx context.Context, tx pgx.Tx, kind string) error {
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('merge/' || @kind))`, pgx.NamedArgs{"kind": kind}); err != nil {
		return fmt.Errorf("wait for the turn to merge: %w", err)
	}
	return nil
}

// lock lets one transaction at a time change who supports some items, and those that they were merged with.
func lock(ctx context.Context, tx pgx.Tx, kind string, items ...int64) error {
	table, counted := counters[kind]
	if !counted {
		return nil
	}
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock_shared(hashtext('merge/' || @kind))`, pgx.NamedArgs{"kind": kind}); err != nil {
		return fmt.Errorf("wait for a merge: %w", err)
	}
	_, err := tx.Exec(ctx, `
		with recursive merged (item) as (
		  select unnest(@items::bigint[])
		  union
		  select case when c.from_id = m.item then c.to_id else c.from_id end
		  from merged m
		  join carried c on c.kind = @kind and (c.from_id = m.item or c.to_id = m.item))
		select from `+table+` where id in (select item from merged) order by id for no key update`,
		pgx.NamedArgs{"kind": kind, "items": items})
	if err != nil {
		return fmt.Errorf("lock who supports %s %v: %w", kind, items, err)
	}
	return nil
}

// tally changes how many support an item, and tells the change log.
func tally(ctx context.Context, tx pgx.Tx, kind string, item int64, by int) error {
	table, counted := counters[kind]
	if by == 0 || !counted {
		return nil
	}
	_, err := tx.Exec(ctx, `update `+table+` set support_count = support_count + @by where id = @item`, pgx.NamedArgs{"item": item, "by": by})
	if err != nil {
		return fmt.Errorf("count who supports %s %d: %w", kind, item, err)
	}
	return store.Append(ctx, tx, store.Change{Kind: kind, First: item, Last: item})
}
