package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"time"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/exporting"
	"quartier/reports/store"
	"quartier/web/live"
)

// exportRounds is how often each side exports.
const exportRounds = 3

// measureExport streams all public reports as GeoJSON, beside a COPY of json_build_object with the same properties.
func measureExport(ctx context.Context, b *bench) ([]result, error) {
	db, _, err := b.filled(ctx, min(b.n, most))
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
	words := m.Vocabulary().Words("http://localhost:8080")
	register := &reports.Register{DB: db, Now: time.Now}
	var rows int
	err = db.QueryRow(ctx, `select count(*) from report where visibility = 'public' and status <> 'pending'`).Scan(&rows)
	if err != nil {
		return nil, err
	}
	ours, baseline, err := sideBySide(exportRounds,
		func() error { return exportJSON(ctx, register, words) },
		func() error { return copyJSON(ctx, db) })
	if err != nil {
		return nil, err
	}
	return []result{more("export GeoJSON / COPY of json_build_object", rows, float64(rows)/ours.Seconds(), float64(rows)/baseline.Seconds(), "rows/s", 1)}, nil
}

func exportJSON(ctx context.Context, register *reports.Register, words exporting.Words) error {
	out := bufio.NewWriterSize(io.Discard, 64<<10)
	w := exporting.NewGeoJSON(out, words)
	if err := register.Each(ctx, account.Anonymous, reports.Filter{}, w.Write); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return out.Flush()
}

// copyJSON lets PostgreSQL build the same features.
func copyJSON(ctx context.Context, db *store.DB) error {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	_, err = conn.Conn().PgConn().CopyTo(ctx, io.Discard, `
		copy (
			select json_build_object('type', 'Feature', 'id', r.id,
				'geometry', json_build_object('type', 'Point', 'coordinates', json_build_array(r.lon / 1e7, r.lat / 1e7)),
				'properties', json_build_object(
					'id', r.id, 'category', c.slug, 'service', s.slug, 'status', r.status, 'title', r.title, 'description', r.description,
					'address', r.address,
					'zones', (select coalesce(json_agg(zs.slug || '/' || z.code), '[]') from unnest(r.zone_ids) as i
					          join zone z on z.id = i join zone_set zs on zs.id = z.zone_set_id),
					'created_at', r.created_at, 'updated_at', r.updated_at, 'closed_at', r.closed_at, 'support_count', r.support_count,
					'h3', to_hex(r.h3), 'source', r.source, 'url', 'http://localhost:8080/reports/' || r.id))
			from report r
			join category c on c.id = r.category_id
			left join service s on s.id = r.service_id
			where r.visibility = 'public' and r.status <> 'pending'
			order by r.id
		) to stdout`)
	return err
}
