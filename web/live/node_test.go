package live_test

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/store"
	"quartier/tiles"
	"quartier/web/live"
)

var discard = slog.New(slog.DiscardHandler)

// newMap runs a map over the town.
func (w *town) newMap(t *testing.T) *live.Map {
	t.Helper()
	m, err := live.New(w.db, discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run(m))
	return m
}

// run runs a map until stop is called.
func run(m *live.Map) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { m.Run(ctx); close(done) }()
	return func() { cancel(); <-done }
}

// patience is how long something may take that is only waited for.
const patience = 2 * time.Minute

// catchUp waits until a map has taken in everything that is committed, whatever happens to the database meanwhile.
func (w *town) catchUp(t *testing.T, m *live.Map) {
	t.Helper()
	var token store.Token
	until(t, "the database takes no write", func(ctx context.Context) bool {
		return w.db.Write(ctx, func(tx pgx.Tx) (err error) {
			token, err = store.CurrentToken(ctx, tx)
			return err
		}) == nil
	})
	until(t, "the map did not catch up", func(ctx context.Context) bool { return m.Await(ctx, token) })
}

// until tries something until it comes true.
func until(t *testing.T, otherwise string, try func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !try(ctx) {
		if ctx.Err() != nil {
			t.Fatalf("%s within %v", otherwise, patience)
		}
		select { // who is waited for gets to work, on a machine with few cores too
		case <-ctx.Done():
		case <-time.After(time.Millisecond):
		}
	}
}

// equal waits until the map has everything and compares it with SQL, unfiltered and under a random filter.
func (w *town) equal(t *testing.T, m *live.Map) {
	t.Helper()
	w.catchUp(t, m)
	w.compare(t, m, reports.Filter{}, tiles.Filter{})
	record, index := w.filter()
	w.compare(t, m, record, index)
	w.compareCounts(t, m, record, index)
}

// writing lets writers write side by side until stop is called, and gives the number of transactions that were committed. What fails because the
// database does is left alone.
func (w *town) writing(t *testing.T, writers int) (committed *atomic.Int64, stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	committed = new(atomic.Int64)
	for range writers {
		running.Go(func() {
			for ctx.Err() == nil {
				if w.write(ctx) == nil {
					committed.Add(1)
				}
			}
		})
	}
	return committed, func() { cancel(); running.Wait() }
}

// atLeast waits until so many transactions more are committed.
func atLeast(t *testing.T, committed *atomic.Int64, more int64) {
	t.Helper()
	from := committed.Load()
	until(t, "the writers do not write", func(context.Context) bool { return committed.Load() >= from+more })
}

// answering lets somebody ask the map until it is called off, or the test ends: once loaded it always has something to show.
func answering(t *testing.T, m *live.Map) (off func()) {
	t.Helper()
	until(t, "the map is not loaded", func(context.Context) bool { return m.Ready() })
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if len(m.Index.Tile(geo.Tile{}, tiles.Filter{}, tiles.Everyone)) == 0 || m.Vocabulary() == nil || !m.Ready() {
				t.Error("the map has nothing to show")
				return
			}
		}
	}()
	off = func() { cancel(); <-done }
	t.Cleanup(off)
	return off
}
