package tiles

import (
	"cmp"

	"quartier/geo"
)

// row is an item on its way into a chunk or out of it: fixed size, no pointers, numbers of the dictionary.
type row struct {
	cell    geo.Cell
	number  uint64 // Key.number
	at      geo.Position
	profile uint32
	zones   uint32 // the set of zones
	created int64
	closed  uint32
	due     uint32
}

// compareRows is the order of rows in a chunk.
func compareRows(a, b row) int { return compareKeys(a.cell, b.cell, a.number, b.number) }

// compareKeys orders by cell, then by number.
func compareKeys(aCell, bCell geo.Cell, aNumber, bNumber uint64) int {
	if c := cmp.Compare(aCell, bCell); c != 0 {
		return c
	}
	return cmp.Compare(aNumber, bNumber)
}
