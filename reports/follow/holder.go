package follow

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
)

// Holder is this package as an account.Holder: what somebody flagged, follows and supports. A flag stays for the moderators, without who raised it and in which
// words; a support stays counted, and is nobody's.
type Holder struct{}

// Export implements account.Holder.
func (Holder) Export(ctx context.Context, tx pgx.Tx, s account.Subject) ([]account.Section, error) {
	args := pgx.NamedArgs{"person": s.Person}
	flags, err := account.Ask(ctx, tx, "flags", `
		select kind || '/' || item_id as report, reason, words, created_at from flag where person_id = @person order by created_at, id`, args)
	if err != nil {
		return nil, err
	}
	follows, err := account.Ask(ctx, tx, "follows", `
		select f.name, coalesce(f.kind || '/' || f.item_id, '') as report, coalesce(zs.slug || '/' || z.code, '') as zones, coalesce(c.slug, '') as category,
		       coalesce(ST_AsText(f.area, 7), '') as area, f.rhythm, f.by_mail, f.by_push, f.created_at
		from follow f
		left join zone z on z.id = f.zone_id
		left join zone_set zs on zs.id = z.zone_set_id
		left join category c on c.id = f.category_id
		where f.person_id = @person
		order by f.created_at, f.id`, args)
	if err != nil {
		return nil, err
	}
	supports, err := account.Ask(ctx, tx, "supports", `
		select kind || '/' || item_id as report, created_at from support where person_id = @person and carried_from is null order by created_at, kind, item_id`, args)
	return []account.Section{flags, follows, supports}, err
}

// Erase implements account.Holder.
//
// A support becomes that of a browser which is nobody's: its digest is of a secret that is kept nowhere, and another one for each item, so that nothing tells
// what one person supported. Items that were merged have one together, or whoever supported both would count twice.
func (Holder) Erase(ctx context.Context, tx pgx.Tx, s account.Subject) error {
	var b pgx.Batch
	args := pgx.NamedArgs{"person": s.Person, "secret": account.NewSecret()}
	b.Queue(`update flag set person_id = null, words = '' where person_id = @person`, args)
	b.Queue(`delete from follow where person_id = @person`, args)
	b.Queue(`
		with recursive up (kind, item, top) as (
		  select kind, item_id, item_id from support where person_id = @person
		  union
		  select u.kind, u.item, c.to_id from up u join carried c on c.kind = u.kind and c.from_id = u.top)
		update support s
		set person_id = null, device_sha256 = sha256(convert_to(@secret::text || u.kind || '/' || u.top, 'UTF8'))
		from up u
		where s.person_id = @person and s.kind = u.kind and s.item_id = u.item
		  and not exists (select from carried c where c.kind = u.kind and c.from_id = u.top)`, args)
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("erase what person %d flagged, follows and supports: %w", s.Person, err)
	}
	return nil
}
