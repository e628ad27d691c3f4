package reports

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/tiles"
)

// itemColumns are read by itemRow.
const itemColumns = `
	r.id, r.lon, r.lat, r.h3, r.category_id, coalesce(r.service_id, 0), r.zone_ids, r.status, r.visibility,
	r.created_at, coalesce(r.closed_at, 'epoch'), coalesce(r.due_at, 'epoch')`

// Items reads all reports as items of the map one by one, in any order and whatever their visibility: the index has its own mask. An error ends
// the sequence.
func Items(ctx context.Context, tx pgx.Tx) iter.Seq2[tiles.Item, error] {
	return items(ctx, tx, `select `+itemColumns+` from report r`)
}

// ItemsIn reads the reports of some runs, which must not overlap, as Items does.
func ItemsIn(ctx context.Context, tx pgx.Tx, runs []Run) iter.Seq2[tiles.Item, error] {
	firsts, lasts := make([]int64, len(runs)), make([]int64, len(runs))
	for i, run := range runs {
		firsts[i], lasts[i] = run.First, run.Last
	}
	// Run by run through the index, whatever the planner thinks of their length.
	return items(ctx, tx, `
		select r.*
		from unnest(@firsts::bigint[], @lasts::bigint[]) as run (first, last)
		cross join lateral (select `+itemColumns+` from report r where r.id between run.first and run.last offset 0) r`,
		pgx.NamedArgs{"firsts": firsts, "lasts": lasts})
}

func items(ctx context.Context, tx pgx.Tx, sql string, args ...any) iter.Seq2[tiles.Item, error] {
	return func(yield func(tiles.Item, error) bool) {
		// Always with binary rows, whatever the connection's habit: itemRow reads them.
		rows, err := tx.Query(ctx, sql, append([]any{pgx.QueryExecModeCacheDescribe}, args...)...)
		if err != nil {
			yield(tiles.Item{}, fmt.Errorf("read the items of reports: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			item, err := itemRow(rows.RawValues())
			if !yield(item, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(tiles.Item{}, fmt.Errorf("read the items of reports: %w", err))
		}
	}
}

// itemRow reads what the map needs of a report from PostgreSQL's binary form, by hand: ten million rows are loaded in three quarters of the
// time that Scan takes. Refused: binary COPY, which is no faster than a query.
func itemRow(row [][]byte) (tiles.Item, error) {
	status, visibility := string(row[7]), string(row[8])
	item := tiles.Item{
		ID:       int64(binary.BigEndian.Uint64(row[0])),
		Position: geo.Position{Lon: int32(binary.BigEndian.Uint32(row[1])), Lat: int32(binary.BigEndian.Uint32(row[2]))},
		Cell:     geo.Cell(binary.BigEndian.Uint64(row[3])),
		Category: int32(binary.BigEndian.Uint32(row[4])),
		Service:  int32(binary.BigEndian.Uint32(row[5])),
		Zones:    zonesOf(row[6]),

		Visibility: 1 << account.VisibilityOf(visibility, status),
		Created:    second(row[9]),
		Closed:     second(row[10]),
		Due:        second(row[11]),
	}
	number := StatusNumber(status)
	if number < 0 {
		return item, fmt.Errorf("report %d has the unknown state %q", item.ID, status)
	}
	item.Status = uint8(number)
	return item, nil
}

// zonesOf reads an integer[] without nulls: dimensions, flags, type and, of the one dimension, length and lower bound; then length and value of
// each element.
func zonesOf(raw []byte) []int32 {
	const head, element = 20, 8
	if len(raw) < head {
		return nil // no dimension: empty
	}
	zones := make([]int32, (len(raw)-head)/element)
	for i := range zones {
		zones[i] = int32(binary.BigEndian.Uint32(raw[head+i*element+4:]))
	}
	return zones
}

// second reads a timestamptz, microseconds since the year 2000, as Unix seconds, rounded down.
func second(raw []byte) int64 {
	const year2000, micro = 946_684_800, 1_000_000
	micros := int64(binary.BigEndian.Uint64(raw))
	seconds := micros / micro
	if micros%micro < 0 {
		seconds--
	}
	return seconds + year2000
}
