package zone

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

// keepFor stages the features as a revision of a set.
func keepFor(t *testing.T, db *store.DB, slug string, features ...string) int32 {
	t.Helper()
	content, err := ReadFile(strings.NewReader(collection(features...)), "", "")
	if err != nil {
		t.Fatal(err)
	}
	number, err := Stage(t.Context(), db, account.System, Naming{Slug: slug, Source: "neu.geojson"}, content)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// A revision that was staged changes nothing; its preview tells exactly what putting it into force then changes; and one can go back.
func TestRevisionsAreLookedAtBeforeTheyHold(t *testing.T) {
	db := storetest.New(t)
	load(t, db, "quartiers", collection(box("a", "A", 2, 48, 1), box("b", "B", 3, 48, 1)))
	left, right := file(t, db, 2.2, 48.5), file(t, db, 3.8, 48.5)
	before := cursor(t, db)
	// a reaches into b, b is gone, c is new.
	number := keepFor(t, db, "quartiers", box("a", "A", 2, 48, 1.5), box("c", "C", 3.5, 48, 0.5))
	if got := codes(t, db, left) + " " + codes(t, db, right); number != 2 || got != "quartiers/a quartiers/b" {
		t.Fatalf("revision %d: staging moved the reports to %s", number, got)
	}
	if list := changes(t, db, before); len(list) != 0 {
		t.Errorf("staging tells of %v", list)
	}
	if again := keepFor(t, db, "quartiers", box("c", "C", 3.5, 48, 0.5), box("a", "A", 2, 48, 1.5)); again != number {
		t.Errorf("the same content again is revision %d", again)
	}
	p, err := PreviewOf(t.Context(), db, account.System, "quartiers", number)
	if err != nil {
		t.Fatal(err)
	}
	if p.Now != 1 || p.InForce || p.Reports != 1 || !slices.Equal(p.Gone, []string{"b"}) || !slices.Equal(p.New, []string{"c"}) || len(p.Outlines) != 2 || len(p.NowInMap) != 2 {
		t.Errorf("the preview is %+v", p)
	}
	if _, err := Activate(t.Context(), db, account.System, "quartiers", number, 7); fault.KindOf(err) != fault.Conflict {
		t.Errorf("who saw another map may decide: %v", err)
	}
	n, err := Activate(t.Context(), db, account.System, "quartiers", number, 1)
	if err != nil || n != p.Reports {
		t.Fatalf("%d reports changed, %v; the preview said %d", n, err, p.Reports)
	}
	if got := codes(t, db, right); got != "quartiers/c" {
		t.Errorf("the report lies in %q", got)
	}
	if list := changes(t, db, before); !slices.ContainsFunc(list, func(c store.Change) bool { return c.Kind == Kind }) {
		t.Errorf("nobody is told: %v", list)
	}
	back, err := PreviewOf(t.Context(), db, account.System, "quartiers", 1)
	if err != nil || back.Reports != 1 {
		t.Errorf("going back would change %d reports, %v", back.Reports, err)
	}
	if _, err := Activate(t.Context(), db, account.System, "quartiers", 1, number); err != nil {
		t.Fatal(err)
	}
	if got := codes(t, db, right); got != "quartiers/b" {
		t.Errorf("after going back the report lies in %q", got)
	}
	if err := Drop(t.Context(), db, account.System, "quartiers", number); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a revision that held is dropped: %v", err)
	}
	if n := count(t, db, `select count(*) from audit where action = 'zones.activate'`); n != 2 {
		t.Errorf("the audit knows %d of 2 decisions", n)
	}
}

// A set that was never in force is not there for anybody, and goes with its only revision.
func TestANewSetWaits(t *testing.T) {
	db := storetest.New(t)
	number := keepFor(t, db, "neu", box("a", "A", 2, 48, 1))
	atlas, err := Read(t.Context(), db, account.System)
	if err != nil || atlas.Set("neu") != nil {
		t.Errorf("a set that waits is shown: %v", err)
	}
	sets, err := Sets(t.Context(), db, account.System)
	if err != nil || len(sets) != 1 || sets[0].Waiting != 1 || sets[0].Revision != 0 {
		t.Errorf("the sets are %+v, %v", sets, err)
	}
	if err := Drop(t.Context(), db, account.System, "neu", number); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `select (select count(*) from zone_set) + (select count(*) from zone)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// A repair is remembered with the revision; names are changed by one at a time; nobody but administrators does any of it.
func TestRevisionsRemember(t *testing.T) {
	db := storetest.New(t)
	number := keepFor(t, db, "neu", `{"type":"Feature","properties":{"code":"x","nom":"X"},"geometry":{"type":"Polygon","coordinates":[[[2,48],[3,49],[3,48],[2,49],[2,48]]]}}`)
	if _, list, err := Revisions(t.Context(), db, account.System, "neu"); err != nil || len(list) != 1 || len(list[0].Repaired) != 1 || list[0].Repaired[0].Code != "x" {
		t.Errorf("%+v, %v", list, err)
	}
	if err := Rename(t.Context(), db, account.System, "neu", 1, "Nouveau", "New"); err != nil {
		t.Error(err)
	}
	if err := Rename(t.Context(), db, account.System, "neu", 1, "Vieux", "Old"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a stale name is taken: %v", err)
	}
	agent := account.Actor{Role: account.RoleAgent, Person: 1, Grants: []account.Grant{{Role: account.RoleAgent}}}
	_, preview := PreviewOf(t.Context(), db, agent, "neu", number)
	_, activate := Activate(t.Context(), db, agent, "neu", number, 0)
	_, stage := Stage(t.Context(), db, agent, Naming{Slug: "neu"}, &Content{})
	_, sets := Sets(t.Context(), db, agent)
	for _, err := range []error{preview, activate, stage, sets, Drop(t.Context(), db, agent, "neu", number), Rename(t.Context(), db, agent, "neu", 2, "a", "b")} {
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("an agent administers zones: %v", err)
		}
	}
	_, unknown := PreviewOf(t.Context(), db, account.System, "neu", 99)
	_, none := Activate(t.Context(), db, account.System, "none", 1, 0)
	for _, err := range []error{unknown, none, Drop(t.Context(), db, account.System, "none", 1)} {
		var f *fault.Error
		if !errors.As(store.Explain(err), &f) || f.Kind != fault.NotFound {
			t.Errorf("what there is not: %v", err)
		}
	}
}

func count(t *testing.T, db *store.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
