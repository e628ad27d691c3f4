package tiles

import (
	"cmp"
	"slices"
	"sort"

	"quartier/geo"
)

// maxRows is the size beyond which a chunk is split.
const maxRows = 65_536

// chunk holds the rows of one H3 cell, or a part of them. It never changes: readers go through it without a lock.
type chunk struct {
	root        geo.Cell // all its rows are descendants
	first, last geo.Cell // the least and greatest descendant that may stand here
	from        uint64   // if root is of geo.CellResolution: the least number that belongs here; a twin after it takes the greater ones

	columns
	box geo.Box // around the members

	// tables[r] sums up the rows by their ancestor at resolution r, in the Morton order of the centres; nil for r > fine. Where most cells hold
	// a row or two a table would be as large as the rows: those resolutions are grouped when somebody asks.
	tables [resolutions][]entry
	fine   int
}

// entry is one cell in a table.
type entry struct {
	centre
	cell       geo.Cell
	first, end uint32  // its run of rows
	box        geo.Box // around its members
	public     sum     // of everything that Everyone may see
}

// build makes the chunks for sorted rows below root, splitting as often as needed. No rows, no chunk.
func build(rows []row, root geo.Cell, from uint64, classes *[256]uint8, d *dictionary) []*chunk {
	switch {
	case len(rows) == 0:
		return nil
	case len(rows) <= maxRows:
		return []*chunk{newChunk(rows, root, from, classes, d)}
	case root.Resolution() == geo.CellResolution:
		half := len(rows) / 2
		chunks := build(rows[:half], root, from, classes, d)
		return append(chunks, build(rows[half:], root, rows[half].number, classes, d)...)
	}
	var chunks []*chunk
	r := root.Resolution() + 1
	for run := range runs(rows, r) {
		chunks = append(chunks, build(run, run[0].cell.Parent(r), 0, classes, d)...)
	}
	return chunks
}

// runs cuts sorted rows where their ancestor at a resolution changes.
func runs(rows []row, resolution int) func(yield func([]row) bool) {
	return func(yield func([]row) bool) {
		for len(rows) > 0 {
			_, last := rows[0].cell.Parent(resolution).Descendants(geo.CellResolution)
			n, _ := slices.BinarySearchFunc(rows, last+1, func(r row, c geo.Cell) int { return cmp.Compare(r.cell, c) })
			if !yield(rows[:n:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}

// newChunk makes one chunk with its tables.
func newChunk(rows []row, root geo.Cell, from uint64, classes *[256]uint8, d *dictionary) *chunk {
	c := &chunk{root: root, from: from, columns: columnsOf(rows), fine: geo.CellResolution}
	c.first, c.last = root.Descendants(geo.CellResolution)
	if len(rows) > 0 {
		c.box = boxAround(c.at)
	}
	for r := range c.tables {
		table := c.table(r, classes, d)
		if table == nil {
			c.fine = r - 1
			break
		}
		c.tables[r] = table
	}
	return c
}

// table sums up the rows at a resolution. nil: it would be too large. A resolution not finer than the root's has at most one entry.
func (c *chunk) table(resolution int, classes *[256]uint8, d *dictionary) []entry {
	limit := c.len()/16 + 16
	table := make([]entry, 0, min(limit, 64))
	for first := 0; first < c.len(); {
		if len(table) == limit {
			return nil
		}
		cell := c.cell[first].Parent(resolution)
		_, last := cell.Descendants(geo.CellResolution)
		end := first + 1
		for end < c.len() && c.cell[end] <= last {
			end++
		}
		e := entry{cell: cell, centre: centreOf(cell), first: uint32(first), end: uint32(end), box: boxAround(c.at[first:end])}
		for i := first; i < end; i++ {
			if p := &d.profiles[c.profile[i]]; Everyone.sees(p.visibility) {
				e.public.add(c.at[i], e.at, c.number[i], c.profile[i], classes[p.status])
			}
		}
		table = append(table, e)
		first = end
	}
	slices.SortFunc(table, func(a, b entry) int {
		if o := cmp.Compare(a.morton, b.morton); o != 0 {
			return o
		}
		return cmp.Compare(a.cell, b.cell)
	})
	return slices.Clip(table)
}

// find gives the place of a row.
func (c *chunk) find(cell geo.Cell, number uint64) (int, bool) {
	return sort.Find(c.len(), func(i int) int {
		if o := cmp.Compare(cell, c.cell[i]); o != 0 {
			return o
		}
		return cmp.Compare(number, c.number[i])
	})
}

// boxAround gives the least box around one or more positions.
func boxAround(at []geo.Position) geo.Box {
	b := geo.Box{West: at[0].Lon, East: at[0].Lon, South: at[0].Lat, North: at[0].Lat}
	for _, p := range at[1:] {
		b.West, b.East = min(b.West, p.Lon), max(b.East, p.Lon)
		b.South, b.North = min(b.South, p.Lat), max(b.North, p.Lat)
	}
	return b
}

// meet tells whether two boxes have a position in common.
func meet(a, b geo.Box) bool {
	return a.West <= b.East && b.West <= a.East && a.South <= b.North && b.South <= a.North
}
