package tiles

import (
	"slices"

	"quartier/geo"
)

// draft is the next state's groups while the writer prepares them.
type draft struct {
	x      *Index
	groups []*group
	ours   map[*group]bool // made by this draft, so that no reader knows them yet
	leaves map[*leaf]bool
}

func (x *Index) draft(groups []*group) *draft {
	return &draft{x: x, groups: slices.Clone(groups), ours: map[*group]bool{}, leaves: map[*leaf]bool{}}
}

// locate finds an item's row.
func (d *draft) locate(cell geo.Cell, number uint64) (row, bool) {
	i, ok := place(d.groups, cell, number)
	if !ok {
		return row{}, false
	}
	n, ok := place(d.groups[i].leaves, cell, number)
	if !ok {
		return row{}, false
	}
	r, _, ok := d.groups[i].leaves[n].locate(cell, number)
	return r, ok
}

// add puts a row into its leaf, or takes it away (sign −1; it must be there).
func (d *draft) add(r row, sign int32) {
	g := d.group(&r)
	n, ok := place(g.leaves, r.cell, r.number)
	if !ok {
		root := vacant(g.leaves, n, r.cell, max(rootFrom, g.root.Resolution()))
		l := &leaf{chunk: newChunk(nil, newSpan(root, 0), nil, nil)}
		d.leaves[l] = true
		g.leaves = slices.Insert(g.leaves, n, l)
	}
	l := g.leaves[n]
	change := delta{signed: signed{row: r, sign: sign}}
	if sign < 0 {
		_, change.of, _ = l.locate(r.cell, r.number)
	}
	if !d.leaves[l] {
		l = &leaf{chunk: l.chunk, deltas: l.deltas}
		d.leaves[l] = true
		g.leaves[n] = l
	}
	if l.deltas = append(l.deltas, change); len(l.deltas) >= limits.foldAtOnce {
		d.replace(g, n, d.x.folded(l))
	}
	if g.bulk == nil {
		return
	}
	if g.deltas = append(g.deltas, change.signed); len(g.deltas) >= limits.regroupAtOnce {
		g.bulk, g.deltas = nil, nil // the leaves know everything
	}
}

// group gives the group of a row, one that no reader knows.
func (d *draft) group(r *row) *group {
	i, ok := place(d.groups, r.cell, r.number)
	if !ok {
		g := &group{span: newSpan(vacant(d.groups, i, r.cell, 0), 0)}
		d.ours[g] = true
		d.groups = slices.Insert(d.groups, i, g)
	}
	return d.own(i)
}

// own gives a group that no reader knows.
func (d *draft) own(i int) *group {
	g := d.groups[i]
	if !d.ours[g] {
		g = &group{span: g.span, leaves: slices.Clone(g.leaves), bulk: g.bulk, deltas: g.deltas}
		d.ours[g] = true
		d.groups[i] = g
	}
	return g
}

// replace puts leaves in the place of one.
func (d *draft) replace(g *group, n int, leaves []*leaf) {
	delete(d.leaves, g.leaves[n])
	for _, l := range leaves {
		d.leaves[l] = true
	}
	g.leaves = slices.Replace(g.leaves, n, n+1, leaves...)
}

// finish makes the groups fit for readers. It is done last because the rows of an import are folded before anybody asks for their lineage.
func (d *draft) finish() []*group {
	for l := range d.leaves {
		// What readers know already has its lineage and must not be touched.
		for i := len(l.deltas) - 1; i >= 0 && l.deltas[i].lineage == nil; i-- {
			c := &l.deltas[i]
			if i+1 < len(l.deltas) && l.deltas[i+1].cell == c.cell {
				c.lineage = l.deltas[i+1].lineage
			} else {
				c.lineage = lineageOf(c.cell)
			}
		}
	}
	return slices.DeleteFunc(d.groups, func(g *group) bool { return len(g.leaves) == 0 })
}

// heavy tells whether a group that this draft made has something to fold.
func (d *draft) heavy(g *group) bool {
	return d.ours[g] && (g.stale() || slices.ContainsFunc(g.leaves, func(l *leaf) bool { return len(l.deltas) >= limits.foldFrom }))
}
