package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/importing"
	"quartier/reports/store"
)

// source is a file to import and how to read it.
type source struct{ mapping, path string }

// sources is the flag -file MAPPING=PATH, which may be given several times.
type sources []source

func (s *sources) String() string { return fmt.Sprint(*s) }

// Set reads one value of the flag.
func (s *sources) Set(text string) error {
	mapping, path, found := strings.Cut(text, "=")
	if !found {
		return errors.New("give MAPPING=PATH")
	}
	*s = append(*s, source{mapping, path})
	return nil
}

// importRounds is how often each side stores everything.
const importRounds = 3

// measureImport imports files into an empty database, beside a COPY of the rows that came of them into the same empty table, indexed, with its checks.
// Reading, checking, locating in zones, timelines and the change log are on our side alone.
func measureImport(ctx context.Context, b *bench) ([]result, error) {
	db, _, err := b.database(ctx, "import")
	if err != nil {
		return nil, err
	}
	files := b.files
	if len(files) == 0 {
		made, err := writeCSV(ctx, db, b.dir, regions[0], min(b.n, most))
		if err != nil {
			return nil, err
		}
		files = sources{made}
	}
	var rows int
	var ours, baseline []time.Duration
	for range importRounds {
		if err := empty(ctx, db); err != nil {
			return nil, err
		}
		took, err := timed(func() error { return importFiles(ctx, db, files) })
		if err != nil {
			return nil, err
		}
		ours = append(ours, took)
		if err := db.QueryRow(ctx, `select count(*) from report`).Scan(&rows); err != nil {
			return nil, err
		}
		if took, err = copyRows(ctx, db, b.dir); err != nil {
			return nil, err
		}
		baseline = append(baseline, took)
	}
	return []result{more("import / COPY into the same indexed table", rows, float64(rows)/median(ours).Seconds(), float64(rows)/median(baseline).Seconds(),
		"rows/s", 0.4)}, nil
}

// empty makes the tables of reports as they were before the first.
func empty(ctx context.Context, db *store.DB) error {
	_, err := db.Exec(ctx, `truncate report, report_contact, timeline, change_log, import cascade; checkpoint`)
	return err
}

func importFiles(ctx context.Context, db *store.DB, files sources) error {
	for _, s := range files {
		mapping, err := importing.LoadMapping(s.mapping)
		if err != nil {
			return err
		}
		file, err := importing.OpenFile(ctx, s.path, nil)
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = importing.Reports(ctx, db, account.Source(mapping.Source), file, importing.Options{Mapping: mapping, Now: time.Now(), Refused: os.DevNull})
		if err != nil {
			return fmt.Errorf("import %s: %w", s.path, err)
		}
	}
	return nil
}

// copied are the columns of a report that are not computed.
const copied = `id, uuid, filing_sha256, category_id, service_id, title, description, attributes, lon, lat, h3, address, zone_ids, status, visibility,
	channel, source, external_id, import_id, original_id, support_count, created_at, created_precision, updated_at, closed_at, closed_precision, due_at`

// copyRows takes all reports out into a file and times a COPY of them back into the emptied table.
func copyRows(ctx context.Context, db *store.DB, dir string) (time.Duration, error) {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Release()
	raw, err := os.Create(filepath.Join(dir, "rows"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(raw.Name())
	defer raw.Close()
	if _, err := conn.Conn().PgConn().CopyTo(ctx, raw, `copy (select `+copied+` from report order by id) to stdout (format binary)`); err != nil {
		return 0, err
	}
	if _, err := raw.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	if err := empty(ctx, db); err != nil {
		return 0, err
	}
	return timed(func() error {
		_, err := conn.Conn().PgConn().CopyFrom(ctx, raw, `copy report (`+copied+`) from stdin (format binary)`)
		return err
	})
}

// writeCSV writes n reports as our own export has them.
func writeCSV(ctx context.Context, db *store.DB, dir string, r *region, n int) (source, error) {
	catalogue, err := reports.ReadCatalogue(ctx, db)
	if err != nil {
		return source{}, err
	}
	s := source{"quartier", filepath.Join(dir, "reports.csv")}
	f, err := os.Create(s.path)
	if err != nil {
		return source{}, err
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	fmt.Fprintln(out, "id,category,service,status,title,description,address,zones,created_at,updated_at,closed_at,support_count,h3,source,url,lon,lat")
	m := newMaker(r, n)
	for i := range n {
		one := m.make(i)
		if one.status == pendingState {
			one.status = openStates[0]
		}
		title, description := words(i + 1)
		closed, updated := "", rfc3339(one.created)
		if one.closed != 0 {
			closed, updated = rfc3339(int64(one.closed)), rfc3339(int64(one.closed))
		}
		fmt.Fprintf(out, "%d,%s,%s,%s,%q,%q,%q,,%s,%s,%s,0,,,,%s,%s\n", i+1, catalogue.Category(int32(one.category)).Slug, catalogue.Service(one.service()).Slug,
			reports.Statuses[one.status].Name, title, description, addressOf(i+1), rfc3339(one.created), updated, closed,
			geo.AppendDegrees(nil, one.at.Lon), geo.AppendDegrees(nil, one.at.Lat))
	}
	return s, out.Flush()
}

func rfc3339(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.RFC3339) }
