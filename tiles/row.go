package tiles

import (
	"cmp"

	"quartier/geo"
)

// row is an item as the index holds it: fixed size, no pointers.
type row struct {
	cell    geo.Cell
	number  uint64 // Key.number
	at      geo.Position
	profile uint32 // in the dictionary
	zones   uint32 // set of zones in the dictionary
	created int64
	closed  uint32
	due     uint32
}

// compareRows is the order of rows in a chunk.
func compareRows(a, b row) int {
	if c := cmp.Compare(a.cell, b.cell); c != 0 {
		return c
	}
	return cmp.Compare(a.number, b.number)
}

// columns hold rows sorted by compareRows, each field in an array of its own: a query touches only the arrays it asks about.
type columns struct {
	cell    []geo.Cell
	number  []uint64
	at      []geo.Position
	profile []uint32
	zones   []uint32
	created []int64
	closed  []uint32
	due     []uint32
}

// columnsOf takes over sorted rows.
func columnsOf(rows []row) columns {
	c := columns{
		cell: make([]geo.Cell, len(rows)), number: make([]uint64, len(rows)), at: make([]geo.Position, len(rows)),
		profile: make([]uint32, len(rows)), zones: make([]uint32, len(rows)),
		created: make([]int64, len(rows)), closed: make([]uint32, len(rows)), due: make([]uint32, len(rows)),
	}
	for i := range rows {
		r := &rows[i]
		c.cell[i], c.number[i], c.at[i], c.profile[i], c.zones[i] = r.cell, r.number, r.at, r.profile, r.zones
		c.created[i], c.closed[i], c.due[i] = r.created, r.closed, r.due
	}
	return c
}

// len is the number of rows.
func (c *columns) len() int { return len(c.cell) }

// row gives one row back.
func (c *columns) row(i int) row {
	return row{
		cell: c.cell[i], number: c.number[i], at: c.at[i], profile: c.profile[i], zones: c.zones[i],
		created: c.created[i], closed: c.closed[i], due: c.due[i],
	}
}

// class gives the class of a row under a filter, 0 if it does not match.
func (c *columns) class(m *matcher, i int) uint8 {
	class := m.class[c.profile[i]]
	if class == 0 || m.narrow && !m.narrowly(c.created[i], c.zones[i], c.at[i]) {
		return 0
	}
	return class
}
