package reports

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports/account"
)

// Report [signalement] is a geotagged issue as it is shown: nothing in it is personal.
type Report struct {
	ID          int64 // public number
	Category    int32 // category id
	Service     int32 // service id; 0: none
	Title       string
	Description string
	Position    geo.Position
	Cell        geo.Cell
	Address     string
	Zones       []int32 // zone ids
	Status      string
	Visibility  account.Visibility
	Channel     string // web, phone, desk, paper, open311, import
	Source      string // the system it was imported from; empty: filed here
	Original    int64  // the report that a duplicate repeats; 0: none, or the source does not say
	Parent      int64  // the report that this one is a part of; 0: it is whole
	Supports    int32
	CreatedAt   time.Time
	CreatedDay  bool // the source knows only the day of creation
	UpdatedAt   time.Time
	ClosedAt    time.Time // zero: not closed, or not known
	ClosedDay   bool      // the source knows only the day of closing
	Due         time.Time // until when something is expected; zero: nothing was said
}

// reportColumns are read by reportRow, of the table alias r.
const reportColumns = `
	r.id, r.category_id, coalesce(r.service_id, 0), r.title, r.description, r.lon, r.lat, r.h3, r.address, r.zone_ids, r.status,
	r.visibility, r.channel, coalesce(r.source, ''), coalesce(r.original_id, 0), coalesce(r.parent_id, 0), r.support_count,
	r.created_at, r.created_precision = 'day', r.updated_at, coalesce(r.closed_at, 'epoch'), r.closed_precision = 'day',
	coalesce(r.due_at, 'epoch')`

// reportRow reads one row of reportColumns.
func reportRow(row pgx.CollectableRow) (Report, error) {
	var r Report
	var cell int64
	var visibility string
	err := row.Scan(&r.ID, &r.Category, &r.Service, &r.Title, &r.Description, &r.Position.Lon, &r.Position.Lat, &cell, &r.Address, &r.Zones,
		&r.Status, &visibility, &r.Channel, &r.Source, &r.Original, &r.Parent, &r.Supports,
		&r.CreatedAt, &r.CreatedDay, &r.UpdatedAt, &r.ClosedAt, &r.ClosedDay, &r.Due)
	r.Cell = geo.Cell(cell)
	r.Visibility = account.VisibilityOf(visibility, r.Status)
	for _, t := range []*time.Time{&r.ClosedAt, &r.Due} {
		if t.Unix() == 0 {
			*t = time.Time{}
		}
	}
	return r, err
}

// Get gives one report. Unknown and not to be seen are the same NotFound.
func (r *Register) Get(ctx context.Context, actor account.Actor, id int64) (one Report, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		one, err = get(ctx, tx, actor, id)
		return err
	})
	return one, err
}

func get(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64) (Report, error) {
	rows, err := tx.Query(ctx, `
		select `+reportColumns+`
		from report r
		where r.id = @id and `+actor.OwnSQL("r"),
		pgx.NamedArgs{"id": id})
	if err != nil {
		return Report{}, fmt.Errorf("read report %d: %w", id, err)
	}
	return pgx.CollectExactlyOneRow(rows, reportRow)
}

// maxRepeats bounds Repeats: more are not read on a page.
const maxRepeats = 50

// Repeats gives the reports that repeat one, as far as the actor may see them, oldest first, 50 at most.
func (r *Register) Repeats(ctx context.Context, actor account.Actor, id int64) (list []Report, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select `+reportColumns+`
			from report r
			where r.original_id = @id and `+actor.VisibleSQL("r")+`
			order by r.created_at, r.id
			limit @limit`,
			pgx.NamedArgs{"id": id, "limit": maxRepeats})
		if err != nil {
			return fmt.Errorf("read the repeats of report %d: %w", id, err)
		}
		list, err = pgx.CollectRows(rows, reportRow)
		return err
	})
	return list, err
}
