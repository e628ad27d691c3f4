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

func here(t *testing.T, db *store.DB) bool {
	t.Helper()
	yes, err := Present(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return yes
}

func TestFill(t *testing.T) {
	db := storetest.New(t)
	if here(t, db) {
		t.Error("an empty database holds the demo")
	}
	s := fill(t, db)
	if !s.Filled || !here(t, db) || s.Reports != len(filed()) || s.Addresses != int64(len(town().addresses)) || s.Zones != 11 {
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
	if n := count(t, db, `select count(*) from category c where not exists (select from report r where r.category_id = c.id)`); n > 0 {
		t.Errorf("%d categories have no report", n)
	}
	for _, what := range []string{`visibility = 'hidden'`, `status = 'pending'`, `visibility = 'private'`, `status = 'waiting'`,
		`due_at < '2026-06-18T15:20:00Z' and closed_at is null`, `support_count > 20`} {
		if count(t, db, `select count(*) from report where `+what) == 0 {
			t.Errorf("no report has %s", what)
		}
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
	if again := fill(t, db); again.Filled || !here(t, db) {
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
	for name, begin := range map[string]func(*store.DB) error{
		"a report": func(db *store.DB) error {
			_, err := (&reports.Register{DB: db, Now: func() time.Time { return today }}).File(t.Context(), account.Anonymous,
				reports.Filing{Category: "pothole", Title: "À moi", Channel: "web", Position: filed()[0].spot.at})
			return err
		},
		"a zone set": func(db *store.DB) error {
			set := town().sets()[1]
			_, err := zone.Import(t.Context(), db, account.System, set.naming, set.content)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := storetest.New(t)
			if err := begin(db); err != nil {
				t.Fatal(err)
			}
			before := count(t, db, `select (select count(*) from report) + (select count(*) from zone_shape) + (select count(*) from setting)`)
			if s := fill(t, db); s.Filled || here(t, db) {
				t.Errorf("the fill says %+v", s)
			}
			after := count(t, db, `select (select count(*) from report) + (select count(*) from zone_shape) + (select count(*) from setting)`)
			if before != after {
				t.Errorf("%d rows became %d", before, after)
			}
		})
	}
}

// A fill that is cut off leaves no report, and the next one completes it.
func TestFillThatWasInterrupted(t *testing.T) {
	db := storetest.New(t)
	// Somebody else holds the reports: the last transaction waits, and is given up.
	err := pgx.BeginFunc(t.Context(), db.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `lock table zone in exclusive mode`); err != nil {
			return err
		}
		ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer stop()
		if _, err := town().Fill(ctx, db, account.System, paris(), today); err == nil {
			t.Error("the fill was not interrupted")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if here(t, db) || count(t, db, `select count(*) from report`) != 0 {
		t.Error("half of the demo is there")
	}
	if s := fill(t, db); !s.Filled || !here(t, db) || s.Reports != len(filed()) {
		t.Errorf("the next fill says %+v", s)
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
	if one, two := <-done, <-done; one.Filled == two.Filled {
		t.Errorf("%+v and %+v", one, two)
	}
	if n := count(t, db, `select count(*) from report`); n != len(filed()) {
		t.Errorf("%d reports are stored", n)
	}
}
