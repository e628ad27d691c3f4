package demo

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/place"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
	"quartier/reports/zone"
)

func fill(t *testing.T, db *store.DB) Summary {
	t.Helper()
	s, err := town().Fill(t.Context(), db, account.System, paris(), today)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func count(t *testing.T, db *store.DB, sql string, args ...any) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(sql, err)
	}
	return n
}

// note gives what the database says of the demo.
func note(t *testing.T, db *store.DB) (state string) {
	t.Helper()
	if err := db.QueryRow(t.Context(), `select coalesce(max(value), '') from setting where name = $1`, settingName).Scan(&state); err != nil {
		t.Fatal(err)
	}
	return state
}

// post files somebody's own report.
func post(t *testing.T, db *store.DB) {
	t.Helper()
	r := reports.Register{DB: db, Now: func() time.Time { return today }}
	filing := reports.Filing{Category: "pothole", Title: "À moi", Channel: "web", Position: filed()[0].spot.at}
	if _, err := r.File(t.Context(), account.Anonymous, filing); err != nil {
		t.Fatal(err)
	}
}

// blocked fills while somebody holds a table, calls meanwhile when the fill waits for it, and gives what came of the fill.
func blocked(t *testing.T, db *store.DB, hold string, meanwhile func(tx pgx.Tx, stop func())) (Summary, error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	tx, err := db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(t.Context()))
	if _, err := tx.Exec(t.Context(), hold); err != nil {
		t.Fatal(err)
	}
	var s Summary
	done := make(chan error, 1)
	go func() {
		var err error
		s, err = town().Fill(ctx, db, account.System, paris(), today)
		done <- err
	}()
	for count(t, db, `
		select count(*) from pg_locks l join pg_database d on d.oid = l.database
		where d.datname = current_database() and l.relation is not null and not l.granted`) == 0 {
		select {
		case err := <-done:
			t.Fatalf("the fill did not wait: %+v, %v", s, err)
		case <-time.After(5 * time.Millisecond):
		}
	}
	meanwhile(tx, stop)
	err = <-done
	return s, err
}

func TestFill(t *testing.T) {
	db := storetest.New(t)
	s := fill(t, db)
	if s.State != Filled || note(t, db) != version || s.Reports != len(filed()) || s.Addresses != int64(len(town().addresses)) {
		t.Errorf("the fill says %+v", s)
	}
	if n := count(t, db, `select count(*) from report`); n != len(filed()) {
		t.Errorf("%d reports are stored", n)
	}
	for what, sql := range map[string]string{
		"not in one zone of each set":      `select count(*) from report where cardinality(zone_ids) <> 2`,
		"in other zones than PostGIS says": `select count(*) from report where id % 20 = 0 and zone_ids <> zones_at(lon, lat)`,
		"numbered against their order":     `select count(*) from (select created_at < lag(created_at) over (order by id) as wrong from report) r where wrong`,
		"closed and not closed":            `select count(*) from report where (closed_at is null) <> (status in ('pending', 'new', 'acknowledged', 'planned', 'in_progress', 'waiting', 'reopened'))`,
		"changed before they were filed":   `select count(*) from report where updated_at < created_at or closed_at > updated_at or due_at <= created_at`,
		"from the future":                  `select count(*) from report where updated_at > '2026-06-18T15:20:00Z'`,
		"without a deadline or a service":  `select count(*) from report where due_at is null or service_id is null`,
		"of a private category and public": `select count(*) from report r join category c on c.id = r.category_id where c.private and r.visibility <> 'private'`,
		"twins of what is not to be seen":  `select count(*) from report r join report o on o.id = r.original_id where o.visibility <> 'public' or o.status in ('duplicate', 'pending') or o.category_id <> r.category_id`,
		"handled by another service":       `select count(*) from report r join category c on c.id = r.category_id left join category p on p.id = c.parent_id where r.service_id <> coalesce(c.service_id, p.service_id)`,
		"told by a service not theirs":     `select count(*) from timeline t join report r on r.id = t.item_id join service s on s.id = r.service_id where t.actor_role = 'agent' and t.actor_name <> s.name_fr`,
		"without a timeline":               `select count(*) from report r where not exists (select from timeline t where t.kind = 'report' and t.item_id = r.id and t.type = 'filed')`,
		"other than their timelines say":   `select count(*) from report r where status <> (select to_status from timeline t where t.kind = 'report' and t.item_id = r.id and to_status is not null order by created_at desc, id desc limit 1)`,
		"filed by somebody who is known":   `select count(*) from report_contact`,
	} {
		if n := count(t, db, sql); n > 0 {
			t.Errorf("%d reports are %s", n, what)
		}
	}
	if n := count(t, db, `select count(*) from zone`); n != 11 {
		t.Errorf("%d zones are stored", n)
	}
	if n := count(t, db, `select count(*) from category c where not exists (select from report r where r.category_id = c.id)`); n > 0 {
		t.Errorf("%d categories have no report", n)
	}
	for _, what := range []string{`visibility = 'hidden'`, `status = 'pending'`, `visibility = 'private'`, `status = 'waiting'`, `support_count > 20`} {
		if count(t, db, `select count(*) from report where `+what) == 0 {
			t.Errorf("no report has %s", what)
		}
	}
	open := count(t, db, `select count(*) from report where closed_at is null`)
	if late := count(t, db, `select count(*) from report where closed_at is null and due_at < '2026-06-18T15:20:00Z'`); late*100 < 15*open || late*100 > 25*open {
		t.Errorf("of %d open reports %d are late", open, late)
	}
	if n := count(t, db, `select count(*) from change_log where kind = 'report' and last_id - first_id + 1 = $1`, len(filed())); n != 1 {
		t.Errorf("the change log has %d runs of all reports", n)
	}
	// Life goes on: the next number is the next.
	r := reports.Register{DB: db, Now: func() time.Time { return today }}
	receipt, err := r.File(t.Context(), account.Anonymous, reports.Filing{Category: "pothole", Title: "Trou", Channel: "web", Position: filed()[0].spot.at})
	if err != nil || receipt.ID != int64(len(filed()))+1 {
		t.Errorf("the next report is %d, %v", receipt.ID, err)
	}
	// A second fill finds its own and leaves it.
	if again := fill(t, db); again.State != Settled || note(t, db) != version {
		t.Errorf("the second fill says %+v", again)
	}
	found, err := place.Search(t.Context(), db, account.Anonymous, "12 grand rue", 5)
	if err != nil || len(found) == 0 || !strings.HasPrefix(found[0].Label, "12 Grand-Rue") {
		t.Errorf("12 grand rue: %+v, %v", found, err)
	}
}

// The shapes of the zones are what PostGIS calls a partition: valid, side by side, none above another.
func TestZonesAreAPartition(t *testing.T) {
	db := storetest.New(t)
	for _, set := range town().sets() {
		done, err := zone.Import(t.Context(), db, account.System, set.naming, set.content)
		if err != nil || len(done.Repaired) > 0 {
			t.Fatalf("%+v, %v", done, err)
		}
	}
	if n := count(t, db, `
		select count(*)
		from zone_shape a join zone_shape b on a.revision_id = b.revision_id and a.zone_id < b.zone_id
		where ST_Area(ST_Intersection(a.geometry, b.geometry)) > 1e-12`); n > 0 {
		t.Errorf("%d zones lie above another of their set", n)
	}
	if n := count(t, db, `
		select count(*) from (
		  select ST_NumGeometries(ST_Multi(ST_Union(geometry))) as parts from zone_shape group by revision_id) u
		where parts <> $1`, 1+len(rocks)); n > 0 {
		t.Errorf("%d sets have gaps", n)
	}
}

func TestFillLeavesOthersAlone(t *testing.T) {
	zones := func(t *testing.T, db *store.DB) {
		set := town().sets()[1]
		set.naming.Source = "" // they need not say where they come from
		if _, err := zone.Import(t.Context(), db, account.System, set.naming, set.content); err != nil {
			t.Fatal(err)
		}
	}
	addresses := func(t *testing.T, db *store.DB) {
		if _, err := place.Import(t.Context(), db, account.System, "ours", town().entries()); err != nil {
			t.Fatal(err)
		}
	}
	note := func(state string) func(t *testing.T, db *store.DB) {
		return func(t *testing.T, db *store.DB) {
			if _, err := db.Exec(t.Context(), `insert into setting (name, value) values ($1, $2)`, settingName, state); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name  string
		begin []func(*testing.T, *store.DB)
		want  State
	}{
		{"a report", []func(*testing.T, *store.DB){post}, Others},
		{"a zone set", []func(*testing.T, *store.DB){zones}, Others},
		{"addresses", []func(*testing.T, *store.DB){addresses}, Others},
		{"a report in half of the town", []func(*testing.T, *store.DB){note(filling), post}, Mixed},
		{"a zone set in half of the town", []func(*testing.T, *store.DB){note(filling), zones}, Mixed},
		{"addresses in half of the town", []func(*testing.T, *store.DB){note(filling), addresses}, Mixed},
		{"the town of another version", []func(*testing.T, *store.DB){note("0"), post}, Outdated},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := storetest.New(t)
			for _, begin := range c.begin {
				begin(t, db)
			}
			const rows = `
				select (select count(*) from report) + (select count(*) from zone_shape) + (select count(*) from address) + (select count(*) from setting)`
			before := count(t, db, rows)
			if s := fill(t, db); s != (Summary{State: c.want}) {
				t.Errorf("the fill says %+v", s)
			}
			if after := count(t, db, rows); before != after {
				t.Errorf("%d rows became %d", before, after)
			}
		})
	}
}

// A fill that is cut off leaves no report, and the next one completes it.
func TestFillThatWasInterrupted(t *testing.T) {
	db := storetest.New(t)
	// Zones, addresses and reports are written when the timelines wait for their turn; the reports are not committed.
	_, err := blocked(t, db, `lock table timeline in share mode`, func(_ pgx.Tx, stop func()) { stop() })
	if err == nil {
		t.Error("the fill was not interrupted")
	}
	if n := count(t, db, `select count(*) from address`); n != len(town().addresses) {
		t.Errorf("%d addresses are there", n)
	}
	if n := count(t, db, `select count(*) from zone_set where revision_id is not null`); n != 2 {
		t.Errorf("%d zone sets are there", n)
	}
	if n := count(t, db, `select count(*) from report`); n != 0 || note(t, db) != filling {
		t.Errorf("%d reports are there, and the note %q", n, note(t, db))
	}
	if s := fill(t, db); s.State != Filled || note(t, db) != version || s.Reports != len(filed()) || s.Addresses != int64(len(town().addresses)) {
		t.Errorf("the next fill says %+v", s)
	}
}

// A report that another node files while the town is built is not buried under the town's.
func TestFillThatSomebodyCameBefore(t *testing.T) {
	db := storetest.New(t)
	const filing = `
		insert into report (category_id, title, lon, lat, h3, channel, created_at, updated_at)
		values ((select id from category where slug = 'other'), 'À moi', 25000000, 485000000, 1, 'web', now(), now())`
	s, err := blocked(t, db, filing, func(tx pgx.Tx, _ func()) {
		if err := tx.Commit(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if err != nil || s != (Summary{State: Mixed}) || note(t, db) != filling {
		t.Errorf("the fill says %+v, %v", s, err)
	}
	if n := count(t, db, `select count(*) from report`); n != 1 {
		t.Errorf("%d reports are stored", n)
	}
}

// Several nodes that start at once on one database fill it once.
func TestFillAtOnce(t *testing.T) {
	db := storetest.New(t)
	done := make(chan Summary, 2)
	for range 2 {
		go func() {
			s, err := town().Fill(t.Context(), db, account.System, paris(), today)
			if err != nil {
				t.Error(err)
			}
			done <- s
		}()
	}
	if one, two := <-done, <-done; one.State+two.State != Filled+Settled {
		t.Errorf("%+v and %+v", one, two)
	}
	if n := count(t, db, `select count(*) from report`); n != len(filed()) {
		t.Errorf("%d reports are stored", n)
	}
}
