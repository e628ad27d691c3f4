package raster

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"quartier/tiles"
)

// zones is what of the zone sets a frame shows.
type zones struct {
	areas   [3][][]point // outlines, by the number of the zone: neighbours often follow each other
	borders [][]point    // lines
	names   []name
}

// namesFrom is the zoom from which zones have names.
const namesFrom = 11

// readZones draws the tiles of the sets that a frame needs.
func readZones(sets []*tiles.ZoneSet, f frame) (z zones, err error) {
	reach := box{0, 0, f.width, f.height}.grown(margin)
	for _, set := range sets {
		for t := range f.tiles(f.level(18), 0) {
			layers, err := mvt.Unmarshal(set.Tile(t.Tile))
			if err != nil {
				return z, fmt.Errorf("raster: zones: tile %v: %w", t.Tile, err)
			}
			for _, l := range layers {
				to := newCut(t, float64(l.Extent), reach)
				for _, one := range l.Features {
					words, _ := one.Properties["name"].(string)
					if at, ok := one.Geometry.(orb.Point); ok && f.zoom >= namesFrom {
						z.names = append(z.names, name{layer: "zone", words: words, at: t.project(at[0], at[1], float64(l.Extent))})
					}
					rings := to.lines(one.Geometry)
					tint := number(one.ID) % 3
					z.areas[tint] = append(z.areas[tint], rings...)
					for _, ring := range rings {
						z.borders = append(z.borders, t.own(ring)...)
					}
				}
			}
		}
	}
	return z, nil
}

// number reads the number of a feature.
func number(id any) int {
	n, _ := id.(float64)
	return int(n)
}

// paint draws the zones as the browser's map does (web/ui/src/map/style.ts). Over a ground they are a breath of colour, which tells the town from what
// is around it, and dashed borders: a plain line would pass for a street. Without one they are the land.
func (z *zones) paint(c *canvas, t Theme, zoom float64, bare bool) {
	width := 0.5 + max(0, min(1, (zoom-9)/5))
	if !bare {
		for _, tint := range z.areas {
			for _, ring := range tint {
				c.outline(ring)
			}
		}
		c.fill(t.accent, 0.025)
		for _, line := range z.borders {
			for _, dash := range dashes(line, 4*width, 3*width) {
				c.stroke(dash, width, flat)
			}
		}
		c.fill(t.zone, 0.7)
		return
	}
	shore := 6 + 12*max(0, min(1, (zoom-9)/5))
	for step := range 4 { // a soft edge around all of them
		for _, line := range z.borders {
			c.stroke(line, shore*(1-float64(step)/4), round)
		}
		c.fill(t.zone, 0.07)
	}
	for i, tint := range z.areas {
		for _, ring := range tint {
			c.outline(ring)
		}
		c.fill(t.land[i], 1)
	}
	for _, line := range z.borders {
		c.stroke(line, width, round)
	}
	c.fill(t.zone, 1)
}
