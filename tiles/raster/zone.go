package raster

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"quartier/tiles"
)

// zones is what of the zone sets a frame shows.
type zones struct {
	areas   [][]point // outlines
	borders [][]point // lines
	names   []name
}

// namesFrom is the zoom from which zones have names.
const namesFrom = 11

// readZones draws the tiles of the sets that a frame needs.
func readZones(sets []*tiles.ZoneSet, f frame) (z zones, err error) {
	for _, set := range sets {
		for t := range f.tiles(f.level(18), 0) {
			layers, err := mvt.Unmarshal(set.Tile(t.Tile))
			if err != nil {
				return z, fmt.Errorf("raster: zones: tile %v: %w", t.Tile, err)
			}
			for _, l := range layers {
				for _, one := range l.Features {
					words, _ := one.Properties["name"].(string)
					if at, ok := one.Geometry.(orb.Point); ok && f.zoom >= namesFrom {
						z.names = append(z.names, name{layer: "zone", words: words, at: t.project(at[0], at[1], float64(l.Extent))})
					}
					rings := outlines(t, one.Geometry, float64(l.Extent))
					z.areas = append(z.areas, rings...)
					for _, ring := range rings {
						z.borders = append(z.borders, t.own(ring)...)
					}
				}
			}
		}
	}
	return z, nil
}

// paint draws the zones: a breath of colour that tells the town from what is around it, and the borders.
func (z *zones) paint(c *canvas, t Theme, zoom float64) {
	for _, ring := range z.areas {
		c.outline(ring)
	}
	c.fill(t.accent, 0.025)
	width := 0.6 + max(0, min(1, (zoom-9)/5))
	for _, line := range z.borders {
		c.stroke(line, width, round)
	}
	c.fill(t.zone, 0.9)
}
