package importing

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
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

// run imports a file of reports.
func run(t testing.TB, db *store.DB, path, mapping string) (Summary, string, error) {
	t.Helper()
	m, err := LoadMapping(mapping)
	if err != nil {
		t.Fatal(err)
	}
	f, err := OpenFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	refused := filepath.Join(t.TempDir(), "refused.csv")
	s, err := Reports(t.Context(), db, account.System, f, Options{Mapping: m, Refused: refused, Now: time.Now()})
	return s, refused, err
}

func TestRealReports(t *testing.T) {
	paris := sharedData(t, "reports/paris_dansmarue.csv.gz")
	db := storetest.New(t)
	for mapping, path := range map[string]string{
		"dansmarue": paris, "boston311": sharedData(t, "reports/boston311_2011.csv.gz"), "chicago311": sharedData(t, "reports/chicago311_sanitation.csv.gz"),
		"nyc311": sharedData(t, "reports/nyc311_2022.csv.gz"), "montreal": sharedData(t, "reports/montreal_plateau_no_coordinates.csv.gz"),
	} {
		start := time.Now()
		s, _, err := run(t, db, path, mapping)
		if err != nil {
			t.Errorf("%s: %v", mapping, err)
			continue
		}
		raw, _ := json.Marshal(s)
		t.Logf("%s in %v: %s", mapping, time.Since(start), raw)
	}
}
