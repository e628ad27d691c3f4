package tiles

import (
	"slices"

	"quartier/geo"
)

// draft is the next state's nodes while the writer prepares them. What readers know is copied before it is changed, from the root down.
type draft struct {
	x     *Index
	roots []*node
	ours  map[*node]bool // made by this draft, so that no reader knows them yet
}

func (x *Index) draft(roots []*node) *draft {
	return &draft{x: x, roots: slices.Clone(roots), ours: map[*node]bool{}}
}

// own gives one of several nodes, such as no reader knows.
func (d *draft) own(nodes []*node, i int) *node {
	n := nodes[i]
	if d.ours[n] {
		return n
	}
	mine := *n
	mine.children = slices.Clone(n.children)
	if n.leaf != nil {
		mine.leaf = &leaf{chunk: n.leaf.chunk, deltas: n.leaf.deltas}
	}
	d.ours[&mine] = true
	nodes[i] = &mine
	return &mine
}

// locate finds an item's row.
func (d *draft) locate(cell geo.Cell, number uint64) (row, bool) {
	for nodes := d.roots; ; {
		i, ok := place(nodes, cell, number)
		if !ok {
			return row{}, false
		}
		if l := nodes[i].leaf; l != nil {
			r, _, ok := l.locate(cell, number)
			return r, ok
		}
		nodes = nodes[i].children
	}
}

// add puts a row where it belongs, or takes it away (sign −1; it must be there).
func (d *draft) add(r *row, sign int32) {
	d.roots = d.addAmong(d.roots, r, sign, 0, 0)
}

// addAmong adds a row to the one of several nodes that has its cell and number; if none has, to a new one of at least a resolution, or, in a cell that
// cannot be divided, of the numbers from one on.
func (d *draft) addAmong(nodes []*node, r *row, sign int32, resolution int, from uint64) []*node {
	i, ok := place(nodes, r.cell, r.number)
	if !ok {
		n := &node{span: newSpan(r.cell.Parent(min(resolution, geo.CellResolution)), from)}
		if resolution >= rootFrom {
			n.leaf = &leaf{chunk: newChunk(nil, n.span, nil, nil)}
		}
		d.ours[n] = true
		nodes = slices.Insert(nodes, i, n)
	}
	d.addTo(d.own(nodes, i), r, sign)
	return nodes
}

// addTo adds a row to a node of ours.
func (d *draft) addTo(n *node, r *row, sign int32) {
	if n.leaf == nil {
		if n.ledger != nil {
			if n.deltas = append(n.deltas, signed{row: *r, sign: sign}); len(n.deltas) >= max(limits.regroupAtOnce, len(n.ledger.keys)/16) {
				n.ledger, n.deltas = nil, nil // those below know everything
			}
		}
		n.children = d.addAmong(n.children, r, sign, n.root.Resolution()+1, n.from)
		return
	}
	l := n.leaf
	change := delta{signed: signed{row: *r, sign: sign}}
	if sign < 0 {
		_, change.of, _ = l.locate(r.cell, r.number)
	}
	if l.deltas = append(l.deltas, change); len(l.deltas) >= limits.foldAtOnce {
		d.replace(n, replant(l.rows(), n.span, &d.x.classes, &d.x.register.dictionary))
	}
}

// replace makes a node of ours what another one is.
func (d *draft) replace(n, by *node) {
	*n = *by
	for _, c := range n.children {
		d.adopt(c)
	}
}

// adopt takes down that no reader knows a node and what is below.
func (d *draft) adopt(n *node) {
	d.ours[n] = true
	for _, c := range n.children {
		d.adopt(c)
	}
}

// finish makes the nodes fit for readers. It is done last because the rows of an import are folded before anybody asks for their lineage.
func (d *draft) finish() []*node {
	d.roots = slices.DeleteFunc(d.roots, d.empty)
	return d.roots
}

// empty prunes what has no rows below a node, finds the lineage of what was added, and tells whether nothing is left.
func (d *draft) empty(n *node) bool {
	if !d.ours[n] {
		return false
	}
	if n.leaf == nil {
		n.children = flat(n, slices.DeleteFunc(n.children, d.empty))
		return len(n.children) == 0
	}
	deltas := n.leaf.deltas
	// What readers know already has its lineage and must not be touched.
	for i := len(deltas) - 1; i >= 0 && deltas[i].lineage == nil; i-- {
		c := &deltas[i]
		if i+1 < len(deltas) && deltas[i+1].cell == c.cell {
			c.lineage = deltas[i+1].lineage
		} else {
			c.lineage = lineageOf(c.cell, len(n.lineage))
		}
	}
	return n.leaf.len() == 0 && len(deltas) == 0
}

// flat puts the children of a child that has its parent's cell in the child's place: where numbers are divided again and again, as new ones
// come, this would become a chain.
func flat(n *node, children []*node) []*node {
	for i := 0; i < len(children); i++ {
		if c := children[i]; c.leaf == nil && c.root == n.root {
			children = slices.Replace(children, i, i+1, c.children...)
			i--
		}
	}
	return children
}

// heavy tells whether something that this draft changed is to be folded.
func (d *draft) heavy() bool {
	for n := range d.ours {
		if n.heavy() {
			return true
		}
	}
	return false
}
