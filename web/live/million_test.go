package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
	"quartier/tiles"
)

// millions is the number of reports of TestMillions: QUARTIER_TEST_ITEMS, which make test-long sets to ten million.
func millions(t *testing.T) int {
	t.Helper()
	text := os.Getenv("QUARTIER_TEST_ITEMS")
	if text == "" {
		return 2_000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1000 {
		t.Fatalf("QUARTIER_TEST_ITEMS is %q, want a number from 1000", text)
	}
	return n
}

// fill fills the table with reports of sixty towns over France. The indexes that serve lists and searches are dropped: nothing here asks for them, and
// at ten million they take longer than the rest.
func (w *town) fill(t *testing.T, number int) {
	t.Helper()
	conn, err := w.db.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	do := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	do(`do $$ declare i record; begin
		for i in select indexrelid::regclass as name from pg_index x
		         where indrelid = 'report'::regclass and not exists (select from pg_constraint where conindid = x.indexrelid)
		loop execute 'drop index ' || i.name; end loop;
	end $$`)
	do(`set session_replication_role = replica`) // foreign keys are right by what is written
	centres := make([]geo.Position, 60)
	for i := range centres {
		centres[i] = geo.Position{Lon: -40_000_000 + w.random.Int32N(110_000_000), Lat: 430_000_000 + w.random.Int32N(75_000_000)}
	}
	columns := []string{"id", "uuid", "category_id", "service_id", "title", "lon", "lat", "h3", "zone_ids", "status", "visibility", "channel",
		"created_at", "updated_at", "closed_at", "due_at"}
	_, err = conn.Conn().CopyFrom(t.Context(), pgx.Identifier{"report"}, columns, pgx.CopyFromFunc(filled(w, centres, number)))
	if err != nil {
		t.Fatal(err)
	}
	do(`set session_replication_role = default`)
	do(`select setval(pg_get_serial_sequence('report', 'id'), ` + strconv.Itoa(number) + `)`)
	do(`vacuum analyze report`)
}

// filled gives row after row. Large towns are large: a tenth of the reports lie in the first one.
func filled(w *town, centres []geo.Position, number int) func() ([]any, error) {
	id := 0
	return func() ([]any, error) {
		if id++; id > number {
			return nil, nil
		}
		c := centres[w.random.IntN(len(centres))]
		if w.random.IntN(10) == 0 {
			c = centres[0]
		}
		row := w.insertion()
		p := geo.Position{Lon: c.Lon + int32(w.random.NormFloat64()*300_000), Lat: c.Lat + int32(w.random.NormFloat64()*200_000)}
		if w.random.IntN(50) == 0 {
			p = c
		}
		var known uuid.UUID // in order, so that its index grows at one end
		for i := range 8 {
			known[i] = byte(id >> (56 - 8*i))
		}
		return []any{int64(id), known, row["category"], row["service"], "Titre", p.Lon, p.Lat, int64(geo.CellAt(p, geo.CellResolution)), row["zones"],
			row["status"], row["visibility"], "import", row["created"], row["created"], row["closed"], row["due"]}, nil
	}
}

// batch changes many reports by one statement and logs the run, as an import or a new revision of zones does.
func (w *town) batch(t *testing.T, sql string, first, last int64) {
	t.Helper()
	err := w.db.Write(t.Context(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), sql, pgx.NamedArgs{"first": first, "last": last}); err != nil {
			return err
		}
		return store.Append(t.Context(), tx, store.Change{Kind: reports.Kind, First: first, Last: last})
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Very many reports, loaded from one snapshot, are what SQL says at all zooms and under random filters, before and after batches of changes of every
// size from one report to a tenth of all.
func TestMillions(t *testing.T) {
	number := millions(t)
	db, err := store.Open(t.Context(), store.Options{URL: storetest.URL(t), MaxConns: 8, StatementTimeout: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	w := newTownIn(t, db, 71)
	clock := time.Now()
	lap := func(what string) {
		t.Logf("%6.1f s  %s", time.Since(clock).Seconds(), what)
		clock = time.Now()
	}
	w.fill(t, number)
	lap(fmt.Sprint("filled ", number))
	m := w.newMap(t)
	until(t, "the map is not loaded", func(context.Context) bool { return m.Ready() })
	lap("loaded")
	compare := func(filters int) {
		t.Helper()
		w.catchUp(t, m)
		lap("caught up")
		lap(fmt.Sprint("unfiltered tiles compared: ", w.compare(t, m, reports.Filter{}, tiles.Filter{})))
		w.compareCounts(t, m, reports.Filter{}, tiles.Filter{})
		if number < 1_000_000 {
			w.compareEnds(t, m)
		}
		lap("counts compared")
		for range filters {
			record, index := w.filter()
			lap(fmt.Sprint("tiles compared: ", w.compare(t, m, record, index), " under ", fmt.Sprintf("%+v", index)))
			w.compareCounts(t, m, record, index)
			lap("counts compared")
		}
	}
	compare(3)

	n := int64(number)
	random := rand.New(rand.NewPCG(71, 2))
	for range 60 {
		size := []int64{1, 1, 10, 300, n / 100}[random.IntN(5)]
		first := 1 + random.Int64N(n-size)
		w.batch(t, []string{
			`update report set status = 'planned', closed_at = null, original_id = null where id between @first and @last`,
			`update report set status = 'resolved', closed_at = created_at + id % 1000 * interval '1 hour', original_id = null where id between @first and @last`,
			`update report set visibility = case id % 3 when 0 then 'hidden' when 1 then 'private' else 'public' end where id between @first and @last`,
			`update report set category_id = (select min(id) from category) + id % 5, created_at = created_at - id % 100 * interval '1 hour' where id between @first and @last`,
			`update report r set lon = o.lon, lat = o.lat, h3 = o.h3 from report o where o.id = r.id / 2 + 1 and r.id between @first and @last`,
			`update report set zone_ids = array[1 + id % 5, 10] where id between @first and @last`,
			`delete from report where id between @first and @last and id % 4 = 0`,
		}[random.IntN(7)], first, first+size-1)
	}
	w.batch(t, `
		insert into report (id, category_id, title, lon, lat, h3, zone_ids, status, channel, created_at, updated_at)
		select id + (@first - 1), category_id, 'Titre', lon, lat, h3, zone_ids, 'new', 'import', created_at, updated_at
		from report where id <= @last - @first + 1`, n+1, n+n/10)
	lap("changed")
	compare(2)
}
