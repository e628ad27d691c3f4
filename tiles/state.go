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
