package tiles

import (
	"slices"

	"quartier/geo"
)

// draft is the next state's leaves while the writer prepares them.
type draft struct {
	x      *Index
	leaves []*leaf
	own    map[*leaf]bool // made by this draft, so that no reader knows them yet
}

func (x *Index) draft(leaves []*leaf) *draft {
	return &draft{x: x, leaves: slices.Clone(leaves), own: map[*leaf]bool{}}
}

// locate finds an item's row.
func (d *draft) locate(cell geo.Cell, number uint64) (row, bool) {
	i, ok := place(d.leaves, cell, number)
	if !ok {
		return row{}, false
	}
	r, _, ok := d.leaves[i].locate(cell, number)
	return r, ok
}

// add puts a row into its leaf, or takes it away (sign −1; it must be there).
func (d *draft) add(r row, sign int32) {
	i, ok := place(d.leaves, r.cell, r.number)
	if !ok {
		l := &leaf{chunk: newChunk(nil, d.root(i, r.cell), 0, nil, nil)}
		d.own[l] = true
		d.leaves = slices.Insert(d.leaves, i, l)
	}
	l := d.leaves[i]
	change := delta{row: r, sign: sign}
	if sign < 0 {
		_, change.of, _ = l.locate(r.cell, r.number)
	}
	if !d.own[l] {
		l = &leaf{chunk: l.chunk, deltas: l.deltas}
		d.own[l] = true
		d.leaves[i] = l
	}
	if l.deltas = append(l.deltas, change); len(l.deltas) >= foldAtOnce {
		d.replace(i, d.x.folded(l))
	}
}

// root gives the widest ancestor of a cell that has no descendant in the leaves before and after place i.
func (d *draft) root(i int, cell geo.Cell) geo.Cell {
	for r := range geo.CellResolution {
		root := cell.Parent(r)
		first, last := root.Descendants(geo.CellResolution)
		if (i == 0 || d.leaves[i-1].last < first) && (i == len(d.leaves) || d.leaves[i].first > last) {
			return root
		}
	}
	return cell
}

// replace puts leaves in the place of one.
func (d *draft) replace(i int, leaves []*leaf) {
	delete(d.own, d.leaves[i])
	for _, l := range leaves {
		d.own[l] = true
	}
	d.leaves = slices.Replace(d.leaves, i, i+1, leaves...)
}

// finish makes the leaves fit for readers. It is done last because the rows of an import are folded before anybody asks for their lineage.
func (d *draft) finish() []*leaf {
	for l := range d.own {
		// What readers know already has its lineage and must not be touched.
		for i := len(l.deltas) - 1; i >= 0 && l.deltas[i].lineage == nil; i-- {
			c := &l.deltas[i]
			if i+1 < len(l.deltas) && l.deltas[i+1].cell == c.cell {
				c.lineage = l.deltas[i+1].lineage
			} else {
				c.lineage = d.x.cells.lineage(c.cell)
			}
		}
	}
	return d.leaves
}
