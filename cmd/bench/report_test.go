package main

import (
	"reflect"
	"testing"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
)

// Two makers, and one that goes the other way, make the same reports: what is changed under load is what was loaded.
func TestReportsAreMadeFromTheirNumbers(t *testing.T) {
	const n = 500
	a, b := newMaker(regions[0], n), newMaker(regions[0], n)
	var forwards [n]report
	for i := range n {
		forwards[i] = a.make(i)
	}
	for i := n - 1; i >= 0; i-- {
		if got := b.make(i); !reflect.DeepEqual(got, forwards[i]) {
			t.Fatalf("report %d is %+v, then %+v", i, forwards[i], got)
		}
	}
}

// The data is as open data is: towns of very different sizes, few categories for most reports, old ones closed.
func TestReportsAreAsInLife(t *testing.T) {
	const n = 100_000
	m := newMaker(regions[0], n)
	var towns [60]int
	var categories [categoriesUsed + 1]int
	states := map[uint8]int{}
	public, inQuarters, oldOpen, old := 0, 0, 0, 0
	for i := range n {
		r := m.make(i)
		towns[r.town]++
		categories[r.category]++
		states[r.status]++
		if r.visibility == account.Public {
			public++
		}
		if r.quarter < quarters {
			inQuarters++
		}
		if r.created < firstDay || r.created >= lastDay || r.closed != 0 && int64(r.closed) < r.created || !r.at.Valid() {
			t.Fatalf("report %d is impossible: %+v", i, r)
		}
		if r.created < lastDay-365*day {
			old++
			if reports.Statuses[r.status].Phase == "open" {
				oldOpen++
			}
		}
	}
	share := func(what string, part, whole int, least, most float64) {
		if s := float64(part) / float64(whole); s < least || s > most {
			t.Errorf("%s: %.3f, want %v to %v", what, s, least, most)
		}
	}
	share("the largest town", towns[0], n, 0.08, 0.12)
	share("the smallest town", towns[59], n, 0.004, 0.012)
	share("the most frequent category", categories[1], n, 0.15, 0.22)
	share("the rarest category", categories[categoriesUsed], n, 0.002, 0.02)
	share("public", public, n, 0.975, 0.99)
	share("in a quarter", inQuarters, n, 0.95, 0.99)
	share("open after a year", oldOpen, old, 0.02, 0.06)
	if len(states) != 7 || categories[0] != 0 {
		t.Errorf("states %v, categories %v", states, categories)
	}
}

// A report's quarter is the zone that is cut there, and its line belongs to the quarter that comes first.
func TestQuarters(t *testing.T) {
	town := &regions[1].towns[0]
	wide := len(town.columns) - 1
	for q := range quarters {
		west, east := town.columns[q%wide], town.columns[q%wide+1]
		south, north := town.rows[q/wide], town.rows[q/wide+1]
		for _, p := range []geo.Position{{Lon: west + 1, Lat: south + 1}, {Lon: east, Lat: north}, {Lon: (west + east) / 2, Lat: (south + north) / 2}} {
			if got := town.quarter(p); got != q {
				t.Errorf("%v lies in quarter %d, want %d", p, got, q)
			}
		}
	}
	if got := town.quarter(geo.Position{Lon: town.columns[0] - 1, Lat: town.rows[0]}); got != -1 {
		t.Errorf("west of all lies in quarter %d", got)
	}
	if got := town.quarter(geo.Position{Lon: town.columns[0], Lat: town.rows[0]}); got != 0 {
		t.Errorf("the corner lies in quarter %d, want 0", got)
	}
}
