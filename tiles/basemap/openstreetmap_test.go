package basemap

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"quartier/geo"
)

// What tilemaker makes of OpenStreetMap by its own configuration is a ground: its streets and names are those that the style asks for.
func TestArchiveOfOpenStreetMap(t *testing.T) {
	a := monaco(t)
	layers := decode(t, a, tileOf(t, 7.4246, 43.7384, a.MaxZoom()))
	for _, name := range []string{"transportation", "transportation_name", "building", "poi"} {
		if layers[name] == nil {
			t.Errorf("there is no %s in the middle of Monaco", name)
		}
	}
	drawn, lost := 0, map[string]int{}
	sheet := Sheet("", Light, "")
	for _, name := range []string{"transportation", "landuse", "landcover"} {
		if layers[name] == nil {
			continue
		}
		for _, f := range layers[name].Features {
			shown := slices.ContainsFunc(sheet.Layers, func(l StyleLayer) bool {
				return l.SourceLayer == name && (l.Filter == nil || passes(t, l.Filter, f.Properties, strings.TrimPrefix(f.Geometry.GeoJSONType(), "Multi")) == true)
			})
			if shown {
				drawn++
			} else {
				lost[fmt.Sprint(name, " ", f.Properties["class"])]++
			}
		}
	}
	if drawn < 100 {
		t.Errorf("only %d features are drawn; these are not: %v", drawn, lost)
	}
	t.Logf("%d features drawn; not: %v", drawn, lost)
}

// monaco makes an archive of a real place, or skips.
func monaco(t testing.TB) *Archive {
	t.Helper()
	source := filepath.Join(cmp.Or(os.Getenv("QUARTIER_SHARED_DATA"), filepath.Join("..", "..", "..", "shared", "data")), "osm", "monaco-latest.osm.pbf")
	if _, err := os.Stat(source); err != nil {
		t.Skipf("the real data are not here (QUARTIER_SHARED_DATA names their folder): %v", err)
	}
	const examples = "/usr/share/doc/tilemaker/examples/"
	program, err := exec.LookPath("tilemaker")
	if err != nil {
		t.Skip("tilemaker is not installed")
	}
	folder := filepath.Join(t.TempDir(), "monaco")
	run := exec.Command(program, "--input", source, "--output", folder, "--config", examples+"config-openmaptiles.json", "--process", examples+"process-openmaptiles.lua")
	if said, err := run.CombinedOutput(); err != nil {
		t.Fatalf("tilemaker: %v\n%s", err, said)
	}
	tiles := map[geo.Tile]string{}
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".pbf" {
			return err
		}
		var at geo.Tile
		relative, _ := filepath.Rel(folder, path)
		if _, err := fmt.Sscanf(filepath.ToSlash(relative), "%d/%d/%d.pbf", &at.Z, &at.X, &at.Y); err != nil {
			return err
		}
		packed, err := os.Open(path)
		if err != nil {
			return err
		}
		defer packed.Close()
		z, err := gzip.NewReader(packed)
		if err != nil {
			return err
		}
		var content strings.Builder
		_, err = z.WriteTo(&content)
		tiles[at] = content.String()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	about, err := os.ReadFile(filepath.Join(folder, "metadata.json"))
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, packing{zip: true, leaf: 10, metadata: string(about)}.pack(t, tiles))
	a, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
