package tiles

import (
	"cmp"
	"math"
	"slices"

	"quartier/geo"
)

// reach says which cells of a resolution a query wants.
type reach struct {
	resolution int

	want    func(c centre) bool // decides by the cell's centre
	members geo.Box             // holds every member of every wanted cell

	// If want asks whether the centre is in a tile: the tile's range of Morton codes. Else both are 0.
	first, end uint64
}

// ofTile wants the cells whose centre lies in a tile: the rule of the layer clusters.
func ofTile(t geo.Tile, resolution int) reach {
	first, end := mortons(t)
	return reach{
		resolution: resolution,
		want:       func(c centre) bool { return c.morton >= first && c.morton < end },
		members:    widen(t.Box(), span(resolution)),
		first:      first, end: end,
	}
}

// span is a distance in degrees of latitude that is greater than the way from the centre of a cell to any of its descendants and to any
// corner: twice the mean edge, where geometry needs 1.06 times the longest edge of a neighbourhood, and edges vary by a fifth.
func span(resolution int) float64 {
	const edge = 1281.0 / 111.2 // mean edge of resolution 0: kilometres through kilometres for each degree
	return 2 * edge * math.Pow(7, -float64(resolution)/2)
}

// widen grows a box by a distance on the ground, given in degrees of latitude. Where that passes the 180th meridian or comes near a pole the
// box takes all longitudes.
func widen(b geo.Box, degrees float64) geo.Box {
	const units = 1e7
	south, north := float64(b.South)/units-degrees, float64(b.North)/units+degrees
	wide := geo.Box{
		West: -halfTurn, East: halfTurn,
		South: int32(max(south, -90) * units), North: int32(min(north, 90) * units),
	}
	if far := max(-south, north); far < 89 {
		d := degrees / math.Cos(far*math.Pi/180)
		west, east := float64(b.West)/units-d, float64(b.East)/units+d
		if west > -180 && east < 180 {
			wide.West, wide.East = int32(west*units), int32(east*units)
		}
	}
	return wide
}

// gather finds the wanted cells that have matching members.
func (s *state) gather(g reach, m *matcher) []cluster {
	var found []cluster
	if m.none {
		return nil
	}
	for _, l := range s.leaves {
		if g.resolution <= l.fine {
			found = l.tabled(g, m, found)
		} else if meet(l.box, g.members) {
			found = l.grouped(g, m, found)
		}
		for i := range l.deltas {
			d := &l.deltas[i]
			c := d.lineage[g.resolution]
			if !g.want(c) {
				continue
			}
			class := m.row(&d.row)
			if class == 0 {
				continue
			}
			var one sum
			one.add(d.at, c.at, d.number, d.profile, class)
			signed := cluster{cell: d.cell.Parent(g.resolution), at: c.at}
			signed.merge(&one, d.sign)
			found = append(found, signed)
		}
	}
	return collect(found)
}

// tabled reads the cells from the chunk's table.
func (c *chunk) tabled(g reach, m *matcher, found []cluster) []cluster {
	table := c.tables[g.resolution]
	if g.end > 0 {
		by := func(e entry, code uint64) int { return cmp.Compare(e.morton, code) }
		first, _ := slices.BinarySearchFunc(table, g.first, by)
		end, _ := slices.BinarySearchFunc(table, g.end, by)
		table = table[first:end]
	}
	for i := range table {
		e := &table[i]
		if g.end == 0 && !g.want(e.centre) {
			continue
		}
		s := &e.public
		if !m.whole {
			own := c.sum(e.first, e.end, e.at, m)
			s = &own
		}
		if s.count > 0 {
			found = append(found, cluster{cell: e.cell, at: e.at, sum: *s})
		}
	}
	return found
}

// grouped finds the cells among the rows, at a resolution finer than the tables.
func (c *chunk) grouped(g reach, m *matcher, found []cluster) []cluster {
	for i := range c.tables[c.fine] {
		e := &c.tables[c.fine][i]
		if !meet(e.box, g.members) {
			continue
		}
		for first := int(e.first); first < int(e.end); {
			cell := c.cell[first].Parent(g.resolution)
			_, last := cell.Descendants(geo.CellResolution)
			end := first + 1
			for end < int(e.end) && c.cell[end] <= last {
				end++
			}
			if g.members.Contains(c.at[first]) {
				if middle := centreOf(cell); g.want(middle) {
					if s := c.sum(uint32(first), uint32(end), middle.at, m); s.count > 0 {
						found = append(found, cluster{cell: cell, at: middle.at, sum: s})
					}
				}
			}
			first = end
		}
	}
	return found
}
