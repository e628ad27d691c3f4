package importing

import (
	"path/filepath"
	"strings"
	"testing"

	"quartier/reports/fault"
)

func TestDetect(t *testing.T) {
	files, err := filepath.Glob("testdata/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "testdata/quartier.geojson") {
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		kind := KindReports
		if name == "ban" {
			kind = KindAddresses
		}
		if m, err := Detect(open(t, file), kind); err != nil || m.Name != name {
			t.Errorf("%s: %+v, %v", file, m, err)
		}
	}
	for _, text := range []string{"a,b\n1,2\n", "<l/>", "{", "[{}]", "\"a"} {
		if m, err := Detect(content(t, []byte(text)), KindReports); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v %v", text, m, err)
		}
	}
}
