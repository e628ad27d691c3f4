package tiles

import "time"

// Counts says how many items match, and how they divide.
type Counts struct {
	Total, Open int
	Overdue     int // open and past their deadline
	Kinds       map[Kind]int
	Statuses    map[uint8]int // by place in Vocabulary.Statuses
	Categories  map[int32]int // 0: without
	Services    map[int32]int // 0: without
	Zones       map[int32]int // an item counts in every zone it lies in
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
		Kinds: map[Kind]int{}, Statuses: map[uint8]int{}, Categories: map[int32]int{}, Services: map[int32]int{}, Zones: map[int32]int{},
	}
	tally := &tally{
		profiles: make([]int, len(s.profiles)), zones: make([]int, len(s.zones)),
		calendar: newCalendar(now.Location()), now: now.Unix(),
	}
	for part := m; part != nil; part = part.next {
		for l := range s.leaves(nil) {
			l.tally(part, tally)
		}
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
	for set, n := range tally.zones {
		s.spread(set, n, c.Zones)
	}
	c.Weeks = tally.calendar.list()
	c.Handling = handling(tally.took)
	return c
}

// spread counts the items of a set of zones in each of its zones.
func (s *state) spread(set, n int, zones map[int32]int) {
	if n == 0 {
		return
	}
	for _, z := range s.zones[set] {
		zones[z] += n
	}
}

// Total counts the matching items and nothing else, which costs as much as a tile.
func (x *Index) Total(f Filter, a Audience) int {
	s := x.state.Load()
	m := s.compile(f, a)
	defer m.release()
	total := 0
	for part := m; part != nil; part = part.next {
		for _, n := range s.roots {
			var one sum
			n.addTo(&one, n.middle().at, part)
			total += int(one.count)
		}
	}
	return total
}

// CountZones counts the matching items in each zone, and how many of them are open, which costs a hundredth of Count. An item counts in every zone it
// lies in; zones without items are left out.
func (x *Index) CountZones(f Filter, a Audience) (all, open map[int32]int) {
	s := x.state.Load()
	m := s.compile(f, a)
	defer m.release()
	sets, setsOpen := make([]int, len(s.zones)), make([]int, len(s.zones))
	for part := m; part != nil; part = part.next {
		for l := range s.leaves(f.Box) {
			l.countZones(part, sets, setsOpen)
		}
	}
	all, open = map[int32]int{}, map[int32]int{}
	for set := range sets {
		s.spread(set, sets[set], all)
		s.spread(set, setsOpen[set], open)
	}
	return all, open
}

// countZones counts the leaf's matching rows by set of zones.
func (l *leaf) countZones(m *matcher, sets, open []int) {
	for i := range l.deltas {
		d := &l.deltas[i]
		class := m.row(&d.row)
		sets[d.zones] += int(d.sign) * one(class != 0)
		open[d.zones] += int(d.sign) * one(class&isOpen != 0)
	}
	q, ok := m.ask(&l.ledger)
	if !ok {
		return
	}
	if m.coarse && !q.timed && q.box == nil {
		for column, mark := range l.byZone.last() {
			e := l.zoned.columns[column]
			if class := m.class[e.profile]; class != 0 && (!m.zoned || m.inSet(e.zones)) {
				sets[e.zones] += int(mark.count)
				open[e.zones] += int(mark.count) * one(class&isOpen != 0)
			}
		}
		return
	}
	for i := range l.len() {
		if class := l.match(&q, i); class != 0 {
			set := l.entries[l.key[i]].zones
			sets[set]++
			open[set] += one(class&isOpen != 0)
		}
	}
}

// tally is what Count adds up row by row.
type tally struct {
	profiles []int // by number in the dictionary
	zones    []int // by number of the set of zones
	overdue  int
	calendar *calendar
	took     []uint32 // seconds from creation to closing
	now      int64
}

// tally counts the leaf's matching rows that stand.
func (l *leaf) tally(m *matcher, t *tally) {
	gone, added := l.settle(nil)
	if q, ok := m.ask(&l.ledger); ok {
		for i := range l.len() {
			if class := l.match(&q, i); class != 0 && !gone.has(i) {
				t.add(class, l.entries[l.key[i]].profile, l.entries[l.key[i]].zones, l.created[i], l.closed[i], l.due[i])
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
	if class&isOpen != 0 && due != 0 && int64(due) < t.now {
		t.overdue++
	}
	t.calendar.add(created)
	if closed != 0 && int64(closed) >= created {
		t.took = append(t.took, uint32(min(int64(closed)-created, 1<<32-1)))
	}
}

// handling sums up durations in seconds.
func handling(took []uint32) Handling {
	if len(took) == 0 {
		return Handling{}
	}
	rank := func(percent int) time.Duration {
		n := (len(took)*percent+99)/100 - 1
		return time.Duration(nth(took, n)) * time.Second
	}
	return Handling{Count: len(took), Median: rank(50), P90: rank(90)}
}

// nth gives the value that would stand at place n if the list were sorted, and moves values: sorting millions takes ten times as long (C. A. R. Hoare,
// Algorithm 65: Find, 1961).
func nth(list []uint32, n int) uint32 {
	low, high := 0, len(list)-1
	for low < high {
		middle := list[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for list[i] < middle {
				i++
			}
			for list[j] > middle {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			high = j
		case n >= i:
			low = i
		default:
			return list[n]
		}
	}
	return list[n]
}
