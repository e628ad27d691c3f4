package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quartier/reports/importing"
	"quartier/reports/store/storetest"
)

// What an operator types, and what is answered: the summary on the standard output, what is wrong on the other, 0 only if something came of it.
func TestImport(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const header = "id_dmr,type,soustype,adresse,datedecl,intervenant,lon,lat\n"
	write("zones.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"1","nom":"Un"},
		"geometry":{"type":"Polygon","coordinates":[[[2,48],[3,48],[3,49],[2,49],[2,48]]]}}]}`)
	write("other.geojson", `{"type":"Feature","properties":{"code":"2"},"geometry":{"type":"Point","coordinates":[2,48]}}`)
	write("good.csv", header+"A1,Propreté,Mégots,1 Rue,2024-05-01,DVD,2.35,48.85\nA2,Propreté,Mégots,1 Rue,2024-05-01,DVD,,\n")
	write("bad.csv", header+"A3,Propreté,Mégots,1 Rue,2024-05-01,DVD,,\n")
	write("strange.csv", "a,b\n1,2\n")
	write("own.yaml", "kind: reports\nsource: own\ntime_zone: UTC\nposition: {lon: x, lat: y}\ncategory: {type: what}\nstatus: {always: new}\ncreated: day\n")
	write("own.csv", "x;y;what;day\n2,5;48,5;Banc;2024-01-01\n")
	write("ban.csv", "id;numero;rep;nom_voie;code_postal;nom_commune;nom_ld;lon;lat\n1;12;b;Rue du Test;75001;Paris 1er Arrondissement;;2.35;48.85\n")
	url := storetest.URL(t)
	for _, c := range []struct {
		args           string
		code           int
		stdout, stderr string
	}{
		{"reports --mapping dansmarue good.csv", 0, "good.csv (dansmarue); rows read: 2; reports taken: 1; already known: 0; repeated identically: 0; skipped by the mapping: 0; refused: 1", ""},
		{"reports good.csv", 0, "good.csv (dansmarue); rows read: 2; reports taken: 0; already known: 1", ""},
		{"zones --set town zones.geojson", 0, "zones.geojson; set town, revision 1; zones: 1; code in “code”, name in “nom”\n1 report has another zone now.", ""},
		{"zones zones.geojson", 0, "zones.geojson; set zones, revision 1; zones: 1;", ""},
		{"zones --set town zones.geojson", 0, "nothing changed", ""},
		{"zones --set town other.geojson", 1, "", "quartier: feature 1: its geometry is not a polygon"},
		{"reports bad.csv", 1, "1 × no_position: the coordinates are missing\nRefused rows: bad.csv.refused.csv", "quartier: No row could be imported."},
		{"reports strange.csv", 1, "", "quartier: no mapping fits this file"},
		{"reports --mapping dansmarue strange.csv", 1, "", "columns are missing: id_dmr, "},
		{"reports --mapping ./own.yaml --source another own.csv", 0, "reports taken: 1;", ""},
		{"reports --mapping ./none.yaml own.csv", 1, "", "quartier: the file ./none.yaml cannot be read: no such file or directory"},
		{"reports none.csv good.csv", 1, "good.csv (dansmarue); rows read: 2", "quartier: none.csv: the file none.csv cannot be read"},
		{"reports --refused x.csv good.csv bad.csv", 1, "", "--refused names one file"},
		{"reports -", 1, "", "quartier: the file is empty"},
		{"addresses ban.csv", 0, "ban.csv (ban); rows read: 1; addresses taken: 1 (changed ones: 0)", ""},
		{"addresses --mapping dansmarue ban.csv", 1, "", "is for another kind of file"},
		{"reports", 2, "", "expected \"<file> ...\""},
	} {
		code, stdout, stderr := quartier(t, append([]string{"import", "--database", url}, strings.Fields(c.args)...)...)
		if code != c.code || !strings.Contains(stdout, c.stdout) || !strings.Contains(stderr, c.stderr) || c.stderr == "" && stderr != "" {
			t.Errorf("import %s: exit %d\n%s\n%s\nwant %d\n%s\n%s", c.args, code, stdout, stderr, c.code, c.stdout, c.stderr)
		}
	}
	refused, err := os.ReadFile(filepath.Join("bad.csv.refused.csv"))
	if err != nil || !strings.Contains(string(refused), "2,no_position,the coordinates are missing,,") {
		t.Errorf("%s %v", refused, err)
	}
	code, help, _ := quartier(t, "import", "reports", "--help")
	for _, name := range importing.BuiltIn(importing.KindReports) {
		if code != 0 || !strings.Contains(help, name) {
			t.Errorf("the help does not name the mapping %s: exit %d\n%s", name, code, help)
		}
	}
}
