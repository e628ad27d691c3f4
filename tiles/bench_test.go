package tiles_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"quartier/geo"
	"quartier/tiles"
)

// country makes n public reports in 60 towns of very different sizes, as open data has them: few categories hold most reports.
func country(n int) []tiles.Item {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	items := make([]tiles.Item, n)
	for i := range items {
		town := int(60 * r.Float64() * r.Float64() * r.Float64())
		lon, lat := float64(town%10)-4, float64(town/10)+44
		x := item(int64(i+1), at(lon+r.NormFloat64()*0.04, lat+r.NormFloat64()*0.03))
		x.Status = uint8(1 + r.IntN(5))
		x.Category = 1 + int32(40*r.Float64()*r.Float64())
		x.Service = x.Category % 7
		x.Zones = []int32{int32(town), int32(100 + r.IntN(20))}
		x.Created = 1_500_000_000 + r.Int64N(200_000_000)
		items[i] = x
	}
	return items
}

// countries are built once, because H3 takes a microsecond for each item.
var countries = map[int]func() []tiles.Item{
	168_000:   sync.OnceValue(func() []tiles.Item { return country(168_000) }),
	1_000_000: sync.OnceValue(func() []tiles.Item { return country(1_000_000) }),
}

// densest finds the tile of a zoom that has the most items.
func densest(items []tiles.Item, zoom uint8) geo.Tile {
	count := map[geo.Tile]int{}
	var best geo.Tile
	for _, i := range items {
		t := geo.TileAt(i.Position, zoom)
		if count[t]++; count[t] > count[best] {
			best = t
		}
	}
	return best
}

var filters = []struct {
	name   string
	filter tiles.Filter
}{
	{"all", tiles.Filter{}},
	{"open", tiles.Filter{Statuses: []uint8{1, 2, 3}}},
	{"category+state+year", tiles.Filter{Categories: []int32{3}, Statuses: []uint8{1, 4}, From: 1_550_000_000, To: 1_581_500_000}},
	{"zone", tiles.Filter{Zones: []int32{105}}},
}

// BenchmarkTile draws the densest tile of a zoom, uncached, without compression.
func BenchmarkTile(b *testing.B) {
	for _, n := range []int{168_000, 1_000_000} {
		items := countries[n]()
		x := loaded(b, items)
		for _, zoom := range []uint8{0, 4, 8, 10, 12, 14, 15, 16} {
			t := densest(items, zoom)
			for _, f := range filters {
				b.Run(fmt.Sprintf("n=%d/z=%d/%s", n, zoom, f.name), func(b *testing.B) {
					b.ReportAllocs()
					size := 0
					for b.Loop() {
						size = len(x.Tile(t, f.filter, tiles.Everyone))
					}
					b.ReportMetric(float64(size), "bytes")
				})
			}
		}
	}
}

// BenchmarkScopes draws the densest tile of a zoom for an agent, in a country where every fiftieth report is private. "everyone" is the measure.
func BenchmarkScopes(b *testing.B) {
	items := slices.Clone(countries[1_000_000]())
	for i := range items {
		if i%50 == 0 {
			items[i].Visibility = tiles.Private
		}
	}
	x := loaded(b, items)
	for _, zoom := range []uint8{0, 4, 8, 10, 12, 14, 16} {
		t := densest(items, zoom)
		for _, a := range []struct {
			name   string
			scopes []tiles.Scope
		}{
			{"everyone", nil},
			{"service", []tiles.Scope{{Services: []int32{3}}}},
			{"zone", []tiles.Scope{{Zones: []int32{105}}}},
			{"service×zone", []tiles.Scope{{Services: []int32{3}, Zones: []int32{105}}}},
			{"three grants", []tiles.Scope{{Services: []int32{3}, Zones: []int32{105}}, {Services: []int32{4}, Zones: []int32{106, 107}}, {Categories: []int32{2}}}},
		} {
			for _, f := range filters {
				b.Run(fmt.Sprintf("z=%d/%s/%s", zoom, f.name, a.name), func(b *testing.B) {
					for b.Loop() {
						x.Tile(t, f.filter, tiles.Audience{Sees: tiles.Public, Scopes: a.scopes})
					}
				})
			}
		}
	}
}

// BenchmarkCellsTile draws the outlines of the densest tile of a zoom.
func BenchmarkCellsTile(b *testing.B) {
	items := countries[168_000]()
	x := loaded(b, items)
	for _, zoom := range []uint8{0, 8, 12, 14} {
		t := densest(items, zoom)
		b.Run(fmt.Sprintf("z=%d", zoom), func(b *testing.B) {
			for b.Loop() {
				x.CellsTile(t, tiles.Filter{}, tiles.Everyone)
			}
		})
	}
}

// BenchmarkCache answers a kept tile, and a tile that is drawn and packed anew because it has changed.
func BenchmarkCache(b *testing.B) {
	items := countries[168_000]()
	x := loaded(b, items)
	c := tiles.NewCache(x, 0)
	for _, zoom := range []uint8{8, 12, 14, 16} {
		t := densest(items, zoom)
		b.Run(fmt.Sprintf("kept/z=%d", zoom), func(b *testing.B) {
			for b.Loop() {
				if _, err := c.Items(b.Context(), t, tiles.Filter{}, tiles.Everyone); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("new/z=%d", zoom), func(b *testing.B) {
			i := items[slices.IndexFunc(items, func(i tiles.Item) bool { return geo.TileAt(i.Position, zoom) == t })]
			for b.Loop() {
				i.Status = 1 + i.Status%5
				x.Apply([]tiles.Change{{Key: i.Key(), Item: &i}})
				if _, err := c.Items(b.Context(), t, tiles.Filter{}, tiles.Everyone); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLoad builds the index from items in the order of their ids; the metric is the time for each.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{168_000, 1_000_000} {
		items := countries[n]()
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			for b.Loop() {
				loaded(b, items)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/item")
		})
	}
}

// BenchmarkApply changes the state of random items, 50 at a time, with folding in the background; the metric is the time for each.
func BenchmarkApply(b *testing.B) {
	items := slices.Clone(countries[168_000]())
	x := loaded(b, items)
	ctx := b.Context()
	go x.Run(ctx)
	r := rand.New(rand.NewPCG(3, 3))
	batch := make([]tiles.Change, 50)
	for b.Loop() {
		for j := range batch {
			i := &items[r.IntN(len(items))]
			i.Status = 1 + i.Status%5
			batch[j] = tiles.Change{Key: i.Key(), Item: i}
		}
		x.Apply(batch)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(batch)), "ns/change")
}

// BenchmarkCount counts for the statistics.
func BenchmarkCount(b *testing.B) {
	x := loaded(b, countries[168_000]())
	for b.Loop() {
		x.Count(tiles.Filter{}, tiles.Everyone, now)
	}
}
