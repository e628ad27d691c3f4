package tiles

import (
	"cmp"
	"slices"

	"quartier/geo"
)

// gather finds the wanted cells that have matching members, by cell. The answer lives in the matcher's scratch.
func (s *state) gather(g *reach, m *matcher) []cluster {
	for part := m; part != nil; part = part.next {
		if part.none {
			continue
		}
		for _, n := range s.roots {
			n.gather(g, part)
		}
		if part != m {
			m.found = append(m.found, part.found...)
		}
	}
	return collect(m.found)
}

// gather collects what stands below a node.
func (n *node) gather(g *reach, m *matcher) {
	if g.resolution < len(n.lineage) { // in one cell
		centre := &n.lineage[g.resolution]
		if !g.wants(centre) {
			return
		}
		var s sum
		n.addTo(&s, centre.at, m)
		m.collect(n.root.Parent(g.resolution), &s)
		return
	}
	if !meet(n.around, g.members) {
		return
	}
	if n.leaf != nil {
		n.leaf.gather(g, m)
		return
	}
	for _, c := range n.children {
		c.gather(g, m)
	}
}

// collect takes down what a cell has.
func (m *matcher) collect(cell geo.Cell, s *sum) {
	if *s == (sum{}) {
		return
	}
	if last := len(m.found) - 1; last >= 0 && m.found[last].cell == cell {
		m.found[last].merge(s, 1)
		return
	}
	m.found = append(m.found, cluster{cell: cell, sum: *s})
}

// addTo adds up the matching rows below a node, members of one cell with the given centre. A branch answers from its ledger if that can tell.
func (n *node) addTo(s *sum, centre geo.Position, m *matcher) {
	if n.leaf != nil {
		base := n.leaf.sumAll(centre, m)
		s.merge(&base, 1)
		for i := range n.leaf.deltas {
			n.leaf.deltas[i].addTo(s, centre, m)
		}
		return
	}
	if n.ledger != nil && !n.ledger.wraps(centre) {
		q, some := m.ask(n.ledger)
		if !some || q.box == nil && q.lines != nil {
			switch {
			case !some:
			case m.whole:
				s.merge(&n.ledger.public, 1)
			default:
				n.ledger.add(s, &q)
			}
			for i := range n.deltas {
				n.deltas[i].addTo(s, centre, m)
			}
			return
		}
	}
	for _, c := range n.children {
		c.addTo(s, centre, m)
	}
}

// addTo counts the row if it matches.
func (d *signed) addTo(s *sum, centre geo.Position, m *matcher) {
	if class := m.row(&d.row); class != 0 {
		var one sum
		one.add(d.at, centre, d.number, d.profile, class)
		s.merge(&one, d.sign)
	}
}

// gather collects the cells of a leaf, of which it has several.
func (l *leaf) gather(g *reach, m *matcher) {
	if l.len() > 0 && meet(l.box, g.members) {
		if q, ok := m.ask(&l.ledger); ok {
			if g.resolution <= l.finest {
				l.tabled(g, m, &q)
			} else {
				l.grouped(g, m, &q)
			}
		}
	}
	for i := range l.deltas {
		d := &l.deltas[i]
		centre := &d.lineage[g.resolution-len(l.lineage)]
		if !g.wants(centre) {
			continue
		}
		var s sum
		d.addTo(&s, centre.at, m)
		m.collect(d.cell.Parent(g.resolution), &s)
	}
}

// tabled reads the cells from the chunk's table.
func (c *chunk) tabled(g *reach, m *matcher, q *question) {
	table := c.tables[g.resolution]
	if g.byTile {
		by := func(e entry, code uint64) int { return cmp.Compare(e.morton, code) }
		first, _ := slices.BinarySearchFunc(table, g.first, by)
		end, _ := slices.BinarySearchFunc(table, g.end, by)
		table = table[first:end]
	}
	if m.whole {
		for i := range table {
			if e := &table[i]; g.byTile || g.wants(&e.centre) {
				m.collect(e.cell, &e.public)
			}
		}
		return
	}
	rows := 0
	for i := range table {
		rows += int(table[i].end - table[i].first)
	}
	rare := c.matching(m) < rows/rareFrom
	var places []uint16
	if rare {
		places = c.picked(m, q)
	}
	for i := range table {
		e := &table[i]
		if !g.byTile && !g.wants(&e.centre) {
			continue
		}
		var s sum
		if rare {
			s = c.sumPlaces(between(places, int(e.first), int(e.end)), e.at, q)
		} else {
			s = c.sumRun(int(e.first), int(e.end), e.at, q)
		}
		m.collect(e.cell, &s)
	}
}

// between gives those of sorted numbers that are at least first and less than end.
func between(numbers []uint16, first, end int) []uint16 {
	by := func(n uint16, of int) int { return cmp.Compare(int(n), of) }
	from, _ := slices.BinarySearchFunc(numbers, first, by)
	to, _ := slices.BinarySearchFunc(numbers[from:], end, by)
	return numbers[from : from+to]
}

// grouped finds the cells among the rows, at a resolution finer than the tables.
func (c *chunk) grouped(g *reach, m *matcher, q *question) {
	runs := c.runs()
	for i := range runs {
		e := &runs[i]
		if !meet(e.box, g.members) {
			continue
		}
		for first := int(e.first); first < int(e.end); {
			cell, end := c.runAt(first, g.resolution)
			member := c.spots[first].at
			switch {
			case g.inner.Contains(member): // far from the 180th meridian too: any position does as the centre
				s := c.sumRun(first, end, member, q)
				m.collect(cell, &s)
			case g.members.Contains(member):
				if middle := centreOf(cell); g.wants(&middle) {
					s := c.sumRun(first, end, middle.at, q)
					m.collect(cell, &s)
				}
			}
			first = end
		}
	}
}
