package live

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"quartier/geo"
	"quartier/tiles"
)

// Who is told what is the same as if everybody was asked about every change.
func TestMatch(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 9))
	index, err := tiles.New(tiles.Options{Vocabulary: tileVocabulary()})
	if err != nil {
		t.Fatal(err)
	}
	spot := func() (lon, lat float64) { // a town, with some elsewhere and at the edges of the world
		switch random.IntN(10) {
		case 0:
			return []float64{-180, 179.9999999, 1}[random.IntN(3)], []float64{-85.0511, 0, 85.0511}[random.IntN(3)]
		case 1:
			return random.Float64()*360 - 180, random.Float64()*170 - 85
		}
		return 2.2 + random.Float64()*0.3, 48.8 + random.Float64()*0.2
	}
	seen := func(id int64) *tiles.Item {
		if random.IntN(4) == 0 {
			return nil
		}
		lon, lat := spot()
		return report(id, lon, lat, []tiles.Visibility{tiles.Public, tiles.Public, tiles.Hidden}[random.IntN(3)])
	}
	w := newWatch()
	var all []*subscription
	for range 400 {
		s := &subscription{box: world, since: random.Uint64N(60)}
		if random.IntN(8) > 0 {
			lon, lat := spot()
			wide := []float64{0, 0.01, 0.2, 30}[random.IntN(4)]
			s.box = *geo.BoxOf(max(-180, lon-wide), max(-90, lat-wide), min(180, lon+wide), min(90, lat+wide))
		}
		switch random.IntN(5) {
		case 0:
			s.item = tiles.Key{ID: 1 + random.Int64N(50)}
		case 1, 2, 3:
			s.tiles, s.cells, s.span = true, random.IntN(2) == 0, spanOf(s.box, uint8(random.IntN(geo.MaxZoom+1)))
		}
		w.add(s)
		all = append(all, s)
	}
	for range 100 { // some leave
		i := random.IntN(len(all))
		w.remove(all[i])
		all = slices.Delete(all, i, i+1)
	}
	n := news{last: 150}
	for range 100 {
		id := 1 + random.Int64N(50)
		if h, ok := public(tiles.Changed{Key: tiles.Key{ID: id}, Before: seen(id), After: seen(id)}); ok {
			n.list = append(n.list, h)
		}
	}
	found := w.match(&n, index)
	told := 0
	for _, s := range all {
		var want telling
		items, cells := map[geo.Tile]bool{}, map[geo.Tile]bool{}
		counted := map[geo.Tile]int{}
		for i := range n.list {
			h := &n.list[i]
			concerned := false
			for _, p := range []place{h.before, h.after} {
				if !p.seen() {
					continue
				}
				concerned = concerned || s.box.Contains(p.at)
				if !s.tiles {
					continue
				}
				at := index.TileOf(p.at, p.cell, s.span.zoom)
				touched := s.span.holds(at)
				for at := range index.CellTilesOf(p.cell, s.span.zoom) {
					touched = touched || s.span.holds(at)
				}
				if touched && !s.keeps()(h) {
					t.Fatalf("%+v would not be told of %+v when it comes back", s, *h)
				}
				if n.number(i) > s.since {
					items[at] = items[at] || s.span.holds(at)
					for at := range index.CellTilesOf(p.cell, s.span.zoom) {
						cells[at] = cells[at] || s.cells && s.span.holds(at)
					}
				}
				if p == h.after || p == h.before && !h.after.seen() {
					counted[at]++
				}
				if h.before == h.after {
					break
				}
			}
			if s.item.ID != 0 {
				concerned = s.item == h.key
			}
			if concerned && !s.tiles && n.number(i) > s.since {
				want.changes = append(want.changes, i)
			}
		}
		for at, in := range items {
			if in {
				want.items, want.count = append(want.items, at), want.count+counted[at]
			}
		}
		for at, in := range cells {
			if in {
				want.cells = append(want.cells, at)
			}
		}
		got := telling{}
		if found[s] != nil {
			got = *found[s]
			told++
		}
		for _, i := range got.changes {
			if !s.keeps()(&n.list[i]) {
				t.Fatalf("%+v would not be told of %+v when it comes back", s, n.list[i])
			}
		}
		if fmt.Sprint(got.changes) != fmt.Sprint(want.changes) || fmt.Sprint(names(got.items)) != fmt.Sprint(names(want.items)) ||
			fmt.Sprint(names(got.cells)) != fmt.Sprint(names(want.cells)) || got.count != want.count {
			t.Fatalf("%+v\n is told %+v\n    want %+v", s, got, want)
		}
	}
	if told < 100 {
		t.Errorf("only %d were told anything", told)
	}
	for _, s := range all {
		w.remove(s)
	}
	if len(w.items)+len(w.boxes)+len(w.maps) > 0 || w.zooms != [geo.MaxZoom + 1]int{} || w.cells != w.zooms {
		t.Errorf("nobody is left, but there is %+v", w)
	}
}
