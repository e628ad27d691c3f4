package tiles

import (
	"cmp"
	"slices"

	"quartier/geo"
)

// entry is one cell in a chunk's table, which is in the Morton order of the centres.
type entry struct {
	centre
	cell       geo.Cell
	first, end uint32  // its run of rows
	box        geo.Box // around its members
	public     sum     // of everything that Everyone may see
}

// compareMorton is the order of entries in a table.
func compareMorton(a, b entry) int {
	if o := cmp.Compare(a.morton, b.morton); o != 0 {
		return o
	}
	return cmp.Compare(a.cell, b.cell)
}

// tabulate makes the tables, from the resolution after the root's on.
func (c *chunk) tabulate(classes *[256]uint8, d *dictionary) {
	class := make([]uint8, len(c.entries)) // what the public sees, by key
	for key, e := range c.entries {
		if p := &d.profiles[e.profile]; p.visibility == Public {
			class[key] = classes[p.status]
		}
	}
	for r := c.root.Resolution() + 1; r < resolutions; r++ {
		table := c.table(r, class)
		if table == nil {
			return
		}
		c.tables[r], c.finest = table, r
	}
}

// table sums up the rows at a resolution finer than the root's. nil: it would be too large.
func (c *chunk) table(resolution int, class []uint8) []entry {
	limit := c.len()/limits.rowsForEntry + limits.rowsForEntry
	table := make([]entry, 0, min(limit, 64))
	for first := 0; first < c.len(); {
		if len(table) == limit {
			return nil
		}
		cell, end := c.runAt(first, resolution)
		e := entry{cell: cell, centre: centreOf(cell), first: uint32(first), end: uint32(end), box: boxAround(c.spots[first:end])}
		for i := first; i < end; i++ {
			if key := c.key[i]; class[key] != 0 {
				e.public.add(c.spots[i].at, e.at, c.spots[i].number, c.entries[key].profile, class[key])
			}
		}
		table = append(table, e)
		first = end
	}
	slices.SortFunc(table, compareMorton)
	return slices.Clip(table)
}

// runAt gives the cell of a resolution finer than the root's in which a row stands, and the end of the cell's run.
func (c *chunk) runAt(first, resolution int) (cell geo.Cell, end int) {
	cell = c.cellAt(first).Parent(resolution)
	_, last := cell.Descendants(geo.CellResolution)
	offset := c.offsetOf(last)
	for end = first + 1; end < len(c.offset) && c.offset[end] <= offset; end++ {
	}
	return cell, end
}

// runs gives the entries of the finest table; of a chunk without tables one that stands for all rows.
func (c *chunk) runs() []entry {
	if t := c.tables[c.finest]; t != nil || c.len() == 0 {
		return t
	}
	return []entry{{cell: c.root, centre: c.lineage[len(c.lineage)-1], end: uint32(c.len()), box: c.box}}
}
