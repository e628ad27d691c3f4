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
	defer m.release()
	c := Counts{
		Kinds: map[Kind]int{}, Statuses: map[uint8]int{}, Categories: map[int32]int{}, Services: map[int32]int{}, Zones: map[int32]int{}, ZonesOpen: map[int32]int{},
	}
	tally := &tally{
		profiles: make([]int, len(s.profiles)), zones: make([]int, len(s.zones)), zonesOpen: make([]int, len(s.zones)),
		calendar: calendar{location: now.Location(), weeks: map[int64]*week{}}, now: now.Unix(),
	}
	for l := range s.leaves(nil) {
		l.tally(m, tally)
	}
	c.Overdue = tally.overdue
	for i, n := range tally.profiles {
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
	for i, n := range tally.zones {
		if n > 0 {
			for _, z := range s.zones[i] {
				c.Zones[z] += n
				if tally.zonesOpen[i] > 0 {
					c.ZonesOpen[z] += tally.zonesOpen[i]
				}
			}
		}
	}
	c.Weeks = tally.calendar.list()
	c.Handling = handling(tally.took)
	return c
}

// Total counts the matching items and nothing else, which costs as much as a tile.
func (x *Index) Total(f Filter, a Audience) int {
	s := x.state.Load()
	m := s.compile(f, a)
	defer m.release()
	total := 0
	if m.none {
		return total
	}
	for _, n := range s.roots {
		var one sum
		n.addTo(&one, n.middle().at, m)
		total += int(one.count)
	}
	return total
}

// tally is what Count adds up row by row.
type tally struct {
	profiles         []int // by number in the dictionary
	zones, zonesOpen []int // by number of the set of zones
	overdue          int
	calendar         calendar
	took             []uint32 // seconds from creation to closing
	now              int64
}

// tally counts the leaf's matching rows that stand.
func (l *leaf) tally(m *matcher, t *tally) {
	gone, added := l.settle(nil)
	if q, ok := m.ask(&l.ledger); ok {
		for i := range l.len() {
			if class := l.match(m, &q, i); class != 0 && !gone.has(i) {
				t.add(class, l.entries[l.key[i]].profile, l.zonesOf(i), l.created[i], l.closed[i], l.due[i])
			}
		}
	}
	for i := range added {
		r := &added[i]
		if class := m.row(r); class != 0 {
			t.add(class, r.profile, r.zones, r.created, r.closed, r.due)
		}
	}
}

func (t *tally) add(class uint8, profile, zones uint32, created int64, closed, due uint32) {
	t.profiles[profile]++
	t.zones[zones]++
	if class&isOpen != 0 {
		t.zonesOpen[zones]++
		if due != 0 && int64(due) < t.now {
			t.overdue++
		}
	}
	t.calendar.add(created)
	if closed != 0 && int64(closed) >= created {
		t.took = append(t.took, uint32(min(int64(closed)-created, 1<<32-1)))
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
