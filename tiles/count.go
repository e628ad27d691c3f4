package tiles

import (
	"maps"
	"slices"
	"time"
)

// Counts says how many items match, and how they divide.
type Counts struct {
	Total, Open int
	Overdue     int // open and past their deadline
	Kinds       map[Kind]int
	Statuses    map[uint8]int // by place in Vocabulary.Statuses
	Categories  map[int32]int // 0: without
	Services    map[int32]int // 0: without
	Zones       map[int32]int // an item counts in every zone it lies in
	ZonesOpen   map[int32]int // as Zones, of those that are open
	Weeks       []Week        // by creation time, in order, those without items left out
	Handling    Handling
}

// Week counts the items created in seven days from a Monday, midnight.
type Week struct {
	Monday time.Time
	Count  int
}

// Handling tells how long items took from creation to closing; those without a closing time, or closed before they were created, are left out.
type Handling struct {
	Count       int
	Median, P90 time.Duration // nearest rank: durations that some item really took
}

// Count counts the matching items. Overdue is judged at now, and weeks begin where now's location says.
func (x *Index) Count(f Filter, a Audience, now time.Time) Counts {
	s := x.state.Load()
	m := s.compile(f, a)
	c := Counts{
		Kinds: map[Kind]int{}, Statuses: map[uint8]int{}, Categories: map[int32]int{}, Services: map[int32]int{}, Zones: map[int32]int{}, ZonesOpen: map[int32]int{},
	}
	profiles, zones, zonesOpen := make([]int, len(s.profiles)), make([]int, len(s.zones)), make([]int, len(s.zones))
	calendar := calendar{location: now.Location(), weeks: map[int64]*week{}}
	var took []uint32
	at := now.Unix()
	for _, l := range s.leaves {
		l.each(m, func(class uint8, profile, zoneSet uint32, created int64, closed, due uint32) {
			profiles[profile]++
			zones[zoneSet]++
			if class&isOpen != 0 {
				zonesOpen[zoneSet]++
			}
			calendar.add(created)
			if due != 0 && int64(due) < at && class&isOpen != 0 {
				c.Overdue++
			}
			if closed != 0 && int64(closed) >= created {
				took = append(took, uint32(min(int64(closed)-created, 1<<32-1)))
			}
		})
	}
	for i, n := range profiles {
		if n == 0 {
			continue
		}
		p := &s.profiles[i]
		c.Total += n
		if s.classes[p.status]&isOpen != 0 {
			c.Open += n
		}
		c.Kinds[p.kind] += n
		c.Statuses[p.status] += n
		c.Categories[p.category] += n
		c.Services[p.service] += n
	}
	for i, n := range zones {
		if n > 0 {
			for _, z := range s.zones[i] {
				c.Zones[z] += n
				if zonesOpen[i] > 0 {
					c.ZonesOpen[z] += zonesOpen[i]
				}
			}
		}
	}
	c.Weeks = calendar.list()
	c.Handling = handling(took)
	return c
}

// Total counts the matching items and nothing else, which costs a tenth of Count.
func (x *Index) Total(f Filter, a Audience) int {
	s := x.state.Load()
	m := s.compile(f, a)
	total := 0
	for _, l := range s.leaves {
		l.each(m, func(uint8, uint32, uint32, int64, uint32, uint32) { total++ })
	}
	return total
}

// each calls f with every matching row that stands.
func (l *leaf) each(m *matcher, f func(class uint8, profile, zones uint32, created int64, closed, due uint32)) {
	if m.none {
		return
	}
	gone, added := l.settle(nil)
	rows := l.len()
	if m.box != nil && !meet(l.box, *m.box) {
		rows = 0
	}
	for i := range rows {
		if class := l.class(m, i); class != 0 && !gone.has(i) {
			f(class, l.profile[i], l.zones[i], l.created[i], l.closed[i], l.due[i])
		}
	}
	for i := range added {
		if r := &added[i]; m.row(r) != 0 {
			f(m.row(r), r.profile, r.zones, r.created, r.closed, r.due)
		}
	}
}

// calendar counts times by the week. Items of a cell are of all times: so that a time costs no date arithmetic, the Mondays are worked out once
// for each week.
type calendar struct {
	location *time.Location
	weeks    map[int64]*week // by week of UTC
}

// week is a week of UTC, within which one week of the calendar ends and the next one begins.
type week struct {
	monday        int64 // Unix seconds of the calendar's Monday within half a week of UTC's
	before, since int   // times before it and from it on
	next          int64 // Unix seconds of the calendar's Monday after it
	after         int   // times from that one on
}

func (c *calendar) add(t int64) {
	const days, epochMonday = 7 * 86_400, 4 * 86_400 // 1970-01-05 was a Monday
	n := floorDiv(t-epochMonday, days)
	w := c.weeks[n]
	if w == nil {
		start := time.Unix(n*days+epochMonday, 0).UTC()
		y, m, d := start.Date()
		w = &week{
			monday: time.Date(y, m, d, 0, 0, 0, 0, c.location).Unix(),
			next:   time.Date(y, m, d+7, 0, 0, 0, 0, c.location).Unix(),
		}
		c.weeks[n] = w
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

// handling sums up durations in seconds.
func handling(took []uint32) Handling {
	if len(took) == 0 {
		return Handling{}
	}
	slices.Sort(took)
	rank := func(percent int) time.Duration {
		return time.Duration(took[(len(took)*percent+99)/100-1]) * time.Second
	}
	return Handling{Count: len(took), Median: rank(50), P90: rank(90)}
}
