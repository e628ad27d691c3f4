package tiles

import "context"

// Run folds deltas into new chunks and ledgers in the background until the context ends. Without it the index stays right and bounded, but branches lose
// their ledgers one by one, and low zooms become slow.
func (x *Index) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-x.wake:
		}
		for _, leaves := range []bool{true, false} { // a leaf that is folded while its branch is summed up makes that work vain
			s := x.state.Load()
			for _, n := range s.roots {
				x.foldBelow(ctx, n, s, leaves)
			}
		}
	}
}

// foldBelow folds the heavy leaves or the heavy branches, children first.
func (x *Index) foldBelow(ctx context.Context, n *node, s *state, leaves bool) {
	for _, c := range n.children {
		x.foldBelow(ctx, c, s, leaves)
	}
	if ctx.Err() != nil || (n.leaf != nil) != leaves || !n.heavy() {
		return
	}
	if leaves {
		x.fold(n, s)
	} else {
		x.regroup(n, s)
	}
}

// heavy tells whether a node is to be folded: a leaf with many deltas, a branch with many for its size or without the ledger that it should have.
func (n *node) heavy() bool {
	if n.leaf != nil {
		return len(n.leaf.deltas) >= limits.foldFrom
	}
	if n.ledger == nil {
		return n.worth(n.rows())
	}
	const share = 256 // making a ledger anew takes as long as reading a tenth of a delta for each row
	return len(n.deltas) >= max(limits.foldFrom, len(n.ledger.keys)/share)
}

// fold replaces a leaf of a state by what holds its deltas in chunks. These are built beside readers and writers; what was applied meanwhile is carried
// over.
func (x *Index) fold(n *node, s *state) {
	by := replant(n.leaf.rows(), n.span, s.classes, &s.dictionary)

	x.writer.Lock()
	defer x.writer.Unlock()
	next := *x.state.Load()
	d := x.draft(next.roots)
	mine := d.find(n.span)
	if mine == nil || mine.leaf == nil || mine.leaf.chunk != n.leaf.chunk { // a Load or an Apply has replaced it
		return
	}
	later := mine.leaf.deltas[len(n.leaf.deltas):]
	d.replace(mine, by)
	for i := range later {
		d.addTo(mine, &later[i].row, later[i].sign)
	}
	next.roots = d.finish()
	x.state.Store(&next)
}

// regroup makes the ledger of a branch anew; what was applied meanwhile is carried over.
func (x *Index) regroup(n *node, s *state) {
	l := n.sumUp(s.classes, &s.dictionary)
	if l == nil {
		return
	}
	known := map[*chunk]int{}
	n.each(nil, func(below *leaf) bool {
		known[below.chunk] = len(below.deltas)
		return true
	})

	x.writer.Lock()
	defer x.writer.Unlock()
	next := *x.state.Load()
	d := x.draft(next.roots)
	mine := d.find(n.span)
	if mine == nil || mine.leaf != nil {
		return
	}
	var later []signed
	whole := mine.each(nil, func(below *leaf) bool {
		deltas, ok := known[below.chunk]
		if !ok && below.len() > 0 { // folded meanwhile: the next time
			return false
		}
		delete(known, below.chunk)
		for i := range below.deltas[deltas:] {
			later = append(later, below.deltas[deltas+i].signed)
		}
		return true
	})
	if !whole || len(known) > 0 {
		return
	}
	mine.ledger, mine.deltas = l, later
	next.roots = d.finish()
	x.state.Store(&next)
}

// find gives the node of a span, as one of ours; nil: there is none.
func (d *draft) find(s *span) *node {
	nodes := d.roots
	for {
		i, ok := place(nodes, s.first, s.from)
		if !ok {
			return nil
		}
		n := d.own(nodes, i)
		if n.span == s {
			return n
		}
		nodes = n.children
	}
}
