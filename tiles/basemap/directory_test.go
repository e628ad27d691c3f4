package basemap

import (
	"slices"
	"testing"

	"quartier/geo"
)

// The numbers of tiles are those of the specification (PMTiles 3, clause 4.1.1), and each has another.
func TestTileID(t *testing.T) {
	for at, want := range map[geo.Tile]uint64{{}: 0, {Z: 1}: 1, {Z: 1, Y: 1}: 2, {Z: 1, X: 1, Y: 1}: 3, {Z: 1, X: 1}: 4, {Z: 2}: 5, {Z: 12, X: 3423, Y: 1763}: 19_078_479} {
		if got := tileID(at); got != want {
			t.Errorf("%v is number %d, want %d", at, got, want)
		}
	}
	seen := map[uint64]geo.Tile{}
	for z := range uint8(7) {
		for x := range uint32(1) << z {
			for y := range uint32(1) << z {
				at := geo.Tile{Z: z, X: x, Y: y}
				if other, twice := seen[tileID(at)]; twice {
					t.Fatalf("%v and %v have number %d", at, other, tileID(at))
				}
				seen[tileID(at)] = at
			}
		}
	}
	if len(seen) != 5461 || seen[5460] == (geo.Tile{}) {
		t.Errorf("%d tiles leave gaps in the numbers", len(seen))
	}
}

// No bytes make the reader fail otherwise than by an error, and what it reads of a directory it could have written.
func FuzzDirectory(f *testing.F) {
	f.Add(writeDirectory([]entry{{0, 0, 5, 1}, {1, 5, 5, 3}, {9, 0, 5, 0}}))
	f.Add([]byte{0})
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := parseDirectory(b, maxLeaf)
		if err != nil {
			return
		}
		again, err := parseDirectory(writeDirectory(entries), maxLeaf)
		if err != nil || !slices.Equal(entries, again) {
			t.Fatalf("%v reads back as %v, %v", entries, again, err)
		}
		for _, e := range entries {
			if found, ok := find(entries, e.id); !ok || found != e {
				t.Fatalf("%v finds %v", e, found)
			}
		}
	})
}
