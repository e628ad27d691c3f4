package zone

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
)

// Hold is for a transaction that is about to store reports: it waits for an import of zones that is under way, and keeps the next one from deciding
// before the reports are committed. The stamp that it gives changes with every new revision of a set.
func Hold(ctx context.Context, tx pgx.Tx) (stamp string, err error) {
	if _, err := tx.Exec(ctx, holdSQL); err != nil {
		return "", fmt.Errorf("hold the zones: %w", err)
	}
	err = tx.QueryRow(ctx, `select coalesce(string_agg(revision_id::text, ' ' order by id), '') from zone_set`).Scan(&stamp)
	if err != nil {
		return "", fmt.Errorf("hold the zones: %w", err)
	}
	return stamp, nil
}

const holdSQL = `lock table report in row exclusive mode`

// At gives the ids of the zones that a position lies in, at most one of each set, as PostGIS decides, for the transaction that is about to store a
// report there; it holds the zones.
func At(ctx context.Context, tx pgx.Tx, p geo.Position) (ids []int32, err error) {
	var b pgx.Batch
	QueueAt(&b, p, &ids)
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return nil, fmt.Errorf("locate %v in the zones: %w", p, err)
	}
	return ids, nil
}

// QueueAt is At as one of several questions that are sent together.
func QueueAt(b *pgx.Batch, p geo.Position, ids *[]int32) {
	b.Queue(holdSQL)
	b.Queue(`select zones_at(@lon, @lat)`, pgx.NamedArgs{"lon": p.Lon, "lat": p.Lat}).QueryRow(func(row pgx.Row) error { return row.Scan(ids) })
}

// Locate does for the many positions of a table what At does for one: into a new temporary table (nth integer primary key, zone_ids integer[]) goes a
// row for every row of from that lies in any zone. The table from has the columns nth (integer, unique) and position (geometry) and a GiST index
// on position. Both names are the caller's own, never input.
//
// Zone by zone, the index gives the candidates, and PostGIS keeps the zone's shape prepared while it is asked about them: 170 000 positions in 290
// zones take under a second, and 47 s the other way round, which the planner would choose; hence the lateral.
func Locate(ctx context.Context, tx pgx.Tx, from, into string) error {
	from, into = pgx.Identifier{from}.Sanitize(), pgx.Identifier{into}.Sanitize()
	_, err := tx.Exec(ctx, fmt.Sprintf(`
		create temporary table %[2]s as
		select nth, array_agg(zone_id order by zone_id) as zone_ids
		from (
		  select distinct on (i.nth, z.zone_set_id) i.nth, z.id as zone_id
		  from zone_set zs
		  join zone_shape s on s.revision_id = zs.revision_id
		  join zone z on z.id = s.zone_id
		  cross join lateral (select nth from %[1]s where ST_Covers(s.geometry, position) offset 0) i
		  order by i.nth, z.zone_set_id, z.code collate "C"
		) one
		group by nth;
		alter table %[2]s add primary key (nth);
		analyze %[2]s`, from, into))
	if err != nil {
		return fmt.Errorf("locate the positions of %s in the zones: %w", from, err)
	}
	return nil
}
