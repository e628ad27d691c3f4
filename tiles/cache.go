package tiles

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/singleflight"

	"quartier/geo"
)

// ErrLoading says that the index has not been loaded yet, so that an empty tile would be a lie.
var ErrLoading = errors.New("the index is not loaded yet")

// ErrNoTile says that there is no such zoom, column or row.
var ErrNoTile = errors.New("there is no such tile")

// DefaultCacheBytes is the size of a cache when nobody says otherwise.
const DefaultCacheBytes = 128 << 20

// Cache draws tiles once and keeps them compressed until one of their items changes or others need the room (the least recently used
// go first). Several requests for one missing tile wait for a single drawing.
type Cache struct {
	index  *Index
	limit  int
	flight singleflight.Group

	mu      sync.Mutex
	entries map[string]*list.Element // of *kept
	recent  *list.List               // most recent first
	bytes   int

	hits, misses atomic.Uint64
}

// kept is one answer.
type kept struct {
	key     string
	version version
	answer  *Answer
}

// NewCache makes a cache of at most limit bytes over an index. 0: DefaultCacheBytes.
func NewCache(x *Index, limit int) *Cache {
	if limit <= 0 {
		limit = DefaultCacheBytes
	}
	return &Cache{index: x, limit: limit, entries: map[string]*list.Element{}, recent: list.New()}
}

// Items answers a tile of the layers clusters or items. It fails with ErrLoading, ErrNoTile, or when the context ends before it is drawn.
func (c *Cache) Items(ctx context.Context, t geo.Tile, f Filter, a Audience) (*Answer, error) {
	return c.indexed(ctx, itemTiles, t, f, a, c.index.Tile)
}

// Cells answers a tile of the layer cells. It fails as Items does.
func (c *Cache) Cells(ctx context.Context, t geo.Tile, f Filter, a Audience) (*Answer, error) {
	return c.indexed(ctx, cellTiles, t, f, a, c.index.CellsTile)
}

func (c *Cache) indexed(
	ctx context.Context, of family, t geo.Tile, f Filter, a Audience, draw func(geo.Tile, Filter, Audience) []byte,
) (*Answer, error) {
	if !c.index.Ready() {
		return nil, ErrLoading
	}
	if !t.Valid() {
		return nil, ErrNoTile
	}
	key := append(tileKey(of, t), byte(a))
	key = append(key, f.Canonical()...)
	return c.get(ctx, string(key), c.index.versions.of(of, t), plain(func() []byte { return draw(t, f, a) }))
}

// Zones answers a tile of a set of zones. It fails with ErrNoTile, or as Items does with the context.
func (c *Cache) Zones(ctx context.Context, set *ZoneSet, t geo.Tile) (*Answer, error) {
	if !t.Valid() {
		return nil, ErrNoTile
	}
	key := strconv.AppendUint(tileKey(zoneTiles, t), set.serial, 36)
	return c.get(ctx, string(key), version{}, plain(func() []byte { return set.Tile(t) }))
}

// Ground answers a tile of the basemap, of which there is one as long as the cache lives. It fails with ErrNoTile, as draw does, or as Items does
// with the context.
func (c *Cache) Ground(ctx context.Context, t geo.Tile, draw func(context.Context, geo.Tile) ([]byte, error)) (*Answer, error) {
	if !t.Valid() {
		return nil, ErrNoTile
	}
	// Others may wait for this drawing: it goes on when the request that began it is over.
	whole := context.WithoutCancel(ctx)
	return c.get(ctx, string(tileKey(groundTiles, t)), version{}, func() ([]byte, error) { return draw(whole, t) })
}

// plain makes a drawing that cannot fail one that might.
func plain(draw func() []byte) func() ([]byte, error) {
	return func() ([]byte, error) { return draw(), nil }
}

// tileKey begins the key of an answer. 12 bytes.
func tileKey(of family, t geo.Tile) []byte {
	key := make([]byte, 0, 48)
	return append(key, byte(of), t.Z,
		byte(t.X>>16), byte(t.X>>8), byte(t.X), byte(t.Y>>16), byte(t.Y>>8), byte(t.Y))
}

// get gives the kept answer if its version stands, or draws one. The version was read before the index is: whatever is drawn is at least
// as new. The flight has the version in its name, so that nobody who knows of a change joins a drawing that began before it.
func (c *Cache) get(ctx context.Context, key string, v version, draw func() ([]byte, error)) (*Answer, error) {
	if a := c.lookup(key, v); a != nil {
		c.hits.Add(1)
		return a, nil
	}
	c.misses.Add(1)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	flight := strconv.FormatUint(v.all, 36) + "." + strconv.FormatUint(uint64(v.tile), 36) + "." + key
	// A tile takes milliseconds, a picture may wait for its turn: each who waits goes when its own context ends, and leaves the drawing to the others.
	drawn := c.flight.DoChan(flight, func() (_ any, err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = &panicked{cause, debug.Stack()}
			}
		}()
		tile, err := draw()
		if err != nil {
			return nil, err
		}
		a := answer(tile, c.peek(key))
		c.keep(key, v, a)
		return a, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-drawn:
		if r.Err != nil {
			if p, ok := r.Err.(*panicked); ok {
				panic(p) // in the request, where somebody catches it; the drawing's own goroutine would end the program
			}
			return nil, r.Err
		}
		return r.Val.(*Answer), nil
	}
}

// panicked is what a drawing panicked with, and where.
type panicked struct {
	cause any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("drawing panicked: %v\n%s", p.cause, p.stack) }

// lookup gives the kept answer if its version stands.
func (c *Cache) lookup(key string, v version) *Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		return nil
	}
	k := e.Value.(*kept)
	if k.version != v {
		return nil
	}
	c.recent.MoveToFront(e)
	return k.answer
}

// peek gives the kept answer, however old, or nil.
func (c *Cache) peek(key string) *Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[key]; ok {
		return e.Value.(*kept).answer
	}
	return nil
}

// keep remembers an answer and makes room for it.
func (c *Cache) keep(key string, v version, a *Answer) {
	k := &kept{key: key, version: v, answer: a}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.entries[key]; ok {
		c.drop(old)
	}
	if k.size() > c.limit {
		return
	}
	c.entries[key] = c.recent.PushFront(k)
	c.bytes += k.size()
	for c.bytes > c.limit {
		c.drop(c.recent.Back())
	}
}

// drop forgets an entry.
func (c *Cache) drop(e *list.Element) {
	k := c.recent.Remove(e).(*kept)
	delete(c.entries, k.key)
	c.bytes -= k.size()
}

// size estimates the memory of an entry: body, key, tags and bookkeeping.
func (k *kept) size() int { return len(k.answer.Body) + len(k.key) + 400 }

// CacheSize tells how a cache does, for those who watch over the machine.
type CacheSize struct {
	Entries, Bytes, Limit int
	Hits, Misses          uint64
}

// Size measures the cache.
func (c *Cache) Size() CacheSize {
	c.mu.Lock()
	defer c.mu.Unlock()
	return CacheSize{Entries: len(c.entries), Bytes: c.bytes, Limit: c.limit, Hits: c.hits.Load(), Misses: c.misses.Load()}
}
