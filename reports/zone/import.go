package zone

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/store"
)

// Naming says which set a file is the content of.
type Naming struct {
	Slug           string // lower case letters, digits, - and _
	NameFR, NameEN string // empty: as they are; of a new set, made from the slug
	Source         string // where the content comes from: the name of a file
}

// Summary says what an import of zones did.
type Summary struct {
	Revision  int32 // the revision in force now
	Unchanged bool  // the set had this very content: nothing was written
	Zones     int
	Repaired  []Repair // geometries that PostGIS found invalid, and made valid
	Gone      []string // codes of the revision before that the new one does not have
	Reports   int64    // reports of which the stored zones changed
}

// Repair is a geometry that had to be made valid.
type Repair struct {
	Code   string `json:"code"`
	Reason string `json:"reason"` // in PostGIS's words
}

var slugForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// Import makes the content the revision in force of a set, and decides again for every report which zone of the set it lies in, all in one
// transaction: nobody sees new zones with old answers. The same content as in force changes nothing. Reports that are being filed wait
// meanwhile (some seconds for each 100 000 reports whose answer changes), so that none is answered from the old zones after the new ones
// came.
func Import(ctx context.Context, db *store.DB, actor account.Actor, naming Naming, content *Content) (Summary, error) {
	if !slugForm.MatchString(naming.Slug) {
		return Summary{}, fault.In("set", "import.zones.slug", nil)
	}
	var summary Summary
	err := alone(ctx, db, func(tx pgx.Tx) (err error) {
		summary, err = importSet(ctx, tx, actor, naming, content)
		return err
	})
	if err != nil {
		return Summary{}, err
	}
	return summary, nil
}

// alone runs what changes zones: one at a time, and as long as it takes.
func alone(ctx context.Context, db *store.DB, do func(tx pgx.Tx) error) error {
	return db.Write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			select pg_advisory_xact_lock(hashtext('quartier.zone')), set_config('statement_timeout', '0', true)`)
		if err != nil {
			return err
		}
		return do(tx)
	})
}

func importSet(ctx context.Context, tx pgx.Tx, actor account.Actor, naming Naming, content *Content) (Summary, error) {
	summary := Summary{Zones: len(content.Shapes)}
	set, before, err := findSet(ctx, tx, naming)
	if err != nil {
		return summary, err
	}
	sum := content.sum()
	err = tx.QueryRow(ctx, `
		select coalesce(max(number), 0), coalesce(bool_or(id = @before and sha256 = @sum), false)
		from zone_revision where zone_set_id = @set`,
		pgx.NamedArgs{"set": set, "before": before, "sum": sum[:]}).Scan(&summary.Revision, &summary.Unchanged)
	if err != nil {
		return summary, fmt.Errorf("read the revisions of zone set %s: %w", naming.Slug, err)
	}
	if summary.Unchanged {
		if naming.NameFR == "" && naming.NameEN == "" {
			return summary, nil
		}
		// The same zones under names that may be new: whoever shows them is told.
		if err := store.Append(ctx, tx, store.Change{Kind: Kind, First: int64(set), Last: int64(set)}); err != nil {
			return summary, err
		}
		return summary, account.Audit(ctx, tx, actor, "zones.name", Kind+"/"+naming.Slug, map[string]any{"fr": naming.NameFR, "en": naming.NameEN})
	}
	summary.Revision++
	if summary.Repaired, err = stage(ctx, tx, content); err != nil {
		return summary, err
	}
	revision, err := keep(ctx, tx, set, summary.Revision, sum[:], naming.Source, summary.Repaired)
	if err == nil {
		summary.Gone, err = goneSince(ctx, tx, before, revision)
	}
	if err != nil {
		return summary, fmt.Errorf("store revision %d of zone set %s: %w", summary.Revision, naming.Slug, err)
	}
	if summary.Reports, err = force(ctx, tx, set, revision); err != nil {
		return summary, err
	}
	return summary, account.Audit(ctx, tx, actor, "zones.import", Kind+"/"+naming.Slug, map[string]any{
		"revision": summary.Revision, "source": naming.Source, "zones": summary.Zones, "repaired": len(summary.Repaired),
		"gone": len(summary.Gone), "reports": summary.Reports,
	})
}

// findSet gives the id of the set, which it makes if there is none, and of its revision in force (0: none yet).
func findSet(ctx context.Context, tx pgx.Tx, naming Naming) (set, revision int32, err error) {
	made := strings.NewReplacer("_", " ", "-", " ").Replace(naming.Slug)
	made = strings.ToUpper(made[:1]) + made[1:]
	err = tx.QueryRow(ctx, `
		insert into zone_set as zs (slug, name_fr, name_en)
		values (@slug, coalesce(nullif(@fr, ''), @made), coalesce(nullif(@en, ''), nullif(@fr, ''), @made))
		on conflict (slug) do update set name_fr = coalesce(nullif(@fr, ''), zs.name_fr), name_en = coalesce(nullif(@en, ''), zs.name_en)
		returning id, coalesce(revision_id, 0)`,
		pgx.NamedArgs{"slug": naming.Slug, "fr": naming.NameFR, "en": naming.NameEN, "made": made}).Scan(&set, &revision)
	if err != nil {
		return 0, 0, fmt.Errorf("find zone set %s: %w", naming.Slug, err)
	}
	return set, revision, nil
}

// stage copies the shapes into a table of the transaction and makes valid what is not.
func stage(ctx context.Context, tx pgx.Tx, content *Content) ([]Repair, error) {
	_, err := tx.Exec(ctx, `
		create temporary table zone_incoming (
		  feature integer, code text, name text, search text, geometry geometry(MultiPolygon, 4326), reason text
		) on commit drop`)
	if err != nil {
		return nil, fmt.Errorf("stage the zones: %w", err)
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"zone_incoming"}, []string{"feature", "code", "name", "search", "geometry"},
		pgx.CopyFromSlice(len(content.Shapes), func(i int) ([]any, error) {
			s := content.Shapes[i]
			g, err := geo.ToGeom(s.Geometry)
			return []any{int32(s.feature), s.Code, s.Name, " " + language.Fold(s.Name), g}, err
		}))
	if err != nil {
		return nil, fmt.Errorf("stage the zones: %w", err)
	}
	rows, err := tx.Query(ctx, `
		update zone_incoming
		set reason = ST_IsValidReason(geometry), geometry = ST_Multi(ST_CollectionExtract(ST_MakeValid(geometry), 3))
		where not ST_IsValid(geometry)
		returning code, reason, feature, ST_IsEmpty(geometry)`)
	if err != nil {
		return nil, fmt.Errorf("repair the zones: %w", err)
	}
	var repaired []Repair
	var one Repair
	var feature int
	var empty bool
	_, err = pgx.ForEachRow(rows, []any{&one.Code, &one.Reason, &feature, &empty}, func() error {
		if empty {
			return fault.New(fault.Invalid, "import.zones.no_area", fault.Args{"feature": feature})
		}
		repaired = append(repaired, one)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("repair the zones: %w", err)
	}
	return repaired, nil
}

// keep stores the staged shapes as a new revision, which is not in force yet, and gives its id.
func keep(ctx context.Context, tx pgx.Tx, set, number int32, sum []byte, source string, repaired []Repair) (revision int32, err error) {
	_, err = tx.Exec(ctx, `
		insert into zone (zone_set_id, code)
		select @set, code from zone_incoming order by code collate "C"
		on conflict do nothing`, pgx.NamedArgs{"set": set})
	if err != nil {
		return 0, err
	}
	repairs, err := json.Marshal(append([]Repair{}, repaired...))
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		insert into zone_revision (zone_set_id, number, sha256, source, repaired)
		values (@set, @number, @sum, @source, @repaired)
		returning id`,
		pgx.NamedArgs{"set": set, "number": number, "sum": sum, "source": source, "repaired": repairs}).Scan(&revision)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `
		insert into zone_shape (revision_id, zone_id, name, search, geometry)
		select @revision, z.id, i.name, i.search, i.geometry
		from zone_incoming i
		join zone z on z.zone_set_id = @set and z.code = i.code
		order by z.id`, pgx.NamedArgs{"set": set, "revision": revision})
	return revision, err
}

// goneSince gives the codes that a revision had and another has not.
func goneSince(ctx context.Context, tx pgx.Tx, before, revision int32) ([]string, error) {
	rows, err := tx.Query(ctx, `
		select z.code
		from zone_shape s
		join zone z on z.id = s.zone_id
		where s.revision_id = @before and not exists (select from zone_shape n where n.revision_id = @revision and n.zone_id = z.id)
		order by z.code collate "C"`, pgx.NamedArgs{"before": before, "revision": revision})
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// force puts a revision into force, decides again for every report, and tells whoever shows the zones. It gives the number of reports whose zone changed.
func force(ctx context.Context, tx pgx.Tx, set, revision int32) (reports int64, err error) {
	// Who stores a report holds a lock on the table from before the zones are asked for until the commit (Hold): decide sees the reports of those
	// that came before this lock, and those that come after it see the new revision.
	_, err = tx.Exec(ctx, `lock table report in share row exclusive mode`)
	if err == nil {
		_, err = tx.Exec(ctx, `
			with used as (update zone_revision set activated_at = now() where id = @revision)
			update zone_set set revision_id = @revision where id = @set`, pgx.NamedArgs{"set": set, "revision": revision})
	}
	if err != nil {
		return 0, fmt.Errorf("put a revision of zones into force: %w", err)
	}
	if reports, err = decide(ctx, tx, set); err != nil {
		return 0, fmt.Errorf("decide the zones of the reports: %w", err)
	}
	return reports, store.Append(ctx, tx, store.Change{Kind: Kind, First: int64(set), Last: int64(set)})
}
