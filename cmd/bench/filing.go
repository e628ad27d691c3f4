package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
)

// Filing is measured in slices, in turns.
const (
	filers       = 32 // clients at once
	filingRounds = 5
)

// measureFiling files reports over HTTP, beside the statements that store a report, sent by pgx from as many connections.
func measureFiling(ctx context.Context, b *bench) ([]result, error) {
	n := min(b.n, most)
	db, url, err := b.filled(ctx, n)
	if err != nil {
		return nil, err
	}
	c, err := begin(ctx, "server", serverSpec{url})
	if err != nil {
		return nil, err
	}
	defer c.end()
	address, err := c.address()
	if err != nil {
		return nil, err
	}
	catalogue, err := reports.ReadCatalogue(ctx, db)
	if err != nil {
		return nil, err
	}
	var number atomic.Int64
	m := sync.Pool{New: func() any { return newMaker(regions[0], n) }}
	made := func() (int, report) {
		i := int(number.Add(1))
		maker := m.Get().(*maker)
		defer m.Put(maker)
		return i, maker.make(i % n)
	}
	post := func(int) ([]byte, int) {
		i, one := made()
		title, description := words(i)
		body := fmt.Sprintf(`{"uuid":%q,"category":%q,"title":%q,"description":%q,"address":%q,"location":{"type":"Point","coordinates":[%s,%s]}}`,
			uuid.NewString(), catalogue.Category(int32(one.category)).Slug, title, description, addressOf(i),
			geo.AppendDegrees(nil, one.at.Lon), geo.AppendDegrees(nil, one.at.Lat))
		return fmt.Appendf(nil, "POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body), 201
	}
	var ours, baseline, times, theirTimes []float64
	for round := range filingRounds + 1 {
		t, err := drive(address, filers, 2*b.slice, post)
		if err != nil {
			return nil, err
		}
		p, err := storeByHand(ctx, db, 2*b.slice, func() reports.Filing {
			i, one := made()
			title, description := words(i)
			return reports.Filing{UUID: uuid.New(), Category: catalogue.Category(int32(one.category)).Slug, Title: title, Description: description,
				Address: addressOf(i), Position: one.at, Channel: "web"}
		})
		if err != nil {
			return nil, err
		}
		if round == 0 {
			continue // both sides become warm
		}
		ours, baseline = append(ours, float64(len(t.times))/t.took.Seconds()), append(baseline, float64(len(p.times))/p.took.Seconds())
		times, theirTimes = append(times, t.times...), append(theirTimes, p.times...)
	}
	return []result{
		more("filing over HTTP / the same statements by pgx, 32 clients", n, median(ours), median(baseline), "reports/s", 0.7),
		less("filing, p50 / the statements", n, percentile(times, 50), percentile(theirTimes, 50), "ms", 0),
		less("filing, p99 / the statements", n, percentile(times, 99), percentile(theirTimes, 99), "ms", 0),
	}, nil
}

// storeByHand sends the statements that store a report from as many connections as there are filers.
func storeByHand(ctx context.Context, db *store.DB, length time.Duration, next func() reports.Filing) (all traffic, err error) {
	var mu sync.Mutex
	var running sync.WaitGroup
	start := time.Now()
	for range filers {
		running.Go(func() {
			var times []float64
			failed := func() error {
				conn, err := db.Acquire(ctx)
				if err != nil {
					return err
				}
				defer conn.Release()
				for end := start.Add(length); time.Now().Before(end); {
					f := next()
					took, err := timed(func() error {
						return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return storeFiling(ctx, tx, f) })
					})
					if err != nil {
						return err
					}
					times = append(times, milliseconds(took))
				}
				return nil
			}()
			mu.Lock()
			defer mu.Unlock()
			if failed != nil {
				err = failed
			}
			all.times = append(all.times, times...)
		})
	}
	running.Wait()
	all.took = time.Since(start)
	return all, err
}

// storeFiling is what a filing asks of the database, in the same two exchanges.
func storeFiling(ctx context.Context, tx pgx.Tx, f reports.Filing) error {
	var epoch string
	var xid, category, service, id int64
	var zones []int32
	var ask, send pgx.Batch
	ask.Queue(`select quartier_epoch(), pg_current_xact_id()::text::bigint`).QueryRow(func(row pgx.Row) error { return row.Scan(&epoch, &xid) })
	ask.Queue(`select id from report where uuid = $1`, f.UUID).Query(func(pgx.Rows) error { return nil }) // it is new
	ask.Queue(`select id, coalesce(service_id, 0) from category where slug = $1`, f.Category).QueryRow(func(row pgx.Row) error { return row.Scan(&category, &service) })
	ask.Queue(`lock table report in row exclusive mode`)
	ask.Queue(`select zones_at($1, $2)`, f.Position.Lon, f.Position.Lat).QueryRow(func(row pgx.Row) error { return row.Scan(&zones) })
	if err := tx.SendBatch(ctx, &ask).Close(); err != nil {
		return err
	}
	digest := sha256.Sum256([]byte(f.Title))
	now := time.Now()
	send.Queue(`
		insert into report (uuid, filing_sha256, category_id, service_id, title, description, attributes, lon, lat, h3, address, zone_ids,
		                    visibility, channel, created_at, updated_at)
		values ($1, $2, $3, nullif($4, 0), $5, $6, '{}', $7, $8, $9, $10, $11, 'public', 'web', $12, $12)
		returning id`,
		f.UUID, digest[:], category, service, f.Title, f.Description, f.Position.Lon, f.Position.Lat, int64(geo.CellAt(f.Position, geo.CellResolution)),
		f.Address, zones, now).QueryRow(func(row pgx.Row) error { return row.Scan(&id) })
	send.Queue(`
		insert into timeline (kind, item_id, type, to_status, body, actor_role, actor_name, created_at)
		values ($1, currval('report_id_seq'), 'filed', 'new', '', $2, '', $3)`, reports.Kind, account.RoleResident, now)
	send.Queue(`insert into change_log (kind, first_id, last_id) values ($1, currval('report_id_seq'), currval('report_id_seq'))`, reports.Kind)
	return tx.SendBatch(ctx, &send).Close()
}
