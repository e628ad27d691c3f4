package live_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/store"
	"quartier/tiles"
	"quartier/web/live"
)

// A transaction that changes everything is seen whole or not at all, whichever way it is taken in, and whenever the map is stopped and goes on.
func TestFollowSeesTransactionsWhole(t *testing.T) {
	t.Parallel()
	w := newTown(t, 24)
	_, err := w.db.Exec(t.Context(), `
		insert into report (category_id, title, lon, lat, h3, channel, created_at, updated_at)
		select $1, 'x', 23522000 + n, 488566000 + n, $2, 'web', now(), now() from generate_series(1, 3000) n`,
		w.categories[0], int64(geo.CellAt(geo.Position{Lon: 23_522_000, Lat: 488_566_000}, geo.CellResolution)))
	if err != nil {
		t.Fatal(err)
	}
	m, err := live.New(w.db, discard)
	if err != nil {
		t.Fatal(err)
	}
	flip := func(status string) {
		err := w.db.Write(t.Context(), func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), `update report set status = $1`, status); err != nil {
				return err
			}
			return store.Append(t.Context(), tx, store.Change{Kind: reports.Kind, First: 1, Last: 3000})
		})
		if err != nil {
			t.Error(err)
		}
	}
	whole := func() {
		c := m.Index.Count(tiles.Filter{}, tiles.Everyone, time.Now())
		if c.Total != 3000 || len(c.Statuses) != 1 {
			t.Errorf("%d items in the states %v: a part of a transaction", c.Total, c.Statuses)
		}
	}
	stop := run(m)
	until(t, "the map is not loaded", func(context.Context) bool { return m.Ready() })
	for i := range 12 {
		flipped := make(chan struct{})
		go func() {
			defer close(flipped)
			flip([]string{"planned", "new"}[i%2])
			if i%3 > 0 {
				w.catchUp(t, m)
			}
		}()
		for running := true; running; {
			whole()
			select {
			case <-flipped:
				running = false
			default:
			}
		}
		// Somewhere on the way of the change into the map.
		stop()
		whole()
		stop = run(m)
	}
	defer stop()
	w.equal(t, m)
}

// A transaction that may have changed more reports than there are is followed too: everything is read anew.
func TestFollowVeryMany(t *testing.T) {
	t.Parallel()
	w := newTown(t, 28)
	w.writes(t, 60)
	m := w.newMap(t)
	w.catchUp(t, m)
	w.batch(t, `update report set visibility = 'public', category_id = (select min(id) from category) where id between @first and @last`, 1, 300_000)
	w.equal(t, m)
	w.writes(t, 10)
	w.equal(t, m)
}
