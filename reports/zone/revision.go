package zone

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
)

// Revision is one state of a set.
type Revision struct {
	Number      int32
	Source      string // the name of a file
	Zones       int
	CreatedAt   time.Time
	ActivatedAt time.Time // when it was last put into force; zero: never
	InForce     bool
	Repaired    []Repair
}

// Outline is a zone of a revision.
type Outline struct {
	Code, Name string
	Geometry   orb.MultiPolygon
}

// Preview is what putting a revision into force would change.
type Preview struct {
	Revision
	Now       int32     // number of the revision in force; 0: none
	Outlines  []Outline // of the revision, ordered by code
	NowInMap  []Outline // of the one in force
	Gone, New []string  // codes that it takes away and brings
	Reports   int64     // reports whose stored zone would change
}

// Administered is a set as the administration lists it, one that has no revision in force too.
type Administered struct {
	Slug, NameFR, NameEN string
	Version              int   // of the names
	Revision             int32 // number of the one in force; 0: none
	Zones                int   // in force
	Waiting              int   // revisions that were never in force
}

// Sets lists the sets by slug.
func Sets(ctx context.Context, db *store.DB, actor account.Actor) (list []Administered, err error) {
	if err := actor.MayAdminister(); err != nil {
		return nil, err
	}
	err = db.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select zs.slug, zs.name_fr, zs.name_en, zs.version, coalesce(r.number, 0),
			       (select count(*) from zone_shape s where s.revision_id = zs.revision_id),
			       (select count(*) from zone_revision w where w.zone_set_id = zs.id and w.activated_at is null)
			from zone_set zs
			left join zone_revision r on r.id = zs.revision_id
			order by zs.slug collate "C"`)
		if err != nil {
			return fmt.Errorf("list the zone sets: %w", err)
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Administered])
		return err
	})
	return list, err
}

// Rename gives a set other names. It fails with Conflict when somebody else has renamed it since the version.
func Rename(ctx context.Context, db *store.DB, actor account.Actor, slug string, version int, fr, en string) error {
	if err := actor.MayAdminister(); err != nil {
		return err
	}
	var check fault.Check
	fr, en = check.Required("name_fr", fr, maxName), check.Required("name_en", en, maxName)
	if err := check.Err(); err != nil {
		return err
	}
	return db.Write(ctx, func(tx pgx.Tx) error {
		var set int32
		var now int
		if err := tx.QueryRow(ctx, `select id, version from zone_set where slug = @slug for update`, pgx.NamedArgs{"slug": slug}).Scan(&set, &now); err != nil {
			return fmt.Errorf("rename a zone set: %w", err)
		}
		if now != version {
			return fault.Stale()
		}
		_, err := tx.Exec(ctx, `update zone_set set name_fr = @fr, name_en = @en, version = version + 1 where id = @set`,
			pgx.NamedArgs{"set": set, "fr": fr, "en": en})
		if err != nil {
			return fmt.Errorf("rename a zone set: %w", err)
		}
		if err := store.Append(ctx, tx, store.Change{Kind: Kind, First: int64(set), Last: int64(set)}); err != nil {
			return err
		}
		return account.Audit(ctx, tx, actor, "zones.name", Kind+"/"+slug, map[string]any{"fr": fr, "en": en})
	})
}

// Stage keeps the content as a revision of a set, which it makes if there is none, without putting it into force, and gives its number. Content that a revision
// of the set has already is that revision.
func Stage(ctx context.Context, db *store.DB, actor account.Actor, naming Naming, content *Content) (number int32, err error) {
	if err := actor.MayAdminister(); err != nil {
		return 0, err
	}
	if !slugForm.MatchString(naming.Slug) {
		return 0, fault.In("set", "import.zones.slug", nil)
	}
	var check fault.Check
	naming.NameFR, naming.NameEN = check.Text("name_fr", naming.NameFR, maxName, false), check.Text("name_en", naming.NameEN, maxName, false)
	if naming.Source = check.Text("file", naming.Source, maxName, false); naming.Source == "" {
		naming.Source = naming.Slug
	}
	if err := check.Err(); err != nil {
		return 0, err
	}
	err = alone(ctx, db, func(tx pgx.Tx) error {
		set, before, err := findSet(ctx, tx, naming)
		if err != nil {
			return err
		}
		sum := content.sum()
		err = tx.QueryRow(ctx, `
			select coalesce(max(number) filter (where sha256 = @sum), 0), coalesce(max(number), 0) + 1
			from zone_revision where zone_set_id = @set`, pgx.NamedArgs{"set": set, "sum": sum[:]}).Scan(&before, &number)
		if err != nil {
			return fmt.Errorf("read the revisions of zone set %s: %w", naming.Slug, err)
		}
		if before != 0 {
			number = before
			return nil
		}
		repaired, err := stage(ctx, tx, content)
		if err != nil {
			return err
		}
		if _, err := keep(ctx, tx, set, number, sum[:], naming.Source, repaired); err != nil {
			return fmt.Errorf("keep revision %d of zone set %s: %w", number, naming.Slug, err)
		}
		return account.Audit(ctx, tx, actor, "zones.stage", Kind+"/"+naming.Slug,
			map[string]any{"revision": number, "source": naming.Source, "zones": len(content.Shapes), "repaired": len(repaired)})
	})
	return number, err
}

const revisionSQL = `
	select r.number, r.source, (select count(*) from zone_shape s where s.revision_id = r.id), r.created_at, coalesce(r.activated_at, 'epoch'),
	       coalesce(r.id = zs.revision_id, false), r.repaired
	from zone_set zs
	join zone_revision r on r.zone_set_id = zs.id
	where zs.slug = @slug`

func revisionRow(row pgx.CollectableRow) (Revision, error) {
	var r Revision
	var repaired []byte
	err := row.Scan(&r.Number, &r.Source, &r.Zones, &r.CreatedAt, &r.ActivatedAt, &r.InForce, &repaired)
	if r.ActivatedAt.Unix() == 0 {
		r.ActivatedAt = time.Time{}
	}
	if err == nil {
		err = json.Unmarshal(repaired, &r.Repaired)
	}
	return r, err
}

// Revisions gives a set and its revisions, the latest first.
func Revisions(ctx context.Context, db *store.DB, actor account.Actor, slug string) (set Administered, list []Revision, err error) {
	sets, err := Sets(ctx, db, actor)
	if err != nil {
		return Administered{}, nil, err
	}
	for _, set = range sets {
		if set.Slug == slug {
			err = db.Read(ctx, func(tx pgx.Tx) error {
				rows, err := tx.Query(ctx, revisionSQL+` order by r.number desc`, pgx.NamedArgs{"slug": slug})
				if err != nil {
					return fmt.Errorf("list the revisions of zone set %s: %w", slug, err)
				}
				list, err = pgx.CollectRows(rows, revisionRow)
				return err
			})
			return set, list, err
		}
	}
	return Administered{}, nil, fault.Missing()
}

// PreviewOf tells what putting a revision into force would change, as things stand.
func PreviewOf(ctx context.Context, db *store.DB, actor account.Actor, slug string, number int32) (p Preview, err error) {
	if err := actor.MayAdminister(); err != nil {
		return p, err
	}
	err = db.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, revisionSQL+` and r.number = @number`, pgx.NamedArgs{"slug": slug, "number": number})
		if err != nil {
			return fmt.Errorf("preview revision %d of zone set %s: %w", number, slug, err)
		}
		if p.Revision, err = pgx.CollectExactlyOneRow(rows, revisionRow); err != nil {
			return err
		}
		var set, candidate, now int32
		err = tx.QueryRow(ctx, `
			select zs.id, r.id, coalesce(zs.revision_id, 0), coalesce((select number from zone_revision where id = zs.revision_id), 0)
			from zone_set zs join zone_revision r on r.zone_set_id = zs.id
			where zs.slug = @slug and r.number = @number`, pgx.NamedArgs{"slug": slug, "number": number}).Scan(&set, &candidate, &now, &p.Now)
		if err != nil {
			return fmt.Errorf("preview revision %d of zone set %s: %w", number, slug, err)
		}
		if p.Outlines, err = outlines(ctx, tx, candidate); err != nil {
			return err
		}
		if p.NowInMap, err = outlines(ctx, tx, now); err != nil {
			return err
		}
		p.Gone, p.New = missing(p.NowInMap, p.Outlines), missing(p.Outlines, p.NowInMap)
		p.Reports, err = wouldChange(ctx, tx, set, candidate)
		return err
	})
	return p, err
}

// outlines gives the zones of a revision, ordered by code.
func outlines(ctx context.Context, tx pgx.Tx, revision int32) ([]Outline, error) {
	rows, err := tx.Query(ctx, `
		select z.code, s.name, s.geometry
		from zone_shape s join zone z on z.id = s.zone_id
		where s.revision_id = @revision
		order by z.code collate "C"`, pgx.NamedArgs{"revision": revision})
	if err != nil {
		return nil, fmt.Errorf("read the shapes of a revision: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Outline, error) {
		var o Outline
		var shape geom.T
		err := row.Scan(&o.Code, &o.Name, &shape)
		if err != nil {
			return o, err
		}
		g, err := geo.FromGeom(shape)
		if err == nil {
			o.Geometry = g.(orb.MultiPolygon) // the column's type
		}
		return o, err
	})
}

// missing gives the codes of some outlines that others do not have.
func missing(some, others []Outline) (codes []string) {
	has := make(map[string]bool, len(others))
	for _, o := range others {
		has[o.Code] = true
	}
	for _, o := range some {
		if !has[o.Code] {
			codes = append(codes, o.Code)
		}
	}
	return codes
}

// wouldChange counts the reports of which decide would change the zone, were the revision in force.
func wouldChange(ctx context.Context, tx pgx.Tx, set, revision int32) (n int64, err error) {
	if _, err := tx.Exec(ctx, `set local jit = off`); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		with decided as materialized (
		  select distinct on (r.id) r.id, z.id as zone_id
		  from zone_shape s
		  join zone z on z.id = s.zone_id
		  cross join lateral (select id from report where ST_Covers(s.geometry, position) offset 0) r
		  where s.revision_id = @revision
		  order by r.id, z.code collate "C"
		), own as materialized (
		  select array_agg(id) as ids from zone where zone_set_id = @set
		)
		select (select count(*) from report r join decided d on d.id = r.id where not r.zone_ids @> array[d.zone_id])
		     + (select count(*) from report r, own where r.zone_ids && own.ids and not exists (select from decided d where d.id = r.id))`,
		pgx.NamedArgs{"set": set, "revision": revision}).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count the reports whose zone would change: %w", err)
	}
	return n, nil
}

// Activate puts a revision into force, a new one or an older one, as Import does, and gives the number of reports whose zone changed. It fails with Conflict
// when the one in force is not the one of that number any more: who decided saw another map.
func Activate(ctx context.Context, db *store.DB, actor account.Actor, slug string, number, before int32) (reports int64, err error) {
	if err := actor.MayAdminister(); err != nil {
		return 0, err
	}
	err = alone(ctx, db, func(tx pgx.Tx) error {
		var set, revision, now int32
		err := tx.QueryRow(ctx, `
			select zs.id, r.id, coalesce((select number from zone_revision where id = zs.revision_id), 0)
			from zone_set zs join zone_revision r on r.zone_set_id = zs.id
			where zs.slug = @slug and r.number = @number`, pgx.NamedArgs{"slug": slug, "number": number}).Scan(&set, &revision, &now)
		if err != nil {
			return fmt.Errorf("find revision %d of zone set %s: %w", number, slug, err)
		}
		if now != before {
			return fault.Stale()
		}
		if now == number {
			return nil
		}
		if reports, err = force(ctx, tx, set, revision); err != nil {
			return err
		}
		return account.Audit(ctx, tx, actor, "zones.activate", Kind+"/"+slug, map[string]any{"revision": number, "before": before, "reports": reports})
	})
	return reports, err
}

// Drop removes a revision that was never in force, and the set if it has no other. It fails with Conflict for one that was: what was decided by it must
// remain explicable.
func Drop(ctx context.Context, db *store.DB, actor account.Actor, slug string, number int32) error {
	if err := actor.MayAdminister(); err != nil {
		return err
	}
	return alone(ctx, db, func(tx pgx.Tx) error {
		var set, revision int32
		var used bool
		err := tx.QueryRow(ctx, `
			select zs.id, r.id, r.activated_at is not null
			from zone_set zs join zone_revision r on r.zone_set_id = zs.id
			where zs.slug = @slug and r.number = @number`, pgx.NamedArgs{"slug": slug, "number": number}).Scan(&set, &revision, &used)
		if err == nil && used {
			return fault.New(fault.Conflict, "error.zones.used", nil)
		}
		if err == nil {
			_, err = tx.Exec(ctx, `delete from zone_revision where id = @revision`, pgx.NamedArgs{"revision": revision})
		}
		if err == nil { // what only this revision named
			_, err = tx.Exec(ctx, `delete from zone z where z.zone_set_id = @set and not exists (select from zone_shape s where s.zone_id = z.id)`,
				pgx.NamedArgs{"set": set})
		}
		if err == nil {
			_, err = tx.Exec(ctx, `delete from zone_set zs where zs.id = @set and not exists (select from zone_revision r where r.zone_set_id = zs.id)`,
				pgx.NamedArgs{"set": set})
		}
		if err != nil {
			return fmt.Errorf("drop revision %d of zone set %s: %w", number, slug, err)
		}
		return account.Audit(ctx, tx, actor, "zones.drop", Kind+"/"+slug, map[string]any{"revision": number})
	})
}
