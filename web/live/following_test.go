package live_test

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
	"quartier/reports/store/storetest"
	"quartier/tiles"
	"quartier/web/live"
	"quartier/web/live/livetest"
)

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
			// As long as a transaction that was open when the log was pruned stays open beside, the map is loaded again and again.
			until(t, "the map is not in step after it was loaded anew", func(context.Context) bool { return m.InStep(time.Now()) })
		})
	}
}

// Words that change are followed: the name of a category in tiles. Who looks at the map is told to look anew.
func TestFollowWords(t *testing.T) {
	t.Parallel()
	w := newTown(t, 25)
	w.writes(t, 60)
	m := w.newMap(t)
	w.catchUp(t, m)
	in, out := connected(t)
	m.Hub.Subscribe(in, []byte("HEAD\n\n"), live.Interest{}, "", func() {})
	heard := livetest.Read(t, out)
	heard.Wants("here", "{}")
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
	name, _, _ := heard.Next()
	for name == "here" { // it comes from time to time
		name, _, _ = heard.Next()
	}
	if name != "reset" {
		t.Errorf("after the names have changed the stream tells %q", name)
	}
}

// connected gives both ends of a line.
func connected(t *testing.T) (in *net.TCPConn, out net.Conn) {
	t.Helper()
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	if out, err = net.Dial("tcp", door.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	accepted, err := door.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return accepted.(*net.TCPConn), out
}
