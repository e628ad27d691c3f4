package importing

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/place"
	"quartier/reports/store/storetest"
	"quartier/reports/zone"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// sharedData gives the path of a file of the real data that is kept beside the repository, or skips.
func sharedData(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("QUARTIER_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the real data are not here (QUARTIER_SHARED_DATA names their folder): %v", err)
	}
	return path
}

// Five cities' files: what is taken, refused and skipped adds up to the file, duplicates stand without an original, what lies nowhere is refused row
// by row, and counts by zone are those of PostGIS.
func TestRealReports(t *testing.T) {
	sharedData(t, "reports/paris_dansmarue.csv.gz") // skips before a database is made
	t.Parallel()
	db := storetest.New(t)
	quartiers, err := open(t, sharedData(t, "zones/paris_quartiers.geojson")).Open()
	if err != nil {
		t.Fatal(err)
	}
	content, err := zone.ReadFile(quartiers, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zone.Import(t.Context(), db, account.System, zone.Naming{Slug: "paris_quartiers", Source: "x"}, content); err != nil {
		t.Fatal(err)
	}
	refused := filepath.Join(t.TempDir(), "refused.csv")
	for _, c := range []struct {
		mapping, file string
		want          Summary
	}{
		{"dansmarue", "paris_dansmarue", Summary{Read: 35_537, Taken: 35_537, Categories: 284}},
		{"dansmarue", "paris_dansmarue", Summary{Read: 35_537, Known: 35_537}},
		{"boston311", "boston311_2011", Summary{Read: 58_251, Taken: 58_251, Categories: 114}},
		{"chicago311", "chicago311_sanitation", Summary{Read: 74_401, Taken: 74_002, Twice: 3, Refused: 396, Categories: 8,
			Reasons: map[string]int64{"no_position": 24, "repeated": 372}}},
		{"nyc311", "nyc311_2022", Summary{Read: 924, Taken: 913, Refused: 11, Categories: 45, Reasons: map[string]int64{"no_position": 11}}},
		{"montreal", "montreal_plateau_no_coordinates", Summary{Read: 135_782, Refused: 135_782, Reasons: map[string]int64{"no_position": 135_782}}},
	} {
		f := open(t, sharedData(t, "reports/"+c.file+".csv.gz"))
		if found, err := Detect(f, KindReports); err != nil || found.Name != c.mapping {
			t.Errorf("%s is taken for %v, %v", c.file, found, err)
		}
		got, err := Reports(t.Context(), db, account.System, f, Options{Mapping: mapping(t, c.mapping), Refused: refused, Now: time.Now()})
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		got.Import = 0
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", c.want) {
			t.Errorf("%s: %+v, want %+v", c.file, got, c.want)
		}
		if lines := countLines(t, refused); got.Refused > 0 && lines != got.Refused+1 {
			t.Errorf("%s: %d lines of refused rows", c.file, lines)
		}
	}
	for what, sql := range map[string]string{
		"35537 58251 74002 913": `select string_agg(n::text, ' ' order by source = 'nyc.311', source = 'chicago.311', source = 'boston.311') from (select source, count(*) n from report group by 1) x`,
		"2603 0":                `select count(*) || ' ' || count(original_id) from report where source = 'boston.311' and status = 'duplicate'`,
		"3633 0":                `select count(*) || ' ' || count(original_id) from report where source = 'chicago.311' and status = 'duplicate'`,
		"3681 54570":            `select count(*) filter (where closed_at is null) || ' ' || count(closed_at) from report where source = 'boston.311'`,
		"paris first day 2023-07-16 22:00:00 day": `select 'paris first day ' || min(created_at at time zone 'UTC') || ' ' || max(created_precision) from report where source = 'paris.dansmarue'`,
		"boston first 2011-07-01 05:32:33":        `select 'boston first ' || min(created_at at time zone 'UTC') from report where source = 'boston.311'`,
		// The stored zones, counted, beside PostGIS asked anew.
		"0 differ of 80": `
			with stored as (
			  select z.code, count(*) as n from report r, unnest(r.zone_ids) one join zone z on z.id = one group by 1
			), asked as (
			  select code, count(*) as n from (
			    select distinct on (r.id) r.id, z.code
			    from zone_set zs
			    join zone_shape s on s.revision_id = zs.revision_id
			    join zone z on z.id = s.zone_id
			    join report r on ST_Covers(s.geometry, r.position)
			    order by r.id, z.code collate "C") one
			  group by 1
			)
			select count(*) filter (where stored.n is distinct from asked.n) || ' differ of ' || count(*) from stored full join asked using (code)`,
		"every paris report has one": `select case when count(*) filter (where cardinality(zone_ids) <> 1) = 0 then 'every paris report has one' else 'not' end from report where source = 'paris.dansmarue'`,
	} {
		var got string
		if err := db.QueryRow(t.Context(), sql).Scan(&got); err != nil || got != what {
			t.Errorf("%s, want %s, %v", got, what, err)
		}
	}
}

func countLines(t *testing.T, path string) (n int64) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return int64(bytes.Count(raw, []byte("\n")))
}

// Every address of Paris, and what people type.
func TestRealAddresses(t *testing.T) {
	path := sharedData(t, "addresses/ban_paris_75.csv.gz")
	t.Parallel()
	db := storetest.New(t)
	o := Options{Mapping: mapping(t, "ban"), Now: time.Now()}
	s, err := Addresses(t.Context(), db, account.System, open(t, path), o)
	if err != nil || s.Read != 158_048 || s.Taken != 158_048 {
		t.Fatalf("%+v %v", s, err)
	}
	for text, want := range map[string]string{
		"12 rue de la lune":         "12 Rue de la Lune, 75002 Paris",
		"12 RUE DE LA LUNE 75002":   "12 Rue de la Lune, 75002 Paris",
		"rue de la lune":            "Rue de la Lune, 75002 Paris",
		"10 place de l'hotel":       "10 Place de l’ Hotel de Ville",
		"131bis rue de la roquette": "131 bis Rue de la Roquette, 75011 Paris",
		"2 quater rue roquette":     "Rue de la Roquette, 75011 Paris",
		"4 bd st germain":           "4 Boulevard Saint-Germain, 75005 Paris",
	} {
		start := time.Now()
		found, err := place.Search(t.Context(), db, account.Anonymous, text, place.MaxFound)
		if err != nil {
			t.Fatal(err)
		}
		var labels []string
		for _, f := range found {
			labels = append(labels, f.Label)
		}
		t.Logf("%q in %v: %s", text, time.Since(start).Round(time.Millisecond), strings.Join(labels, " | "))
		if len(found) == 0 || !strings.HasPrefix(strings.ReplaceAll(found[0].Label, "'", "’"), want) {
			t.Errorf("%q finds %q, want %s first", text, labels, want)
		}
	}
	start := time.Now()
	p, _ := geo.FromDegrees(2.3493, 48.8699)
	a, metres, found, err := place.Nearest(t.Context(), db, account.Anonymous, p)
	t.Logf("nearest in %v: %s, %.1f m, %v, %v", time.Since(start), a.Label(), metres, found, err)
	if !found || a.Street != "Rue de la Lune" {
		t.Errorf("nearest: %+v %v", a, err)
	}
}
