package tiles

import (
	"cmp"
	"slices"

	"quartier/geo"
)

// gather finds the wanted cells that have matching members, by cell. The answer lives in the matcher's scratch.
func (s *state) gather(g *reach, m *matcher) []cluster {
	if m.none {
		return nil
	}
	found := m.found[:0]
	for _, gr := range s.groups {
		found = gr.gather(g, m, found)
	}
	m.found = found
	return collect(found)
}

// gather appends what a group has. A group that lies in one wanted cell answers from its bulk.
func (gr *group) gather(g *reach, m *matcher, found []cluster) []cluster {
	if g.resolution < len(gr.lineage) {
		centre := &gr.lineage[g.resolution]
		if !g.wants(centre) {
			return found
		}
		if s, ok := gr.sum(centre.at, m); ok {
			if s != (sum{}) {
				found = append(found, cluster{cell: gr.root.Parent(g.resolution), sum: s})
			}
			return found
		}
	} else if !meet(gr.around, g.members) {
		return found
	}
	for _, l := range gr.leaves {
		found = l.gather(g, m, found)
	}
	return found
}

// sum adds up the matching rows of a group, members of one cell with the given centre. !ok: the bulk cannot tell.
func (gr *group) sum(centre geo.Position, m *matcher) (s sum, ok bool) {
	if gr.bulk == nil || gr.bulk.wraps(centre) {
		return s, false
	}
	if q, some := m.ask(gr.bulk); some {
		switch {
		case m.whole:
			s = gr.bulk.public
		case q.narrow():
			return s, false
		default:
			gr.bulk.add(&s, &q)
		}
	}
	for i := range gr.deltas {
		gr.deltas[i].addTo(&s, centre, m)
	}
	return s, true
}

// addTo counts the row if it matches.
func (d *signed) addTo(s *sum, centre geo.Position, m *matcher) {
	if class := m.row(&d.row); class != 0 {
		var one sum
		one.add(d.at, centre, d.number, d.profile, class)
		s.merge(&one, d.sign)
	}
}

// gather appends what a leaf has.
func (l *leaf) gather(g *reach, m *matcher, found []cluster) []cluster {
	if g.resolution < len(l.lineage) {
		centre := &l.lineage[g.resolution]
		if !g.wants(centre) {
			return found
		}
		s := l.sumAll(centre.at, m)
		for i := range l.deltas {
			l.deltas[i].addTo(&s, centre.at, m)
		}
		if s != (sum{}) {
			found = append(found, cluster{cell: l.root.Parent(g.resolution), sum: s})
		}
		return found
	}
	if !meet(l.around, g.members) {
		return found
	}
	if l.len() > 0 && meet(l.box, g.members) {
		if g.resolution <= l.fine {
			found = l.tabled(g, m, found)
		} else {
			found = l.grouped(g, m, found)
		}
	}
	for i := range l.deltas {
		d := &l.deltas[i]
		centre := &d.lineage[g.resolution]
		if !g.wants(centre) {
			continue
		}
		var s sum
		d.addTo(&s, centre.at, m)
		if s != (sum{}) {
			found = append(found, cluster{cell: d.cell.Parent(g.resolution), sum: s})
		}
	}
	return found
}

// tabled reads the cells from the chunk's table.
func (c *chunk) tabled(g *reach, m *matcher, found []cluster) []cluster {
	q, ok := m.ask(&c.ledger)
	if !ok {
		return found
	}
	table := c.tables[g.resolution]
	if g.byTile {
		by := func(e entry, code uint64) int { return cmp.Compare(e.morton, code) }
		first, _ := slices.BinarySearchFunc(table, g.first, by)
		end, _ := slices.BinarySearchFunc(table, g.end, by)
		table = table[first:end]
	}
	if m.whole {
		for i := range table {
			if e := &table[i]; e.public.count > 0 && (g.byTile || g.wants(&e.centre)) {
				found = append(found, cluster{cell: e.cell, sum: e.public})
			}
		}
		return found
	}
	rows := 0
	for i := range table {
		rows += int(table[i].end - table[i].first)
	}
	rare := c.matching(&q) < rows/rareFrom
	if rare {
		m.places = c.picked(&q, m.places)
	}
	for i := range table {
		e := &table[i]
		if !g.byTile && !g.wants(&e.centre) {
			continue
		}
		var s sum
		if rare {
			first, _ := slices.BinarySearch(m.places, uint16(e.first))
			end := len(m.places)
			if int(e.end) < c.len() {
				end, _ = slices.BinarySearch(m.places, uint16(e.end))
			}
			s = c.sumPlaces(m.places[first:end], e.at, &q)
		} else {
			s = c.sumRun(int(e.first), int(e.end), e.at, &q)
		}
		if s.count > 0 {
			found = append(found, cluster{cell: e.cell, sum: s})
		}
	}
	return found
}

// grouped finds the cells among the rows, at a resolution finer than the tables.
func (c *chunk) grouped(g *reach, m *matcher, found []cluster) []cluster {
	q, ok := m.ask(&c.ledger)
	if !ok {
		return found
	}
	finest := c.finest()
	for i := range finest {
		e := &finest[i]
		if !meet(e.box, g.members) {
			continue
		}
		for first := int(e.first); first < int(e.end); {
			cell, end := c.runAt(first, g.resolution)
			member := c.at[first]
			switch {
			case g.inner.Contains(member): // far from the 180th meridian too: any position does as the centre
				if s := c.sumRun(first, end, member, &q); s.count > 0 {
					found = append(found, cluster{cell: cell, sum: s})
				}
			case g.members.Contains(member):
				if middle := centreOf(cell); g.wants(&middle) {
					if s := c.sumRun(first, end, middle.at, &q); s.count > 0 {
						found = append(found, cluster{cell: cell, sum: s})
					}
				}
			}
			first = end
		}
	}
	return found
}
