package store_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

func TestParseSnapshot(t *testing.T) {
	for _, c := range []struct {
		text         string
		good         bool
		seen, unseen []uint64
	}{
		{"10:10:", true, []uint64{1, 9}, []uint64{10, 11}},
		{"10:15:11,13", true, []uint64{9, 10, 12, 14}, []uint64{11, 13, 15, 16}},
		{"", false, nil, nil},
		{"10:9:", false, nil, nil},
		{"0:9:", false, nil, nil},
		{"10:15:13,11", false, nil, nil},
		{"10:15:x", false, nil, nil},
		{"10:15:11:12", false, nil, nil},
	} {
		s, err := store.ParseSnapshot(c.text)
		if (err == nil) != c.good {
			t.Errorf("%q: error %v", c.text, err)
			continue
		}
		if err != nil {
			continue
		}
		if s.String() != c.text {
			t.Errorf("%q is written %q", c.text, s)
		}
		for _, x := range c.seen {
			if !s.Sees(x) {
				t.Errorf("%q does not see %d", c.text, x)
			}
		}
		for _, x := range c.unseen {
			if s.Sees(x) {
				t.Errorf("%q sees %d", c.text, x)
			}
		}
	}
}

// Sees says what PostgreSQL's own function says, with transactions under way.
func TestSeesAgreesWithPostgreSQL(t *testing.T) {
	db := storetest.New(t)
	ctx := t.Context()
	for range 3 { // left open: they are running in the snapshot
		tx, err := db.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(context.Background())
		if _, err := tx.Exec(ctx, `select pg_current_xact_id()`); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(ctx, `select pg_current_xact_id()`); err != nil { // finished at once
			t.Fatal(err)
		}
	}
	var text string
	if err := db.QueryRow(ctx, `select pg_current_snapshot()::text`).Scan(&text); err != nil {
		t.Fatal(err)
	}
	s, err := store.ParseSnapshot(text)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(ctx, `
		select x, pg_visible_in_snapshot(x::text::xid8, @s::text::pg_snapshot)
		from generate_series(pg_snapshot_xmin(@s::text::pg_snapshot)::text::bigint - 5, pg_snapshot_xmax(@s::text::pg_snapshot)::text::bigint + 5) as x`,
		pgx.NamedArgs{"s": text})
	if err != nil {
		t.Fatal(err)
	}
	var x uint64
	var want bool
	compared := 0
	_, err = pgx.ForEachRow(rows, []any{&x, &want}, func() error {
		compared++
		if s.Sees(x) != want {
			t.Errorf("%s sees %d: %v, PostgreSQL says %v", text, x, !want, want)
		}
		return nil
	})
	if err != nil || compared < 10 {
		t.Errorf("%d transactions compared, %v", compared, err)
	}
}

func FuzzParseSnapshot(f *testing.F) {
	f.Add("10:15:11,13")
	f.Add("1:1:")
	f.Add("::")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := store.ParseSnapshot(text)
		if err != nil {
			return
		}
		again, err := store.ParseSnapshot(s.String())
		if err != nil || again.String() != s.String() {
			t.Errorf("%q is written %q, which is read as %q, %v", text, s, again, err)
		}
	})
}

func FuzzParseToken(f *testing.F) {
	f.Add(store.Token{Epoch: "7-1-1", XID: 12}.String())
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := store.ParseToken(text)
		if err != nil {
			return
		}
		if again, err := store.ParseToken(token.String()); err != nil || again != token {
			t.Errorf("%q became %v and then %v, %v", text, token, again, err)
		}
	})
}
