package tiles

import (
	"slices"

	"quartier/geo"
)

// signed is one row added (sign 1) or taken away (−1).
type signed struct {
	row
	sign int32
}

// delta is one row added to or taken from a chunk since it was built.
type delta struct {
	signed
	of      int32    // of one taken away: its place in the chunk, or ^ the place of the delta that added it
	lineage []centre // of the row's ancestors finer than the leaf's root: no query can wait for H3. Set before readers see it
}

// leaf is a chunk as readers see it at one moment. It never changes; the next moment's leaf may share the array of deltas and be longer.
type leaf struct {
	*chunk
	deltas []delta
}

// locate gives the row of an item that stands in the leaf and the delta that would take it away.
func (l *leaf) locate(cell geo.Cell, number uint64) (row, int32, bool) {
	for i := len(l.deltas) - 1; i >= 0; i-- {
		if d := &l.deltas[i]; d.number == number && d.cell == cell {
			return d.row, int32(^i), d.sign > 0
		}
	}
	i, ok := l.find(cell, number)
	if !ok {
		return row{}, 0, false
	}
	return l.row(i), int32(i), true
}

// gone tells which rows of a chunk have been taken away.
type gone []uint64

func (g gone) has(i int) bool { return g != nil && g[i>>6]>>(i&63)&1 != 0 }

// settle resolves the deltas to what stands: the chunk's rows without those that are gone, and the added rows in a box (nil: anywhere), sorted.
func (l *leaf) settle(box *geo.Box) (g gone, added []row) {
	if len(l.deltas) == 0 {
		return nil, nil
	}
	undone := make([]bool, len(l.deltas))
	for i := range l.deltas {
		d := &l.deltas[i]
		switch {
		case d.sign > 0:
		case d.of < 0:
			undone[^d.of] = true
		default:
			if g == nil {
				g = make(gone, l.len()/64+1)
			}
			g[d.of>>6] |= 1 << (d.of & 63)
		}
	}
	for i := range l.deltas {
		if d := &l.deltas[i]; d.sign > 0 && !undone[i] && (box == nil || box.Contains(d.at)) {
			added = append(added, d.row)
		}
	}
	slices.SortFunc(added, compareRows)
	return g, added
}

// rows gives all rows that stand, sorted.
func (l *leaf) rows() []row {
	g, added := l.settle(nil)
	rows := make([]row, 0, l.len()+len(added))
	for i := range l.len() {
		if g.has(i) {
			continue
		}
		r := l.row(i)
		for len(added) > 0 && compareRows(added[0], r) < 0 {
			rows, added = append(rows, added[0]), added[1:]
		}
		rows = append(rows, r)
	}
	return append(rows, added...)
}
