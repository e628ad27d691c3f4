package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRatioAndMark(t *testing.T) {
	for _, c := range []struct {
		name   string
		result result
		ratio  float64
		mark   string
	}{
		{"more is better, and there is more", more("", 1, 50, 100, "rows/s", 0.4), 0.5, "yes"},
		{"more is better, and there is too little", more("", 1, 30, 100, "rows/s", 0.4), 0.3, "NO"},
		{"less is better, and there is less", less("", 1, 2, 40, "ms", 20), 20, "yes"},
		{"less is better, and there is too much", less("", 1, 4, 40, "ms", 20), 10, "NO"},
		{"a target that is met", within("", 1, 5, 5, "ms"), 1, "yes"},
		{"a target that is missed", within("", 1, 8, 4, "ms"), 0.5, "NO"},
		{"nothing was promised", less("", 1, 4, 2, "ms", 0), 0.5, ""},
		{"compared with nothing", only("", 1, 4, "ms"), 0, ""},
		{"a time too short to be told", within("", 1, 0, 5, "ms"), 0, "NO"},
	} {
		if c.result.Ratio != c.ratio || c.result.mark() != c.mark {
			t.Errorf("%s: ratio %v, mark %q; want %v, %q", c.name, c.result.Ratio, c.result.mark(), c.ratio, c.mark)
		}
	}
}

func TestTable(t *testing.T) {
	hidden := within("stands elsewhere", 1, 1, 2, "ms")
	hidden.elsewhere = true
	results := []result{within("fast enough", 1000, 1, 2, "ms"), within("too slow", 1000, 1234.5, 2, "ms"), hidden}
	var table strings.Builder
	printTable(&table, "A part", results)
	for _, want := range []string{"A part", "fast enough", "1234 ", "≥ 1", "yes", "NO"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, table.String())
		}
	}
	if strings.Contains(table.String(), hidden.Name) {
		t.Errorf("a result of another table is in this one:\n%s", table.String())
	}
	if short := missed(results); len(short) != 1 || short[0].Name != "too slow" {
		t.Errorf("missed: %+v", short)
	}
}

func TestFileForPrograms(t *testing.T) {
	name := filepath.Join(t.TempDir(), "bench.json")
	if err := writeFile(name, []result{more("import", 10, 1, 2, "rows/s", 0.4)}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	if err := json.Unmarshal(text, &list); err != nil || len(list) != 1 {
		t.Fatalf("%s: %v", text, err)
	}
	for _, key := range []string{"name", "n", "ours", "baseline", "ratio", "unit"} {
		if _, there := list[0][key]; !there || len(list[0]) != 6 {
			t.Errorf("%s: want name, n, ours, baseline, ratio and unit", text)
		}
	}
}
