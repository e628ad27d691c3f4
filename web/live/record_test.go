package live_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/tiles"
)

// cellsSQL gives the occupied cells of a resolution under a condition. The states that count as open, and those of each group, are written out: this is
// the other opinion.
const cellsSQL = `
	select cell_parent(r.h3, %[1]d), count(*),
	       count(*) filter (where r.status in ('new', 'acknowledged', 'planned', 'in_progress', 'waiting', 'reopened')),
	       count(*) filter (where r.status in ('pending', 'new')),
	       count(*) filter (where r.status in ('acknowledged', 'planned', 'in_progress', 'waiting', 'reopened')),
	       count(*) filter (where r.status = 'resolved'),
	       count(*) filter (where r.status in ('rejected', 'duplicate', 'referred', 'withdrawn')),
	       sum(r.lon)::bigint, sum(r.lat)::bigint,
	       count(*) filter (where r.lon < -900000000), count(*) filter (where r.lon > 900000000),
	       min(r.id), min(c.slug), min(r.status)
	from report r join category c on c.id = r.category_id
	where %[2]s
	group by 1`

// cells gives every occupied cell of a resolution as SQL has it: as a feature without its place, and the mean position of its members.
func (w *town) cells(t testing.TB, resolution int, f reports.Filter, each func(feature, geo.Position)) {
	t.Helper()
	where, args := f.Where(w.reader)
	rows, err := w.db.Query(t.Context(), fmt.Sprintf(cellsSQL, resolution, where), args)
	if err != nil {
		t.Fatal(err)
	}
	var c feature
	var cell, lon, lat, west, east int64
	g := &c.groups
	scanned := []any{&cell, &c.count, &c.open, &g[0], &g[1], &g[2], &g[3], &lon, &lat, &west, &east, &c.id, &c.category, &c.status}
	_, err = pgx.ForEachRow(rows, scanned, func() error {
		c.cell = geo.Cell(cell)
		// Members beyond the 180th meridian count on the side of the centre.
		const world, quarter = 3_600_000_000, 900_000_000
		switch centre := c.cell.Centre().Lon; {
		case centre > quarter:
			lon += world * west
		case centre < -quarter:
			lon -= world * east
		}
		mean := geo.Position{Lon: int32(max(-world/2, min(world/2, floorDiv(lon, c.count)))), Lat: int32(floorDiv(lat, c.count))}
		one := c
		if one.kind = reports.Kind; c.count > 1 {
			one.id, one.kind, one.category, one.status = 0, "", "", ""
		}
		each(one, mean)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

// itemsSQL gives the items under a condition.
const itemsSQL = `
	select r.id, r.lon, r.lat, tile_at(r.lon, r.lat), c.slug, r.status, floor(extract(epoch from r.created_at) / 86400)::bigint
	from report r join category c on c.id = r.category_id
	where %s`

// items gives every item as SQL has it: as a feature without its place, its position, and where SQL says that it is.
func (w *town) items(t testing.TB, f reports.Filter, each func(feature, geo.Position, int64)) {
	t.Helper()
	where, args := f.Where(w.reader)
	rows, err := w.db.Query(t.Context(), fmt.Sprintf(itemsSQL, where), args)
	if err != nil {
		t.Fatal(err)
	}
	one := feature{kind: reports.Kind}
	var p geo.Position
	var place int64
	_, err = pgx.ForEachRow(rows, []any{&one.id, &p.Lon, &p.Lat, &place, &one.category, &one.status, &one.day}, func() error {
		each(one, p, place)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// want gives every feature that the tiles of some zooms must have, each with its tile; of zooms below pointsFrom all must have one resolution.
func (w *town) want(t testing.TB, zooms []uint8, pointsFrom int, f reports.Filter, each func(geo.Tile, feature)) {
	t.Helper()
	if int(zooms[0]) >= pointsFrom {
		w.items(t, f, func(one feature, p geo.Position, place int64) {
			for _, zoom := range zooms {
				at := tileOf(place, zoom)
				one.x, one.y = at.Within(p)
				each(at, one)
			}
		})
		return
	}
	w.cells(t, tiles.Resolution(int(zooms[0])), f, func(one feature, mean geo.Position) {
		for _, zoom := range zooms {
			at := geo.TileAt(one.cell.Centre(), zoom)
			one.x, one.y = at.Within(mean)
			each(at, one)
		}
	})
}
