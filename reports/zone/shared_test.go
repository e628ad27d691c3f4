package zone

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/store/storetest"
)

// sharedData opens a file of the real data that is kept beside the repository, or skips.
func sharedData(t *testing.T, name string) *os.File {
	t.Helper()
	dir := os.Getenv("QUARTIER_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Skipf("the real data are not here (QUARTIER_SHARED_DATA names their folder): %v", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// Real sets of many publishers are read without being told where codes and names stand.
func TestRealSets(t *testing.T) {
	t.Parallel()
	sharedData(t, "zones/paris_quartiers.geojson") // skips before a database is made
	db := storetest.New(t)
	for _, c := range []struct {
		slug, file    string
		zones         int
		code, name    string
		first, called string
		repaired      int
	}{
		{"paris_quartiers", "paris_quartiers.geojson", 80, "c_qu", "l_qu", "1", "Saint-Germain-l'Auxerrois", 0},
		{"paris_arrondissements", "paris_arrondissements.geojson", 20, "c_ar", "l_ar", "1", "1er Ardt", 0},
		{"boston", "boston_neighborhoods.geojson", 26, "name", "name", "Allston", "Allston", 4},
		{"chicago", "chicago_wards_2015.geojson", 50, "ward", "ward", "1", "1", 0},
		{"nyc", "nyc_community_districts.geojson", 71, "BoroCD", "BoroCD", "101", "101", 0},
		{"hauts-de-seine", "communes-92-hauts-de-seine.geojson", 36, "code", "nom", "92002", "Antony", 0},
		{"montreal", "montreal_limadmin.geojson", 34, "CODEID", "NOM", "10", "Mercier-Hochelaga-Maisonneuve", 0},
		{"belgium", "belgium_arrondissements.geojson", 43, "name", "name", "Aalst", "Aalst", 0},
	} {
		start := time.Now()
		content, err := ReadFile(sharedData(t, "zones/"+c.file), "", "")
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		s, err := Import(t.Context(), db, account.System, Naming{Slug: c.slug, Source: c.file}, content)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		t.Logf("%s: %+v in %v", c.file, s, time.Since(start))
		if s.Zones != c.zones || content.CodeProperty != c.code || content.NameProperty != c.name || len(s.Repaired) != c.repaired {
			t.Errorf("%s: %d zones by %s and %s, %d repaired", c.file, s.Zones, content.CodeProperty, content.NameProperty, len(s.Repaired))
		}
		if first := content.Shapes[0]; first.Code != c.first || first.Name != c.called {
			t.Errorf("%s: the first is %s, %s", c.file, first.Code, first.Name)
		}
	}
}
