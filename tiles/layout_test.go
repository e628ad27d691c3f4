package tiles_test

import (
	"bytes"
	"errors"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	"quartier/geo"
	"quartier/tiles"
)

// Boston has thousands of reports on one coordinate: they stay as many, and more than a chunk holds do not break it.
func TestManyItemsOnOneSpot(t *testing.T) {
	for _, n := range []int{5_000, 70_000} {
		spot := item(1, at(-71.06, 42.36))
		var items []tiles.Item
		for id := range n {
			spot.ID = int64(id + 1)
			items = append(items, spot)
		}
		x := loaded(t, items)
		tile := geo.TileAt(spot.Position, 17)
		if got := len(texts(t, x.Tile(tile, tiles.Filter{}, tiles.Everyone), "items")); got != n {
			t.Errorf("%d points, want %d", got, n)
		}
		for _, zoom := range []uint8{0, 9, 15} {
			compare(t, x, items, zoom, tiles.Filter{}, tiles.Everyone)
		}
		if n < maxRows {
			continue
		}
		if x.Size().Chunks < 2 {
			t.Errorf("%d rows in one chunk", n)
		}
		// Take the first half away, fold it to nothing, and put something back.
		var batch []tiles.Change
		for _, i := range items[:40_000] {
			batch = append(batch, tiles.Change{Key: i.Key()})
		}
		x.Apply(batch)
		items = items[40_000:]
		compare(t, x, items, 15, tiles.Filter{}, tiles.Everyone)
		for _, id := range []int64{3, 200_000, 39_000} {
			spot.ID = id
			back := spot
			items = append(items, back)
			x.Apply([]tiles.Change{{Key: back.Key(), Item: &back}})
		}
		compare(t, x, items, 12, tiles.Filter{}, tiles.Everyone)
		compare(t, x, items, 18, tiles.Filter{}, tiles.Everyone)
	}
}

// maxRows is the size beyond which the index splits a chunk.
const maxRows = 65_536

// A town grows beyond one chunk while the map is in use; the tiles are those of an index that was loaded with all of it.
func TestChunksSplitAndEmpty(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	var items []tiles.Item
	for id := range 90_000 {
		items = append(items, item(int64(id+1), at(2.35+r.NormFloat64()*0.05, 48.86+r.NormFloat64()*0.03)))
	}
	x := loaded(t, items[:60_000])
	before := x.Size().Chunks
	for batch := range slices.Chunk(items[60_000:], 5_000) {
		var changes []tiles.Change
		for _, i := range batch {
			changes = append(changes, tiles.Change{Key: i.Key(), Item: &i})
		}
		x.Apply(changes)
	}
	if n := x.Size().Chunks; n <= before {
		t.Errorf("%d chunks for 60 000 rows, %d for 90 000", before, n)
	}
	fresh := loaded(t, items)
	same := func(x, fresh *tiles.Index) {
		t.Helper()
		for _, f := range []tiles.Filter{{}, {From: 1, Statuses: []uint8{1}}} {
			for zoom := range uint8(19) {
				for n := range 3 {
					tile := geo.TileAt(items[n*777].Position, zoom)
					if !bytes.Equal(x.Tile(tile, f, tiles.Everyone), fresh.Tile(tile, f, tiles.Everyone)) {
						t.Fatalf("tile %v of an index that grew differs from one that was loaded", tile)
					}
				}
			}
		}
	}
	same(x, fresh)

	// Now most of them go.
	var gone []tiles.Change
	for _, i := range items[5_000:] {
		gone = append(gone, tiles.Change{Key: i.Key()})
	}
	x.Apply(gone)
	same(x, loaded(t, items[:5_000]))
	if n := x.Size().Items; n != 5_000 {
		t.Errorf("%d items, want 5 000", n)
	}
}

// The bytes do not depend on the order in which items came.
func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 11))
	items := population(r, 2000)
	x := loaded(t, items)
	shuffled := slices.Clone(items)
	r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	y := loaded(t, shuffled[:500])
	for _, i := range shuffled[500:] {
		y.Apply([]tiles.Change{{Key: i.Key(), Item: &i}})
	}
	for zoom := range uint8(19) {
		for tile := range expected(items, zoom, 16, tiles.Filter{}, tiles.Everyone) {
			if !bytes.Equal(x.Tile(tile, tiles.Filter{}, tiles.Everyone), y.Tile(tile, tiles.Filter{}, tiles.Everyone)) {
				t.Fatalf("tile %v depends on the order", tile)
			}
		}
	}
}

// A load that fails or makes no sense leaves everything as it was.
func TestFailedLoadChangesNothing(t *testing.T) {
	i := item(1, at(2.35, 48.85))
	broken := errors.New("connection lost")
	for name, bad := range map[string]iter.Seq2[tiles.Item, error]{
		"broken off": func(yield func(tiles.Item, error) bool) { _ = yield(i, nil) && yield(tiles.Item{}, broken) },
		"twice":      all([]tiles.Item{i, i}),
	} {
		x, err := tiles.New(tiles.Options{Vocabulary: vocabulary})
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Load(t.Context(), bad); err == nil || x.Ready() {
			t.Errorf("%s: error %v, ready %v", name, err, x.Ready())
		}
		good := loaded(t, []tiles.Item{i})
		if err := good.Load(t.Context(), bad); err == nil {
			t.Errorf("%s: no error", name)
		}
		compare(t, good, []tiles.Item{i}, 10, tiles.Filter{}, tiles.Everyone)
	}
}

// What cannot work is refused at the start.
func TestOptions(t *testing.T) {
	many := vocabulary
	many.Kinds = make([]string, 33)
	odd := vocabulary
	odd.Statuses = []tiles.Status{{Name: "lost", Group: 9}}
	for name, o := range map[string]tiles.Options{
		"no vocabulary":  {},
		"too many kinds": {Vocabulary: many},
		"unknown group":  {Vocabulary: odd},
		"zoom":           {Vocabulary: vocabulary, PointsFrom: 20},
	} {
		if _, err := tiles.New(o); err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
	for _, pointsFrom := range []int{1, 10, 19} {
		x, err := tiles.New(tiles.Options{Vocabulary: vocabulary, PointsFrom: pointsFrom})
		if err != nil {
			t.Fatal(err)
		}
		items := population(rand.New(rand.NewPCG(1, 1)), 300)
		if err := x.Load(t.Context(), all(items)); err != nil {
			t.Fatal(err)
		}
		for zoom := range uint8(19) {
			compare(t, x, items, zoom, tiles.Filter{}, tiles.Everyone)
		}
	}
}

// Tiles that do not exist are empty, not a panic.
func TestTilesOutOfRange(t *testing.T) {
	x := loaded(t, population(rand.New(rand.NewPCG(1, 1)), 100))
	for _, tile := range []geo.Tile{{Z: 19}, {Z: 200, X: 1}, {Z: 3, X: 8}, {Z: 3, Y: 8}, {Z: 18, X: 1 << 31, Y: 1 << 31}} {
		if x.Tile(tile, tiles.Filter{}, insider) != nil || x.CellsTile(tile, tiles.Filter{}, insider) != nil {
			t.Errorf("tile %v has something", tile)
		}
	}
}
