package tiles

import (
	"cmp"
	"slices"
	"time"

	"quartier/geo"
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
		Kinds: map[Kind]int{}, Statuses: map[uint8]int{}, Categories: map[int32]int{}, Services: map[int32]int{}, Zones: map[int32]int{},
	}
	profiles, zones := make([]int, len(s.profiles)), make([]int, len(s.zones))
	weeks := map[int64]int{}
	calendar := calendar{location: now.Location()}
	var took []uint32
	at := now.Unix()
	for _, l := range s.leaves {
		l.each(m, func(class uint8, profile, zoneSet uint32, created int64, closed, due uint32) {
			profiles[profile]++
			zones[zoneSet]++
			weeks[calendar.week(created)]++
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
			}
		}
	}
	for monday, n := range weeks {
		c.Weeks = append(c.Weeks, Week{Monday: time.Unix(monday, 0).In(now.Location()), Count: n})
	}
	slices.SortFunc(c.Weeks, func(a, b Week) int { return a.Monday.Compare(b.Monday) })
	c.Handling = handling(took)
	return c
}

// each calls f with every matching row that stands.
func (l *leaf) each(m *matcher, f func(class uint8, profile, zones uint32, created int64, closed, due uint32)) {
	if m.none {
		return
	}
	gone, added := l.settle()
	for i := range l.len() {
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

// calendar finds the Monday of a time. It remembers the last week it gave, because rows near each other are often of one time.
type calendar struct {
	location    *time.Location
	monday, end int64
}

// week gives the Unix seconds of the Monday, midnight, at or before t.
func (c *calendar) week(t int64) int64 {
	if t < c.monday || t >= c.end {
		at := time.Unix(t, 0).In(c.location)
		y, month, day := at.Date()
		day -= (int(at.Weekday()) + 6) % 7
		c.monday = time.Date(y, month, day, 0, 0, 0, 0, c.location).Unix()
		c.end = time.Date(y, month, day+7, 0, 0, 0, 0, c.location).Unix()
	}
	return c.monday
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

// CellCount is one H3 cell and what lies in it.
type CellCount struct {
	Cell        geo.Cell
	Count, Open int
	Statuses    map[uint8]int // by place in Vocabulary.Statuses
	Categories  map[int32]int // 0: without
}

// Cells counts the matching items of every occupied H3 cell of a resolution (0…geo.CellResolution) whose outline touches a box (nil: the
// world), whole cells always, in the order of their numbers. It stops after limit cells and then says that there are more.
func (x *Index) Cells(resolution int, box *geo.Box, f Filter, a Audience, limit int) (cells []CellCount, more bool) {
	s := x.state.Load()
	m := s.compile(f, a)
	if m.none || resolution < 0 || resolution > geo.CellResolution {
		return nil, false
	}
	var members geo.Box
	if box != nil {
		members = widen(*box, 2*span(resolution))
	}
	var found []share
	var outline *shape
	touching := false // the outline and the box
	wanted := func(cell geo.Cell, member geo.Position) bool {
		if box == nil {
			return true
		}
		if !members.Contains(member) {
			return false
		}
		if outline == nil || outline.cell != cell {
			outline = outlineOf(cell)
			touching = outline.touches(*box)
		}
		return touching
	}
	for _, l := range s.leaves {
		gone, added := l.settle()
		if box == nil || meet(l.box, members) {
			tally := make([]int, len(s.profiles))
			var seen []uint32
			for first := 0; first < l.len(); {
				cell := l.cell[first].Parent(resolution)
				_, last := cell.Descendants(geo.CellResolution)
				end := first
				want := wanted(cell, l.at[first])
				for ; end < l.len() && l.cell[end] <= last; end++ {
					if want && l.class(m, end) != 0 && !gone.has(end) {
						p := l.profile[end]
						if tally[p]++; tally[p] == 1 {
							seen = append(seen, p)
						}
					}
				}
				for _, p := range seen {
					found = append(found, share{cell: cell, profile: p, count: tally[p]})
					tally[p] = 0
				}
				seen, first = seen[:0], end
			}
		}
		for i := range added {
			r := &added[i]
			if cell := r.cell.Parent(resolution); m.row(r) != 0 && wanted(cell, r.at) {
				found = append(found, share{cell: cell, profile: r.profile, count: 1})
			}
		}
	}
	return s.cells(found, limit)
}

// share is how many items of one profile a cell has.
type share struct {
	cell    geo.Cell
	profile uint32
	count   int
}

// cells puts the shares of each cell together.
func (s *state) cells(found []share, limit int) (cells []CellCount, more bool) {
	slices.SortFunc(found, func(a, b share) int { return cmp.Compare(a.cell, b.cell) })
	for _, f := range found {
		if n := len(cells); n == 0 || cells[n-1].Cell != f.cell {
			if n == limit {
				return cells, true
			}
			cells = append(cells, CellCount{Cell: f.cell, Statuses: map[uint8]int{}, Categories: map[int32]int{}})
		}
		c, p := &cells[len(cells)-1], &s.profiles[f.profile]
		c.Count += f.count
		if s.classes[p.status]&isOpen != 0 {
			c.Open += f.count
		}
		c.Statuses[p.status] += f.count
		c.Categories[p.category] += f.count
	}
	return cells, false
}
