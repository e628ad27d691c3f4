package reports

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/tiles"
)

// itemColumns are read by itemRow.
const itemColumns = `
	id, lon, lat, h3, category_id, coalesce(service_id, 0), zone_ids, status, visibility,
	created_at, coalesce(closed_at, 'epoch'), coalesce(due_at, 'epoch')`

// itemRow reads what the map needs of a report.
func itemRow(row pgx.CollectableRow) (tiles.Item, error) {
	var item tiles.Item
	var cell int64
	var status, visibility string
	var created, closed, due time.Time
	err := row.Scan(&item.ID, &item.Position.Lon, &item.Position.Lat, &cell, &item.Category, &item.Service, &item.Zones, &status, &visibility,
		&created, &closed, &due)
	if err != nil {
		return item, err
	}
	number := StatusNumber(status)
	if number < 0 {
		return item, fmt.Errorf("report %d has the unknown state %q", item.ID, status)
	}
	item.Cell, item.Status = geo.Cell(cell), uint8(number)
	item.Visibility = 1 << account.VisibilityOf(visibility, status)
	item.Created, item.Closed, item.Due = created.Unix(), closed.Unix(), due.Unix()
	return item, nil
}

// Items reads all reports as items of the map one by one, whatever their visibility: the index has its own mask. An error ends the sequence.
func Items(ctx context.Context, tx pgx.Tx) iter.Seq2[tiles.Item, error] {
	return func(yield func(tiles.Item, error) bool) {
		rows, err := tx.Query(ctx, `select `+itemColumns+` from report`)
		if err != nil {
			yield(tiles.Item{}, fmt.Errorf("load the items of reports: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			item, err := itemRow(rows)
			if !yield(item, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(tiles.Item{}, fmt.Errorf("load the items of reports: %w", err))
		}
	}
}

// Run is a run of report numbers, both ends included.
type Run struct{ First, Last int64 }

// Changes reads the reports of some runs as they stand, as changes for the index: those that are gone are changes to nothing. Numbers between
// the ends of a run that never existed are told as gone too, harmlessly.
func Changes(ctx context.Context, tx pgx.Tx, runs []Run) ([]tiles.Change, error) {
	if len(runs) == 0 {
		return nil, nil
	}
	firsts, lasts := make([]int64, len(runs)), make([]int64, len(runs))
	gone := map[int64]bool{}
	for i, run := range runs {
		firsts[i], lasts[i] = run.First, run.Last
		for id := run.First; id <= run.Last; id++ {
			gone[id] = true
		}
	}
	rows, err := tx.Query(ctx, `
		select `+itemColumns+`
		from report
		where id in (select r.id from unnest(@firsts::bigint[], @lasts::bigint[]) as run (first, last)
		             join report r on r.id between run.first and run.last)`,
		pgx.NamedArgs{"firsts": firsts, "lasts": lasts})
	if err != nil {
		return nil, fmt.Errorf("read changed reports: %w", err)
	}
	items, err := pgx.CollectRows(rows, itemRow)
	if err != nil {
		return nil, fmt.Errorf("read changed reports: %w", err)
	}
	changes := make([]tiles.Change, 0, len(gone))
	for i := range items {
		changes = append(changes, tiles.Change{Key: tiles.Key{ID: items[i].ID}, Item: &items[i]})
		delete(gone, items[i].ID)
	}
	for id := range gone {
		changes = append(changes, tiles.Change{Key: tiles.Key{ID: id}})
	}
	return changes, nil
}
