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
			compare(t, x, items, zoom, randomFilter(r), randomAudience(r))
		}
	}
}

// A town with enough items for every part of the index at its real size: ledgers with many lines, tables, rare and common profiles, zones that
// border on each other within a leaf.
func TestCrowdEqualsCountingByHand(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	items := make([]tiles.Item, 40_000)
	for i := range items {
		dx, dy := r.NormFloat64(), r.NormFloat64()
		x := item(int64(i+1), at(2.35+dx*0.04, 48.86+dy*0.03))
		x.Status = uint8(r.IntN(len(vocabulary.Statuses)))
		x.Category = int32(6 * r.Float64() * r.Float64())
		x.Service = x.Category % 3
		x.Zones = []int32{1 + int32(max(0, min(3, dx+2))), 5 + int32(max(0, min(3, dy+2)))}
		x.Created = 1_600_000_000 + r.Int64N(100_000_000)
		if r.IntN(10) == 0 {
			x.Visibility = tiles.Private
		}
		items[i] = x
	}
	x := loaded(t, items)
	for _, f := range []tiles.Filter{
		{},
		{From: 1_620_000_001, To: 1_640_000_002},
		{From: 1_620_000_001, To: 1_620_300_000},
		{Statuses: []uint8{1, 3}, From: 1_650_000_000},
		{Categories: []int32{5}},
		{Categories: []int32{1, 2}, Statuses: []uint8{4}, To: 1_650_000_000},
		{Zones: []int32{2}},
		{Zones: []int32{2, 7}, Services: []int32{1}, From: 1_610_000_000, To: 1_690_000_000},
		{Box: &geo.Box{West: 23_300_000, South: 488_500_000, East: 23_700_000, North: 488_800_000}, Statuses: []uint8{2}},
	} {
		for _, zoom := range []uint8{0, 6, 9, 11, 12, 13, 14, 16} {
			compare(t, x, items, zoom, f, randomAudience(r))
		}
	}
}

// What is prepared replaces nothing before it is published.
func TestPrepare(t *testing.T) {
	r := rand.New(rand.NewPCG(43, 44))
	before, after := population(r, 300), population(r, 200)
	x := loaded(t, before)
	publish, err := x.Prepare(t.Context(), all(after))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, x, before, 9, tiles.Filter{}, tiles.Everyone)
	publish()
	compare(t, x, after, 9, tiles.Filter{}, tiles.Everyone)
}
