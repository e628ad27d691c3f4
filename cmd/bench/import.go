package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

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

// measureImport imports the files, beside a COPY of the rows that came of them into a table with the same columns, checks and indexes.
func measureImport(ctx context.Context, db *store.DB, files sources) (result, error) {
	start := time.Now()
	for _, f := range files {
		if err := importFile(ctx, db, f); err != nil {
			return result{}, fmt.Errorf("import %s: %w", f.path, err)
		}
	}
	ours := time.Since(start)
	var rows int
	if err := db.QueryRow(ctx, `select count(*) from report`).Scan(&rows); err != nil {
		return result{}, err
	}
	baseline, err := copyRows(ctx, db)
	if err != nil {
		return result{}, err
	}
	return rate("import / COPY into the same indexed table", rows, ours, baseline), nil
}

func importFile(ctx context.Context, db *store.DB, s source) error {
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
	return err
}

// copied are the columns of a report that are not computed.
const copied = `id, uuid, filing_sha256, category_id, service_id, title, description, attributes, lon, lat, h3, address, zone_ids, status, visibility,
	channel, source, external_id, import_id, original_id, support_count, created_at, created_precision, updated_at, closed_at, closed_precision, due_at`

// copyRows times a COPY of all reports from a file into a twin of their table.
func copyRows(ctx context.Context, db *store.DB) (time.Duration, error) {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Release()
	_, err = conn.Exec(ctx, `
		create table twin (like report including all);
		alter table twin
		  add foreign key (category_id) references category, add foreign key (service_id) references service,
		  add foreign key (original_id) references twin`)
	if err != nil {
		return 0, err
	}
	raw, err := os.CreateTemp("", "quartier-rows-*")
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
	start := time.Now()
	if _, err := conn.Conn().PgConn().CopyFrom(ctx, raw, `copy twin (`+copied+`) from stdin (format binary)`); err != nil {
		return 0, err
	}
	took := time.Since(start)
	_, err = conn.Exec(ctx, `drop table twin`)
	return took, err
}

// synthetic writes a file in our own export's form: reports in a few towns, dense in their middles, over three years.
func synthetic(ctx context.Context, db *store.DB, dir string, n int) (source, error) {
	var catalogue *reports.Catalogue
	err := db.Read(ctx, func(tx pgx.Tx) (err error) {
		catalogue, err = reports.LoadCatalogue(ctx, tx)
		return err
	})
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
	random := rand.New(rand.NewPCG(1, 2))
	towns := [][2]float64{{2.35, 48.85}, {-1.55, 47.22}, {5.37, 43.3}, {7.75, 48.58}, {-0.58, 44.84}}
	first := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	fmt.Fprintln(out, "id,category,service,status,title,description,address,zones,created_at,updated_at,closed_at,support_count,h3,source,url,lon,lat")
	for id := range n {
		town := towns[random.IntN(len(towns))]
		created := first.Add(time.Duration(random.IntN(3*365*24*3600)) * time.Second)
		status, closed := "new", ""
		if random.IntN(3) > 0 {
			status, closed = "resolved", created.Add(time.Duration(random.IntN(40*24))*time.Hour).Format(time.RFC3339)
		}
		category := catalogue.Categories[random.IntN(len(catalogue.Categories))]
		fmt.Fprintf(out, "%d,%s,,%s,%s,,%d rue %d,,%s,%s,%s,0,,,,%.7f,%.7f\n", id+1, category.Slug, status, category.NameEN, 1+id%90, random.IntN(400),
			created.Format(time.RFC3339), created.Format(time.RFC3339), closed, town[0]+random.NormFloat64()*0.04, town[1]+random.NormFloat64()*0.03)
	}
	return s, out.Flush()
}
