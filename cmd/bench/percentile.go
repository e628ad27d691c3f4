package main

import (
	"cmp"
	"slices"
	"time"
)

// percentile gives the value that p percent of all do not exceed (nearest rank); the zero value if there are none. It sorts.
func percentile[T cmp.Ordered](all []T, p int) (v T) {
	if len(all) == 0 {
		return v
	}
	slices.Sort(all)
	return all[(len(all)*p+99)/100-1]
}

// median gives the middle; of an even number, the lower of the two. It sorts.
func median[T cmp.Ordered](all []T) T { return percentile(all, 50) }

// timed tells how long a deed took.
func timed(deed func() error) (time.Duration, error) {
	start := time.Now()
	err := deed()
	return time.Since(start), err
}

// sideBySide does two deeds in turns, so that whatever else the machine does falls on both, and gives the median time of each.
func sideBySide(rounds int, ours, baseline func() error) (o, b time.Duration, err error) {
	var all [2][]time.Duration
	for range rounds {
		for i, deed := range []func() error{ours, baseline} {
			took, err := timed(deed)
			if err != nil {
				return 0, 0, err
			}
			all[i] = append(all[i], took)
		}
	}
	return median(all[0]), median(all[1]), nil
}
