package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/store"
	"quartier/tiles"
	"quartier/web/live"
)

// The zooms at which PostGIS draws as well, how often the densest tile of each is drawn, and how many others once.
var mvtZooms = []uint8{0, 4, 8, 10, 12, 13, 14, 15, 16}

const (
	mvtRounds = 7
	mvtTiles  = 20
)

// tilePair is how long a tile takes each side, ms.
type tilePair struct{ ours, baseline float64 }

// measurePostGIS draws tiles beside ST_AsMVT over the same rows with the same properties, uncompressed on both sides. Below the zoom where we show points we
// make clusters of them, PostGIS the points themselves, as tile servers over PostGIS do.
func measurePostGIS(ctx context.Context, b *bench) ([]result, error) {
	n := min(b.n, most)
	db, _, err := b.filled(ctx, n)
	if err != nil {
		return nil, err
	}
	m, err := live.New(db, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if err := m.Load(ctx); err != nil {
		return nil, err
	}
	conn, err := db.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	// A plan for the very tile each time: one for any tile cannot know how much of the table it holds.
	if _, err := conn.Exec(ctx, `set plan_cache_mode = force_custom_plan`); err != nil {
		return nil, err
	}
	list := regions[0].listTiles(n, mvtTiles)
	var all []result
	for _, q := range []question{questionNamed("no filter"), questionNamed(targeted)} {
		low, high, densest, err := drawBoth(ctx, b, m.Index, conn.Conn(), list, q, n)
		if err != nil {
			return nil, err
		}
		all = append(all, densest...)
		all = append(all, p99Pair("tiles of z ≤ 13, "+q.name+", p99 / ST_AsMVT", n, low, 20), p99Pair("tiles of z 14–16, "+q.name+", p99 / ST_AsMVT", n, high, 5))
	}
	return all, nil
}

// drawBoth draws the densest tile of each zoom some times and others once.
func drawBoth(ctx context.Context, b *bench, index *tiles.Index, conn *pgx.Conn, list *tileList, q question, n int) (low, high []tilePair, densest []result, err error) {
	x := rand.New(rand.NewPCG(seed, 4))
	for _, z := range mvtZooms {
		b.say("  zoom %d, %s", z, q.name)
		drawn := append([]geo.Tile{list.densest[z]}, list.occupied[z][:min(mvtTiles, len(list.occupied[z]))]...)
		for i, t := range drawn {
			f := q.ask(regions[0], x, t)
			rounds := 1
			if i == 0 {
				rounds = mvtRounds
			}
			ours, baseline, err := sideBySide(rounds,
				func() error { index.Tile(t, f, tiles.Everyone); return nil },
				func() error { return drawByPostGIS(ctx, conn, t, f) })
			if err != nil {
				return nil, nil, nil, err
			}
			pair := tilePair{milliseconds(ours), milliseconds(baseline)}
			if i == 0 {
				densest = append(densest, less(fmt.Sprintf("densest tile of z %d (%d reports), %s / ST_AsMVT", z, list.most[z], q.name), n, pair.ours, pair.baseline, "ms", 0))
			}
			if z <= 13 {
				low = append(low, pair)
			} else {
				high = append(high, pair)
			}
		}
	}
	return low, high, densest, nil
}

// p99Pair compares the 99th percentiles of the two sides.
func p99Pair(name string, n int, pairs []tilePair, reach float64) result {
	var ours, baseline []float64
	for _, p := range pairs {
		ours, baseline = append(ours, p.ours), append(baseline, p.baseline)
	}
	return less(name, n, percentile(ours, 99), percentile(baseline, 99), "ms", reach)
}

// drawByPostGIS makes a tile of points as tile servers over PostGIS do.
func drawByPostGIS(ctx context.Context, conn *pgx.Conn, t geo.Tile, f tiles.Filter) error {
	where, args := "", pgx.NamedArgs{"z": int(t.Z), "x": int(t.X), "y": int(t.Y)}
	if len(f.Categories) > 0 {
		where = `
			  and r.category_id = any(@categories) and r.status = any(@statuses) and r.created_at >= @from and r.created_at < @to`
		var statuses []string
		for _, s := range f.Statuses {
			statuses = append(statuses, reports.Statuses[s].Name)
		}
		args["categories"], args["statuses"], args["from"], args["to"] = f.Categories, statuses, time.Unix(f.From, 0), time.Unix(f.To, 0)
	}
	var tile []byte
	return conn.QueryRow(ctx, `
		select ST_AsMVT(f, 'items', 4096, 'geom', 'id') from (
			select r.id, ST_AsMVTGeom(ST_Transform(r.position, 3857), ST_TileEnvelope(@z, @x, @y), 4096, 0, true) as geom,
			       'report' as kind, c.slug as category, r.status, extract(epoch from r.created_at)::bigint / 86400 as created
			from report r join category c on c.id = r.category_id
			where r.position && ST_Transform(ST_TileEnvelope(@z, @x, @y), 4326)
			  and r.visibility = 'public' and r.status <> 'pending'`+where+`) f`, args).Scan(&tile)
}

// settings tells what PostgreSQL runs with.
func settings(ctx context.Context, db *store.DB) (text string, err error) {
	err = db.QueryRow(ctx, `
		select 'PostgreSQL ' || current_setting('server_version') || ', PostGIS ' || postgis_lib_version() || ': ' ||
		       (select string_agg(name || ' ' || current_setting(name), ', ' order by name) from pg_settings
		        where name in ('shared_buffers', 'work_mem', 'jit', 'fsync', 'synchronous_commit', 'max_parallel_workers_per_gather', 'random_page_cost'))`).Scan(&text)
	return text, err
}
