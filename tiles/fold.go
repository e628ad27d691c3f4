package tiles

import (
	"context"
	"slices"
)

// Run folds deltas into new chunks and bulks in the background until the context ends. Without it the index stays right and bounded, and gets slower.
func (x *Index) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-x.wake:
		}
		s := x.state.Load()
		for _, g := range s.groups {
			for _, l := range g.leaves {
				if len(l.deltas) >= limits.foldFrom && ctx.Err() == nil {
					x.fold(l, s)
				}
			}
		}
		s = x.state.Load()
		for _, g := range s.groups {
			if g.stale() && ctx.Err() == nil {
				x.regroup(g, s)
			}
		}
	}
}

// stale tells whether the group's bulk is missing or must be made anew.
func (g *group) stale() bool {
	return g.bulk == nil && len(g.leaves) > 1 || len(g.deltas) >= limits.regroupFrom
}

// fold replaces a leaf of a state by chunks that hold its deltas. The chunks are built beside readers and writers; what was applied
// meanwhile is carried over.
func (x *Index) fold(l *leaf, s *state) {
	leaves := fold(l, s.classes, &s.dictionary)

	x.writer.Lock()
	defer x.writer.Unlock()
	next := *x.state.Load()
	i, ok := place(next.groups, l.first, l.from)
	if !ok {
		return
	}
	n := slices.IndexFunc(next.groups[i].leaves, func(o *leaf) bool { return o.chunk == l.chunk })
	if n < 0 { // a Load or an Apply has replaced it
		return
	}
	d := x.draft(next.groups)
	g := d.own(i)
	later := g.leaves[n].deltas[len(l.deltas):]
	bulk, deltas := g.bulk, g.deltas
	g.bulk = nil // it knows the later ones already
	d.replace(g, n, leaves)
	for i := range later {
		d.add(later[i].row, later[i].sign)
	}
	g.bulk, g.deltas = bulk, deltas
	next.groups = d.finish()
	x.state.Store(&next)
}

// folded folds a leaf while the writer waits.
func (x *Index) folded(l *leaf) []*leaf { return fold(l, &x.classes, &x.register.dictionary) }

// fold builds what takes a leaf's place: nothing, one leaf or several.
func fold(l *leaf, classes *[256]uint8, d *dictionary) []*leaf {
	rows := l.rows()
	if len(rows) == 0 {
		return nil
	}
	if len(rows) <= limits.rows {
		return []*leaf{{chunk: newChunk(rows, l.span, classes, d)}}
	}
	var leaves []*leaf
	for _, r := range divide(nil, rows, l.root) {
		from := r.from
		if r.root == l.root {
			from = max(from, l.from)
		}
		if !r.sorted {
			slices.SortFunc(r.rows, compareRows)
		}
		leaves = append(leaves, &leaf{chunk: newChunk(r.rows, newSpan(r.root, from), classes, d)})
	}
	return leaves
}

// regroup makes a group's bulk anew, and divides the group if it has grown too large. The leaves stay; what was applied to them meanwhile is
// carried over.
func (x *Index) regroup(g *group, s *state) {
	groups := arrange(nil, g.leaves, g.root)
	for _, fresh := range groups {
		if len(fresh.leaves) > 1 {
			fresh.bulk = newBulk(fresh.leaves, s.classes, &s.dictionary)
		}
	}

	x.writer.Lock()
	defer x.writer.Unlock()
	next := *x.state.Load()
	i, ok := place(next.groups, g.first, g.from)
	if !ok || next.groups[i].root != g.root {
		return
	}
	// What the bulks do not know yet.
	known := map[*chunk]int{}
	for _, l := range g.leaves {
		known[l.chunk] = len(l.deltas)
	}
	for _, fresh := range groups {
		fresh.leaves = nil
	}
	for _, l := range next.groups[i].leaves {
		deltas, ok := known[l.chunk]
		if !ok && l.len() > 0 { // folded meanwhile: the next time
			return
		}
		n, ok := place(groups, l.first, l.from)
		if !ok {
			return
		}
		fresh := groups[n]
		fresh.leaves = append(fresh.leaves, l)
		if fresh.bulk != nil {
			for j := range l.deltas[deltas:] {
				fresh.deltas = append(fresh.deltas, l.deltas[deltas+j].signed)
			}
		}
	}
	groups = slices.DeleteFunc(groups, func(g *group) bool { return len(g.leaves) == 0 })
	next.groups = slices.Replace(slices.Clone(next.groups), i, i+1, groups...)
	x.state.Store(&next)
}
