package tiles_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"quartier/geo"
	"quartier/tiles"
)

// A change changes the bytes of no tile but those that are named: what nobody names nobody fetches again.
func TestTouchedTilesAreNamed(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 7))
	x := loaded(t, population(r, 400))
	for n := range 60 {
		one := population(r, 1)[0]
		one.ID, one.Visibility = int64(10_000+n), tiles.Public
		zoom := uint8(r.IntN(geo.MaxZoom + 1))
		home := x.TileOf(one.Position, one.Cell, zoom)
		cells := map[geo.Tile]bool{}
		for tile := range x.CellTilesOf(one.Cell, zoom) {
			cells[tile] = true
		}
		type pair struct{ items, cells []byte }
		before := map[geo.Tile]pair{}
		last := uint32(1)<<zoom - 1
		for dx := int32(-2); dx <= 2; dx++ {
			for dy := int32(-2); dy <= 2; dy++ {
				tile := geo.Tile{Z: zoom, X: uint32(int32(home.X)+dx) & last, Y: uint32(int32(home.Y) + dy)}
				if tile.Valid() {
					before[tile] = pair{x.Tile(tile, tiles.Filter{}, tiles.Everyone), x.CellsTile(tile, tiles.Filter{}, tiles.Everyone)}
				}
			}
		}
		if x.Apply([]tiles.Change{{Key: one.Key(), Item: &one}}) == nil {
			t.Fatal("nothing changed")
		}
		for tile, was := range before {
			if changed := !bytes.Equal(was.items, x.Tile(tile, tiles.Filter{}, tiles.Everyone)); changed != (tile == home) {
				t.Errorf("zoom %d, item at %v: tile %v changed: %v; named is %v", zoom, one.Position, tile, changed, home)
			}
			if !bytes.Equal(was.cells, x.CellsTile(tile, tiles.Filter{}, tiles.Everyone)) && !cells[tile] {
				t.Errorf("zoom %d, item at %v: the hexagons of %v changed, which is not named", zoom, one.Position, tile)
			}
		}
	}
}
