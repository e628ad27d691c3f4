package tiles

import (
	"sort"

	"quartier/geo"
)

// span is the part of the world that a node answers for: one H3 cell, or some of the numbers in a cell that cannot be divided further.
type span struct {
	root        geo.Cell
	first, last geo.Cell // the least and greatest descendant that may stand here
	from        uint64   // if root is of geo.CellResolution: the least number that belongs here; a twin after it takes the greater ones
	lineage     []centre // of root's ancestors by resolution, its own last
	around      geo.Box  // holds every position that may stand here
}

func newSpan(root geo.Cell, from uint64) *span {
	s := &span{root: root, from: from, lineage: make([]centre, root.Resolution()+1)}
	s.first, s.last = root.Descendants(geo.CellResolution)
	for r := range s.lineage {
		s.lineage[r] = centreOf(root.Parent(r))
	}
	at := s.lineage[root.Resolution()].at
	s.around = widen(boxOf(at), radius(root.Resolution()))
	return s
}

// place gives the one of several nodes, sorted and not overlapping, in which a row stands or would stand; !ok: none has its cell, and i is where one
// would be inserted.
func place(nodes []*node, cell geo.Cell, number uint64) (i int, ok bool) {
	after := sort.Search(len(nodes), func(i int) bool {
		n := nodes[i]
		return n.first > cell || n.first == cell && n.from > number
	})
	if after > 0 && nodes[after-1].last >= cell {
		return after - 1, true
	}
	return after, false
}
