package tiles_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"quartier/geo"
	"quartier/tiles"
)

// wild makes an item where and when something can go wrong: at the poles and the 180th meridian, many on one spot, before 1970, in many zones.
func wild(r *rand.Rand, id int64) tiles.Item {
	i := random(r, id)
	switch r.IntN(6) {
	case 0:
		i.Position = geo.Position{Lon: -1_800_000_000 + r.Int32N(3), Lat: []int32{850511000, -850511000, 0, 850510000}[r.IntN(4)]}
	case 1:
		i.Position = geo.Position{Lon: int32(1_799_999_999 - r.Int32N(2000)), Lat: int32(r.Int64N(1_701_022_000) - 850_511_000)}
	case 2:
		i.Position = at(2.35, 48.86)
	case 3:
		i.Position = geo.Position{Lon: int32(r.Int64N(3_600_000_000) - 1_800_000_000), Lat: []int32{1, -1}[r.IntN(2)] * (830_000_000 + r.Int32N(20_511_000))}
	}
	i.Cell = geo.CellAt(i.Position, geo.CellResolution)
	i.Zones = nil
	for range r.IntN(7) {
		i.Zones = append(i.Zones, int32(1+r.IntN(40)))
	}
	i.Service = int32(r.IntN(9))
	switch r.IntN(5) {
	case 0:
		i.Created = -r.Int64N(5_000_000_000)
	case 1:
		i.Created = r.Int64N(3) - 1
	case 2:
		i.Created = r.Int64N(1<<42) - 1<<41
	}
	return i
}

// wildFilter makes a filter of the same sort.
func wildFilter(r *rand.Rand) tiles.Filter {
	f := randomFilter(r)
	if r.IntN(4) == 0 {
		f.Zones = nil
		for range 1 + r.IntN(6) {
			f.Zones = append(f.Zones, int32(1+r.IntN(42)))
		}
	}
	tm := func() int64 {
		switch r.IntN(4) {
		case 0:
			return -r.Int64N(5_000_000_000)
		case 1:
			return r.Int64N(5) - 2
		case 2:
			return 1_700_000_000 + r.Int64N(3_600_000)
		}
		return r.Int64N(1<<42) - 1<<41
	}
	if r.IntN(3) == 0 {
		f.From = tm()
	}
	if r.IntN(3) == 0 {
		f.To = tm()
	}
	if r.IntN(10) == 0 {
		b := geo.Box{West: int32(r.Int64N(3_600_000_000) - 1_800_000_000), South: int32(r.Int64N(1_800_000_000) - 900_000_000), East: 1_800_000_000, North: 900_000_000}
		f.Box = &b
	}
	if r.IntN(12) == 0 {
		f.Services = []int32{1, 2, 3, 4}
	}
	return f
}

// check compares all that an index can be asked with counting by hand, under a few filters.
func check(t *testing.T, r *rand.Rand, x *tiles.Index, items []tiles.Item) {
	t.Helper()
	for range 6 {
		f := wildFilter(r)
		a := randomAudience(r)
		if r.IntN(2) == 0 {
			a = tiles.Everyone
		}
		if r.IntN(5) == 0 {
			f = tiles.Filter{}
		}
		total, open := 0, 0
		zones, zopen := map[int32]int{}, map[int32]int{}
		kinds := map[geo.Cell]int{}
		res := r.IntN(geo.CellResolution + 1)
		for _, i := range items {
			if selects(f, a, i) {
				total++
				o := vocabulary.Statuses[i.Status].Open
				if o {
					open++
				}
				z := slices.Clone(i.Zones)
				slices.Sort(z)
				for _, n := range slices.Compact(z) {
					zones[n]++
					if o {
						zopen[n]++
					}
				}
				kinds[i.Cell.Parent(res)]++
			}
		}
		if got := x.Total(f, a); got != total {
			t.Fatalf("Total %d want %d %q %+v", got, total, f.Canonical(), a)
		}
		c := x.Count(f, a, now)
		if c.Total != total || c.Open != open || !maps.Equal(c.Zones, zones) {
			t.Fatalf("Count %+v want %d %d %v", c, total, open, zones)
		}
		w := 0
		for _, k := range c.Weeks {
			w += k.Count
		}
		if w != total {
			t.Fatalf("weeks %d want %d", w, total)
		}
		za, zo := x.CountZones(f, a)
		if !maps.Equal(za, zones) || !maps.Equal(zo, zopen) {
			t.Fatalf("CountZones %v want %v; %v want %v", za, zones, zo, zopen)
		}
		cells, _ := x.Cells(res, nil, f, a, 1<<30)
		got := map[geo.Cell]int{}
		for _, c := range cells {
			got[c.Cell] = c.Count
		}
		if !maps.Equal(got, kinds) {
			t.Fatalf("Cells %d want %d", len(got), len(kinds))
		}
		for range 3 {
			compare(t, x, items, uint8(r.IntN(19)), f, a)
		}
	}
}

// Whatever items there are, however they change, whoever reads, folds and loads beside: every answer is exact.
func TestWildItemsAreExact(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 43))
		n := 150 + r.IntN(600)
		if !tiny {
			n = 1500
		}
		x, err := tiles.New(tiles.Options{Vocabulary: vocabulary, PointsFrom: []int{0, 1, 12, 19}[r.IntN(4)]})
		if err != nil {
			t.Fatal(err)
		}
		items := make([]tiles.Item, 0, n)
		for i := range n {
			items = append(items, wild(r, int64(i+1)))
		}
		if r.IntN(3) > 0 {
			load(t, x, items)
		} else {
			load(t, x, nil)
			var b []tiles.Change
			for i := range items {
				b = append(b, tiles.Change{Key: items[i].Key(), Item: &items[i]})
				if len(b) > r.IntN(300) {
					x.Apply(b)
					b = nil
				}
			}
			x.Apply(b)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { x.Run(ctx) })
		for range 2 {
			s := r.Uint64()
			wg.Go(func() {
				r := rand.New(rand.NewPCG(s, 1))
				for ctx.Err() == nil {
					f := wildFilter(r)
					z := uint8(r.IntN(10))
					x.Tile(geo.Tile{Z: z, X: r.Uint32N(1 << z), Y: r.Uint32N(1 << z)}, f, insider)
					x.CellsTile(geo.Tile{Z: z, X: r.Uint32N(1 << z), Y: r.Uint32N(1 << z)}, f, insider)
					x.CountZones(f, insider)
				}
			})
		}
		for round := range 12 {
			check(t, r, x, items)
			if round == 6 {
				load(t, x, items)
			}
			for range 1 + r.IntN(8) {
				var b []tiles.Change
				m := r.IntN(60)
				if r.IntN(6) == 0 {
					m = 500
				}
				for range m {
					if len(items) == 0 {
						break
					}
					k := r.IntN(len(items))
					switch r.IntN(6) {
					case 0:
						b = append(b, tiles.Change{Key: items[k].Key()})
						items[k] = items[len(items)-1]
						items = items[:len(items)-1]
					case 1, 2:
						n++
						i := wild(r, int64(n))
						items = append(items, i)
						b = append(b, tiles.Change{Key: i.Key(), Item: &i})
					case 3:
						i := wild(r, items[k].ID)
						i.Kind = items[k].Kind
						items[k] = i
						b = append(b, tiles.Change{Key: i.Key(), Item: &i})
					default:
						i := items[k]
						i.Status = uint8(r.IntN(6))
						i.Visibility = []tiles.Visibility{1, 2, 4, 8}[r.IntN(4)]
						items[k] = i
						b = append(b, tiles.Change{Key: i.Key(), Item: &i})
					}
				}
				x.Apply(b)
			}
			if r.IntN(12) == 0 { // everything goes
				var b []tiles.Change
				for _, i := range items {
					b = append(b, tiles.Change{Key: i.Key()})
				}
				items = items[:0]
				x.Apply(b)
			}
		}
		check(t, r, x, items)
		cancel()
		wg.Wait()
	}
}

func load(t *testing.T, x *tiles.Index, items []tiles.Item) {
	t.Helper()
	if err := x.Load(t.Context(), all(items)); err != nil {
		t.Fatal(err)
	}
}
