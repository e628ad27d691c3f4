package tiles

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"quartier/geo"
)

// ErrLoading says that the index has not been loaded yet, so that an empty tile would be a lie.
var ErrLoading = errors.New("the index is not loaded yet")

// ErrNoTile says that there is no such zoom, column or row.
var ErrNoTile = errors.New("there is no such tile")

// DefaultCacheBytes is the size of a cache when nobody says otherwise.
const DefaultCacheBytes = 128 << 20

// drawAtMost is how long a request waits for a drawing. A client that goes away is not seen, so nothing may wait without an end.
const drawAtMost = 5 * time.Second

// Cache draws tiles once and keeps them compressed until one of their items changes or others need the room (the least recently used
// go first). Several requests for one missing tile wait for a single drawing.
//
// What is kept is found under one lock, held for a tenth of a microsecond, while a request over HTTP takes a hundred times as long. Refused: parts
// with a lock each, which would have to share the room.
type Cache struct {
	index  *Index
	limit  int
	flight singleflight.Group
	hot    chan string // keys of answers that are asked for often

	mu           sync.Mutex
	entries      map[string]*kept
	ends         kept // of the ring of entries: ends.older is the most recently used
	bytes        int
	hits, misses uint64
}

// NewCache makes a cache of at most limit bytes over an index. 0: DefaultCacheBytes.
func NewCache(x *Index, limit int) *Cache {
	if limit <= 0 {
		limit = DefaultCacheBytes
	}
	c := &Cache{index: x, limit: limit, entries: map[string]*kept{}, hot: make(chan string, hotWaiting)}
	c.ends.newer, c.ends.older = &c.ends, &c.ends
	return c
}

// Items answers a tile of the layers clusters or items. It fails with ErrLoading, ErrNoTile, or when the context ends before it is drawn.
func (c *Cache) Items(ctx context.Context, t geo.Tile, f Filter, a Audience) (*Answer, error) {
	return c.indexed(ctx, itemTiles, t, f, a, (*Index).Tile)
}

// Cells answers a tile of the layer cells. It fails as Items does.
func (c *Cache) Cells(ctx context.Context, t geo.Tile, f Filter, a Audience) (*Answer, error) {
	return c.indexed(ctx, cellTiles, t, f, a, (*Index).CellsTile)
}

func (c *Cache) indexed(ctx context.Context, of family, t geo.Tile, f Filter, a Audience, draw drawing) (*Answer, error) {
	if !c.index.Ready() {
		return nil, ErrLoading
	}
	if !t.Valid() {
		return nil, ErrNoTile
	}
	var room [roomForKey]byte
	key := f.appendTo(a.appendTo(appendTile(room[:0], of, t)))
	v := c.index.versions.of(of, t, a)
	if k := c.lookup(key, v); k != nil {
		return k, nil
	}
	return c.drawn(ctx, string(key), v, t, f, a, draw)
}

// drawing draws a tile from the index.
type drawing func(*Index, geo.Tile, Filter, Audience) []byte

// drawn draws what is not kept. It stands apart so that what is kept costs no memory: the filter goes to the heap here.
func (c *Cache) drawn(ctx context.Context, key string, v version, t geo.Tile, f Filter, a Audience, draw drawing) (*Answer, error) {
	return c.draw(ctx, key, v, plain(func() []byte { return draw(c.index, t, f, a) }))
}

// Zones answers a tile of a set of zones. It fails with ErrNoTile, or as Items does with the context.
func (c *Cache) Zones(ctx context.Context, set *ZoneSet, t geo.Tile) (*Answer, error) {
	if !t.Valid() {
		return nil, ErrNoTile
	}
	key := strconv.AppendUint(appendTile(nil, zoneTiles, t), set.serial, 36)
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
	return c.get(ctx, string(appendTile(nil, groundTiles, t)), version{}, func() ([]byte, error) { return draw(whole, t) })
}

// plain makes a drawing that cannot fail one that might.
func plain(draw func() []byte) func() ([]byte, error) {
	return func() ([]byte, error) { return draw(), nil }
}

// roomForKey is enough for the keys of most filters; longer ones take memory of their own.
const roomForKey = 128

// appendTile begins the key of an answer: 8 bytes. What follows tells the audience and the filter.
func appendTile(key []byte, of family, t geo.Tile) []byte {
	return append(key, byte(of), t.Z,
		byte(t.X>>16), byte(t.X>>8), byte(t.X), byte(t.Y>>16), byte(t.Y>>8), byte(t.Y))
}

// get gives the kept answer if its version stands, or draws one.
func (c *Cache) get(ctx context.Context, key string, v version, draw func() ([]byte, error)) (*Answer, error) {
	if a := c.lookup([]byte(key), v); a != nil {
		return a, nil
	}
	return c.draw(ctx, key, v, draw)
}

// draw draws what is not kept. The version was read before the index is: whatever is drawn is at least as new. The flight has the version in its
// name, so that nobody who knows of a change joins a drawing that began before it.
func (c *Cache) draw(ctx context.Context, key string, v version, draw func() ([]byte, error)) (*Answer, error) {
	c.mu.Lock()
	c.misses++
	c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, drawAtMost)
	defer cancel()
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

// CacheSize tells how a cache does, for those who watch over the machine.
type CacheSize struct {
	Entries, Bytes, Limit int
	Hits, Misses          uint64
}

// Size measures the cache.
func (c *Cache) Size() CacheSize {
	c.mu.Lock()
	defer c.mu.Unlock()
	return CacheSize{Entries: len(c.entries), Bytes: c.bytes, Limit: c.limit, Hits: c.hits, Misses: c.misses}
}
