package tiles

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"quartier/geo"
)

// street makes an index of n items in one street, and the items.
func street(t *testing.T, n int) (*Index, []Item) {
	t.Helper()
	r := rand.New(rand.NewPCG(31, 32))
	x, err := New(Options{Vocabulary: Vocabulary{Kinds: []string{"report"}, Statuses: []Status{{Name: "new", Open: true}, {Name: "resolved", Group: GroupResolved}}}})
	if err != nil {
		t.Fatal(err)
	}
	items := make([]Item, n)
	for i := range items {
		p := geo.Position{Lon: 23_500_000 + r.Int32N(50_000), Lat: 488_600_000 + r.Int32N(1000)}
		items[i] = Item{ID: int64(i + 1), Position: p, Cell: geo.CellAt(p, geo.CellResolution), Visibility: Public, Created: 1}
	}
	load(t, x, items)
	return x, items
}

func load(t *testing.T, x *Index, items []Item) {
	t.Helper()
	err := x.Load(t.Context(), func(yield func(Item, error) bool) {
		for _, i := range items {
			if !yield(i, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// walk calls f with every node.
func (s *state) walk(f func(*node)) {
	var below func(nodes []*node)
	below = func(nodes []*node) {
		for _, n := range nodes {
			f(n)
			below(n.children)
		}
	}
	below(s.roots)
}

// drawn gives all tiles of the street.
func drawn(x *Index, items []Item) []byte {
	var b []byte
	seen := map[geo.Tile]bool{}
	for zoom := range uint8(geo.MaxZoom + 1) {
		for _, i := range items {
			if t := geo.TileAt(i.Position, zoom); !seen[t] {
				seen[t] = true
				b = append(b, x.Tile(t, Filter{}, Everyone)...)
				b = append(b, x.Tile(t, Filter{Statuses: []uint8{1}}, Everyone)...)
				b = append(b, x.CellsTile(t, Filter{}, Everyone)...)
			}
		}
	}
	return fmt.Appendf(b, "%+v", x.Size().Items)
}

// Folding changes nothing that anybody can see, whatever is applied while the new chunks are built: changes of what is being folded, of what came
// later, everything gone, everything replaced by another load.
func TestFoldIsInvisible(t *testing.T) {
	for name, meanwhile := range map[string]func(x *Index, items []Item){
		"nothing": func(*Index, []Item) {},
		"changes": func(x *Index, items []Item) {
			for i := range items {
				if items[i].ID%3 == 0 {
					items[i].Status = 1 - items[i].Status
					x.Apply([]Change{{Key: items[i].Key(), Item: &items[i]}})
				}
			}
		},
		"all gone": func(x *Index, items []Item) {
			for _, i := range items {
				x.Apply([]Change{{Key: i.Key()}})
			}
		},
		"all gone at once": func(x *Index, items []Item) {
			var batch []Change
			for _, i := range items {
				batch = append(batch, Change{Key: i.Key()})
			}
			x.Apply(batch)
		},
		"another load": func(x *Index, items []Item) { load(t, x, items[:10]) },
	} {
		for deed, fold := range map[string]func(x *Index, s *state){
			"leaves": func(x *Index, s *state) {
				s.walk(func(n *node) {
					if n.leaf != nil {
						x.fold(n, s)
					}
				})
			},
			"branches": func(x *Index, s *state) {
				s.walk(func(n *node) {
					if n.leaf == nil {
						x.regroup(n, s)
					}
				})
			},
		} {
			t.Run(deed+"/"+name, func(t *testing.T) {
				x, items := street(t, 300)
				for i := range items[:200] {
					items[i].Status = 1
					x.Apply([]Change{{Key: items[i].Key(), Item: &items[i]}})
				}
				s := x.state.Load()
				meanwhile(x, items)
				before, deltas := drawn(x, items), x.Size().Deltas
				fold(x, s) // as if its building had begun before
				if !bytes.Equal(before, drawn(x, items)) {
					t.Error("folding changed a tile")
				}
				if after := x.Size().Deltas; name == "nothing" && deed == "leaves" && after >= deltas {
					t.Errorf("%d deltas before, %d after", deltas, after)
				}
			})
		}
	}
}

// The index can be loaded anew while it is being changed, folded and asked.
func TestReloadInUse(t *testing.T) {
	x, items := street(t, 500)
	var others sync.WaitGroup
	stop := make(chan struct{})
	others.Go(func() { x.Run(t.Context()) })
	others.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if n := x.Count(Filter{}, Everyone, time.Unix(1, 0)).Total; n != len(items) {
					t.Errorf("%d items, want %d", n, len(items))
					return
				}
				x.Tile(geo.Tile{}, Filter{Statuses: []uint8{1}}, Everyone)
			}
		}
	})
	changed := make([]Item, len(items))
	others.Go(func() {
		for round := range 60 {
			var batch []Change
			for i := range items {
				changed[i] = items[i]
				changed[i].Category = int32(round*1000 + i) // new profiles: another dictionary than the loaded one
				batch = append(batch, Change{Key: items[i].Key(), Item: &changed[i]})
			}
			x.Apply(batch)
		}
		close(stop)
	})
	for range 30 {
		load(t, x, items)
	}
	<-stop
	t.Cleanup(others.Wait) // Run ends with the test's context, which ends before cleanups
}
