// Package zone holds the named polygons of a city (arrondissements, quartiers, sectors …): sets, their revisions, and which zones a position lies
// in.
//
// Decisions:
//   - PostGIS alone decides which zones a position lies in (the SQL function zones_at: ST_Covers, and on a shared border the zone of the set whose
//     code sorts first). The answer is stored with the item; a new revision of a set decides again for every report in the same transaction,
//     so that lists, counts and the map never disagree. Refused: point-in-polygon in Go beside it, because two implementations differ on borders.
//   - The zones in force are few and read often: an Atlas holds them all in memory and is swapped as a whole, so that filters by zone and
//     zone tiles work while the database rests.
//   - Zones are public. Functions take the Actor all the same: a change writes it into the audit, and a reader needs no second way in when
//     internal sectors come.
package zone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
)

// Kind is the word for a zone set in the change log: the ids are those of sets. A reader that sees it loads the atlas again.
const Kind = "zone-set"

// Set is a family of zones.
type Set struct {
	ID             int32
	Slug           string // paris_quartiers
	NameFR, NameEN string
	Revision       int32   // number of the revision in force, from 1
	Zones          []*Zone // ordered by code, in byte order
}

// Zone is one zone as it stands in the revision in force.
type Zone struct {
	ID       int32
	Set      *Set
	Code     string // unique within the set, lasting
	Name     string
	Geometry orb.MultiPolygon
	Label    geo.Position // a place on its surface
}

// Ref gives the reference by which addresses, filters and exports name the zone: set/code.
func (z *Zone) Ref() string { return z.Set.Slug + "/" + z.Code }

// Atlas is all zones in force at one moment. It is never changed: a new one takes its place. Safe for concurrent use.
type Atlas struct {
	Sets []*Set // ordered by slug
	zone map[int32]*Zone
	set  map[string]*Set
	code map[string][]*Zone // by code alone, whatever the set
}

// Load reads the atlas in a transaction; one that sees a single snapshot (DB.Read) gives an atlas without a seam.
func Load(ctx context.Context, tx pgx.Tx, _ account.Actor) (*Atlas, error) {
	rows, err := tx.Query(ctx, `
		select zs.id, zs.slug, zs.name_fr, zs.name_en, r.number,
		       z.id, z.code, s.name, s.geometry, s.label_point
		from zone_set zs
		join zone_revision r on r.id = zs.revision_id
		join zone_shape s on s.revision_id = r.id
		join zone z on z.id = s.zone_id
		order by zs.slug collate "C", z.code collate "C"`)
	if err != nil {
		return nil, fmt.Errorf("load the zones: %w", err)
	}
	a := &Atlas{zone: map[int32]*Zone{}, set: map[string]*Set{}, code: map[string][]*Zone{}}
	var set Set
	var id int32
	var code, name string
	var shape, label geom.T
	_, err = pgx.ForEachRow(rows, []any{&set.ID, &set.Slug, &set.NameFR, &set.NameEN, &set.Revision, &id, &code, &name, &shape, &label}, func() error {
		return a.add(set, id, code, name, shape, label)
	})
	if err != nil {
		return nil, fmt.Errorf("load the zones: %w", err)
	}
	return a, nil
}

// add takes one row of Load.
func (a *Atlas) add(set Set, id int32, code, name string, shape, label geom.T) error {
	s := a.set[set.Slug]
	if s == nil {
		s = &set
		a.set[s.Slug] = s
		a.Sets = append(a.Sets, s)
	}
	z := &Zone{ID: id, Set: s, Code: code, Name: name}
	g, err := geo.FromGeom(shape)
	if err != nil {
		return err
	}
	z.Geometry = g.(orb.MultiPolygon) // the column's type
	if g, err = geo.FromGeom(label); err != nil {
		return err
	}
	middle := g.(orb.Point)
	if z.Label, err = geo.FromDegrees(middle[0], middle[1]); err != nil {
		return fmt.Errorf("zone %s: %w", z.Ref(), err)
	}
	s.Zones = append(s.Zones, z)
	a.zone[id] = z
	a.code[code] = append(a.code[code], z)
	return nil
}

// Read loads the atlas in a transaction of its own.
func Read(ctx context.Context, db *store.DB, actor account.Actor) (a *Atlas, err error) {
	err = db.Read(ctx, func(tx pgx.Tx) error {
		a, err = Load(ctx, tx, actor)
		return err
	})
	return a, err
}

// Set gives the set of a slug or nil.
func (a *Atlas) Set(slug string) *Set { return a.set[slug] }

// Zone gives the zone of an id, or nil if there is none or it is not part of the revision in force.
func (a *Atlas) Zone(id int32) *Zone { return a.zone[id] }

// Find gives the zone of a reference: set/code, or the bare code when only one set has it. It fails with an Invalid fault of the field that
// names the candidates when there are several.
func (a *Atlas) Find(field, ref string) (*Zone, error) {
	// A code may have a slash in it: the bare code is tried as well.
	if slug, code, found := strings.Cut(ref, "/"); found && a.set[slug] != nil {
		for _, z := range a.code[code] {
			if z.Set.Slug == slug {
				return z, nil
			}
		}
	}
	switch candidates := a.code[ref]; len(candidates) {
	case 0:
		return nil, fault.In(field, "error.zone.unknown", fault.Args{"ref": fault.Short(ref)})
	case 1:
		return candidates[0], nil
	default:
		names := make([]string, len(candidates))
		for i, z := range candidates {
			names[i] = z.Ref()
		}
		slices.Sort(names)
		return nil, fault.In(field, "error.zone.several", fault.Args{"ref": fault.Short(ref), "candidates": strings.Join(names, ", ")})
	}
}
