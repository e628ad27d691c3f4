package follow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"quartier/geo"
	"quartier/reports/fault"
)

// Bounds of what one person follows.
const (
	MaxSearches = 50    // of zones, categories and areas
	MaxItems    = 1_000 // of single items
	MaxHere     = 100   // of single items, of a browser without an account
	MaxName     = 100   // characters
)

// Rhythms are how soon somebody hears of what is followed: at once, or gathered each day or week.
var Rhythms = []string{"now", "daily", "weekly"}

// Follow [abonnement] is what a person, or a browser that takes push messages, wants to hear of: one item, or everything that meets all of zone, category and area which are given.
type Follow struct {
	ID   int64
	Who  Who
	Kind string // of items; empty: every kind
	Item int64  // 0: not one item
	Zone int32  // 0: any
	// Category is meant with those below it; 0: any.
	Category int32
	Area     *Area // nil: anywhere
	Settings
	CreatedAt time.Time
}

// Settings are what can be changed of a follow.
type Settings struct {
	Name           string // the person's own word for it
	Rhythm         string // one of Rhythms
	ByMail, ByPush bool
}

// Check notes what is wrong with it, and puts its texts in their stored form.
func (f *Follow) Check(check *fault.Check) {
	switch {
	case f.Item != 0:
	case f.Area != nil:
		f.Area.Check(check, "area")
	case f.Zone == 0 && f.Category == 0:
		check.Add("where", "error.follow.nothing", nil)
	}
	f.Settings.Check(check)
}

// Check notes what is wrong with them, and puts the name in its stored form.
func (s *Settings) Check(check *fault.Check) {
	s.Name = check.Text("name", s.Name, MaxName, false)
	if !slices.Contains(Rhythms, s.Rhythm) {
		check.Add("rhythm", "error.follow.rhythm", nil)
	}
	if !s.ByMail && !s.ByPush {
		check.Add("by_mail", "error.follow.how", nil)
	}
}

// Keep stores a follow that was checked, and gives its id. One that the person has already is left as it is. It fails with Conflict for who follows too much,
// with Unauthenticated for an account that is gone.
func Keep(ctx context.Context, tx pgx.Tx, f Follow) (id int64, err error) {
	if f.Item != 0 {
		if err := lock(ctx, tx, f.Kind, f.Item); err != nil {
			return 0, err
		}
	}
	args := f.Who.args(f.Kind, f.Item)
	maps.Copy(args, pgx.NamedArgs{"zone": f.Zone, "category": f.Category, "name": f.Name, "rhythm": f.Rhythm,
		"mail": f.ByMail, "push": f.ByPush, "at": f.CreatedAt, "area": nil, "lon": nil, "lat": nil, "radius": nil})
	if f.Area != nil {
		if args["area"], err = geo.ToGeom(f.Area.Polygon()); err != nil {
			return 0, fmt.Errorf("follow an area: %w", err)
		}
		if f.Area.Radius != 0 {
			args["lon"], args["lat"], args["radius"] = f.Area.Centre.Lon, f.Area.Centre.Lat, f.Area.Radius
		}
	}
	if err := f.Who.alone(ctx, tx); err != nil {
		return 0, err
	}
	var many int
	err = tx.QueryRow(ctx, `
		select coalesce((
		         select f.id from follow f
		         where `+whose+` and f.kind = @kind and f.item_id is not distinct from nullif(@item::bigint, 0)
		           and f.zone_id is not distinct from nullif(@zone::integer, 0) and f.category_id is not distinct from nullif(@category::integer, 0)
		           and f.area is not distinct from @area::geometry
		         limit 1), 0),
		       (select count(*)::integer from follow f where `+whose+` and f.carried_from is null and (f.item_id is null) = (@item::bigint = 0))`,
		args).Scan(&id, &many)
	if err != nil {
		return 0, fmt.Errorf("look for a follow of person %d: %w", f.Who.Person, err)
	}
	if most := f.most(); id == 0 && many >= most {
		return 0, fault.New(fault.Conflict, "error.follow.many", fault.Args{"most": most})
	}
	if id == 0 {
		err = tx.QueryRow(ctx, `
			insert into follow (person_id, device_sha256, kind, item_id, zone_id, category_id, area, lon, lat, radius_m, name, rhythm, by_mail, by_push, created_at)
			values (nullif(@person::bigint, 0), case when @person::bigint = 0 then @device::bytea end, @kind, nullif(@item::bigint, 0), nullif(@zone::integer, 0), nullif(@category::integer, 0), @area::geometry, @lon, @lat, @radius,
			        @name, @rhythm, @mail, @push, @at)
			returning id`, args).Scan(&id)
	} else if f.Item != 0 { // it may only have been carried here
		_, err = tx.Exec(ctx, `update follow set carried_from = null where id = @id and carried_from is not null`, pgx.NamedArgs{"id": id})
	}
	if err != nil {
		return 0, fmt.Errorf("keep a follow of person %d: %w", f.Who.Person, err)
	}
	if f.Item == 0 {
		return id, nil
	}
	return id, spread(ctx, tx, f.Kind, f.Item)
}

func (f *Follow) most() int {
	switch {
	case f.Item == 0:
		return MaxSearches
	case f.Who.Person == 0:
		return MaxHere
	}
	return MaxItems
}

// alone lets one transaction at a time follow as somebody: so that the count holds. An erasure under way is waited for.
func (w Who) alone(ctx context.Context, tx pgx.Tx) (err error) {
	args := pgx.NamedArgs{"person": w.Person, "device": w.Device}
	if w.Person == 0 {
		_, err = tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('follow'), hashtext(encode(@device::bytea, 'hex')))`, args)
	} else {
		err = tx.QueryRow(ctx, `select id from person where id = @person and erased_at is null for no key update`, args).Scan(new(int64))
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.New(fault.Unauthenticated, "error.sign_in", nil)
	}
	if err != nil {
		return fmt.Errorf("follow as person %d: %w", w.Person, err)
	}
	return nil
}

// List gives what somebody follows, newest first. An item that was merged into another is followed there.
func List(ctx context.Context, tx pgx.Tx, w Who) ([]Follow, error) {
	return read(ctx, tx, whose+`
		and not exists (select from carried c join follow o on o.kind = c.kind and o.item_id = c.to_id
		                  and (o.person_id = f.person_id or o.device_sha256 = f.device_sha256)
		                where c.kind = f.kind and c.from_id = f.item_id)`, w.args("", 0))
}

// read gives some follows, newest first.
func read(ctx context.Context, tx pgx.Tx, where string, args pgx.NamedArgs) ([]Follow, error) {
	rows, err := tx.Query(ctx, `
		select f.id, coalesce(f.person_id, 0), f.device_sha256, f.kind, coalesce(f.item_id, 0), coalesce(f.zone_id, 0), coalesce(f.category_id, 0), f.area,
		       coalesce(f.lon, 0), coalesce(f.lat, 0), coalesce(f.radius_m, 0), f.name, f.rhythm, f.by_mail, f.by_push, f.created_at
		from follow f
		where `+where+`
		order by f.created_at desc, f.id desc`, args)
	if err != nil {
		return nil, fmt.Errorf("read what is followed: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Follow, error) {
		var f Follow
		var shape geom.T
		var circle Area
		err := row.Scan(&f.ID, &f.Who.Person, &f.Who.Device, &f.Kind, &f.Item, &f.Zone, &f.Category, &shape, &circle.Centre.Lon, &circle.Centre.Lat, &circle.Radius,
			&f.Name, &f.Rhythm, &f.ByMail, &f.ByPush, &f.CreatedAt)
		switch {
		case err != nil || shape == nil:
		case circle.Radius != 0:
			f.Area = &circle
		default:
			g, wrong := geo.FromGeom(shape)
			if wrong != nil {
				return f, wrong
			}
			f.Area, err = areaOf(g)
		}
		return f, err
	})
}

// Change changes the settings of a follow. It fails with NotFound for one that is not the person's.
func Change(ctx context.Context, tx pgx.Tx, person, id int64, s Settings) error {
	tag, err := tx.Exec(ctx, `update follow set name = @name, rhythm = @rhythm, by_mail = @mail, by_push = @push where id = @id and person_id = @person`,
		pgx.NamedArgs{"id": id, "person": person, "name": s.Name, "rhythm": s.Rhythm, "mail": s.ByMail, "push": s.ByPush})
	if err != nil {
		return fmt.Errorf("change follow %d: %w", id, err)
	}
	if tag.RowsAffected() == 0 {
		return fault.Missing()
	}
	return nil
}

// End ends a follow. It fails with NotFound for another's.
func End(ctx context.Context, tx pgx.Tx, w Who, id int64) error {
	args := w.args("", 0)
	args["id"] = id
	list, err := read(ctx, tx, `f.id = @id and `+whose, args)
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return fault.Missing()
	case list[0].Item != 0:
		return EndItem(ctx, tx, list[0].Kind, list[0].Item, w)
	}
	if _, err := tx.Exec(ctx, `delete from follow where id = @id`, pgx.NamedArgs{"id": id}); err != nil {
		return fmt.Errorf("end follow %d: %w", id, err)
	}
	return nil
}

// EndItem ends that somebody follows an item, and those that were carried to it.
func EndItem(ctx context.Context, tx pgx.Tx, kind string, item int64, w Who) error {
	if err := lock(ctx, tx, kind, item); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, below+` delete from follow where kind = @kind and item_id in (select item from below) and `+whose, w.args(kind, item))
	if err != nil {
		return fmt.Errorf("end that %s %d is followed: %w", kind, item, err)
	}
	return spread(ctx, tx, kind, item)
}

// EndMail ends that a person is mailed of some follows: those of which nothing is pushed either end, with those that were carried to them, from which they would
// come back. Others' are left alone, and those that have ended are none any more.
func EndMail(ctx context.Context, tx pgx.Tx, person int64, ids []int64) error {
	list, err := read(ctx, tx, `f.id = any(@ids) and f.person_id = @person`, pgx.NamedArgs{"ids": ids, "person": person})
	if err != nil {
		return err
	}
	items := map[string][]int64{}
	for _, f := range list {
		if f.Item != 0 {
			items[f.Kind] = append(items[f.Kind], f.Item)
		}
	}
	for kind, some := range items { // all at once: who locks one after the other meets who locks them the other way round
		if err := lock(ctx, tx, kind, some...); err != nil {
			return err
		}
	}
	for _, f := range list {
		var b pgx.Batch
		args := pgx.NamedArgs{"id": f.ID, "kind": f.Kind, "item": f.Item, "person": person}
		meant, with := `id = @id`, ``
		if f.Item != 0 {
			meant, with = `kind = @kind and item_id in (select item from below) and person_id = @person`, below
		}
		b.Queue(with+` update follow set by_mail = false where by_push and `+meant, args)
		b.Queue(with+` delete from follow where not by_push and `+meant, args)
		if err := tx.SendBatch(ctx, &b).Close(); err != nil {
			return fmt.Errorf("end the mails of follow %d: %w", f.ID, err)
		}
		if f.Item != 0 {
			if err := spread(ctx, tx, f.Kind, f.Item); err != nil {
				return err
			}
		}
	}
	return nil
}
