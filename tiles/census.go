package tiles

import (
	"cmp"
	"slices"

	"quartier/geo"
)

// CellCount is one H3 cell and what lies in it.
type CellCount struct {
	Cell        geo.Cell
	Count, Open int
	Statuses    map[uint8]int // by place in Vocabulary.Statuses
	Categories  map[int32]int // 0: without
}

// Cells counts the matching items of every occupied H3 cell of a resolution (0…geo.CellResolution) whose outline touches a box (nil: the
// world), whole cells always, in the order of their numbers. It stops after limit cells and then says that there are more.
func (x *Index) Cells(resolution int, box *geo.Box, f Filter, a Audience, limit int) (cells []CellCount, more bool) {
	s := x.state.Load()
	m := s.compile(f, a)
	defer m.release()
	if resolution < 0 || resolution > geo.CellResolution {
		return nil, false
	}
	var members geo.Box
	if box != nil {
		members = widen(*box, 2*radius(resolution))
	}
	var found []share
	var outline *shape
	touching := false // the outline and the box
	wanted := func(cell geo.Cell, member geo.Position) bool {
		if box == nil {
			return true
		}
		if !members.Contains(member) {
			return false
		}
		if outline == nil || outline.cell != cell {
			outline = x.cells.shape(cell)
			touching = outline.touches(*box)
		}
		return touching
	}
	around := &members
	if box == nil {
		around = nil
	}
	for part := m; part != nil; part = part.next {
		if part.none {
			continue
		}
		for l := range s.leaves(around) {
			found = l.shares(resolution, part, wanted, found)
		}
	}
	return s.cells(found, limit)
}

// share is how many items of one profile a cell has.
type share struct {
	cell    geo.Cell
	profile uint32
	count   int
}

// shares appends what the wanted cells have in a leaf.
func (l *leaf) shares(resolution int, m *matcher, wanted func(geo.Cell, geo.Position) bool, found []share) []share {
	gone, added := l.settle(nil)
	if q, ok := m.ask(&l.ledger); ok {
		tally := make([]int, len(l.entries))
		for first := 0; first < l.len(); {
			cell, end := l.root.Parent(min(resolution, l.root.Resolution())), l.len()
			if resolution > l.root.Resolution() {
				cell, end = l.runAt(first, resolution)
			}
			if wanted(cell, l.spots[first].at) {
				for i := first; i < end; i++ {
					if l.match(&q, i) != 0 && !gone.has(i) {
						tally[l.key[i]]++
					}
				}
				for key, n := range tally {
					if n > 0 {
						found = append(found, share{cell: cell, profile: l.entries[key].profile, count: n})
					}
				}
				clear(tally)
			}
			first = end
		}
	}
	for i := range added {
		r := &added[i]
		if cell := r.cell.Parent(resolution); m.row(r) != 0 && wanted(cell, r.at) {
			found = append(found, share{cell: cell, profile: r.profile, count: 1})
		}
	}
	return found
}

// cells puts the shares of each cell together.
func (s *state) cells(found []share, limit int) (cells []CellCount, more bool) {
	slices.SortFunc(found, func(a, b share) int { return cmp.Compare(a.cell, b.cell) })
	for _, f := range found {
		if n := len(cells); n == 0 || cells[n-1].Cell != f.cell {
			if n == limit {
				return cells, true
			}
			cells = append(cells, CellCount{Cell: f.cell, Statuses: map[uint8]int{}, Categories: map[int32]int{}})
		}
		c, p := &cells[len(cells)-1], &s.profiles[f.profile]
		c.Count += f.count
		if s.classes[p.status]&isOpen != 0 {
			c.Open += f.count
		}
		c.Statuses[p.status] += f.count
		c.Categories[p.category] += f.count
	}
	return cells, false
}
