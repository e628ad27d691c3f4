package tiles

import (
	"context"
	"strconv"

	"quartier/geo"
)

// Picture is a picture (PNG) of items and zones, drawn by somebody else, of which a cache keeps one.
type Picture struct {
	cache   *Cache
	key     string
	version version
}

// Picture names a picture. name tells it from others of the same tiles, sets and filter; it stands as long as the items of those tiles do. It fails
// with ErrLoading.
func (c *Cache) Picture(name string, of []geo.Tile, sets []*ZoneSet, f Filter) (*Picture, error) {
	if !c.index.Ready() {
		return nil, ErrLoading
	}
	key := append([]byte{byte(pictures)}, name...)
	for _, set := range sets {
		key = strconv.AppendUint(append(key, '/'), set.serial, 36)
	}
	key = f.appendTo(append(key, '?'))
	// Counters only rise: while their sum stands, each of them does.
	var v version
	for _, t := range of {
		one := c.index.versions.of(itemTiles, t, Everyone)
		v.all, v.tile = one.all, v.tile+one.tile
	}
	return &Picture{cache: c, key: string(key), version: v}, nil
}

// Kept gives the picture if it is there, drawn after every change of its items; nil: it must be drawn.
func (p *Picture) Kept() *Answer {
	return p.cache.lookup([]byte(p.key), p.version)
}

// Draw gives the kept picture or draws it. It fails as draw does, or when the context ends before it is drawn.
func (p *Picture) Draw(ctx context.Context, draw func() ([]byte, error)) (*Answer, error) {
	return p.cache.get(ctx, p.key, p.version, draw)
}
