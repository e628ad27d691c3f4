package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == childWord { // a child of the test below
		if err := runChild(context.Background(), os.Args[2], os.Args[3], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// Every part measures something, however little there is, and the file has it all under names of its own.
func TestSmallRun(t *testing.T) {
	var out strings.Builder
	b := newBench(&out)
	b.n, b.clients, b.tiles, b.slice = 300, 20, 2, 20*time.Millisecond
	b.file = filepath.Join(t.TempDir(), "bench.json")
	if err := b.run(t.Context(), ""); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	text, err := os.ReadFile(b.file)
	if err != nil {
		t.Fatal(err)
	}
	var list []result
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range list {
		if r.Name == "" || r.N < 1 || math.IsNaN(r.Ours) || math.IsInf(r.Ours, 0) || seen[r.Name] {
			t.Errorf("%+v", r)
		}
		seen[r.Name] = true
	}
	for _, p := range parts {
		if p.name != "tiles" && !strings.Contains(out.String(), p.title) {
			t.Errorf("%s has no table", p.name)
		}
	}
}

func TestUnknownPart(t *testing.T) {
	if err := newBench(os.Stdout).run(t.Context(), "tiles,weather"); err == nil || !strings.Contains(err.Error(), "postgis") {
		t.Errorf("an unknown part gives %v, want what there is", err)
	}
}
