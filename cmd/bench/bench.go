package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"quartier/migrations/devdb"
	"quartier/reports/store"
)

// bench is one run.
type bench struct {
	n       int // reports
	clients int // of the event stream
	files   sources
	data    string        // folder of real data; empty: none
	file    string        // for the results
	out     io.Writer     // tables
	note    *os.File      // progress, if it is a terminal
	tiles   int           // of each zoom that are drawn, beside the densest
	slice   time.Duration // how long one side is measured before it is the other's turn

	dir      string
	server   *devdb.Cluster
	opened   []*store.DB
	fillings map[int]filling // by the number of reports
}

// newBench makes a run that lasts some minutes with 100 000 reports.
func newBench(out io.Writer) *bench {
	return &bench{n: 100_000, clients: 1000, file: "bench.json", out: out, tiles: 200, slice: time.Second, fillings: map[int]filling{}}
}

// say tells what is being done to who watches.
func (b *bench) say(format string, args ...any) {
	if b.note != nil && term.IsTerminal(int(b.note.Fd())) {
		fmt.Fprintf(b.note, format+"\n", args...)
	}
}

// close stops what was started, and removes it.
func (b *bench) close() {
	for _, db := range b.opened {
		db.Close()
	}
	if b.server != nil {
		_ = b.server.Stop()
	}
	if b.dir != "" {
		_ = os.RemoveAll(b.dir)
	}
}
