package reports

import (
	"cmp"
	"slices"
)

// Run is a run of report numbers, both ends included.
type Run struct{ First, Last int64 }

// Join sorts runs and joins those that overlap or touch, in place, and gives them and how many numbers they hold.
func Join(runs []Run) (joined []Run, numbers int64) {
	slices.SortFunc(runs, func(a, b Run) int { return cmp.Compare(a.First, b.First) })
	joined = runs[:0]
	for _, run := range runs {
		if n := len(joined); n > 0 && run.First <= joined[n-1].Last+1 {
			joined[n-1].Last = max(joined[n-1].Last, run.Last)
			continue
		}
		joined = append(joined, run)
	}
	for _, run := range joined {
		numbers += run.Last - run.First + 1
	}
	return joined, numbers
}

// Missing gives the numbers of joined runs that are not among some, which are sorted and lie in the runs.
func Missing(runs []Run, some []int64) []int64 {
	var missing []int64
	for _, run := range runs {
		for n := run.First; n <= run.Last; n++ {
			if len(some) > 0 && some[0] == n {
				some = some[1:]
				continue
			}
			missing = append(missing, n)
		}
	}
	return missing
}
