package reports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/media"
	"quartier/reports/store"
)

// What becomes of a photo that shows too much: entries of the timeline, and, after "report.", of the audit.
const (
	photoBlurred = "photo_blurred"
	photoRemoved = "photo_removed"
)

// spot is where a photo belongs: a report, or an entry of its timeline.
type spot struct {
	kind string
	item int64
}

// PhotoToRetouch gives a photo of a report, or of its timeline, to who may make a part of it unreadable: moderators, and who handles the report. It fails with
// NotFound for what the actor does not see, and for a photo of another report.
func (r *Register) PhotoToRetouch(ctx context.Context, actor account.Actor, report int64, id media.ID) (p media.Photo, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		p, _, err = retouchable(ctx, tx, actor, report, id)
		return err
	})
	return p, err
}

func retouchable(ctx context.Context, tx pgx.Tx, actor account.Actor, report int64, id media.ID) (p media.Photo, at spot, err error) {
	one, err := get(ctx, tx, actor, report)
	if err != nil {
		return p, at, err
	}
	if actor.ReadOnly || !actor.Has(account.RoleModerator) && !actor.Handles(one.Service, one.Category, one.Zones) {
		return p, at, fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	if p, _, err = media.Find(ctx, tx, id, media.Owner{}, seenBy(actor), "false"); err != nil {
		return p, at, err
	}
	err = tx.QueryRow(ctx, `
		select m.kind, m.item_id from media m
		where m.id = @id and (m.kind = @kind and m.item_id = @report
		   or m.kind = @update and exists (select from timeline t where t.id = m.item_id and t.kind = @kind and t.item_id = @report))`,
		pgx.NamedArgs{"id": id, "kind": Kind, "update": KindUpdate, "report": report}).Scan(&at.kind, &at.item)
	return p, at, err
}

// BlurPhoto makes an area of a photo unreadable, for good: the photo has another name from then on, and what it showed is nowhere any more. It stands in the
// timeline and in the audit. Of two who blur the same photo at once the second is told so (Conflict).
func (r *Register) BlurPhoto(ctx context.Context, actor account.Actor, photos *media.Store, report int64, id media.ID, area media.Area) error {
	if _, err := r.PhotoToRetouch(ctx, actor, report, id); err != nil {
		return err
	}
	var check fault.Check
	area.Check(&check)
	if err := check.Err(); err != nil {
		return err
	}
	blurred, err := photos.Blur(ctx, id, area)
	if err != nil {
		return err
	}
	err = r.retouch(ctx, actor, report, id, photoBlurred, func(tx pgx.Tx, at spot, now time.Time) error {
		return media.Replace(ctx, tx, blurred, at.kind, at.item, now)
	})
	if err != nil {
		return errors.Join(err, photos.Discard(context.WithoutCancel(ctx), blurred))
	}
	return nil
}

// ErasePhoto takes a photo away, for good, with a trace in the timeline and in the audit.
func (r *Register) ErasePhoto(ctx context.Context, actor account.Actor, report int64, id media.ID) error {
	return r.retouch(ctx, actor, report, id, photoRemoved, func(tx pgx.Tx, at spot, _ time.Time) error {
		return media.EraseOne(ctx, tx, id, at.kind, at.item)
	})
}

// retouch does something to a photo and tells of it.
func (r *Register) retouch(ctx context.Context, actor account.Actor, report int64, id media.ID, what string, do func(pgx.Tx, spot, time.Time) error) error {
	return r.DB.Write(ctx, func(tx pgx.Tx) error {
		_, at, err := retouchable(ctx, tx, actor, report, id)
		if err != nil {
			return err
		}
		now := r.Now().UTC().Truncate(time.Microsecond)
		if err := do(tx, at, now); err != nil {
			return err
		}
		args := pgx.NamedArgs{"kind": Kind, "id": report, "type": what, "role": actor.Role, "person": actor.Person, "now": now}
		_, err = tx.Exec(ctx, `
			insert into timeline (kind, item_id, type, actor_role, person_id, created_at)
			values (@kind, @id, @type, @role, nullif(@person::bigint, 0), @now)`, args)
		if err == nil {
			_, err = tx.Exec(ctx, `update report set updated_at = @now where id = @id`, args)
		}
		if err != nil {
			return fmt.Errorf("tell of a photo of report %d: %w", report, err)
		}
		if err := account.Audit(ctx, tx, actor, "report."+what, fmt.Sprintf("%s/%d", Kind, report), nil); err != nil {
			return err
		}
		return store.Append(ctx, tx, store.Change{Kind: Kind, First: report, Last: report})
	})
}
