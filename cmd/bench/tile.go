package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/gzip"

	"quartier/geo"
	"quartier/reports/store"
	"quartier/tiles"
)

// measureTiles draws the densest tile of some zooms, uncached and compressed, beside ST_AsMVT over the raw rows of the same tile.
func measureTiles(ctx context.Context, db *store.DB, index *tiles.Index, n int) ([]result, error) {
	var results []result
	for _, zoom := range []uint8{0, 8, 12, 14, 16} {
		densest, rows, err := densestTile(ctx, db, zoom)
		if err != nil {
			return nil, err
		}
		ours, err := median(15, func() error {
			// A new cache each time: nothing is remembered.
			_, err := tiles.NewCache(index, 0).Items(ctx, densest, tiles.Filter{}, tiles.Everyone)
			return err
		})
		if err != nil {
			return nil, err
		}
		baseline, err := median(5, func() error { return drawByPostGIS(ctx, db, densest) })
		if err != nil {
			return nil, err
		}
		r := took(fmt.Sprintf("tile z%d (%d items) / ST_AsMVT", zoom, rows), n, ours, baseline)
		results = append(results, r)
	}
	return results, nil
}

// densestTile gives the tile of a zoom that holds the most public reports.
func densestTile(ctx context.Context, db *store.DB, zoom uint8) (best geo.Tile, most int, err error) {
	rows, err := db.Query(ctx, `select lon, lat from report where visibility = 'public' and status <> 'pending'`)
	if err != nil {
		return best, 0, err
	}
	counts := map[geo.Tile]int{}
	var p geo.Position
	_, err = pgx.ForEachRow(rows, []any{&p.Lon, &p.Lat}, func() error {
		t := geo.TileAt(p, zoom)
		if counts[t]++; counts[t] > most {
			best, most = t, counts[t]
		}
		return nil
	})
	return best, most, err
}

// drawByPostGIS makes a tile of points as tile servers over PostGIS do, and compresses it as they do.
func drawByPostGIS(ctx context.Context, db *store.DB, t geo.Tile) error {
	var tile []byte
	err := db.QueryRow(ctx, `
		select ST_AsMVT(f, 'items', 4096, 'geom', 'id') from (
			select r.id, ST_AsMVTGeom(ST_Transform(r.position, 3857), ST_TileEnvelope(@z, @x, @y), 4096, 0, true) as geom,
			       'report' as kind, c.slug as category, r.status, extract(epoch from r.created_at)::bigint / 86400 as created
			from report r join category c on c.id = r.category_id
			where r.position && ST_Transform(ST_TileEnvelope(@z, @x, @y), 4326)
			  and r.visibility = 'public' and r.status <> 'pending') f`,
		pgx.NamedArgs{"z": int(t.Z), "x": int(t.X), "y": int(t.Y)}).Scan(&tile)
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(tile); err != nil {
		return err
	}
	return z.Close()
}
