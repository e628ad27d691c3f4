package tiles

import (
	"slices"

	"quartier/geo"
)

// points finds the matching rows whose position lies in a tile, sorted. The answer lives in the matcher's scratch.
func (s *state) points(t geo.Tile, m *matcher) []row {
	if m.none {
		return nil
	}
	found := m.rows[:0]
	box := t.Box()
	for l := range s.leaves(&box) {
		found = l.points(box, m, found)
	}
	m.rows = found
	return found
}

// points appends the leaf's matching rows whose position lies in a box, sorted.
func (l *leaf) points(box geo.Box, m *matcher, found []row) []row {
	before := len(found)
	gone, added := l.settle(&box)
	if l.len() > 0 && meet(l.box, box) {
		found = l.pointsAtRest(box, m, gone, found)
	}
	fromBase := len(found)
	for i := range added {
		if r := &added[i]; m.row(r) != 0 {
			found = append(found, *r)
		}
	}
	if len(found) > fromBase && fromBase > before {
		slices.SortFunc(found[before:], compareRows)
	}
	return found
}

// pointsAtRest appends the chunk's matching rows in a box that are not gone, sorted.
func (c *chunk) pointsAtRest(box geo.Box, m *matcher, gone gone, found []row) []row {
	q, ok := m.ask(&c.ledger)
	if !ok {
		return found
	}
	runs := c.runs()
	near := m.entries[:0]
	for i := range runs {
		if e := &runs[i]; meet(e.box, box) {
			near = append(near, e)
		}
	}
	m.entries = near
	slices.SortFunc(near, func(a, b *entry) int { return int(a.first) - int(b.first) })
	for _, e := range near {
		for i := int(e.first); i < int(e.end); i++ {
			if box.Contains(c.at[i]) && c.match(m, &q, i) != 0 && !gone.has(i) {
				found = append(found, c.row(i))
			}
		}
	}
	return found
}
