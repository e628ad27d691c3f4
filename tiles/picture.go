package tiles

import (
	"context"
	"strconv"

	"quartier/geo"
)

// Picture answers a picture (PNG) of items and zones, drawn by somebody else. name tells it from other pictures of the same tiles, sets and filter; it
// stands as long as the items of those tiles do. It fails with ErrLoading, as draw does, or as Items does with the context.
func (c *Cache) Picture(ctx context.Context, name string, of []geo.Tile, sets []*ZoneSet, f Filter, draw func() ([]byte, error)) (*Answer, error) {
	if !c.index.Ready() {
		return nil, ErrLoading
	}
	key := append([]byte{byte(pictures)}, name...)
	for _, set := range sets {
		key = strconv.AppendUint(append(key, '/'), set.serial, 36)
	}
	key = append(append(key, '?'), f.Canonical()...)
	// Counters only rise: while their sum stands, each of them does.
	var v version
	for _, t := range of {
		one := c.index.versions.of(itemTiles, t)
		v.all, v.tile = one.all, v.tile+one.tile
	}
	return c.get(ctx, string(key), v, draw)
}
