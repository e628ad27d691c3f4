package tiles_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"

	"quartier/geo"
	"quartier/tiles"
)

// squeezing runs the worker of a cache until the test ends.
func squeezing(t *testing.T, c *tiles.Cache) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for range 2 { // two do no harm
		running.Go(func() { c.Run(ctx) })
	}
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
}

// ask asks until an answer has its brotli form.
func askUntilHot(t *testing.T, c *tiles.Cache, tile geo.Tile, f tiles.Filter) *tiles.Answer {
	t.Helper()
	for {
		a, err := c.Items(t.Context(), tile, f, tiles.Everyone)
		if err != nil {
			t.Fatal(err)
		}
		if a.Brotli() != nil {
			return a
		}
		runtime.Gosched()
	}
}

// What is asked for often gets a brotli form, which is the same tile in fewer bytes, under a tag of its own; a change takes it away with the tile.
func TestHotTilesAreSqueezed(t *testing.T) {
	r := rand.New(rand.NewPCG(40, 41))
	x := loaded(t, population(r, 2000))
	c := tiles.NewCache(x, 0)
	squeezing(t, c)
	ask := func() *tiles.Answer {
		a, err := c.Items(t.Context(), geo.Tile{}, tiles.Filter{}, tiles.Everyone)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	first := ask()
	before := c.Size().Bytes
	a := askUntilHot(t, c, geo.Tile{}, tiles.Filter{})
	if a != first {
		t.Error("the answer is another one")
	}
	unpacked, err := io.ReadAll(brotli.NewReader(bytes.NewReader(a.Brotli())))
	if err != nil || !bytes.Equal(unpacked, plain(t, a)) {
		t.Errorf("the brotli form is another tile: %v", err)
	}
	if len(a.Brotli()) >= len(a.Body) {
		t.Errorf("%d bytes of brotli, %d of gzip", len(a.Brotli()), len(a.Body))
	}
	if a.BrotliTag == a.GzipTag || a.BrotliTag == a.PlainTag || a.BrotliTag[0] != '"' || a.BrotliTag[len(a.BrotliTag)-1] != '"' {
		t.Errorf("tags %s, %s and %s", a.BrotliTag, a.GzipTag, a.PlainTag)
	}
	if grown := c.Size().Bytes - before; grown < len(a.Brotli()) {
		t.Errorf("the cache counts %d bytes for a form of %d", grown, len(a.Brotli()))
	}
	// A change that the tile does not show leaves its forms; one that it shows takes them.
	secret := item(9_000, at(2.35, 48.85))
	secret.Visibility = tiles.Hidden
	x.Apply([]tiles.Change{{Key: secret.Key(), Item: &secret}})
	if again := ask(); again != a || again.Brotli() == nil {
		t.Error("a hidden item costs the tile its brotli form")
	}
	secret.Visibility = tiles.Public
	x.Apply([]tiles.Change{{Key: secret.Key(), Item: &secret}})
	if again := ask(); again.Brotli() != nil || again.BrotliTag == a.BrotliTag {
		t.Error("a changed tile has the brotli form or tag of the old one")
	}
	x.Apply([]tiles.Change{{Key: secret.Key()}})
	if size := c.Size(); size.Entries != 1 {
		t.Fatalf("%d entries", size.Entries)
	}
	if ask(); c.Size().Bytes != before {
		t.Errorf("%d bytes, %d before the form was made and dropped", c.Size().Bytes, before)
	}
}

// Brotli forms count: with them too the cache keeps within its bytes, while many ask and the tiles change.
func TestHotTilesAreBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(42, 43))
	items := population(r, 800)
	x := loaded(t, items)
	const limit = 60_000
	c := tiles.NewCache(x, limit)
	squeezing(t, c)
	var all []geo.Tile
	for zoom := range uint8(10) {
		for tile := range expected(items, zoom, 16, tiles.Filter{}, tiles.Everyone) {
			all = append(all, tile)
		}
	}
	var readers sync.WaitGroup
	for n := range uint64(3) {
		readers.Go(func() {
			r := rand.New(rand.NewPCG(n, 44))
			for range 3000 {
				a, err := c.Items(t.Context(), all[int(float64(len(all))*r.Float64()*r.Float64()*r.Float64())], tiles.Filter{}, tiles.Everyone)
				if err != nil {
					t.Error(err)
					return
				}
				if form := a.Brotli(); form != nil && len(form) >= len(a.Body) {
					t.Error("a brotli form is no smaller")
				}
				if size := c.Size(); size.Bytes > limit || size.Bytes < 0 {
					t.Errorf("%d bytes in a cache of %d", size.Bytes, limit)
					return
				}
			}
		})
	}
	for i := range 200 {
		one := items[i%len(items)]
		one.Status = 1 + one.Status%3
		x.Apply([]tiles.Change{{Key: one.Key(), Item: &one}})
	}
	readers.Wait()
	askUntilHot(t, c, all[0], tiles.Filter{})
}

// A kept tile costs no memory, whatever the filter: garbage would be what a busy map costs most.
func TestKeptTilesTakeNoMemory(t *testing.T) {
	c := tiles.NewCache(loaded(t, population(rand.New(rand.NewPCG(45, 46)), 500)), 0)
	for name, f := range map[string]tiles.Filter{
		"all":      {},
		"filtered": {Statuses: []uint8{1, 2, 3}, Categories: []int32{3, 4, 5}, Zones: []int32{12}, From: 1_500_000_000, To: 1_700_000_000},
	} {
		if n := testing.AllocsPerRun(100, func() {
			if _, err := c.Items(t.Context(), geo.Tile{}, f, tiles.Everyone); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: a kept tile takes memory %v times", name, n)
		}
	}
}

// The bytes that the cache counts are those that it takes.
func TestCacheWeighsWhatItKeeps(t *testing.T) {
	items := country(3_000)
	c := tiles.NewCache(loaded(t, items), 1<<30)
	seen := map[geo.Tile]bool{}
	for zoom := uint8(12); zoom < 18; zoom += 2 {
		for _, i := range items {
			seen[geo.TileAt(i.Position, zoom)] = true
		}
	}
	heap := func() int {
		var m runtime.MemStats
		for range 2 {
			runtime.GC() // twice empties the pools
		}
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	before := heap()
	for tile := range seen {
		if _, err := c.Items(t.Context(), tile, tiles.Filter{}, tiles.Everyone); err != nil {
			t.Fatal(err)
		}
	}
	taken, counted := heap()-before, c.Size().Bytes
	if ratio := float64(taken) / float64(counted); ratio < 0.8 || ratio > 1.2 {
		t.Errorf("%d tiles take %d bytes, the cache counts %d", len(seen), taken, counted)
	}
	t.Logf("%d tiles: %d bytes, %d counted", len(seen), taken, counted)
	runtime.KeepAlive(seen)
	runtime.KeepAlive(items)
}
