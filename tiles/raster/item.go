package raster

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"quartier/geo"
	"quartier/tiles"
)

// spot is an item, or a cluster of several, in a frame.
type spot struct {
	at      point
	count   int
	groups  [4]int  // of a cluster: how many are of each group
	state   string  // of a single item
	size    float64 // of a single item's sign
	created float64 // day
}

// readItems draws the tiles of items that a frame needs. What is drawn later comes later: larger clusters, newer items.
func readItems(index *tiles.Index, filter tiles.Filter, f frame) ([]spot, error) {
	var spots []spot
	for t := range f.tiles(f.level(geo.MaxZoom), margin) {
		layers, err := mvt.Unmarshal(index.Tile(t.Tile, filter, tiles.Everyone))
		if err != nil {
			return nil, fmt.Errorf("raster: items: tile %v: %w", t.Tile, err)
		}
		for _, l := range layers {
			for _, one := range l.Features {
				at, ok := one.Geometry.(orb.Point)
				if !ok {
					continue
				}
				number := func(key string) float64 { v, _ := one.Properties[key].(float64); return v }
				s := spot{at: t.project(at[0], at[1], float64(l.Extent)), count: int(number("count")), created: number("created")}
				for i, group := range groups {
					s.groups[i] = int(number(group.name))
				}
				s.state, _ = one.Properties["status"].(string)
				if l.Name == "clusters" {
					s.size = 0.8
				} else {
					s.count, s.size = 1, 0.75+0.25*max(0, min(1, (f.zoom-16)/2))
				}
				spots = append(spots, s)
			}
		}
	}
	slices.SortStableFunc(spots, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.count, b.count), cmp.Compare(a.created, b.created))
	})
	return topmost(spots), nil
}

// topmost leaves out single items that one drawn later covers to the pixel: thousands may stand on one spot.
func topmost(spots []spot) []spot {
	seen := map[[2]int]bool{}
	kept := make([]spot, 0, len(spots))
	for _, s := range slices.Backward(spots) {
		place := [2]int{int(math.Floor(s.at.x)), int(math.Floor(s.at.y))}
		if s.count == 1 {
			if seen[place] {
				continue
			}
			seen[place] = true
		}
		kept = append(kept, s)
	}
	slices.Reverse(kept)
	return kept
}

// radius is how far a spot reaches.
func (s spot) radius() float64 {
	if s.count > 1 {
		return 23 * ringSize(s.count)
	}
	return 13 * s.size
}

// paintItems draws items and clusters.
func (c *canvas) paintItems(t Theme, spots []spot) {
	for _, s := range spots {
		if !c.window(s.radius()).holds(s.at) {
			continue
		}
		if s.count > 1 {
			c.ring(t, s.at, s.count, s.groups)
		} else {
			c.sign(s.at, s.state, s.size)
		}
	}
}

// short writes a count so that it fits a ring: digits in groups, thousands from a hundred thousand on. Every language reads it.
func short(n int) string {
	if n >= 100_000 {
		return strconv.Itoa((n+500)/1000) + string(narrow) + "k"
	}
	if n >= 1000 {
		return strconv.Itoa(n/1000) + string(narrow) + fmt.Sprintf("%03d", n%1000)
	}
	return strconv.Itoa(n)
}
