package tiles_test

import (
	"math/rand/v2"
	"testing"

	"quartier/geo"
	"quartier/tiles"
)

// Every item is in exactly one tile of each zoom, under every filter and for every audience, with the right names and counts.
func TestTilesEqualCountingByHand(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	items := population(r, 1500)
	x := loaded(t, items)
	for zoom := range uint8(geo.MaxZoom + 1) {
		compare(t, x, items, zoom, tiles.Filter{}, tiles.Everyone)
		for range 4 {
			compare(t, x, items, zoom, randomFilter(r), tiles.Audience(1+r.IntN(15)))
		}
	}
}
