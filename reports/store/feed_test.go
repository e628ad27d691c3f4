package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

// here gives the cursor of now.
func here(t *testing.T, db *store.DB) (c store.Cursor) {
	t.Helper()
	err := db.Read(t.Context(), func(tx pgx.Tx) (err error) {
		c, err = store.Here(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// since gives the ids that changed after a cursor, and the cursor after them.
func since(t *testing.T, db *store.DB, c store.Cursor) (ids []int64, next store.Cursor) {
	t.Helper()
	err := db.Read(t.Context(), func(tx pgx.Tx) error {
		changes, n, err := store.Since(t.Context(), tx, c)
		next = n
		for _, ch := range changes {
			for id := ch.First; id <= ch.Last; id++ {
				ids = append(ids, id)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids, next
}

func begin(t *testing.T, db *store.DB) pgx.Tx {
	t.Helper()
	tx, err := db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	return tx
}

func logChange(t *testing.T, tx pgx.Tx, id int64) {
	t.Helper()
	if err := store.Append(t.Context(), tx, store.Change{Kind: "report", First: id, Last: id}); err != nil {
		t.Fatal(err)
	}
}

func commit(t *testing.T, tx pgx.Tx) {
	t.Helper()
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func wantIDs(t *testing.T, when string, got []int64, want ...int64) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: changes of %v, want %v", when, got, want)
	}
}

// Two writers commit in the other order than they began: neither change is lost, whichever the reader sees first (STYLE 39).
func TestInterleavedWriters(t *testing.T) {
	db := storetest.New(t)
	cursor := here(t, db)
	first, second := begin(t, db), begin(t, db)
	logChange(t, first, 7)
	logChange(t, second, 8)
	commit(t, second)
	ids, cursor := since(t, db, cursor)
	wantIDs(t, "after the second commit", ids, 8)
	commit(t, first)
	ids, cursor = since(t, db, cursor)
	wantIDs(t, "after the late commit", ids, 7)
	ids, _ = since(t, db, cursor)
	wantIDs(t, "after everything", ids)
}

// A transaction with a small id changes a row last.
func TestOldTransactionWritesLast(t *testing.T) {
	db := storetest.New(t)
	old := begin(t, db)
	if _, err := old.Exec(t.Context(), `select pg_current_xact_id()`); err != nil {
		t.Fatal(err)
	}
	cursor := here(t, db)
	young := begin(t, db)
	logChange(t, young, 1)
	commit(t, young)
	ids, cursor := since(t, db, cursor)
	wantIDs(t, "after the young one", ids, 1)
	logChange(t, old, 1)
	commit(t, old)
	ids, _ = since(t, db, cursor)
	wantIDs(t, "after the old one", ids, 1)
}

// A transaction that stays open beside, and one that is prepared in another database of the server, hold nothing up and hide nothing.
func TestLongAndPreparedTransactionsBeside(t *testing.T) {
	db, other := storetest.New(t), storetest.New(t)
	long := begin(t, db)
	logChange(t, long, 99)
	if _, err := other.Exec(t.Context(), `create table t (n int)`); err != nil {
		t.Fatal(err)
	}
	prepared := begin(t, other)
	name := fmt.Sprintf("beside_%d", time.Now().UnixNano())
	if _, err := prepared.Exec(t.Context(), `insert into t values (1); prepare transaction '`+name+`'`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := other.Exec(context.Background(), `rollback prepared '`+name+`'`); err != nil {
			t.Error(err)
		}
	})
	cursor := here(t, db)
	for id := int64(1); id <= 3; id++ {
		tx := begin(t, db)
		logChange(t, tx, id)
		commit(t, tx)
		var ids []int64
		ids, cursor = since(t, db, cursor)
		wantIDs(t, "beside the long one", ids, id)
	}
	commit(t, long)
	ids, _ := since(t, db, cursor)
	wantIDs(t, "after the long one", ids, 99)
}

// A prepared transaction of our own database is seen when it is committed, not before.
func TestPreparedChange(t *testing.T) {
	db := storetest.New(t)
	cursor := here(t, db)
	tx := begin(t, db)
	logChange(t, tx, 5)
	name := fmt.Sprintf("own_%d", time.Now().UnixNano())
	if _, err := tx.Exec(t.Context(), `prepare transaction '`+name+`'`); err != nil {
		t.Fatal(err)
	}
	ids, cursor := since(t, db, cursor)
	wantIDs(t, "while prepared", ids)
	if _, err := db.Exec(t.Context(), `commit prepared '`+name+`'`); err != nil {
		t.Fatal(err)
	}
	ids, _ = since(t, db, cursor)
	wantIDs(t, "after its commit", ids, 5)
}

// Many writers commit and roll back at random while a reader follows: in the end the reader has been told of every committed change.
func TestReaderMissesNothing(t *testing.T) {
	db := storetest.New(t)
	cursor := here(t, db)
	told := map[int64]bool{}
	var mu sync.Mutex
	committed := map[int64]bool{}
	var writers sync.WaitGroup
	for w := range int64(6) {
		writers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(w), 1))
			for i := range int64(40) {
				id := w*1000 + i
				keep := random.IntN(4) > 0
				err := db.Write(t.Context(), func(tx pgx.Tx) error {
					if err := store.Append(t.Context(), tx, store.Change{Kind: "report", First: id, Last: id}); err != nil {
						return err
					}
					if !keep {
						return errors.New("rolled back")
					}
					return nil
				})
				if err == nil {
					mu.Lock()
					committed[id] = true
					mu.Unlock()
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false // and read once more
		default:
		}
		var ids []int64
		ids, cursor = since(t, db, cursor)
		for _, id := range ids {
			told[id] = true
		}
	}
	if len(committed) == 0 || len(told) != len(committed) {
		t.Errorf("%d changes committed, the reader was told of %d", len(committed), len(told))
	}
	for id := range committed {
		if !told[id] {
			t.Errorf("the reader missed %d", id)
		}
	}
}

// Another history of the database, or a log pruned beyond the cursor, is told as such.
func TestLostCursor(t *testing.T) {
	lost := func(t *testing.T, db *store.DB, c store.Cursor) error {
		return db.Read(t.Context(), func(tx pgx.Tx) error {
			_, _, err := store.Since(t.Context(), tx, c)
			return err
		})
	}
	t.Run("another epoch", func(t *testing.T) {
		db := storetest.New(t)
		c := here(t, db)
		if _, err := db.Exec(t.Context(), `update setting set value = '2' where name = 'epoch_counter'`); err != nil {
			t.Fatal(err)
		}
		if err := lost(t, db, c); !errors.Is(err, store.ErrLost) {
			t.Errorf("error %v, want ErrLost", err)
		}
	})
	t.Run("another copy", func(t *testing.T) { // both are made from one template, so that their tables are the same ones
		c := here(t, storetest.New(t))
		if err := lost(t, storetest.New(t), c); !errors.Is(err, store.ErrLost) {
			t.Errorf("error %v, want ErrLost", err)
		}
	})
	t.Run("pruned", func(t *testing.T) {
		db := storetest.New(t)
		now := time.Now()
		if err := db.PrepareLog(t.Context(), now, 24*time.Hour); err != nil {
			t.Fatal(err)
		}
		c := here(t, db)
		tx := begin(t, db)
		logChange(t, tx, 1)
		token, err := store.CurrentToken(t.Context(), tx)
		if err != nil {
			t.Fatal(err)
		}
		commit(t, tx)
		// A cursor that may be followed from has no older transaction open beside it, in any database of the server.
		after := here(t, db)
		for xmin := uint64(0); xmin <= token.XID; after = here(t, db) {
			if _, err := fmt.Sscanf(after.Snapshot.String(), "%d:", &xmin); err != nil {
				t.Fatal(err)
			}
		}
		// Ten days later the day of the change is dropped.
		if err := db.PrepareLog(t.Context(), now.Add(10*24*time.Hour), 24*time.Hour); err != nil {
			t.Fatal(err)
		}
		if err := lost(t, db, c); !errors.Is(err, store.ErrLost) {
			t.Errorf("the old cursor: %v, want ErrLost", err)
		}
		if err := lost(t, db, after); err != nil {
			t.Errorf("the cursor that had seen it: %v", err)
		}
	})
}

// A stored cursor that has not passed a day keeps that day's partition.
func TestStoredCursorKeepsTheLog(t *testing.T) {
	db := storetest.New(t)
	now := time.Now()
	if err := db.PrepareLog(t.Context(), now, 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	c := here(t, db)
	_, err := db.Exec(t.Context(), `insert into change_cursor (reader, epoch, snapshot) values ('mail', @epoch, @snapshot::text::pg_snapshot)`,
		pgx.NamedArgs{"epoch": c.Epoch, "snapshot": c.Snapshot.String()})
	if err != nil {
		t.Fatal(err)
	}
	tx := begin(t, db)
	logChange(t, tx, 1)
	commit(t, tx)
	if err := db.PrepareLog(t.Context(), now.Add(10*24*time.Hour), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	ids, _ := since(t, db, c)
	wantIDs(t, "for the stored cursor", ids, 1)
}

// However many wake-ups have come, they lead to one look, or two if some came after the first.
func TestWakeUpsDoNotPileUp(t *testing.T) {
	db := storetest.New(t)
	l := db.Listener()
	defer l.Close()
	if err := l.Wait(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if _, err := db.Exec(t.Context(), `select pg_notify('quartier_change', '')`); err != nil {
			t.Fatal(err)
		}
	}
	looks := 0
	for ; looks < 50; looks++ {
		short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		err := l.Wait(short, time.Hour)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			break // nothing is left
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if looks < 1 || looks > 2 {
		t.Errorf("50 wake-ups lead to %d looks, want 1 or 2", looks)
	}
	// The line is still there.
	if _, err := db.Exec(t.Context(), `select pg_notify('quartier_change', '')`); err != nil {
		t.Fatal(err)
	}
	if err := l.Wait(t.Context(), time.Hour); err != nil {
		t.Error(err)
	}
}

// A wake-up reaches a listener without waiting for its poll; a lost connection is told, and the next wait listens anew.
func TestListener(t *testing.T) {
	db := storetest.New(t)
	l := db.Listener()
	defer l.Close()
	if err := l.Wait(t.Context(), time.Hour); err != nil { // the first wait begins to listen and returns at once
		t.Fatal(err)
	}
	woken := make(chan error, 1)
	go func() { woken <- l.Wait(t.Context(), time.Hour) }()
	err := db.Write(t.Context(), func(tx pgx.Tx) error {
		return store.Append(t.Context(), tx, store.Change{Kind: "report", First: 1, Last: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-woken; err != nil {
		t.Fatal(err)
	}
	go func() { woken <- l.Wait(t.Context(), time.Hour) }()
	for ended := false; !ended; { // until the listening connection is there to be ended
		err := db.QueryRow(t.Context(), `
			select coalesce(bool_or(pg_terminate_backend(pid)), false) from pg_stat_activity
			where query = 'listen quartier_change' and datname = current_database()`).Scan(&ended)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := <-woken; err == nil {
		t.Error("a lost connection was not told")
	}
	if err := l.Wait(t.Context(), time.Hour); err != nil {
		t.Errorf("listening anew: %v", err)
	}
}
