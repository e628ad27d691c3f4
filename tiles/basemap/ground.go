package basemap

import (
	"context"

	"quartier/geo"
)

// Ground gives the tiles of a basemap, in the schema of this package.
type Ground interface {
	// Tile gives the plain bytes of a vector tile (Mapbox Vector Tile 2.1); nil: it is empty.
	Tile(ctx context.Context, t geo.Tile) ([]byte, error)
	// MaxZoom is the deepest zoom that has tiles, 0…18: deeper views magnify those.
	MaxZoom() uint8
	// Attribution names who made the data, in plain text; empty: nobody need be named.
	Attribution() string
	// Version names what the tiles hold: a ground with other tiles has another. It stands in their addresses, so that browsers may keep them.
	Version() string
}
