package main

import (
	"bufio"
	"context"
	"io"
	"time"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/exporting"
	"quartier/reports/store"
	"quartier/web/live"
)

// measureExports streams all reports as GeoJSON beside a COPY of json_build_object with the same properties.
func measureExports(ctx context.Context, db *store.DB, m *live.Map, n int) ([]result, error) {
	register := &reports.Register{DB: db, Now: time.Now}
	words := m.Vocabulary().Words("http://localhost:8080")
	ours, err := median(3, func() error {
		out := bufio.NewWriterSize(io.Discard, 64<<10)
		w := exporting.NewGeoJSON(out, words)
		if err := register.Each(ctx, account.Anonymous, reports.Filter{}, w.Write); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		return out.Flush()
	})
	if err != nil {
		return nil, err
	}
	baseline, err := median(3, func() error { return copyJSON(ctx, db) })
	if err != nil {
		return nil, err
	}
	return []result{rate("export GeoJSON / COPY json_build_object", n, ours, baseline)}, nil
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
