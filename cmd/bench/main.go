// Command bench measures Quartier beside what others do with the same data, in one run on one machine. It prints tables and writes bench.json, a list of
// {name, n, ours, baseline, ratio, unit}. Figures differ between machines; ratios are what counts, and they are always the better the greater.
//
// Whatever is compared is measured in turns, after both sides are warm, and the median counts. The baselines are not handicapped: PostgreSQL
// runs with the settings that our own private database has (they are printed), with its indexes and its statistics; a handler that answers the same bytes is
// as bare as Fiber allows. What is measured of a server is measured in a process of its own (child.go).
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// part is one thing that is measured.
type part struct {
	name, title string
	measure     func(context.Context, *bench) ([]result, error)
}

// parts in their order.
var parts = []part{
	{"tiles", "The index alone", measureTiles},
	{"postgis", "Tiles beside ST_AsMVT", measurePostGIS},
	{"http", "Tiles over HTTP", measureHTTP},
	{"events", "The event stream", measureEvents},
	{"filing", "Filing", measureFiling},
	{"notices", "Notices", measureNotices},
	{"import", "Import", measureImport},
	{"export", "Export", measureExport},
	{"duplicates", duplicatesTitle, measureDuplicates},
	{"suggestion", suggestionTitle, measureSuggestions},
	{"places", placesTitle, measurePlaces},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) == 4 && os.Args[1] == childWord {
		if err := runChild(ctx, os.Args[2], os.Args[3], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "bench child:", err)
			os.Exit(1)
		}
		return
	}
	b := newBench(os.Stdout)
	b.note = os.Stderr
	flag.IntVar(&b.n, "n", b.n, "made-up reports to measure with")
	flag.IntVar(&b.clients, "clients", b.clients, "idle clients of the event stream")
	flag.Var(&b.files, "file", "real reports to import instead of made-up ones: `MAPPING=PATH`, may be given several times")
	flag.StringVar(&b.data, "data", "", "`folder` of real data, for what is measured on it")
	only := flag.String("only", "", "`parts` to measure, separated by commas: "+strings.Join(partNames(), ", ")+"; all if none is named")
	flag.StringVar(&b.file, "o", b.file, "`file` for the results")
	flag.Parse()
	if err := b.run(ctx, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func partNames() (names []string) {
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

// run measures the parts that are wanted, prints each one's table as soon as it is there, and writes all into the file at the end.
func (b *bench) run(ctx context.Context, only string) error {
	wanted := partNames()
	if only != "" {
		wanted = strings.Split(only, ",")
	}
	for _, name := range wanted {
		if !slices.Contains(partNames(), name) {
			return fmt.Errorf("-only %s: there are %s", name, strings.Join(partNames(), ", "))
		}
	}
	if b.n < 1 {
		return fmt.Errorf("-n %d: at least one report is needed", b.n)
	}
	defer b.close()
	start := time.Now()
	var all []result
	for _, p := range parts {
		if !slices.Contains(wanted, p.name) {
			continue
		}
		b.say("%s …", p.title)
		results, err := p.measure(ctx, b)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		printTable(b.out, p.title, results)
		all = append(all, results...)
	}
	printTable(b.out, "Falls short", missed(all))
	fmt.Fprintf(b.out, "\nMeasured in %s.\n", time.Since(start).Round(time.Second))
	return writeFile(b.file, all)
}
