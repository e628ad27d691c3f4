package zone

import (
	"context"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
)

// run is the number of ids within which changed reports are logged as one run: the log stays short when all change, and at most so many items are
// read again in vain for each that did.
const run = 1024

// decide finds for every report the zone of the set's revision in force that it lies in, by the rule of zones_at, and writes those of which the
// answer changed, with their change-log rows. It gives their number.
func decide(ctx context.Context, tx pgx.Tx, set int32) (int64, error) {
	// The shape of this query is that of Locate, for its reasons. Compiling it would take longer than running it.
	_, err := tx.Exec(ctx, `set local jit = off`)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `
		create temporary table report_decided on commit drop as
		select distinct on (r.id) r.id, z.id as zone_id
		from zone_set zs
		join zone_shape s on s.revision_id = zs.revision_id
		join zone z on z.id = s.zone_id
		cross join lateral (select id from report where ST_Covers(s.geometry, position) offset 0) r
		where zs.id = @set
		order by r.id, z.code collate "C"`, pgx.NamedArgs{"set": set})
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, `analyze report_decided`); err != nil {
		return 0, err
	}
	rows, err := tx.Query(ctx, `
		with own as materialized (
		  select array_agg(id) as ids from zone where zone_set_id = @set
		), concerned as (
		  select r.id, d.zone_id
		  from report r join report_decided d on d.id = r.id
		  where not r.zone_ids @> array[d.zone_id]
		  union all
		  -- Those that lay in a zone of the set before, and lie in none now.
		  select r.id, null
		  from report r, own
		  where r.zone_ids && own.ids and not exists (select from report_decided d where d.id = r.id)
		), changed as (
		  update report r
		  set zone_ids = array(
		    select one from unnest(r.zone_ids) one where one <> all (own.ids)
		    union all select c.zone_id where c.zone_id is not null
		    order by 1)
		  from concerned c, own
		  where r.id = c.id
		  returning r.id
		)
		select min(id), max(id), count(*) from changed group by id / @run order by 1`,
		pgx.NamedArgs{"set": set, "run": int64(run)})
	if err != nil {
		return 0, err
	}
	type changed struct{ First, Last, Count int64 }
	runs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[changed])
	if err != nil {
		return 0, err
	}
	var total int64
	for _, c := range runs {
		total += c.Count
		// The kind is the one that package reports names its items with; zones lie below it and cannot import it.
		if err := store.Append(ctx, tx, store.Change{Kind: "report", First: c.First, Last: c.Last}); err != nil {
			return 0, err
		}
	}
	return total, nil
}
