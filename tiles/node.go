package tiles

import (
	"iter"
	"runtime"
	"slices"
	"sync"

	"quartier/geo"
)

// node is a part of the world: a leaf with rows, or a branch that divides it among children, one for each child cell that has rows (or, in a cell that
// cannot be divided, one for each range of numbers). A branch may have a ledger of all that is below it, so that low zooms need not ask each
// leaf. As readers see it at one moment: it never changes.
type node struct {
	*span
	leaf *leaf // nil: a branch

	children []*node
	ledger   *ledger // of what stood below when it was made; nil: ask the children
	deltas   []signed
}

// middle gives the centre of the node's cell.
func (n *node) middle() *centre { return &n.lineage[len(n.lineage)-1] }

// rows counts the rows below, without what was added and taken away since their chunks were made.
func (n *node) rows() int {
	if n.leaf != nil {
		return n.leaf.len()
	}
	rows := 0
	for _, c := range n.children {
		rows += c.rows()
	}
	return rows
}

// worth tells whether a branch with so many rows is worth a ledger: not if most rows are below one child, which has one itself.
func (n *node) worth(rows int) bool {
	if n.leaf != nil || rows > limits.branch {
		return false
	}
	most := 0
	for _, c := range n.children {
		most = max(most, c.rows())
	}
	return 4*rows >= 7*most && rows > 0
}

// leaves gives the leaves that may have rows in a box (nil: anywhere), in order.
func (s *state) leaves(box *geo.Box) iter.Seq[*leaf] {
	return func(yield func(*leaf) bool) {
		for _, n := range s.roots {
			if !n.each(box, yield) {
				return
			}
		}
	}
}

func (n *node) each(box *geo.Box, yield func(*leaf) bool) bool {
	if box != nil && !meet(n.around, *box) {
		return true
	}
	if n.leaf != nil {
		return yield(n.leaf)
	}
	for _, c := range n.children {
		if !c.each(box, yield) {
			return false
		}
	}
	return true
}

// planting makes nodes of rows.
type planting struct {
	classes    *[256]uint8
	dictionary *dictionary
	leaves     []func()
	branches   []*node // children before their parents
}

// heap collects rows in any order, by base cell, in blocks: one list of all would be copied again and again while it grows.
type heap struct {
	bases [baseCells][][]row
}

const (
	baseCells = 128 // a base cell has seven bits (H3 index bit layout)
	blockRows = 1 << 14
)

func (h *heap) add(r row) {
	blocks := &h.bases[baseOf(r.cell)]
	last := len(*blocks) - 1
	if last < 0 || len((*blocks)[last]) == blockRows {
		*blocks = append(*blocks, make([]row, 0, blockRows))
		last++
	}
	(*blocks)[last] = append((*blocks)[last], r)
}

// take gives the rows of a base cell and forgets them.
func (h *heap) take(base int) []row {
	n := 0
	for _, b := range h.bases[base] {
		n += len(b)
	}
	rows := make([]row, 0, n)
	for i, b := range h.bases[base] {
		rows = append(rows, b...)
		h.bases[base][i] = nil
	}
	h.bases[base] = nil
	return rows
}

// baseOf gives the base cell of a cell: bits 45 to 51.
func baseOf(c geo.Cell) int { return int(c >> 45 & (baseCells - 1)) }

// plant makes the nodes of rows anywhere, by all processors, and empties the heap.
func plant(h *heap, classes *[256]uint8, d *dictionary) []*node {
	var roots []*node
	for base := range h.bases {
		if len(h.bases[base]) == 0 {
			continue
		}
		rows := h.take(base)
		p := &planting{classes: classes, dictionary: d}
		roots = append(roots, p.divide(rows, rows[0].cell.Parent(0)))
		parallel(len(p.leaves), func(i int) { p.leaves[i]() })
		p.leaves = nil
		p.sum(parallel)
	}
	return roots
}

// replant makes what takes the place of one leaf, by this processor alone.
func replant(rows []row, s *span, classes *[256]uint8, d *dictionary) *node {
	if len(rows) <= limits.rows {
		return &node{span: s, leaf: &leaf{chunk: newChunk(rows, s, classes, d)}}
	}
	p := &planting{classes: classes, dictionary: d}
	n := p.divide(rows, s.root)
	n.span = s
	if len(n.children) > 0 && n.children[0].root == s.root {
		first := *s // of several ranges of numbers
		n.children[0].span = &first
	}
	alone := func(n int, deed func(i int)) {
		for i := range n {
			deed(i)
		}
	}
	alone(len(p.leaves), func(i int) { p.leaves[i]() })
	p.sum(alone)
	return n
}

// divide makes the node of some rows of a cell. Its chunks and ledgers are still to be made.
func (p *planting) divide(rows []row, root geo.Cell) *node {
	n := &node{span: newSpan(root, 0)}
	resolution := root.Resolution()
	switch {
	case len(rows) <= limits.rows && resolution >= rootFrom:
		slices.SortFunc(rows, compareRows)
		p.leaf(n, rows)
		return n
	case resolution < geo.CellResolution:
		for _, child := range cut(rows, resolution+1) {
			n.children = append(n.children, p.divide(child, child[0].cell.Parent(resolution+1)))
		}
	default: // one finest cell: by the numbers
		slices.SortFunc(rows, compareRows)
		for first := 0; first < len(rows); first += limits.rows {
			part := rows[first:min(first+limits.rows, len(rows))]
			child := &node{span: newSpan(root, 0)}
			if first > 0 {
				child.from = part[0].number
			}
			p.leaf(child, part)
			n.children = append(n.children, child)
		}
	}
	p.branches = append(p.branches, n)
	return n
}

func (p *planting) leaf(n *node, rows []row) {
	n.leaf = &leaf{}
	p.leaves = append(p.leaves, func() { n.leaf.chunk = newChunk(rows, n.span, p.classes, p.dictionary) })
}

// sum makes the ledgers of the branches, when the leaves have their chunks.
func (p *planting) sum(each func(n int, deed func(i int))) {
	each(len(p.branches), func(i int) {
		if n := p.branches[i]; n.worth(n.rows()) {
			n.ledger = n.sumUp(p.classes, p.dictionary)
		}
	})
}

// sumUp makes the ledger of all that stands below. nil: nothing does, or there are too many profiles.
func (n *node) sumUp(classes *[256]uint8, d *dictionary) *ledger {
	rows := n.rows()
	l := &ledger{box: nowhere}
	clerk := newClerk(d)
	refs, created, keys := make([]ref, 0, rows), make([]int64, 0, rows), make([]uint32, 0, rows)
	var fresh columns // of the rows that no chunk has yet
	var places []int  // in refs, of the same
	n.each(nil, func(below *leaf) bool {
		gone, added := below.settle(nil)
		source := uint16(len(l.sources))
		if below.len() > 0 {
			l.sources = append(l.sources, below.columns)
			l.box = join(l.box, below.box)
			known := make([]uint32, len(below.entries))
			for i := range below.len() {
				if gone.has(i) {
					continue
				}
				key := below.key[i]
				if known[key] == 0 {
					known[key] = clerk.key(below.entries[key]) + 1
				}
				keys = append(keys, known[key]-1)
				refs, created = append(refs, ref{source, uint16(i)}), append(created, below.created[i])
			}
		}
		for i := range added {
			r := &added[i]
			fresh.spots, fresh.created = append(fresh.spots, spot{r.number, r.at}), append(fresh.created, r.created)
			places = append(places, len(refs))
			refs, created = append(refs, ref{}), append(created, r.created)
			keys = append(keys, clerk.key(pair{r.profile, r.zones}))
		}
		return true
	})
	const sourceRows = 1 << 16 // as many as a place can tell apart
	chunks := len(l.sources)
	for first := 0; first < len(places); first += sourceRows {
		end := min(first+sourceRows, len(places))
		l.sources = append(l.sources, columns{fresh.spots[first:end], fresh.created[first:end]})
	}
	for i, at := range places {
		refs[at] = ref{uint16(chunks + i/sourceRows), uint16(i % sourceRows)}
	}
	if len(places) > 0 {
		l.box = join(l.box, boxAround(fresh.spots))
	}
	if len(refs) == 0 || len(l.sources) > 1<<16 {
		return nil
	}
	var known []uint16
	var ok bool
	if l.book, known, ok = clerk.book(); !ok {
		return nil
	}
	shorts := make([]uint16, 2*len(refs))
	l.refs, l.keys, l.groups = make([]ref, len(refs)), shorts[:len(refs):len(refs)], shorts[len(refs):]
	for i, p := range byTime(created) {
		l.refs[i], l.keys[i] = refs[p], known[keys[p]]
	}
	l.write(classes, d)
	return l
}

// parallel does the deeds 0…n−1 on all processors.
func parallel(n int, deed func(i int)) {
	var workers sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				deed(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
}
