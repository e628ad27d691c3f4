package raster

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/paulmach/orb/encoding/mvt"
)

// Bounds of a tile of a ground, which may come from anybody's file.
const (
	// maxFeatures is how many layers and features a tile has at most. A city's have some ten thousand; in memory one costs a hundred times its bytes.
	maxFeatures = 100_000
	// A tile's side has so many steps: usual are 4096.
	minExtent, maxExtent = 256, 65_536
)

var (
	errTile  = errors.New("the tile is broken")
	errHeavy = fmt.Errorf("the tile has more than %d features", maxFeatures)
)

// decode reads a tile (Mapbox Vector Tile 2.1). What the decoder cannot read is an error, even where it panics: orb does so at features
// without a geometry (v0.14.0).
func decode(raw []byte) (layers mvt.Layers, err error) {
	defer func() {
		if why := recover(); why != nil {
			layers, err = nil, fmt.Errorf("%w: %v", errTile, why)
		}
	}()
	if err := weigh(raw); err != nil {
		return nil, err
	}
	if layers, err = mvt.Unmarshal(raw); err != nil {
		return nil, fmt.Errorf("%w: %v", errTile, err)
	}
	for _, l := range layers {
		if l.Extent < minExtent || l.Extent > maxExtent {
			return nil, fmt.Errorf("%w: its extent is %d", errTile, l.Extent)
		}
	}
	return layers, nil
}

// weigh counts layers and features before anything is made of them.
func weigh(raw []byte) error {
	count := 0
	one := func() error {
		if count++; count > maxFeatures {
			return errHeavy
		}
		return nil
	}
	return fields(raw, func(number uint64, layer []byte) error {
		if number != 3 { // Tile.layers
			return nil
		}
		if err := one(); err != nil {
			return err
		}
		return fields(layer, func(number uint64, _ []byte) error {
			if number != 2 { // Layer.features
				return nil
			}
			return one()
		})
	})
}

// fields visits the fields of a message (Protocol Buffers, "Encoding"); content is that of those with a length.
func fields(b []byte, visit func(number uint64, content []byte) error) error {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 {
			return errTile
		}
		b = b[n:]
		size, content := uint64(0), false
		switch key & 7 {
		case 0:
			if _, n = binary.Uvarint(b); n <= 0 {
				return errTile
			}
			size = uint64(n)
		case 1:
			size = 8
		case 2:
			if size, n = binary.Uvarint(b); n <= 0 {
				return errTile
			}
			b, content = b[n:], true
		case 5:
			size = 4
		default:
			return errTile
		}
		if size > uint64(len(b)) {
			return errTile
		}
		if content {
			if err := visit(key>>3, b[:size]); err != nil {
				return err
			}
		}
		b = b[size:]
	}
	return nil
}
