package tiles

import (
	"context"
	"slices"
)

// Run folds deltas into new chunks in the background until the context ends. Without it the index stays right and bounded, and gets slower.
func (x *Index) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-x.wake:
		}
		for _, l := range x.state.Load().leaves {
			if len(l.deltas) >= foldFrom && ctx.Err() == nil {
				x.fold(l)
			}
		}
	}
}

// fold replaces a leaf by chunks that hold its deltas. The chunks are built beside readers and writers; what was applied
// meanwhile is carried over.
func (x *Index) fold(l *leaf) {
	now := x.state.Load()
	leaves := x.folded(l, now)

	x.writer.Lock()
	defer x.writer.Unlock()
	next := *x.state.Load()
	i := slices.IndexFunc(next.leaves, func(o *leaf) bool { return o.chunk == l.chunk })
	if i < 0 { // a Load or an Apply has replaced it
		return
	}
	d := draftOf(next.leaves)
	later := next.leaves[i].deltas[len(l.deltas):]
	d.replace(i, next.leaves[i], leaves)
	for _, c := range later {
		d.add(c.row, c.sign, c.lineage)
	}
	next.leaves = d.leaves
	x.state.Store(&next)
}

// folded builds what takes a leaf's place: nothing, one leaf or several.
func (x *Index) folded(l *leaf, s *state) []*leaf {
	var leaves []*leaf
	for _, c := range build(l.rows(), l.root, l.from, &x.classes, &s.dictionary) {
		leaves = append(leaves, &leaf{chunk: c})
	}
	return leaves
}

// replace puts leaves in the place of one.
func (d *draft) replace(i int, old *leaf, leaves []*leaf) {
	delete(d.own, old)
	for _, l := range leaves {
		d.own[l] = true
	}
	d.leaves = slices.Replace(d.leaves, i, i+1, leaves...)
}
