package tiles_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"quartier/geo"
	"quartier/tiles"
)

// model is the plain truth beside an index.
type model struct {
	items map[tiles.Key]tiles.Item
	next  int64
}

func newModel(items []tiles.Item) *model {
	m := &model{items: map[tiles.Key]tiles.Item{}, next: int64(len(items) + 1)}
	for _, i := range items {
		m.items[i.Key()] = i
	}
	return m
}

// list gives the items by key, so that a test is the same each time.
func (m *model) list() []tiles.Item {
	var items []tiles.Item
	for _, i := range m.items {
		items = append(items, i)
	}
	slices.SortFunc(items, func(a, b tiles.Item) int { return cmpUint(featureID(a), featureID(b)) })
	return items
}

// batch changes some items: new, moved, in another state, hidden, deleted, repeated, never known.
func (m *model) batch(r *rand.Rand, n int) []tiles.Change {
	var batch []tiles.Change
	known := m.list()
	for range n {
		i := random(r, m.next)
		old := known[r.IntN(len(known))]
		change := tiles.Change{}
		switch r.IntN(8) {
		case 0, 1:
			m.next++
		case 2: // moved far, or a little
			moved := old
			moved.Position, moved.Cell = i.Position, i.Cell
			if r.IntN(2) == 0 {
				moved.Position = geo.Position{Lon: old.Position.Lon, Lat: old.Position.Lat + int32(r.IntN(100)) - 50}
				moved.Position.Lat = max(-850_511_000, min(850_511_000, moved.Position.Lat))
				moved.Cell = geo.CellAt(moved.Position, geo.CellResolution)
			}
			i = moved
		case 3:
			old.Status = i.Status
			i = old
		case 4:
			old.Visibility = i.Visibility
			i = old
		case 5:
			change.Key = old.Key()
		case 6:
			i = old // nothing new, unless the batch has already changed it
		case 7:
			change.Key = tiles.Key{Kind: 1, ID: 1 << 40} // was never there
		}
		if change.Key == (tiles.Key{}) {
			change.Key, change.Item = i.Key(), &i
			m.items[i.Key()] = i
		} else {
			delete(m.items, change.Key)
		}
		batch = append(batch, change)
	}
	return batch
}

// What changes is in the tiles at once and exactly, at every zoom and under every filter, while others read and chunks are folded; and the bytes
// are those of an index that was loaded with the result.
func TestChangesAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	m := newModel(population(r, 1000))
	x := loaded(t, m.list())
	cache := tiles.NewCache(x, 1<<20)

	ctx, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	others.Go(func() { x.Run(ctx) })
	for n := range uint64(2) {
		others.Go(func() {
			r := rand.New(rand.NewPCG(5, n))
			for ctx.Err() == nil {
				town := towns[r.IntN(len(towns))]
				tile := geo.TileAt(at(town.lon, town.lat), uint8(r.IntN(19)))
				f, a := randomFilter(r), randomAudience(r)
				x.Tile(tile, f, a)
				x.CellsTile(tile, f, a)
				x.Count(f, a, now)
				if _, err := cache.Items(ctx, tile, f, a); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	for round := range 12 {
		x.Apply(m.batch(r, []int{1, 10, 60, 700}[r.IntN(4)]))
		items := m.list()
		for range 3 {
			compare(t, x, items, uint8(r.IntN(19)), randomFilter(r), randomAudience(r))
		}
		zoom := uint8(round % 19)
		compare(t, x, items, zoom, tiles.Filter{}, tiles.Everyone)
	}
	stop()
	others.Wait()

	fresh := loaded(t, m.list())
	for zoom := range uint8(19) {
		for tile := range expected(m.list(), zoom, x.PointsFrom(), tiles.Filter{}, insider) {
			if !bytes.Equal(x.Tile(tile, tiles.Filter{}, insider), fresh.Tile(tile, tiles.Filter{}, insider)) {
				t.Fatalf("tile %v differs between an index that was changed and one that was loaded", tile)
			}
			if !bytes.Equal(x.CellsTile(tile, tiles.Filter{}, insider), fresh.CellsTile(tile, tiles.Filter{}, insider)) {
				t.Fatalf("cells of tile %v differ between an index that was changed and one that was loaded", tile)
			}
		}
	}
}

// Applying a state that is there already does nothing and tells nobody.
func TestReplayIsHarmless(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 7))
	m := newModel(population(r, 200))
	x := loaded(t, m.list())
	batch := m.batch(r, 50)
	x.Apply(batch)
	var last []tiles.Change // an older state of an item is not a replay
	for _, c := range batch {
		if now, ok := m.items[c.Key]; ok {
			last = append(last, tiles.Change{Key: c.Key, Item: &now})
		} else {
			last = append(last, tiles.Change{Key: c.Key})
		}
	}
	before := x.Tile(geo.Tile{}, tiles.Filter{}, insider)
	if changed := x.Apply(last); len(changed) != 0 {
		t.Errorf("a replay changed %v", changed)
	}
	if !bytes.Equal(before, x.Tile(geo.Tile{}, tiles.Filter{}, insider)) {
		t.Error("a replay changed the tile of the world")
	}
	if n := x.Size().Items; n != len(m.items) {
		t.Errorf("%d items, want %d", n, len(m.items))
	}
}

// Who watches learns what an item was and what it is.
func TestChangesAreTold(t *testing.T) {
	first := item(7, at(2.35, 48.85))
	first.Zones = []int32{4, 2, 4}
	first.Closed, first.Due = 1_700_000_100, 1_700_000_200
	x := loaded(t, nil)
	moved := first
	moved.Position = at(2.36, 48.86)
	moved.Cell = geo.CellAt(moved.Position, geo.CellResolution)

	changed := x.Apply([]tiles.Change{{Key: first.Key(), Item: &first}, {Key: first.Key(), Item: &moved}, {Key: first.Key()}})
	if len(changed) != 3 {
		t.Fatalf("%d changes, want 3", len(changed))
	}
	if changed[0].Before != nil || changed[2].After != nil {
		t.Error("an item was before it came, or is after it went")
	}
	if got, want := changed[0].After, []int32{2, 4}; got.Position != first.Position || got.Created != first.Created ||
		got.Closed != first.Closed || got.Due != first.Due || !slices.Equal(got.Zones, want) || got.Visibility != tiles.Public {
		t.Errorf("told %+v, want %+v", got, first)
	}
	if changed[1].Before.Position != first.Position || changed[1].After.Position != moved.Position {
		t.Errorf("told a move from %v to %v", changed[1].Before.Position, changed[1].After.Position)
	}
	if x.Tile(geo.Tile{}, tiles.Filter{}, insider) != nil {
		t.Error("an item stays in the tile of the world after it has gone")
	}
}

// A reader never sees half of a batch: two items that only ever exchange their states keep the count of open ones.
func TestBatchesAreSeenWhole(t *testing.T) {
	a, b := item(1, at(2.35, 48.85)), item(2, at(139.7, 35.7)) // far apart: in different chunks
	a.Status = 4
	x := loaded(t, []tiles.Item{a, b})
	var stop atomic.Bool
	var reader sync.WaitGroup
	reader.Go(func() {
		for !stop.Load() {
			if c := x.Count(tiles.Filter{}, tiles.Everyone, now); c.Open != 1 || c.Total != 2 {
				t.Errorf("%d open of %d, want 1 of 2", c.Open, c.Total)
				return
			}
		}
	})
	for range 2000 {
		a.Status, b.Status = b.Status, a.Status
		first, second := a, b
		x.Apply([]tiles.Change{{Key: a.Key(), Item: &first}, {Key: b.Key(), Item: &second}})
	}
	stop.Store(true)
	reader.Wait()
}

// Without anybody who folds, lists of changes stay bounded.
func TestDeltasAreBounded(t *testing.T) {
	i := item(1, at(2.35, 48.85))
	x := loaded(t, []tiles.Item{i})
	for range 20 {
		var batch []tiles.Change
		for range 500 {
			i.Status = 1 + i.Status%5
			state := i
			batch = append(batch, tiles.Change{Key: i.Key(), Item: &state})
		}
		x.Apply(batch)
	}
	if size := x.Size(); size.Deltas > 6000 || size.Items != 1 {
		t.Errorf("%+v after 10 000 changes of one item", size)
	}
	compare(t, x, []tiles.Item{i}, 12, tiles.Filter{}, tiles.Everyone)
}
