package tiles

import (
	"sort"

	"quartier/geo"
)

// span is the part of the world that a leaf or a group answers for: one H3 cell, or some of the numbers in a cell that cannot be divided further.
type span struct {
	root        geo.Cell
	first, last geo.Cell // the least and greatest descendant that may stand here
	from        uint64   // if root is of geo.CellResolution: the least number that belongs here; a twin after it takes the greater ones
	lineage     []centre // of root's ancestors by resolution, its own last
	around      geo.Box  // holds every position that may stand here
}

func newSpan(root geo.Cell, from uint64) span {
	s := span{root: root, from: from, lineage: make([]centre, root.Resolution()+1)}
	s.first, s.last = root.Descendants(geo.CellResolution)
	for r := range s.lineage {
		s.lineage[r] = centreOf(root.Parent(r))
	}
	at := s.lineage[root.Resolution()].at
	s.around = widen(geo.Box{West: at.Lon, East: at.Lon, South: at.Lat, North: at.Lat}, radius(root.Resolution()))
	return s
}

// within is the span itself, for what has one.
func (s *span) within() *span { return s }

// spanned is what answers for a span.
type spanned interface{ within() *span }

// place gives the one of several, sorted and not overlapping, in which a row stands or would stand; !ok: none has its cell, and i is where one would be
// inserted.
func place[T spanned](list []T, cell geo.Cell, number uint64) (i int, ok bool) {
	after := sort.Search(len(list), func(i int) bool {
		s := list[i].within()
		return s.first > cell || s.first == cell && s.from > number
	})
	if after > 0 && list[after-1].within().last >= cell {
		return after - 1, true
	}
	return after, false
}

// vacant gives the widest ancestor of a cell, of a resolution of coarsest or finer, that has no descendant in the spans before and after place i.
func vacant[T spanned](list []T, i int, cell geo.Cell, coarsest int) geo.Cell {
	for r := coarsest; r < geo.CellResolution; r++ {
		root := cell.Parent(r)
		first, last := root.Descendants(geo.CellResolution)
		if (i == 0 || list[i-1].within().last < first) && (i == len(list) || list[i].within().first > last) {
			return root
		}
	}
	return cell
}
