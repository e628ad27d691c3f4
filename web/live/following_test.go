package live_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
	"quartier/tiles"
	"quartier/web/live"
)

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

// prepare makes a prepared transaction, and rolls it back when the test ends if nobody commits it.
func prepare(t *testing.T, db *store.DB, name string, do func(tx pgx.Tx) error) (commit func()) {
	t.Helper()
	name = fmt.Sprintf("%s_%d", name, time.Now().UnixNano())
	tx, err := db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(t.Context()))
	if err := do(tx); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `prepare transaction '`+name+`'`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = db.Exec(context.Background(), `rollback prepared '`+name+`'`) })
	return func() {
		t.Helper()
		if _, err := db.Exec(t.Context(), `commit prepared '`+name+`'`); err != nil {
			t.Fatal(err)
		}
	}
}

// Writers that interleave, a long transaction and a prepared one beside, in this database and in another of the server: nothing is held up, and what
// commits late is there.
func TestFollowBesideOpenTransactions(t *testing.T) {
	t.Parallel()
	w, other := newTown(t, 21), storetest.New(t)
	w.writes(t, 100)
	m := w.newMap(t)
	answering(t, m)
	hold := func(db *store.DB) pgx.Tx {
		tx, err := db.Begin(t.Context())
		if err == nil {
			_, err = tx.Exec(t.Context(), `select pg_current_xact_id()`)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
		return tx
	}
	long := hold(w.db)
	hold(other)
	insert := func(tx pgx.Tx) error {
		w.mu.Lock()
		columns := w.insertion()
		w.mu.Unlock()
		columns["visibility"], columns["status"], columns["closed"] = "public", "new", nil
		return w.insert(t.Context(), tx, columns)
	}
	ours := prepare(t, w.db, "ours", insert)
	prepare(t, other, "theirs", func(tx pgx.Tx) error { _, err := tx.Exec(t.Context(), `create table t ()`); return err })
	for range 3 {
		committed, stop := w.writing(t, 4)
		atLeast(t, committed, 40)
		stop()
		w.equal(t, m)
	}
	before := m.Index.Total(tiles.Filter{}, tiles.Everyone)
	ours()
	if err := insert(long); err != nil {
		t.Fatal(err)
	}
	if err := long.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.equal(t, m)
	if got := m.Index.Total(tiles.Filter{}, tiles.Everyone); got != before+2 {
		t.Errorf("%d items after the late commits, want 2 more than %d", got, before)
	}
}

// The connections of the map and of everybody else are ended again and again while writers write and another map loads.
func TestFollowThroughLostConnections(t *testing.T) {
	t.Parallel()
	w := newTown(t, 22)
	w.writes(t, 100)
	m := w.newMap(t)
	answering(t, m)
	killer, err := pgx.ConnectConfig(t.Context(), w.db.Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer killer.Close(context.WithoutCancel(t.Context()))
	kill := func(context.Context) bool {
		_, err := killer.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
		if err != nil {
			t.Fatal(err)
		}
		return m.Resting()
	}
	var late *live.Map
	committed, stop := w.writing(t, 3)
	for range 3 {
		atLeast(t, committed, 10)
		until(t, "the map does not notice", kill)
		late = w.newMap(t) // it loads while connections are still being ended
		kill(t.Context())
		until(t, "the map does not recover", func(context.Context) bool { return !m.Resting() })
	}
	stop()
	w.equal(t, m)
	w.equal(t, late)
	w.late(t, m)
}

// A map whose thread is lost, because the log was pruned or the database is another one, loads anew while writers write, shows what it had
// until then, and misses nothing.
func TestFollowAfterLosingTheThread(t *testing.T) {
	t.Parallel()
	w := newTown(t, 23)
	w.writes(t, 100)
	m := w.newMap(t)
	answering(t, m)
	for name, lose := range map[string]string{
		"epoch": `update setting set value = value::bigint + 1 where name = 'epoch_counter'`,
		// As change_log_prune leaves it when it has dropped what the cursor had not seen.
		"pruned": `insert into setting (name, value) values ('change_log_pruned', pg_current_xact_id()::text)
		           on conflict (name) do update set value = excluded.value`,
		// As a dump does that is restored over what is there.
		"restored": `create table restored (like change_log including all) partition by range (logged_at);
		             create table restored_rest partition of restored default;
		             drop table change_log;
		             alter table restored rename to change_log`,
	} {
		t.Run(name, func(t *testing.T) {
			committed, stop := w.writing(t, 3)
			atLeast(t, committed, 10)
			// What the log never told of is there afterwards too.
			if _, err := w.db.Exec(t.Context(), `update report set visibility = 'public' where id % 3 = 0; `+lose); err != nil {
				t.Fatal(err)
			}
			atLeast(t, committed, 10)
			stop()
			w.equal(t, m)
			if !m.InStep(time.Now()) {
				t.Error("the map is not in step after it was loaded anew")
			}
		})
	}
}

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

// Words that change are followed: the name of a category in tiles.
func TestFollowWords(t *testing.T) {
	t.Parallel()
	w := newTown(t, 25)
	w.writes(t, 60)
	m := w.newMap(t)
	w.catchUp(t, m)
	err := w.db.Write(t.Context(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `update category set slug = slug || '-2'`); err != nil {
			return err
		}
		return store.Append(t.Context(), tx, store.Change{Kind: "category", First: 1, Last: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
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

// A token is waited for: its write is there. One of a history that is over is not waited for longer than it takes to know.
func TestAwait(t *testing.T) {
	t.Parallel()
	w := newTown(t, 26)
	m, err := live.New(w.db, discard)
	if err != nil {
		t.Fatal(err)
	}
	stop := run(m)
	defer func() { stop() }()
	until(t, "the map is not loaded", func(context.Context) bool { return m.Ready() })
	if !m.Await(t.Context(), store.Token{Epoch: "over", XID: 1 << 60}) {
		t.Error("a token of another history is waited for in vain")
	}
	var token store.Token
	for want := 1; want <= 20; want++ {
		err := w.db.Write(t.Context(), func(tx pgx.Tx) (err error) {
			w.mu.Lock()
			columns := w.insertion()
			w.mu.Unlock()
			columns["visibility"], columns["status"], columns["closed"] = "public", "new", nil
			if token, err = store.CurrentToken(t.Context(), tx); err != nil {
				return err
			}
			return w.insert(t.Context(), tx, columns)
		})
		if err != nil {
			t.Fatal(err)
		}
		if !m.Await(t.Context(), token) || m.Index.Total(tiles.Filter{}, tiles.Everyone) != want {
			t.Fatalf("%d items after writing %d", m.Index.Total(tiles.Filter{}, tiles.Everyone), want)
		}
	}
	// Another node has noticed first that the database is another one now.
	stop()
	if _, err := w.db.Exec(t.Context(), `update setting set value = '7' where name = 'epoch_counter'`); err != nil {
		t.Fatal(err)
	}
	err = w.db.Write(t.Context(), func(tx pgx.Tx) (err error) {
		token, err = store.CurrentToken(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithCancel(t.Context())
	cancel()
	if m.Await(short, token) {
		t.Error("the map claims to have seen a write of a history that it does not know")
	}
	stop = run(m)
	w.catchUp(t, m)
}
