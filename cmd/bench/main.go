// Command bench measures Quartier beside what PostgreSQL does alone, in one run on one machine, over the same rows. It prints a table and writes
// bench.json: a list of {name, n, ours, baseline, ratio, unit}. Figures differ between machines; ratios are what counts.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"quartier/migrations"
	"quartier/migrations/devdb"
	"quartier/reports/store"
	"quartier/web/live"
)

// result is one measurement. Ratio is ours ÷ baseline for rates (more is better) and baseline ÷ ours for times (more is better too).
type result struct {
	Name     string  `json:"name"`
	N        int     `json:"n"`
	Ours     float64 `json:"ours"`
	Baseline float64 `json:"baseline"`
	Ratio    float64 `json:"ratio"`
	Unit     string  `json:"unit"`
}

func main() {
	n := flag.Int("n", 100_000, "made-up reports to measure with, if no file is given")
	var files sources
	flag.Var(&files, "file", "real reports to measure with: `MAPPING=PATH`, may be given several times")
	flag.Parse()
	if err := bench(context.Background(), *n, files); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, n int, files sources) error {
	dir, err := os.MkdirTemp("", "quartier-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cluster, err := devdb.Start(ctx, dir) // durable, as in earnest: the baseline's commits cost what ours do
	if err != nil {
		return err
	}
	defer func() { _ = cluster.Stop() }()
	db, err := store.Open(ctx, store.Options{URL: cluster.URL("quartier"), StatementTimeout: -1})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := migrations.Up(ctx, db.Pool); err != nil {
		return err
	}
	db.Reset()
	var results []result
	if len(files) == 0 {
		made, err := synthetic(ctx, db, dir, n)
		if err != nil {
			return err
		}
		files = sources{made}
	}
	imports, err := measureImport(ctx, db, files)
	if err != nil {
		return err
	}
	n = imports.N
	results = append(results, imports)
	m, err := live.New(db, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if err := m.Load(ctx); err != nil {
		return err
	}
	drawn, err := measureTiles(ctx, db, m.Index, n)
	if err != nil {
		return err
	}
	results = append(results, drawn...)
	exports, err := measureExports(ctx, db, m, n)
	if err != nil {
		return err
	}
	return report(append(results, exports...))
}

// report prints the table and writes the file.
func report(results []result) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "what\tn\tours\tbaseline\tunit\tratio\t")
	for _, r := range results {
		fmt.Fprintf(out, "%s\t%d\t%.3g\t%.3g\t%s\t%.2f\t\n", r.Name, r.N, r.Ours, r.Baseline, r.Unit, r.Ratio)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile("bench.json", append(text, '\n'), 0o644)
}

// rate compares two speeds in rows a second.
func rate(name string, n int, ours, baseline time.Duration) result {
	o, b := float64(n)/ours.Seconds(), float64(n)/baseline.Seconds()
	return result{Name: name, N: n, Ours: o, Baseline: b, Ratio: o / b, Unit: "rows/s"}
}

// took compares two times in milliseconds.
func took(name string, n int, ours, baseline time.Duration) result {
	o, b := ours.Seconds()*1e3, baseline.Seconds()*1e3
	return result{Name: name, N: n, Ours: o, Baseline: b, Ratio: b / o, Unit: "ms"}
}

// median times a deed several times and gives the middle.
func median(times int, deed func() error) (time.Duration, error) {
	all := make([]time.Duration, times)
	for i := range all {
		start := time.Now()
		if err := deed(); err != nil {
			return 0, err
		}
		all[i] = time.Since(start)
	}
	slices.Sort(all)
	return all[times/2], nil
}
