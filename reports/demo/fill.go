package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/place"
	"quartier/reports/store"
	"quartier/reports/zone"
)

// The row of the table setting that says what the demo is in this database: filling while it is being filled, then the version of the generator.
const (
	settingName = "demo"
	filling     = "filling"
	version     = "1"
)

// source is where the town's addresses and zones come from, as they say themselves.
const source = "demo"

// Summary says what a fill did.
type Summary struct {
	Filled    bool // false: the database held something already, and nothing was written
	Zones     int
	Addresses int64
	Reports   int
	Took      time.Duration
}

// Present tells whether a database holds the demo town.
func Present(ctx context.Context, db *store.DB) (bool, error) {
	state, err := settled(ctx, db)
	return state != "" && state != filling, err
}

func settled(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}) (state string, err error) {
	err = q.QueryRow(ctx, `select value from setting where name = @name`, pgx.NamedArgs{"name": settingName}).Scan(&state)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("ask whether the demo is here: %w", err)
	}
	return state, nil
}

// Fill puts the town into an empty database: one without reports and zone sets. Any other it leaves alone. The reports, their timelines and the
// note that the town is there come in one transaction, after zones and addresses: a fill that was interrupted is completed by the next one, and
// nobody ever sees half of the reports. Of several that fill at once, one does.
func (t *Town) Fill(ctx context.Context, db *store.DB, actor account.Actor, city *time.Location, now time.Time) (Summary, error) {
	begun := time.Now()
	conn, err := db.Acquire(ctx)
	if err != nil {
		return Summary{}, store.Explain(fmt.Errorf("fill the demo: %w", err))
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `select pg_advisory_lock(hashtext('quartier.demo'))`); err != nil {
		return Summary{}, store.Explain(fmt.Errorf("fill the demo: %w", err))
	}
	defer conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock(hashtext('quartier.demo'))`)
	empty, err := claim(ctx, conn)
	if err != nil || !empty {
		return Summary{}, err
	}
	s := Summary{Filled: true}
	for _, set := range t.sets() {
		done, err := zone.Import(ctx, db, actor, set.naming, set.content)
		if err != nil {
			return Summary{}, err
		}
		if len(done.Repaired) > 0 {
			return Summary{}, fmt.Errorf("zone %s of the demo is no polygon: %s", done.Repaired[0].Code, done.Repaired[0].Reason)
		}
		s.Zones += done.Zones
	}
	addresses, err := place.Import(ctx, db, actor, source, t.entries())
	if err != nil {
		return Summary{}, err
	}
	s.Addresses = addresses.Added + addresses.Same
	if s.Reports, err = t.fill(ctx, db, actor, city, now); err != nil {
		return Summary{}, err
	}
	s.Took = time.Since(begun)
	return s, nil
}

// claim tells whether the database is to be filled: it is empty, or an earlier fill did not come to its end.
func claim(ctx context.Context, conn *pgxpool.Conn) (bool, error) {
	state, err := settled(ctx, conn)
	if err != nil {
		return false, err
	}
	var reports, sets bool
	err = conn.QueryRow(ctx, `select exists (select from report), exists (select from zone_set)`).Scan(&reports, &sets)
	if err != nil {
		return false, fmt.Errorf("ask whether the database is empty: %w", err)
	}
	if reports || sets && state != filling || state != "" && state != filling {
		return false, nil
	}
	_, err = conn.Exec(ctx, `
		insert into setting (name, value) values (@name, @filling)
		on conflict (name) do nothing`, pgx.NamedArgs{"name": settingName, "filling": filling})
	if err != nil {
		return false, fmt.Errorf("begin the demo: %w", err)
	}
	return true, nil
}

// set is a zone set with its name.
type set struct {
	naming  zone.Naming
	content *zone.Content
}

func (t *Town) sets() []set {
	content := func(areas []area) *zone.Content {
		c := &zone.Content{}
		for _, a := range areas { // in order of their codes
			var g orb.MultiPolygon
			for _, r := range a.rings {
				g = append(g, orb.Polygon{r.ring()})
			}
			c.Shapes = append(c.Shapes, zone.Shape{Code: a.code, Name: a.name, Geometry: g})
		}
		return c
	}
	return []set{
		{zone.Naming{Slug: "quartiers", NameFR: "Quartiers", NameEN: "Neighbourhoods", Source: source}, content(t.quartiers)},
		{zone.Naming{Slug: "secteurs", NameFR: "Secteurs techniques", NameEN: "Technical sectors", Source: source}, content(t.sectors)},
	}
}

// entries gives the addresses one by one.
func (t *Town) entries() func() (place.Entry, error) {
	i := 0
	return func() (place.Entry, error) {
		if i == len(t.addresses) {
			return place.Entry{}, io.EOF
		}
		a := t.addresses[i].full()
		i++
		return place.Entry{Number: i, ExternalID: a.Number + " " + a.Street, Address: a}, nil
	}
}

// fill stores the reports. The table is locked meanwhile: numbers are given out here, in the order of filing.
func (t *Town) fill(ctx context.Context, db *store.DB, actor account.Actor, city *time.Location, now time.Time) (n int, err error) {
	err = db.Write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			set local statement_timeout = 0;
			lock table report in share row exclusive mode`)
		if err != nil {
			return fmt.Errorf("lock the reports: %w", err)
		}
		if _, err := zone.Hold(ctx, tx); err != nil {
			return err
		}
		var last int64
		if err := tx.QueryRow(ctx, `select coalesce(pg_sequence_last_value('report_id_seq'), 0)`).Scan(&last); err != nil {
			return fmt.Errorf("read the last public number: %w", err)
		}
		all := t.reports(now, city, func(place int) int64 { return last + 1 + int64(place) })
		n = len(all)
		if err := stage(ctx, tx, all, last+1); err != nil {
			return err
		}
		if err := move(ctx, tx, last+int64(n)); err != nil {
			return err
		}
		if err := tell(ctx, tx, all, last+1); err != nil {
			return err
		}
		if err := store.Append(ctx, tx, store.Change{Kind: reports.Kind, First: last + 1, Last: last + int64(n)}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update setting set value = @version where name = @name`, pgx.NamedArgs{"name": settingName, "version": version})
		if err != nil {
			return fmt.Errorf("note the demo: %w", err)
		}
		return account.Audit(ctx, tx, actor, "demo.fill", "report/demo", map[string]any{"version": version, "reports": n})
	})
	return n, err
}

// stagedColumns are those of the staging table that Go fills.
var stagedColumns = []string{
	"id", "uuid", "category_id", "service_id", "title", "description", "lon", "lat", "h3", "address", "status", "visibility", "channel", "original_id",
	"support_count", "created_at", "updated_at", "closed_at", "due_at",
}

// stage copies the reports into a table of the transaction and asks PostGIS for their zones.
func stage(ctx context.Context, tx pgx.Tx, all []*report, first int64) error {
	rules, err := readRules(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		create temporary table demo_report (like report including defaults including generated) on commit drop;
		alter table demo_report add nth bigint generated always as (id) stored`)
	if err != nil {
		return fmt.Errorf("stage the reports: %w", err)
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"demo_report"}, stagedColumns, pgx.CopyFromSlice(len(all), func(i int) ([]any, error) {
		r := all[i]
		rule, ok := rules[r.kind.slug]
		if !ok {
			return nil, fmt.Errorf("there is no category %s", r.kind.slug)
		}
		var original *int64
		if r.original >= 0 {
			id := first + int64(r.original)
			original = &id
		}
		var closed, late *time.Time
		if !r.life.closed.IsZero() {
			closed = &r.life.closed
		}
		if rule.hours != nil {
			at := due(r.created, int(*rule.hours)).Add(r.life.paused)
			late = &at
		}
		p := r.spot.at
		return []any{
			first + int64(i), r.uuid, rule.category, rule.service, r.title, r.description, p.Lon, p.Lat, int64(geo.CellAt(p, geo.CellResolution)),
			r.spot.address.full().Label(), r.life.status, r.visibility, r.channel, original, int32(r.supports), r.created,
			r.life.updates[len(r.life.updates)-1].at, closed, late,
		}, nil
	}))
	if err != nil {
		return fmt.Errorf("stage the reports: %w", err)
	}
	if _, err := tx.Exec(ctx, `create index on demo_report using gist (position); analyze demo_report`); err != nil {
		return fmt.Errorf("stage the reports: %w", err)
	}
	return zone.Locate(ctx, tx, "demo_report", "demo_zone")
}

// rule is what the schema says of a category.
type rule struct {
	category int32
	service  *int32
	hours    *int32 // working hours until it is due; nil: no deadline
}

func readRules(ctx context.Context, tx pgx.Tx) (map[string]rule, error) {
	rows, err := tx.Query(ctx, `select slug, id, service_id, deadline_hours from category`)
	if err != nil {
		return nil, fmt.Errorf("read the categories: %w", err)
	}
	rules := map[string]rule{}
	var slug string
	var r rule
	_, err = pgx.ForEachRow(rows, []any{&slug, &r.category, &r.service, &r.hours}, func() error {
		rules[slug] = r
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the categories: %w", err)
	}
	return rules, nil
}

// move puts the staged reports where they belong, and the sequence of public numbers behind them.
func move(ctx context.Context, tx pgx.Tx, last int64) error {
	_, err := tx.Exec(ctx, `
		insert into report (id, uuid, category_id, service_id, title, description, lon, lat, h3, address, zone_ids, status, visibility, channel,
		                    original_id, support_count, created_at, updated_at, closed_at, due_at)
		select id, uuid, category_id, service_id, title, description, lon, lat, h3, address, coalesce(z.zone_ids, '{}'), status, visibility, channel,
		       original_id, support_count, created_at, updated_at, closed_at, due_at
		from demo_report r
		left join demo_zone z using (nth)
		order by id`)
	if err != nil {
		return fmt.Errorf("store the reports: %w", err)
	}
	_, err = tx.Exec(ctx, `select setval('report_id_seq', @last)`, pgx.NamedArgs{"last": last})
	if err != nil {
		return fmt.Errorf("set the public numbers: %w", err)
	}
	_, err = tx.Exec(ctx, `drop table demo_zone`)
	return err
}

// tell stores the timelines.
func tell(ctx context.Context, tx pgx.Tx, all []*report, first int64) error {
	type row struct {
		id int64
		u  *update
	}
	var rows []row
	for i, r := range all {
		for k := range r.life.updates {
			rows = append(rows, row{first + int64(i), &r.life.updates[k]})
		}
	}
	orNull := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	columns := []string{"kind", "item_id", "type", "from_status", "to_status", "public", "body", "actor_role", "actor_name", "created_at"}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"timeline"}, columns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
		u := rows[i].u
		return []any{reports.Kind, rows[i].id, u.kind, orNull(u.from), orNull(u.to), !u.private, u.body, string(u.role), u.by, u.at}, nil
	}))
	if err != nil {
		return fmt.Errorf("store the timelines: %w", err)
	}
	return nil
}
