package tiles

import (
	"maps"
	"slices"
	"time"
)

// calendar counts times by the week. Items of a cell are of all times: so that a time costs no date arithmetic, the Mondays are worked out once
// for each week.
type calendar struct {
	location *time.Location
	weeks    map[int64]*week // by week of UTC
	recent   [512]*week      // of them, by the last digits of their numbers: ten years
}

func newCalendar(l *time.Location) *calendar { return &calendar{location: l, weeks: map[int64]*week{}} }

// week is a week of UTC, within which one week of the calendar ends and the next one begins.
type week struct {
	number        int64
	monday        int64 // Unix seconds of the calendar's Monday within half a week of UTC's
	before, since int   // times before it and from it on
	next          int64 // Unix seconds of the calendar's Monday after it
	after         int   // times from that one on
}

func (c *calendar) add(t int64) {
	n := floorDiv(t-epochMonday, sevenDays)
	w := c.recent[n&511]
	if w == nil || w.number != n {
		w = c.week(n)
		c.recent[n&511] = w
	}
	switch {
	case t < w.monday:
		w.before++
	case t < w.next:
		w.since++
	default:
		w.after++
	}
}

const sevenDays, epochMonday = 7 * 86_400, 4 * 86_400 // seconds; 1970-01-05 was a Monday

// week gives a week of UTC.
func (c *calendar) week(n int64) *week {
	w := c.weeks[n]
	if w == nil {
		start := time.Unix(n*sevenDays+epochMonday, 0).UTC()
		y, m, d := start.Date()
		w = &week{
			number: n,
			monday: time.Date(y, m, d, 0, 0, 0, 0, c.location).Unix(),
			next:   time.Date(y, m, d+7, 0, 0, 0, 0, c.location).Unix(),
		}
		c.weeks[n] = w
	}
	return w
}

// list gives the calendar's weeks that have a time.
func (c *calendar) list() []Week {
	count := map[int64]int{}
	for _, w := range c.weeks {
		if w.before > 0 {
			previous := time.Unix(w.monday, 0).In(c.location).AddDate(0, 0, -7)
			count[previous.Unix()] += w.before
		}
		if w.since > 0 {
			count[w.monday] += w.since
		}
		if w.after > 0 {
			count[w.next] += w.after
		}
	}
	var weeks []Week
	for _, monday := range slices.Sorted(maps.Keys(count)) {
		weeks = append(weeks, Week{Monday: time.Unix(monday, 0).In(c.location), Count: count[monday]})
	}
	return weeks
}
