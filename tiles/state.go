package tiles

import (
	"cmp"
	"slices"
	"sort"

	"quartier/geo"
)

// state is everything a query needs, at one moment between two batches. It never changes.
type state struct {
	dictionary
	vocabulary *Vocabulary
	classes    *[256]uint8 // of Vocabulary.Statuses
	leaves     []*leaf     // by (first, from); their cells do not overlap
}

// place gives the leaf in which a row stands or would stand; !ok: no leaf has its cell, and i is where one would be inserted.
func place(leaves []*leaf, cell geo.Cell, number uint64) (i int, ok bool) {
	after := sort.Search(len(leaves), func(i int) bool {
		l := leaves[i]
		return l.first > cell || l.first == cell && l.from > number
	})
	if after > 0 && leaves[after-1].last >= cell {
		return after - 1, true
	}
	return after, false
}

// draft is the next state's leaves while the writer prepares them.
type draft struct {
	leaves []*leaf
	own    map[*leaf]bool // made by this draft, so that no reader knows them yet
}

func draftOf(leaves []*leaf) *draft {
	return &draft{leaves: slices.Clone(leaves), own: map[*leaf]bool{}}
}

// locate finds an item's row.
func (d *draft) locate(cell geo.Cell, number uint64) (row, bool) {
	i, ok := place(d.leaves, cell, number)
	if !ok {
		return row{}, false
	}
	r, _, ok := d.leaves[i].locate(cell, number)
	return r, ok
}

// add puts a row into its leaf, or takes it away (sign −1; it must be there).
func (d *draft) add(r row, sign int32, lineage *[resolutions]*shape) {
	i, ok := place(d.leaves, r.cell, r.number)
	if !ok {
		l := &leaf{chunk: newChunk(nil, d.root(i, r.cell), 0, nil, nil)}
		d.own[l] = true
		d.leaves = slices.Insert(d.leaves, i, l)
	}
	l := d.leaves[i]
	change := delta{row: r, sign: sign, lineage: lineage}
	if sign < 0 {
		_, change.of, _ = l.locate(r.cell, r.number)
	}
	if !d.own[l] {
		l = &leaf{chunk: l.chunk, deltas: l.deltas}
		d.own[l] = true
		d.leaves[i] = l
	}
	l.deltas = append(l.deltas, change)
}

// root gives the widest ancestor of a cell that has no descendant in the leaves before and after place i.
func (d *draft) root(i int, cell geo.Cell) geo.Cell {
	for r := range geo.CellResolution {
		root := cell.Parent(r)
		first, last := root.Descendants(geo.CellResolution)
		if (i == 0 || d.leaves[i-1].last < first) && (i == len(d.leaves) || d.leaves[i].first > last) {
			return root
		}
	}
	return cell
}

// plant makes the leaves of sorted rows anywhere.
func plant(rows []row, classes *[256]uint8, d *dictionary) []*leaf {
	var leaves []*leaf
	for run := range runs(rows, 0) {
		for _, c := range build(run, run[0].cell.Parent(0), 0, classes, d) {
			leaves = append(leaves, &leaf{chunk: c})
		}
	}
	return leaves
}

// cluster is one occupied cell in an answer.
type cluster struct {
	cell geo.Cell
	at   geo.Position // its centre
	sum
}

// collect sorts clusters by cell, merges those of one cell and leaves out the empty.
func collect(found []cluster) []cluster {
	slices.SortFunc(found, func(a, b cluster) int { return cmp.Compare(a.cell, b.cell) })
	kept := found[:0]
	for i := 0; i < len(found); {
		c := found[i]
		for i++; i < len(found) && found[i].cell == c.cell; i++ {
			c.merge(&found[i].sum, 1)
		}
		if c.count > 0 {
			kept = append(kept, c)
		}
	}
	return kept
}
