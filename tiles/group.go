package tiles

import (
	"runtime"
	"slices"
	"sync"

	"quartier/geo"
)

// group is the leaves of one cell that has about a million rows, and a bulk that sums them up, so that low zooms need not ask each leaf. As readers
// see it at one moment, like a leaf.
type group struct {
	span
	leaves []*leaf // sorted, in the span
	bulk   *ledger // of what stood in the leaves when it was made; nil: ask the leaves
	deltas []signed
}

// rows counts the rows of the leaves, without what was added and taken away since they were made.
func (g *group) rows() int {
	n := 0
	for _, l := range g.leaves {
		n += l.len()
	}
	return n
}

// plant makes the groups of rows anywhere, in any order. It moves the rows.
func plant(rows []row, classes *[256]uint8, d *dictionary) []*group {
	var runs []run
	for _, base := range cut(rows, 0) {
		runs = divide(runs, base, base[0].cell.Parent(0))
	}
	leaves := make([]*leaf, len(runs))
	parallel(len(runs), func(i int) {
		r := &runs[i]
		if !r.sorted {
			slices.SortFunc(r.rows, compareRows)
		}
		leaves[i] = &leaf{chunk: newChunk(r.rows, newSpan(r.root, r.from), classes, d)}
	})
	var groups []*group
	for first := 0; first < len(leaves); {
		base := leaves[first].root.Parent(0)
		end := first + 1
		for end < len(leaves) && leaves[end].root.Parent(0) == base {
			end++
		}
		groups = arrange(groups, leaves[first:end:end], base)
		first = end
	}
	parallel(len(groups), func(i int) {
		if g := groups[i]; len(g.leaves) > 1 {
			g.bulk = newBulk(g.leaves, classes, d)
		}
	})
	return groups
}

// run is rows that will be one chunk.
type run struct {
	rows   []row
	root   geo.Cell
	from   uint64
	sorted bool
}

// divide cuts the rows of a cell until each run fits into a chunk, and appends the runs in order.
func divide(runs []run, rows []row, root geo.Cell) []run {
	resolution := root.Resolution()
	if len(rows) <= limits.rows && resolution >= rootFrom {
		return append(runs, run{rows: rows, root: root})
	}
	if resolution < geo.CellResolution {
		for _, child := range cut(rows, resolution+1) {
			runs = divide(runs, child, child[0].cell.Parent(resolution+1))
		}
		return runs
	}
	return halve(runs, rows, root)
}

// halve divides what stands in one finest cell by the numbers.
func halve(runs []run, rows []row, root geo.Cell) []run {
	slices.SortFunc(rows, compareRows)
	for first := 0; first < len(rows); first += limits.rows {
		r := run{rows: rows[first:min(first+limits.rows, len(rows))], root: root, sorted: true}
		if first > 0 {
			r.from = r.rows[0].number
		}
		runs = append(runs, r)
	}
	return runs
}

// arrange makes groups of leaves below a root: one if their rows are not too many or cannot be divided, else those of the root's children. They
// have no bulk yet.
func arrange(groups []*group, leaves []*leaf, root geo.Cell) []*group {
	g := &group{leaves: leaves}
	resolution := root.Resolution()
	if len(leaves) == 1 || g.rows() <= limits.bulk || leaves[0].root.Resolution() <= resolution {
		g.span = newSpan(root, leaves[0].from)
		return append(groups, g)
	}
	for first := 0; first < len(leaves); {
		child := leaves[first].root.Parent(resolution + 1)
		end := first + 1
		for end < len(leaves) && leaves[end].root.Parent(resolution+1) == child {
			end++
		}
		groups = arrange(groups, leaves[first:end:end], child)
		first = end
	}
	return groups
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
