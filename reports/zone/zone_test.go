package zone

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// box is a feature of a square: west, south and the length of its edges in degrees.
func box(code, name string, west, south, edge float64) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"nom":%q},"geometry":{"type":"Polygon","coordinates":[[[%[3]g,%[4]g],[%[5]g,%[4]g],[%[5]g,%[6]g],[%[3]g,%[6]g],[%[3]g,%[4]g]]]}}`,
		code, name, west, south, west+edge, south+edge)
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`
}

func load(t *testing.T, db *store.DB, slug, text string) Summary {
	t.Helper()
	content, err := ReadFile(strings.NewReader(text), "", "")
	if err != nil {
		t.Fatal(err)
	}
	summary, err := Import(t.Context(), db, account.System, Naming{Slug: slug, Source: "test.geojson"}, content)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

// file stores a report as a filing does and gives its id.
func file(t *testing.T, db *store.DB, lon, lat float64) int64 {
	t.Helper()
	p, err := geo.FromDegrees(lon, lat)
	if err != nil {
		t.Fatal(err)
	}
	var id int64
	err = db.Write(t.Context(), func(tx pgx.Tx) error {
		zones, err := At(t.Context(), tx, p)
		if err != nil {
			return err
		}
		return tx.QueryRow(t.Context(), `
			insert into report (category_id, title, lon, lat, h3, zone_ids, channel, created_at, updated_at)
			values ((select id from category where slug = 'other'), 'x', @lon, @lat, 1, @zones, 'web', now(), now()) returning id`,
			pgx.NamedArgs{"lon": p.Lon, "lat": p.Lat, "zones": zones}).Scan(&id)
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// codes gives the zones stored with a report, as references.
func codes(t *testing.T, db *store.DB, id int64) string {
	t.Helper()
	var refs []string
	err := db.QueryRow(t.Context(), `
		select coalesce(array_agg(zs.slug || '/' || z.code order by 1), '{}')
		from report r, unnest(r.zone_ids) one join zone z on z.id = one join zone_set zs on zs.id = z.zone_set_id
		where r.id = $1`, id).Scan(&refs)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(refs)
	return strings.Join(refs, " ")
}

func cursor(t *testing.T, db *store.DB) (c store.Cursor) {
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

func changes(t *testing.T, db *store.DB, c store.Cursor) (list []store.Change) {
	t.Helper()
	err := db.Read(t.Context(), func(tx pgx.Tx) (err error) {
		list, _, err = store.Since(t.Context(), tx, c)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAtlas(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	load(t, db, "quartiers", collection(box("2", "Bel-Air", 2, 48, 1), box("10", "Bercy", 3, 48, 1)))
	load(t, db, "secteurs", collection(box("10", "Nord", 2, 48, 2), box("a/b", "Sud", 2, 40, 1)))
	atlas, err := Read(t.Context(), db, account.Anonymous)
	if err != nil {
		t.Fatal(err)
	}
	if len(atlas.Sets) != 2 || atlas.Sets[0].Slug != "quartiers" || atlas.Sets[0].NameFR != "Quartiers" {
		t.Fatalf("sets %+v", atlas.Sets)
	}
	// Codes are ordered byte by byte, as the border rule compares them.
	if z := atlas.Set("quartiers").Zones; z[0].Code != "10" || z[1].Code != "2" {
		t.Errorf("zones %s %s", z[0].Code, z[1].Code)
	}
	bel, err := atlas.Find("zone", "quartiers/2")
	if err != nil {
		t.Fatal(err)
	}
	if bel.Name != "Bel-Air" || bel.Label != (geo.Position{Lon: 25000000, Lat: 485000000}) || atlas.Zone(bel.ID) != bel {
		t.Errorf("%+v", bel)
	}
	if want := (orb.MultiPolygon{{{{2, 48}, {3, 48}, {3, 49}, {2, 49}, {2, 48}}}}); !orb.Equal(bel.Geometry, want) {
		t.Errorf("geometry %v", bel.Geometry)
	}
	for ref, want := range map[string]string{"2": "quartiers/2", "quartiers/10": "quartiers/10", "secteurs/a/b": "secteurs/a/b", "a/b": "secteurs/a/b"} {
		if z, err := atlas.Find("zone", ref); err != nil || z.Ref() != want {
			t.Errorf("%s: %v %v", ref, z, err)
		}
	}
	for ref, word := range map[string]string{"10": "error.zone.several", "3": "error.zone.unknown", "quartiers/a/b": "error.zone.unknown", "": "error.zone.unknown"} {
		_, err := atlas.Find("zone", ref)
		var f *fault.Error
		if !errors.As(err, &f) || f.Fields[0].Word != word || f.Fields[0].Name != "zone" {
			t.Errorf("%q: %v, want %s", ref, err, word)
		}
		if word == "error.zone.several" && f.Fields[0].Args["candidates"] != "quartiers/10, secteurs/10" {
			t.Errorf("candidates %v", f.Fields[0].Args)
		}
	}
}

// Zones that come after the reports, change shape or go: the stored answers are those that zones_at gives, only what changes is written, and the
// readers of the change log learn which reports and which set.
func TestImportDecidesAgain(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	west, border, east := file(t, db, 2.5, 48.5), file(t, db, 3, 48.5), file(t, db, 3.5, 48.5)
	outside := file(t, db, 9, 9)
	expect := func(step string, want ...string) {
		t.Helper()
		for i, id := range []int64{west, border, east, outside} {
			if got := codes(t, db, id); got != want[i] {
				t.Errorf("%s: report %d lies in %q, want %q", step, i, got, want[i])
			}
		}
		var wrong int
		if err := db.QueryRow(t.Context(), `select count(*) from report where zone_ids <> zones_at(lon, lat)`).Scan(&wrong); err != nil || wrong > 0 {
			t.Errorf("%s: %d stored answers differ from zones_at, %v", step, wrong, err)
		}
	}
	here := cursor(t, db)
	two := collection(box("2", "Two", 2, 48, 1), box("10", "Ten", 3, 48, 1))
	s := load(t, db, "q", two)
	if s.Revision != 1 || s.Zones != 2 || s.Reports != 3 || s.Unchanged {
		t.Errorf("first import: %+v", s)
	}
	expect("first", "q/2", "q/10", "q/10", "") // "10" sorts before "2"
	if got := fmt.Sprint(changes(t, db, here)); got != fmt.Sprintf("[{report %d %d} {zone-set 1 1}]", west, east) {
		t.Errorf("change log: %s", got)
	}

	here = cursor(t, db)
	if s = load(t, db, "q", two); !s.Unchanged || s.Revision != 1 {
		t.Errorf("the same again: %+v", s)
	}
	// The order of features and white space are not content.
	if s = load(t, db, "q", collection(box("10", "Ten", 3, 48, 1), "\n"+box("2", "Two", 2, 48, 1))); !s.Unchanged {
		t.Errorf("the same in another order: %+v", s)
	}
	if got := changes(t, db, here); len(got) != 0 {
		t.Errorf("nothing changed, but the log has %v", got)
	}

	load(t, db, "all", collection(box("x", "X", 0, 40, 20)))
	expect("a second set", "all/x q/2", "all/x q/10", "all/x q/10", "")

	here = cursor(t, db)
	s = load(t, db, "q", collection(box("2", "Two", 2, 48, 1.2), box("3", "Three", 4, 48, 1)))
	if s.Revision != 2 || s.Reports != 2 || !slices.Equal(s.Gone, []string{"10"}) {
		t.Errorf("another shape: %+v", s)
	}
	expect("another shape", "all/x q/2", "all/x q/2", "all/x", "")
	if got := fmt.Sprint(changes(t, db, here)); got != fmt.Sprintf("[{report %d %d} {zone-set 1 1}]", border, east) {
		t.Errorf("change log: %s", got)
	}
	// Back to the first shapes: a third revision, and the lasting identity of zone 10.
	if s = load(t, db, "q", two); s.Revision != 3 {
		t.Errorf("back again: %+v", s)
	}
	expect("back again", "all/x q/2", "all/x q/10", "all/x q/10", "")
	var zones, audits int
	if err := db.QueryRow(t.Context(), `select (select count(*) from zone where code = '10'), (select count(*) from audit where action = 'zones.import')`).Scan(&zones, &audits); err != nil || zones != 1 || audits != 4 {
		t.Errorf("%d zones of code 10, %d audits, %v", zones, audits, err)
	}
}

// A report that is being stored while a new revision comes is answered from one or the other, never from the old one afterwards.
func TestImportBesideFiling(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	load(t, db, "q", collection(box("1", "One", 2, 48, 1)))
	filing, err := db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer filing.Rollback(context.WithoutCancel(t.Context()))
	zones, err := At(t.Context(), filing, geo.Position{Lon: 25000000, Lat: 485000000})
	if err != nil {
		t.Fatal(err)
	}
	imported := make(chan error, 1)
	go func() {
		content, err := ReadFile(strings.NewReader(collection(box("2", "Two", 2, 48, 1))), "", "")
		if err == nil {
			_, err = Import(t.Context(), db, account.System, Naming{Slug: "q", Source: "x"}, content)
		}
		imported <- err
	}()
	// Wait until the import waits for the filing.
	for waiting := 0; waiting == 0; {
		err := db.QueryRow(t.Context(), `select count(*) from pg_locks where relation = 'report'::regclass and not granted`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	var id int64
	err = filing.QueryRow(t.Context(), `
		insert into report (category_id, title, lon, lat, h3, zone_ids, channel, created_at, updated_at)
		values ((select id from category where slug = 'other'), 'x', 25000000, 485000000, 1, $1, 'web', now(), now()) returning id`, zones).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	if err := filing.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-imported; err != nil {
		t.Fatal(err)
	}
	if got := codes(t, db, id); got != "q/2" {
		t.Errorf("the report lies in %q", got)
	}
}

// A bow-tie is made valid and told; what has no area refuses the whole file and stores nothing.
func TestImportRepairs(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	bow := `{"type":"Feature","properties":{"code":"b"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}}`
	s := load(t, db, "q", collection(bow))
	if len(s.Repaired) != 1 || s.Repaired[0].Code != "b" || !strings.HasPrefix(s.Repaired[0].Reason, "Self-intersection") {
		t.Errorf("%+v", s.Repaired)
	}
	flat := `{"type":"Feature","properties":{"code":"f"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,2],[0,0],[2,2],[0,0]]]}}`
	content, err := ReadFile(strings.NewReader(collection(bow, flat)), "", "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Import(t.Context(), db, account.System, Naming{Slug: "q", Source: "x"}, content)
	var f *fault.Error
	if !errors.As(err, &f) || f.Word != "import.zones.no_area" || f.Args["feature"] != 2 {
		t.Errorf("%v", err)
	}
	if again := load(t, db, "q", collection(bow)); !again.Unchanged {
		t.Errorf("the refused file left something: %+v", again)
	}
	if _, err := Import(t.Context(), db, account.System, Naming{Slug: "Pas Bon"}, content); fault.KindOf(err) != fault.Invalid {
		t.Errorf("slug: %v", err)
	}
}
