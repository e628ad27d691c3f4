package tiles

import (
	"cmp"
	"slices"

	"quartier/geo"
)

// state is everything a query needs, at one moment between two batches. It never changes.
type state struct {
	dictionary
	vocabulary *Vocabulary
	classes    *[256]uint8 // of Vocabulary.Statuses
	items      int         // of any visibility
	roots      []*node     // one for each base cell of H3 that has rows, sorted
}

// cluster is one occupied cell in an answer.
type cluster struct {
	cell geo.Cell
	sum
}

// collect sorts clusters by cell, merges those of one cell and leaves out the empty.
func collect(found []cluster) []cluster {
	byCell := func(a, b cluster) int { return cmp.Compare(a.cell, b.cell) }
	if !slices.IsSortedFunc(found, byCell) {
		slices.SortFunc(found, byCell)
	}
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
