package live_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
	"quartier/tiles"
	"quartier/web/live"
)

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
