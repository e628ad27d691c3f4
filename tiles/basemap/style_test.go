package basemap

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

var palettes = map[string]Palette{"light": Light, "dark": Dark, "contrast": Contrast, "contrast-dark": ContrastDark}

// passes computes a filter as MapLibre does, for a feature with these properties.
func passes(t *testing.T, filter any, properties map[string]any, geometry string) any {
	t.Helper()
	e, ok := filter.(list)
	if !ok {
		return filter
	}
	arg := func(i int) any { return passes(t, e[i], properties, geometry) }
	switch e[0] {
	case "get":
		return properties[e[1].(string)]
	case "has":
		return properties[e[1].(string)] != nil
	case "geometry-type":
		return geometry
	case "==":
		return arg(1) == arg(2)
	case "!=":
		return arg(1) != arg(2)
	case "all", "any":
		for i := range e[1:] {
			if (arg(i+1) == true) == (e[0] == "any") {
				return e[0] == "any"
			}
		}
		return e[0] == "all"
	case "match":
		of, _ := arg(1).(string)
		if slices.Contains(e[2].([]string), of) {
			return e[3]
		}
		return e[4]
	}
	t.Fatalf("no filter of ours says %v", e[0])
	return nil
}

// Every layer and class that feature.go names is drawn: nothing of a town is lost on the way to the reader.
func TestSheetDrawsAllClasses(t *testing.T) {
	source, err := os.ReadFile("feature.go")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\t//\t(\w+) +(point or line|area|line|point) +(.+)$`).FindAllStringSubmatch(string(source), -1)
	if len(rows) != len(schema) {
		t.Fatalf("the table of feature.go has %d layers, the schema %d", len(rows), len(schema))
	}
	streets := ""
	sheet := Sheet("", Light, "")
	for _, row := range rows {
		layer, shape, classes := row[1], row[2], row[3]
		if layerOf(layer) < 0 {
			t.Errorf("layer %s is not in the schema", layer)
		}
		switch layer {
		case "transportation":
			streets = classes
		case "transportation_name":
			classes = streets
		}
		for class := range strings.SplitSeq(classes, ", ") {
			geometries := map[string][]string{"area": {"Polygon"}, "line": {"LineString"}, "point": {"Point"}, "point or line": {"Point"}}[shape]
			if layer == "water_name" && class == "river" {
				geometries = append(geometries, "LineString")
			}
			for _, geometry := range geometries {
				for _, brunnel := range []any{nil, "bridge"} {
					properties := map[string]any{"class": class, "name": "Nom", "brunnel": brunnel}
					drawn := slices.ContainsFunc(sheet.Layers, func(l StyleLayer) bool {
						return l.SourceLayer == layer && (l.Filter == nil || passes(t, l.Filter, properties, geometry) == true)
					})
					if !drawn {
						t.Errorf("%s %s (%s, brunnel %v) is not drawn", layer, class, geometry, brunnel)
					}
				}
			}
		}
	}
	for _, l := range sheet.Layers[1:] {
		if layerOf(l.SourceLayer) < 0 || l.Source != sourceName {
			t.Errorf("layer %s draws %s of %s", l.ID, l.SourceLayer, l.Source)
		}
	}
}

// A style is the same sheet whatever its colours, its identifiers are unique, and a bridge lies above the streets beneath it.
func TestSheetOrder(t *testing.T) {
	light := Sheet("light", Light, "u")
	order := map[string]int{}
	for i, l := range light.Layers {
		if _, twice := order[l.ID]; twice {
			t.Errorf("two layers are called %s", l.ID)
		}
		order[l.ID] = i
	}
	for _, pair := range [][2]string{{"sea", "casing-minor"}, {"water", "building"}, {"casing-primary", "road-minor"}, {"road-minor", "road-primary"},
		{"road-primary", "bridge-casing-minor"}, {"bridge-casing-primary", "bridge-road-minor"}, {"bridge-road-primary", "name-minor"}, {"name-minor", "name-main"},
		{"poi-built", "place-quarter"}, {"place-quarter", "place-town"}} {
		if order[pair[0]] == 0 || order[pair[0]] >= order[pair[1]] {
			t.Errorf("%s (%d) is not below %s (%d)", pair[0], order[pair[0]], pair[1], order[pair[1]])
		}
	}
	for name, p := range palettes {
		other := Sheet(name, p, "u")
		if len(other.Layers) != len(light.Layers) {
			t.Fatalf("%s has %d layers", name, len(other.Layers))
		}
		for i, l := range other.Layers {
			if l.ID != light.Layers[i].ID || l.MinZoom != light.Layers[i].MinZoom {
				t.Errorf("%s: layer %d is %s", name, i, l.ID)
			}
		}
	}
}

// Names can be read: every colour of letters stands out from its halo and from the ground, 4.5 to 1 (WCAG 2.2, 1.4.3), 7 to 1 where more contrast is asked for.
func TestPalettes(t *testing.T) {
	for name, p := range palettes {
		least := 4.5
		if strings.HasPrefix(name, "contrast") {
			least = 7
		}
		for _, letters := range []string{p.Label, p.QuietLabel, p.WaterLabel, p.GreenLabel} {
			for _, behind := range []string{p.Halo, p.Land} {
				if c := contrast(t, letters, behind); c < least {
					t.Errorf("%s: %s on %s has a contrast of %.1f", name, letters, behind, c)
				}
			}
		}
	}
}

// contrast is the contrast ratio of two colours (WCAG 2.2, definition).
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(hex string) float64 {
		n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
		if err != nil || len(hex) != 7 {
			t.Fatalf("%q is no colour", hex)
		}
		channel := func(n uint64) float64 {
			v := float64(n&255) / 255
			if v <= 0.04045 {
				return v / 12.92
			}
			return math.Pow((v+0.055)/1.055, 2.4)
		}
		return 0.2126*channel(n>>16) + 0.7152*channel(n>>8) + 0.0722*channel(n)
	}
	one, other := luminance(a)+0.05, luminance(b)+0.05
	return max(one, other) / min(one, other)
}

// The style as a file: the front end's tests hold it against the specification of the style language.
func TestSheetGolden(t *testing.T) {
	encoded, err := json.Marshal(Sheet("Quartier light", Light, "https://quartier.example/tiles/basemap.json"))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(string(encoded), `{"id":`, "\n"+`{"id":`) + "\n" // a layer a line
	const path = "testdata/light.json"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Error("the style is not that of " + path + " (go test -update)")
	}
}
