package reports

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/media"
)

// What becomes of a photo that shows too much: entries of the timeline, and, after "report.", of the audit.
const (
	photoBlurred = "photo_blurred"
	photoRemoved = "photo_removed"
)

// A photo of a report that was split is there once more for each part, byte by byte. Who makes one of them unreadable, or takes it away, does so for all of
// them: it shows too much wherever it stands, and whoever sees that need not look for the others.

// sameSQL finds, with the reports they stand with, the photo @id of the report @report, or of an entry of its timeline, and those that show the same of the
// reports which it is a part of or was split into.
const sameSQL = `
	with one as (
	  select id, kind, item_id, sha256 from media where id = @id
	),
	family as (
	  select f.id from report r join report f on coalesce(r.parent_id, r.id) in (f.id, f.parent_id) where r.id = @report
	)
	select m.id, m.item_id
	from one join media m on m.kind = one.kind and m.sha256 = one.sha256 and m.item_id in (select id from family where id <> @report)
	where one.kind = @kind and one.item_id = @report
	union
	select one.id, @report from one
	where one.kind = @kind and one.item_id = @report
	   or one.kind = @update and exists (select from timeline t where t.id = one.item_id and t.kind = @kind and t.item_id = @report)
	order by 2, 1`

// PhotoToRetouch gives a photo of a report, or of its timeline, to who may make a part of it unreadable: moderators, and who handles the report. It fails with
// NotFound for what the actor does not see, and for a photo of another report.
func (r *Register) PhotoToRetouch(ctx context.Context, actor account.Actor, report int64, id media.ID) (p media.Photo, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		p, _, err = retouchable(ctx, tx, actor, report, id)
		return err
	})
	return p, err
}

// twins are photos that show the same, with the reports that they stand with, in the order of these.
type twins struct {
	photos  []media.ID
	reports []int64
}

func retouchable(ctx context.Context, tx pgx.Tx, actor account.Actor, report int64, id media.ID) (p media.Photo, all twins, err error) {
	one, err := get(ctx, tx, actor, report)
	if err != nil {
		return p, all, err
	}
	if actor.ReadOnly || !actor.Has(account.RoleModerator) && !actor.Handles(one.Service, one.Category, one.Zones) {
		return p, all, fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	if p, _, err = media.Find(ctx, tx, id, media.Owner{}, seenBy(actor), "false"); err != nil {
		return p, all, err
	}
	rows, err := tx.Query(ctx, sameSQL, pgx.NamedArgs{"id": id, "kind": Kind, "update": KindUpdate, "report": report})
	if err != nil {
		return p, all, fmt.Errorf("find the photos of report %d: %w", report, err)
	}
	var photo media.ID
	var at int64
	_, err = pgx.ForEachRow(rows, []any{&photo, &at}, func() error {
		all.photos, all.reports = append(all.photos, photo), append(all.reports, at)
		return nil
	})
	if err == nil && len(all.photos) == 0 {
		err = fault.Missing()
	}
	return p, all, err
}

// BlurPhoto makes an area of a photo unreadable, for good: the photo has another name from then on, and what it showed is nowhere any more. It stands in the
// timeline and in the audit, of every report where it stands. Of two who blur the same photo at once the second is told so (Conflict).
func (r *Register) BlurPhoto(ctx context.Context, actor account.Actor, photos *media.Store, report int64, id media.ID, area media.Area) error {
	var all twins
	err := r.DB.Read(ctx, func(tx pgx.Tx) (err error) {
		_, all, err = retouchable(ctx, tx, actor, report, id)
		return err
	})
	if err != nil {
		return err
	}
	var check fault.Check
	area.Check(&check)
	if err := check.Err(); err != nil {
		return err
	}
	blurred, err := photos.Blur(ctx, all.photos, area)
	if err != nil {
		return err
	}
	err = r.retouch(ctx, actor, report, id, photoBlurred, func(tx pgx.Tx, these []media.ID, now time.Time) error {
		return media.Replace(ctx, tx, blurred, these, now)
	})
	if err != nil {
		return errors.Join(err, photos.Discard(context.WithoutCancel(ctx), blurred))
	}
	return nil
}

// ErasePhoto takes a photo away, for good, with a trace in the timeline and in the audit.
func (r *Register) ErasePhoto(ctx context.Context, actor account.Actor, report int64, id media.ID) error {
	return r.retouch(ctx, actor, report, id, photoRemoved, func(tx pgx.Tx, these []media.ID, _ time.Time) error {
		return media.EraseThese(ctx, tx, these)
	})
}

// retouch does something to a photo, and those that show the same, and tells of it.
func (r *Register) retouch(ctx context.Context, actor account.Actor, report int64, id media.ID, what string, do func(pgx.Tx, []media.ID, time.Time) error) error {
	return r.DB.Write(ctx, func(tx pgx.Tx) error {
		if err := lockWhole(ctx, tx, report); err != nil { // so that nobody copies it meanwhile
			return err
		}
		_, all, err := retouchable(ctx, tx, actor, report, id)
		if err != nil {
			return err
		}
		now := r.Now().UTC().Truncate(time.Microsecond)
		if err := do(tx, all.photos, now); err != nil {
			return err
		}
		for _, one := range slices.Compact(all.reports) {
			if _, err := write(ctx, tx, account.Actor{Role: actor.Role, Person: actor.Person}, one, entry{kind: what}, now); err != nil {
				return err
			}
			if err := touch(ctx, tx, one, now); err != nil {
				return err
			}
			if err := account.Audit(ctx, tx, actor, "report."+what, fmt.Sprintf("%s/%d", Kind, one), nil); err != nil {
				return err
			}
		}
		return nil
	})
}
