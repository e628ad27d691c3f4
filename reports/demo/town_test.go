package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

var rewrite = flag.Bool("update", false, "write the golden files anew")

// town is the one that most tests look at: none changes it.
var town = sync.OnceValue(Build)

// golden compares a text with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *rewrite {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs (run with -update if that is meant):\n%s\nwant\n%s", name, got, want)
	}
}

func sum(t *testing.T, of any) string {
	t.Helper()
	raw, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(raw)
	return hex.EncodeToString(hash[:8])
}

// Another machine, another day: the same town, to the last digit.
func TestTheTownIsAlwaysTheSame(t *testing.T) {
	again := Build()
	if sum(t, again.Features) != sum(t, town().Features) {
		t.Error("two towns differ")
	}
	layers := map[string]int{}
	for _, f := range town().Features {
		layers[f.Layer+" "+f.Class]++
	}
	var b strings.Builder
	for _, layer := range slices.Sorted(maps.Keys(layers)) {
		fmt.Fprintln(&b, layer, layers[layer])
	}
	fmt.Fprintln(&b, "streets", len(town().streets), "segments", len(town().plan.graph.edges), "addresses", len(town().addresses))
	fmt.Fprintln(&b, "features", sum(t, town().Features))
	golden(t, "town.txt", b.String())
}

// Nobody finds both arms of a U under one name.
func TestNoStreetTurnsBack(t *testing.T) {
	for _, s := range town().streets {
		if s.district == 0 || len(s.edges) == 1 {
			continue // drawn by hand, or one bend between two crossings
		}
		for _, l := range s.parts {
			_, first := l.at(12)
			for along := 40.0; along < l.length()-12; along += 40 {
				a, _ := l.at(along - 20)
				b, _ := l.at(min(l.length(), along+20))
				if way := b.sub(a).unit(); way.dot(first) < -0.2 {
					t.Errorf("%s turns back after %.0f m", s.name, along)
					break
				}
			}
		}
	}
}

func TestNoStreetInWater(t *testing.T) {
	p := town().plan
	bridges := 0
	for _, e := range p.graph.edges {
		if e.bridge {
			bridges++
			continue
		}
		for s := 0.0; s < e.shape.length(); s += 4 {
			if v, _ := e.shape.at(s); !p.land.holds(v) {
				t.Errorf("%s runs through water at %v", e.name, v)
				break
			}
		}
	}
	if bridges < 5 {
		t.Errorf("%d bridges", bridges)
	}
}

// Houses stand on dry land, beside the streets and not on them.
func TestHousesStandBesideStreets(t *testing.T) {
	p := town().plan
	near := newIndex()
	var houses []line
	b := newBuilder(p, town().blocks)
	b.reserve()
	b.along(town().streets)
	b.courts(town().blocks)
	for _, h := range b.houses {
		near.put(boxOf(h...), len(houses))
		houses = append(houses, h)
		for _, v := range h {
			if !p.land.holds(v) {
				t.Fatalf("a house stands in water at %v", v)
			}
		}
	}
	for _, e := range p.graph.edges {
		for s := 0.0; s < e.shape.length(); s += 6 {
			v, _ := e.shape.at(s)
			near.near(boxOf(v), func(i int) bool {
				if houses[i].holds(v) {
					t.Errorf("a house stands on %s at %v", e.name, v)
				}
				return false
			})
		}
	}
}

// Every street can be reached from every other one.
func TestStreetsHangTogether(t *testing.T) {
	g := town().plan.graph
	seen := map[int]bool{}
	stack := []int{g.edges[0].a}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		for _, i := range g.at[n] {
			stack = append(stack, g.edges[i].other(n))
		}
	}
	for _, e := range g.edges {
		if !seen[e.a] {
			t.Errorf("%s cannot be reached", e.name)
		}
	}
}

func TestStreetNames(t *testing.T) {
	seen, words := map[string]bool{}, map[string]int{}
	for _, s := range town().streets {
		if seen[s.name] {
			t.Errorf("two streets are called %s", s.name)
		}
		seen[s.name] = true
		plain(s.name) // panics where a sentence would not know how to use it
		word, _, _ := strings.Cut(s.name, " ")
		words[word]++
	}
	if n := len(seen); n < 350 || n > 700 {
		t.Errorf("%d streets", n)
	}
	if len(words) < 18 || words["Rue"] > len(seen)*3/4 {
		t.Errorf("the words for streets are %v", words)
	}
}

func TestAddresses(t *testing.T) {
	p := town().plan
	all := town().addresses
	if len(all) < 8_000 || len(all) > 12_500 {
		t.Errorf("%d addresses", len(all))
	}
	seen := map[string]bool{}
	last := map[string]int{}
	for _, a := range all {
		key := a.number + " " + a.street.name
		if seen[key] {
			t.Errorf("%s is there twice", key)
		}
		seen[key] = true
		if !p.land.holds(a.door) {
			t.Errorf("%s lies in water", key)
		}
		if _, d := a.street.foot(a.door); d > 60 {
			t.Errorf("%s is %.0f m from its street", key, d)
		}
		var n int
		fmt.Sscan(a.number, &n)
		side := fmt.Sprint(a.street.name, n%2)
		if n < last[side] {
			t.Errorf("%s comes after %d", key, last[side])
		}
		last[side] = n
	}
}

// The zones of a set cover the island and its rocks, and no ground twice.
func TestZonesTileTheIsland(t *testing.T) {
	p := town().plan
	whole := p.island.area()
	for _, r := range p.rocks {
		whole += r.area()
	}
	for _, set := range [][]area{town().quartiers, town().sectors} {
		covered := 0.0
		for _, a := range set {
			if len(a.rings) == 0 || !a.rings[0].holds(a.seed) {
				t.Fatalf("zone %s has no shape", a.code)
			}
			for _, r := range a.rings {
				covered += r.area()
			}
		}
		if diff := covered - whole; diff > 5 || diff < -5 {
			t.Errorf("the zones from %s on cover %.0f m² of %.0f", set[0].name, covered, whole)
		}
	}
}

// Every place that the plan names has found its block.
func TestSitesHaveBlocks(t *testing.T) {
	for _, s := range sites {
		if !slices.ContainsFunc(town().blocks, func(b *block) bool { return b.name == s.name && b.use == s.use }) {
			t.Errorf("%s has no ground", s.name)
		}
	}
}

// Whoever starts the demo waits for the town: go test -bench Build ./reports/demo
func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		Build()
	}
}
