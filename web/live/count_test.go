package live_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/tiles"
	"quartier/web/live"
)

// statesOpen are the states that count as open.
const statesOpen = `('new', 'acknowledged', 'planned', 'in_progress', 'waiting', 'reopened')`

// pairs reads what a query counts by a key, as text.
func pairs(t testing.TB, w *town, sql string, args pgx.NamedArgs) map[string]int {
	t.Helper()
	rows, err := w.db.Query(t.Context(), sql, args)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	var key string
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&key, &n}, func() error { counts[key] = n; return nil }); err != nil {
		t.Fatal(err)
	}
	return counts
}

// texts gives counts with their keys as text, those of zero left out.
func texts[K comparable](counts map[K]int, name func(K) string) map[string]int {
	named := map[string]int{}
	for key, n := range counts {
		if n > 0 {
			named[name(key)] = n
		}
	}
	return named
}

// compareCounts compares Count, Total and Cells with SQL.
func (w *town) compareCounts(t testing.TB, m *live.Map, f reports.Filter, x tiles.Filter) {
	t.Helper()
	city, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2025, 2, 3, 4, 5, 6, 0, city)
	c := m.Index.Count(x, w.audience(), now)
	where, args := f.Where(w.reader)
	args["now"] = now
	check := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s under %+v: %v, SQL says %v", what, f, got, want)
		}
	}
	by := func(key, from, also string) map[string]int {
		t.Helper()
		return pairs(t, w, `select (`+key+`)::text, count(*) from report r `+from+` where `+where+` `+also+` group by 1`, args)
	}

	var total, open, overdue, handled int
	var median, p90 int64
	err = w.db.QueryRow(t.Context(), `
		select count(*), count(*) filter (where status in `+statesOpen+`), count(*) filter (where status in `+statesOpen+` and due_at < @now),
		       count(*) filter (where closed_at >= created_at),
		       coalesce(percentile_disc(0.5) within group (order by extract(epoch from closed_at - created_at)) filter (where closed_at >= created_at), 0)::bigint,
		       coalesce(percentile_disc(0.9) within group (order by extract(epoch from closed_at - created_at)) filter (where closed_at >= created_at), 0)::bigint
		from report r where `+where, args).Scan(&total, &open, &overdue, &handled, &median, &p90)
	if err != nil {
		t.Fatal(err)
	}
	check("total, open, overdue", []int{m.Index.Total(x, w.audience()), c.Total, c.Open, c.Overdue}, []int{total, total, open, overdue})
	check("handling", c.Handling, tiles.Handling{Count: handled, Median: time.Duration(median) * time.Second, P90: time.Duration(p90) * time.Second})
	number := func(n int32) string { return fmt.Sprint(n) }
	check("states", texts(c.Statuses, func(n uint8) string { return reports.Statuses[n].Name }), by(`r.status`, ``, ``))
	check("categories", texts(c.Categories, number), by(`r.category_id`, ``, ``))
	check("services", texts(c.Services, number), by(`coalesce(r.service_id, 0)`, ``, ``))
	inZones, openInZones := m.Index.CountZones(x, w.audience())
	check("zones", []any{texts(c.Zones, number), texts(inZones, number)}, slices.Repeat([]any{by(`z`, `cross join unnest(r.zone_ids) z`, ``)}, 2))
	check("open in zones", texts(openInZones, number), by(`z`, `cross join unnest(r.zone_ids) z`, `and r.status in `+statesOpen))
	weeks := map[string]int{}
	for _, week := range c.Weeks {
		weeks[week.Monday.Format(time.DateOnly)] = week.Count
	}
	check("weeks", weeks, by(`date_trunc('week', r.created_at at time zone 'Europe/Paris')::date`, ``, ``))

	const resolution = 7
	cells := map[string]int{}
	found, more := m.Index.Cells(resolution, nil, x, w.audience(), 1<<30)
	if more {
		t.Fatal("more cells than there are")
	}
	for _, one := range found {
		cell := fmt.Sprint(int64(one.Cell))
		cells[cell] = one.Count
		if one.Open > 0 {
			cells[cell+" open"] = one.Open
		}
		for status, n := range one.Statuses {
			cells[cell+" "+reports.Statuses[status].Name] = n
		}
		for category, n := range one.Categories {
			cells[cell+" "+number(category)] = n
		}
	}
	want := map[string]int{}
	for _, part := range []string{`''`, `' ' || r.status`, `' ' || r.category_id`} {
		for key, n := range by(fmt.Sprintf(`cell_parent(r.h3, %d)::text || %s`, resolution, part), ``, ``) {
			want[key] = n
		}
	}
	for key, n := range by(fmt.Sprintf(`cell_parent(r.h3, %d)::text || ' open'`, resolution), ``, `and r.status in `+statesOpen) {
		want[key] = n
	}
	check("cells", cells, want)
}

// compareEnds compares ranges of time that begin or end at the very second of a report, which is in those that begin then and not in those that end.
func (w *town) compareEnds(t testing.TB, m *live.Map) {
	t.Helper()
	for _, at := range w.moments {
		for _, f := range []reports.Filter{{From: at}, {To: at}, {From: at, To: at.Add(time.Second)}} {
			var x tiles.Filter
			if !f.From.IsZero() {
				x.From = f.From.Unix()
			}
			if !f.To.IsZero() {
				x.To = f.To.Unix()
			}
			where, args := f.Where(w.reader)
			var want int
			if err := w.db.QueryRow(t.Context(), `select count(*) from report r where `+where, args).Scan(&want); err != nil {
				t.Fatal(err)
			}
			if got := m.Index.Total(x, w.audience()); got != want {
				t.Fatalf("%d items from %v to %v, SQL says %d", got, f.From, f.To, want)
			}
		}
	}
}

// middle gives the range of time from the creation of one public report to that of another, with half of them between.
func (w *town) middle(t testing.TB) (f reports.Filter) {
	t.Helper()
	err := w.db.QueryRow(t.Context(), `
		select percentile_disc(0.25) within group (order by created_at), percentile_disc(0.75) within group (order by created_at)
		from report where visibility = 'public' and status <> 'pending'`).Scan(&f.From, &f.To)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
