package follow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
)

// Who is somebody who supports or follows: an account, or a browser without one.
type Who struct {
	Person int64  // 0: none
	Device []byte // keyed digest of what tells the browser from others; nil: not known
}

// args are those of whose.
func (w Who) args(kind string, item int64) pgx.NamedArgs {
	return pgx.NamedArgs{"kind": kind, "item": item, "person": w.Person, "device": w.Device}
}

// whose is the condition on rows of support and follow that they are somebody's. What a browser supported before its owner signed in is theirs too.
const whose = `(person_id = nullif(@person::bigint, 0) or device_sha256 = @device::bytea)`

// Support says "me too" of an item. Once more changes nothing: who supported it as a browser and is signed in now counts once.
func Support(ctx context.Context, tx pgx.Tx, kind string, item int64, w Who, at time.Time) error {
	if err := lock(ctx, tx, kind, item); err != nil {
		return err
	}
	args := w.args(kind, item)
	args["at"] = at
	by := 0
	if w.Person != 0 {
		was, err := tx.Exec(ctx, `delete from support where kind = @kind and item_id = @item and device_sha256 = @device::bytea`, args)
		if err != nil {
			return fmt.Errorf("support %s %d as who was a browser: %w", kind, item, err)
		}
		by -= int(was.RowsAffected())
	}
	var made bool
	err := tx.QueryRow(ctx, `
		insert into support (kind, item_id, person_id, device_sha256, created_at)
		values (@kind, @item, nullif(@person::bigint, 0), case when @person::bigint = 0 then @device::bytea end, @at)
		`+w.conflict()+` do update set carried_from = null where support.carried_from is not null
		returning xmax = 0`, args).Scan(&made)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("support %s %d: %w", kind, item, err)
	}
	if made {
		by++
	}
	if err := tally(ctx, tx, kind, item, by); err != nil {
		return err
	}
	return spread(ctx, tx, kind, item)
}

// conflict names the index that lets nobody support an item twice.
func (w Who) conflict() string {
	if w.Person != 0 {
		return `on conflict (kind, item_id, person_id) where person_id is not null`
	}
	return `on conflict (kind, item_id, device_sha256) where device_sha256 is not null`
}

// below are the items that were carried to @item, and itself.
const below = `
	with recursive below (item) as (
	  select @item::bigint
	  union
	  select c.from_id from below b join carried c on c.kind = @kind and c.to_id = b.item)`

// TakeBack takes a support back: of the item, and of those that were carried to it.
func TakeBack(ctx context.Context, tx pgx.Tx, kind string, item int64, w Who) error {
	if err := lock(ctx, tx, kind, item); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, below+`, gone as (
		  delete from support where kind = @kind and item_id in (select item from below) and `+whose+`
		  returning item_id)
		select item_id, count(*)::integer from gone group by item_id order by item_id`, w.args(kind, item))
	if err != nil {
		return fmt.Errorf("take a support of %s %d back: %w", kind, item, err)
	}
	type loss struct {
		Item int64
		By   int
	}
	losses, err := pgx.CollectRows(rows, pgx.RowToStructByPos[loss])
	if err != nil {
		return fmt.Errorf("take a support of %s %d back: %w", kind, item, err)
	}
	for _, l := range losses {
		if err := tally(ctx, tx, kind, l.Item, -l.By); err != nil {
			return err
		}
	}
	return spread(ctx, tx, kind, item)
}

// Adopt makes what a browser supported and follows the person's who has signed in with it.
func Adopt(ctx context.Context, tx pgx.Tx, person int64, device []byte) error {
	rows, err := tx.Query(ctx, `
		select kind, item_id, created_at from support where device_sha256 = @device and carried_from is null order by kind, item_id`,
		pgx.NamedArgs{"device": device})
	if err != nil {
		return fmt.Errorf("find what a browser supported: %w", err)
	}
	type one struct {
		Kind string
		Item int64
		At   time.Time
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[one])
	if err != nil {
		return fmt.Errorf("find what a browser supported: %w", err)
	}
	for _, s := range list {
		if err := Support(ctx, tx, s.Kind, s.Item, Who{Person: person, Device: device}, s.At); err != nil {
			return err
		}
	}
	follows, err := List(ctx, tx, Who{Device: device})
	if err != nil {
		return err
	}
	for _, f := range follows {
		if err := End(ctx, tx, f.Who, f.ID); err != nil {
			return err
		}
		f.Who = Who{Person: person}
		if _, err := Keep(ctx, tx, f); err != nil && fault.KindOf(err) != fault.Conflict { // of who follows too much the rest ends
			return err
		}
	}
	return nil
}

// Standing is what somebody does about an item, and how many follow it.
type Standing struct {
	Supports, Follows bool
	Followers         int // people
}

// Stand tells it.
func Stand(ctx context.Context, tx pgx.Tx, kind string, item int64, w Who) (s Standing, err error) {
	err = tx.QueryRow(ctx, `
		select exists (select from support where kind = @kind and item_id = @item and `+whose+`),
		       exists (select from follow where kind = @kind and item_id = @item and `+whose+`),
		       (select count(*)::integer from follow where kind = @kind and item_id = @item and person_id is not null)`,
		w.args(kind, item)).Scan(&s.Supports, &s.Follows, &s.Followers)
	if err != nil {
		return Standing{}, fmt.Errorf("tell who follows %s %d: %w", kind, item, err)
	}
	return s, nil
}
