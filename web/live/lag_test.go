package live_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store/storetest"
	"quartier/tiles"
	"quartier/web/live"
)

// Lag and InStep tell what the map knows.
func TestLag(t *testing.T) {
	t.Parallel()
	w := newTown(t, 27)
	m, err := live.New(w.db, discard)
	if err != nil {
		t.Fatal(err)
	}
	if m.InStep(time.Now()) {
		t.Error("a map is in step before it is loaded")
	}
	began := time.Now()
	if err := m.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if lag := m.Lag(time.Now()); lag <= 0 || lag > time.Since(began) {
		t.Errorf("lag of %v after loading for %v", lag, time.Since(began))
	}
	now := time.Now()
	for _, c := range []struct {
		after time.Duration // since the look
		want  bool
	}{{0, true}, {2 * time.Second, true}, {2*time.Second + 1, false}, {time.Hour, false}} {
		if got := m.InStep(now.Add(c.after - m.Lag(now))); got != c.want {
			t.Errorf("%v after the last look the map is in step: %v", c.after, got)
		}
	}
	// Nobody looks any more: the lag grows.
	if m.Lag(now.Add(time.Minute)) < time.Minute {
		t.Error("the lag does not grow")
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Load(canceled); !errors.Is(err, context.Canceled) || !m.Ready() {
		t.Errorf("a load that is called off: %v, ready %v", err, m.Ready())
	}
}

// How long a report that was filed is not yet in its tile, while a hundred other changes a second arrive.
func BenchmarkFilingToTile(b *testing.B) {
	db := storetest.New(b)
	m, err := live.New(db, discard)
	if err != nil {
		b.Fatal(err)
	}
	defer run(m)()
	register := &reports.Register{DB: db, Now: time.Now}
	file := func() (reports.Receipt, error) {
		return register.File(b.Context(), account.Anonymous, reports.Filing{
			UUID: uuid.New(), Category: "pothole", Title: "x", Channel: "web", Position: geo.Position{Lon: 23_522_000, Lat: 488_566_000}})
	}
	beside, stop := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		every := time.NewTicker(10 * time.Millisecond)
		defer every.Stop()
		for {
			select {
			case <-beside.Done():
				return
			case <-every.C:
				if _, err := file(); err != nil {
					b.Error(err)
				}
			}
		}
	}()
	var took []time.Duration
	for b.Loop() {
		receipt, err := file()
		if err != nil {
			b.Fatal(err)
		}
		committed := time.Now()
		if !m.Await(b.Context(), receipt.Token) {
			b.Fatal("the map does not follow")
		}
		m.Index.Tile(geo.TileAt(geo.Position{Lon: 23_522_000, Lat: 488_566_000}, 10), tiles.Filter{}, tiles.Everyone)
		took = append(took, time.Since(committed))
	}
	stop()
	<-done
	slices.Sort(took)
	for name, percent := range map[string]int{"p50": 50, "p99": 99, "max": 100} {
		b.ReportMetric(float64(took[(len(took)-1)*percent/100].Microseconds())/1000, name+"-ms")
	}
}
