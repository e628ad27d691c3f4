package main

import (
	"testing"

	"quartier/geo"
	"quartier/reports/account"
)

func TestMorton(t *testing.T) {
	for _, tile := range []geo.Tile{{Z: 18}, {Z: 18, X: 1<<18 - 1, Y: 1<<18 - 1}, {Z: 18, X: 132_876, Y: 90_190}} {
		if got := unmorton(morton(tile), tile.Z); got != tile {
			t.Errorf("%v comes back as %v", tile, got)
		}
	}
}

// The list has the tiles that counting gives.
func TestTileList(t *testing.T) {
	const n, each = 3000, 10
	r := regions[0]
	l := r.listTiles(n, each)
	m := newMaker(r, n)
	for z := range uint8(geo.MaxZoom + 1) {
		count := map[geo.Tile]int{}
		for i := range n {
			if one := m.make(i); one.visibility == account.Public {
				count[geo.TileAt(one.at, z)]++
			}
		}
		most := 0
		for _, c := range count {
			most = max(most, c)
		}
		if l.most[z] != most || count[l.densest[z]] != most {
			t.Errorf("zoom %d: the densest has %d, or %d; want %d", z, l.most[z], count[l.densest[z]], most)
		}
		if len(l.occupied[z]) != min(each, len(count)) {
			t.Errorf("zoom %d: %d tiles of %d", z, len(l.occupied[z]), len(count))
		}
		for _, tile := range l.occupied[z] {
			if count[tile] == 0 {
				t.Errorf("%v is empty", tile)
			}
		}
	}
	for _, tile := range l.trace {
		if !tile.Valid() {
			t.Errorf("the trace goes to %v", tile)
		}
	}
	if got := len(l.ofZooms(0, geo.MaxZoom)); got <= len(l.trace) {
		t.Errorf("%d tiles in all, of which %d of the trace", got, len(l.trace))
	}
}
