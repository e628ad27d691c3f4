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
		s := x.state.Load()
		for _, l := range s.leaves {
			if len(l.deltas) >= foldFrom && ctx.Err() == nil {
				x.fold(l, s)
			}
		}
	}
}

// fold replaces a leaf of a state by chunks that hold its deltas. The chunks are built beside readers and writers; what was applied
// meanwhile is carried over.
func (x *Index) fold(l *leaf, s *state) {
	leaves := fold(l, s.classes, &s.dictionary)

	x.writer.Lock()
	defer x.writer.Unlock()
	next := *x.state.Load()
	i := slices.IndexFunc(next.leaves, func(o *leaf) bool { return o.chunk == l.chunk })
	if i < 0 { // a Load or an Apply has replaced it
		return
	}
	d := x.draft(next.leaves)
	d.replace(i, leaves)
	for _, c := range next.leaves[i].deltas[len(l.deltas):] {
		d.add(c.row, c.sign)
	}
	next.leaves = d.finish()
	x.state.Store(&next)
}

// folded folds a leaf while the writer waits.
func (x *Index) folded(l *leaf) []*leaf { return fold(l, &x.classes, &x.register.dictionary) }

// fold builds what takes a leaf's place: nothing, one leaf or several.
func fold(l *leaf, classes *[256]uint8, d *dictionary) []*leaf {
	var leaves []*leaf
	for _, c := range build(l.rows(), l.root, l.from, classes, d) {
		leaves = append(leaves, &leaf{chunk: c})
	}
	return leaves
}
