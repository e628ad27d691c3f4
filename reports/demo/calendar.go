package demo

import (
	"slices"
	"time"
)

// closed tells whether a day is a weekend or a public holiday that has its date.
func closed(at time.Time) bool {
	_, m, d := at.Date()
	day := int(m)*100 + d
	return at.Weekday() == time.Saturday || at.Weekday() == time.Sunday || slices.Contains([]int{101, 501, 508, 714, 815, 1101, 1111, 1225}, day)
}

// due gives the moment at which a deadline of so many working hours (nine to five) is over.
func due(from time.Time, hours int) time.Time {
	at := from
	left := time.Duration(hours) * time.Hour
	for left > 0 {
		y, m, d := at.Date()
		opens, shuts := time.Date(y, m, d, 9, 0, 0, 0, at.Location()), time.Date(y, m, d, 17, 0, 0, 0, at.Location())
		if at.Before(opens) {
			at = opens
		}
		if closed(at) || !at.Before(shuts) {
			at = time.Date(y, m, d+1, 9, 0, 0, 0, at.Location())
			continue
		}
		step := min(left, shuts.Sub(at))
		at, left = at.Add(step), left-step
	}
	return at
}
