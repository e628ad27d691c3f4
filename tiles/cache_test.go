package tiles_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/gzip"

	"quartier/geo"
	"quartier/tiles"
)

// plain unpacks an answer.
func plain(t testing.TB, a *tiles.Answer) []byte {
	t.Helper()
	if a.Empty {
		return nil
	}
	z, err := gzip.NewReader(bytes.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) != a.Length() {
		t.Errorf("length %d, want %d", a.Length(), len(b))
	}
	p, err := a.Plain()
	if err != nil || !bytes.Equal(p, b) {
		t.Errorf("Plain: %v", err)
	}
	return b
}

// After each change the cache answers what the index would draw: an old answer is never given for a tile that has changed.
func TestCacheIsNeverOld(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 21))
	m := newModel(population(r, 600))
	x := loaded(t, m.list())
	c := tiles.NewCache(x, 0)
	type question struct {
		tile geo.Tile
		f    tiles.Filter
		a    tiles.Audience
	}
	var questions []question
	for range 200 {
		town := towns[r.IntN(len(towns))]
		zoom := uint8(r.IntN(19))
		p := at(town.lon+r.NormFloat64()*town.spread, max(-85.05, min(85.05, town.lat+r.NormFloat64()*town.spread)))
		questions = append(questions, question{geo.TileAt(p, zoom), randomFilter(r), randomAudience(r)})
	}
	kept := 0
	for range 25 {
		x.Apply(m.batch(r, 1+r.IntN(10)))
		for _, q := range questions {
			before := c.Size().Hits
			items, err := c.Items(t.Context(), q.tile, q.f, q.a)
			if err != nil {
				t.Fatal(err)
			}
			kept += int(c.Size().Hits - before)
			if !bytes.Equal(plain(t, items), x.Tile(q.tile, q.f, q.a)) {
				t.Fatalf("the cache gives an old tile %v", q.tile)
			}
			cells, err := c.Cells(t.Context(), q.tile, q.f, q.a)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(plain(t, cells), x.CellsTile(q.tile, q.f, q.a)) {
				t.Fatalf("the cache gives old cells for tile %v", q.tile)
			}
		}
	}
	if kept < 1000 {
		t.Errorf("only %d of 5 000 answers came from the cache: a change must not make the whole map stale", kept)
	}
	x.NameCategories(map[int32]string{1: "tags"})
	for _, q := range questions {
		a, err := c.Items(t.Context(), q.tile, q.f, q.a)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(plain(t, a), x.Tile(q.tile, q.f, q.a)) {
			t.Fatal("the cache gives the old name of a category")
		}
	}
}

// Whoever learned that a change was applied sees it, however many ask at the same time.
func TestReadersSeeWhatWasApplied(t *testing.T) {
	x := loaded(t, nil)
	c := tiles.NewCache(x, 0)
	spot := item(1, at(2.35, 48.85))
	tile := geo.TileAt(spot.Position, 17)
	var applied atomic.Int64
	var readers sync.WaitGroup
	const last = 400
	for range 4 {
		readers.Go(func() {
			for n := int64(0); n < last; {
				n = applied.Load()
				a, err := c.Items(t.Context(), tile, tiles.Filter{}, tiles.Everyone)
				if err != nil {
					t.Error(err)
					return
				}
				if got := len(texts(t, plain(t, a), "items")); got < int(n) {
					t.Errorf("%d items after %d were applied", got, n)
					return
				}
			}
		})
	}
	for n := int64(1); n <= last; n++ {
		i := spot
		i.ID = n
		x.Apply([]tiles.Change{{Key: i.Key(), Item: &i}})
		applied.Store(n)
	}
	readers.Wait()
}

// What not everyone may see leaves everyone's kept answers alone: who measures how long they take learns nothing of it. What becomes visible or
// ceases to be does not.
func TestUnseenChangesEmptyNoCache(t *testing.T) {
	x := loaded(t, population(rand.New(rand.NewPCG(24, 25)), 300))
	c := tiles.NewCache(x, 0)
	spot := item(9_000, at(2.35, 48.85))
	ask := func(a tiles.Audience) (missed, asked int) {
		before := c.Size().Misses
		for zoom := range uint8(19) {
			if _, err := c.Items(t.Context(), x.TileOf(spot.Position, spot.Cell, zoom), tiles.Filter{}, a); err != nil {
				t.Fatal(err)
			}
			asked++
			for tile := range x.CellTilesOf(spot.Cell, zoom) {
				if _, err := c.Cells(t.Context(), tile, tiles.Filter{}, a); err != nil {
					t.Fatal(err)
				}
				asked++
			}
		}
		return int(c.Size().Misses - before), asked
	}
	become := func(v tiles.Visibility, status uint8, many int) {
		batch := []tiles.Change{}
		for n := range many {
			i := spot
			i.ID, i.Visibility, i.Status = spot.ID+int64(n), v, status
			batch = append(batch, tiles.Change{Key: i.Key(), Item: &i})
		}
		if len(x.Apply(batch)) != many {
			t.Fatal("not everything changed")
		}
	}
	ask(tiles.Everyone)
	ask(insider)
	for i, step := range []struct {
		to   tiles.Visibility
		many int
		seen bool
	}{
		{tiles.Pending, 1, false}, {tiles.Private, 1, false}, {tiles.Hidden, 1, false}, {tiles.Public, 1, true}, {tiles.Public, 1, true},
		{tiles.Hidden, 1, true}, {tiles.Hidden, 1, false},
		{tiles.Private, 3000, false}, {tiles.Public, 3000, true}, {tiles.Pending, 3000, true},
	} {
		become(step.to, uint8(i%5), step.many)
		if missed, asked := ask(tiles.Everyone); step.seen && missed != asked || !step.seen && missed > 0 {
			t.Errorf("step %d: everyone misses %d of %d answers", i, missed, asked)
		}
		if missed, asked := ask(insider); missed != asked {
			t.Errorf("step %d: who may see everything misses %d of %d answers", i, missed, asked)
		}
	}
}

// The tag follows the bytes: one for each encoding, the same on every node, unmoved by what the audience cannot see.
func TestTags(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 23))
	items := population(r, 300)
	x, y := loaded(t, items), loaded(t, items)
	here, there := tiles.NewCache(x, 0), tiles.NewCache(y, 0)
	ask := func(c *tiles.Cache, tile geo.Tile, a tiles.Audience) *tiles.Answer {
		answer, err := c.Items(t.Context(), tile, tiles.Filter{}, a)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	world := geo.Tile{}
	a, b := ask(here, world, tiles.Everyone), ask(there, world, tiles.Everyone)
	if a.GzipTag != b.GzipTag || a.PlainTag != b.PlainTag || !bytes.Equal(a.Body, b.Body) {
		t.Error("two nodes give different answers for the same items")
	}
	if a.GzipTag == a.PlainTag || a.GzipTag[0] != '"' || a.GzipTag[len(a.GzipTag)-1] != '"' {
		t.Errorf("tags %s and %s", a.GzipTag, a.PlainTag)
	}
	for _, v := range []tiles.Visibility{tiles.Private, tiles.Hidden, tiles.Pending} {
		secret := item(9_000, at(2.35, 48.85))
		secret.Visibility = v
		before := ask(here, world, withPrivate)
		x.Apply([]tiles.Change{{Key: secret.Key(), Item: &secret}})
		for zoom := range uint8(19) {
			tile := geo.TileAt(secret.Position, zoom)
			if ask(here, tile, tiles.Everyone).GzipTag != ask(there, tile, tiles.Everyone).GzipTag {
				t.Errorf("an item with visibility %b moves the public tag of tile %v", v, tile)
			}
		}
		if moved := ask(here, world, withPrivate).GzipTag != before.GzipTag; moved != (v == tiles.Private) {
			t.Errorf("who may see %b and %b: tag moved %v by %b", tiles.Public, tiles.Private, moved, v)
		}
		x.Apply([]tiles.Change{{Key: secret.Key()}})
	}
	shown := item(9_000, at(2.35, 48.85))
	x.Apply([]tiles.Change{{Key: shown.Key(), Item: &shown}})
	if ask(here, world, tiles.Everyone).GzipTag == a.GzipTag {
		t.Error("a public item does not move the tag")
	}
}

// The cache keeps within its bytes, and one that is too small for anything still answers.
func TestCacheIsBounded(t *testing.T) {
	items := population(rand.New(rand.NewPCG(24, 25)), 150)
	x := loaded(t, items)
	for _, limit := range []int{1, 3000, 50_000} {
		c := tiles.NewCache(x, limit)
		for zoom := range uint8(19) {
			for tile := range expected(items, zoom, 16, tiles.Filter{}, tiles.Everyone) {
				a, err := c.Items(t.Context(), tile, tiles.Filter{}, tiles.Everyone)
				if err != nil {
					t.Fatal(err)
				}
				if a.Empty {
					t.Fatalf("tile %v is empty", tile)
				}
				if size := c.Size(); size.Bytes > limit || size.Bytes < 0 {
					t.Fatalf("%d bytes in a cache of %d", size.Bytes, limit)
				}
			}
		}
		if size := c.Size(); size.Entries == 0 && limit > 1000 {
			t.Errorf("a cache of %d bytes keeps nothing", limit)
		}
	}
}

// Filters that mean the same share one answer; those that do not, do not.
func TestFiltersShareAnswers(t *testing.T) {
	x := loaded(t, population(rand.New(rand.NewPCG(26, 27)), 500))
	c := tiles.NewCache(x, 0)
	same := []tiles.Filter{
		{Statuses: []uint8{1, 2, 3}, Zones: []int32{4, 2}},
		{Statuses: []uint8{3, 1, 2, 1}, Zones: []int32{2, 4, 4}},
	}
	for _, f := range same {
		if _, err := c.Items(t.Context(), geo.Tile{}, f, tiles.Everyone); err != nil {
			t.Fatal(err)
		}
	}
	if size := c.Size(); size.Misses != 1 || size.Hits != 1 {
		t.Errorf("%+v", size)
	}
	seen := map[string]bool{}
	box := geo.Box{West: 1}
	for _, f := range []tiles.Filter{
		{}, {Kinds: []tiles.Kind{1}}, {Statuses: []uint8{1}}, {Categories: []int32{1}}, {Services: []int32{1}}, {Zones: []int32{1}},
		{From: 1}, {To: 1}, {Box: &box}, {Box: &geo.Box{}}, {Categories: []int32{11}}, {Categories: []int32{1, 1, 11}}, {From: 1, To: 1},
	} {
		if seen[f.Canonical()] {
			t.Errorf("%+v looks like another filter: %q", f, f.Canonical())
		}
		seen[f.Canonical()] = true
	}
}

// Before the index is loaded nobody is told that the map is empty.
func TestCacheRefuses(t *testing.T) {
	x, err := tiles.New(tiles.Options{Vocabulary: vocabulary})
	if err != nil {
		t.Fatal(err)
	}
	c := tiles.NewCache(x, 0)
	if _, err := c.Items(t.Context(), geo.Tile{}, tiles.Filter{}, tiles.Everyone); !errors.Is(err, tiles.ErrLoading) {
		t.Errorf("before loading: %v", err)
	}
	if err := x.Load(t.Context(), all(nil)); err != nil {
		t.Fatal(err)
	}
	if a, err := c.Items(t.Context(), geo.Tile{}, tiles.Filter{}, tiles.Everyone); err != nil || !a.Empty {
		t.Errorf("of nothing: %v", err)
	}
	if _, err := c.Cells(t.Context(), geo.Tile{Z: 3, X: 8}, tiles.Filter{}, tiles.Everyone); !errors.Is(err, tiles.ErrNoTile) {
		t.Errorf("a tile that does not exist: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Items(gone, geo.Tile{Z: 1}, tiles.Filter{}, tiles.Everyone); !errors.Is(err, context.Canceled) {
		t.Errorf("a client that has gone: %v", err)
	}
}

// The ground is drawn once and kept; a drawing that failed is tried again, and one that finds nothing is an answer too.
func TestCacheOfTheGround(t *testing.T) {
	c := tiles.NewCache(nil, 0)
	var drawings int
	var failure error
	draw := func(_ context.Context, at geo.Tile) ([]byte, error) {
		drawings++
		if at.Z == 0 {
			return nil, nil
		}
		return []byte("street"), failure
	}
	at := geo.Tile{Z: 1}
	failure = errors.New("the disk is gone")
	if _, err := c.Ground(t.Context(), at, draw); !errors.Is(err, failure) {
		t.Errorf("a drawing that failed gives %v", err)
	}
	failure = nil
	for range 3 {
		a, err := c.Ground(t.Context(), at, draw)
		if err != nil || a.Empty || a.Length() != len("street") {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	if drawings != 2 {
		t.Errorf("%d drawings, want the one that failed and the one that is kept", drawings)
	}
	if a, err := c.Ground(t.Context(), geo.Tile{}, draw); err != nil || !a.Empty {
		t.Errorf("an empty tile gives %+v, %v", a, err)
	}
	if _, err := c.Ground(t.Context(), geo.Tile{Z: 1, X: 7}, draw); !errors.Is(err, tiles.ErrNoTile) {
		t.Errorf("no tile gives %v", err)
	}
}
