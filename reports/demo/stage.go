package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/zone"
)

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
