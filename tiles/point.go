package tiles

import (
	"slices"

	"quartier/geo"
)

// point is what a tile tells of a row, and where it stands in the order of rows.
type point struct {
	cell    geo.Cell
	number  uint64
	at      geo.Position
	profile uint32
	created int64
}

// comparePoints is the order of rows in a chunk.
func comparePoints(a, b point) int { return compareKeys(a.cell, b.cell, a.number, b.number) }

// points finds the matching rows whose position lies in a tile, sorted. The answer lives in the matcher's scratch.
func (s *state) points(t geo.Tile, m *matcher) []point {
	found := m.points[:0]
	box := t.Box()
	for part := m; part != nil; part = part.next {
		if part.none {
			continue
		}
		before := len(found)
		for l := range s.leaves(&box) {
			found = l.points(box, part, found)
		}
		if 0 < before && before < len(found) {
			slices.SortFunc(found, comparePoints)
		}
	}
	m.points = found
	return found
}

// points appends the leaf's matching rows whose position lies in a box, sorted.
func (l *leaf) points(box geo.Box, m *matcher, found []point) []point {
	before := len(found)
	gone, added := l.settle(&box)
	if l.len() > 0 && meet(l.box, box) {
		found = l.pointsAtRest(box, m, gone, found)
	}
	fromBase := len(found)
	for i := range added {
		if r := &added[i]; m.row(r) != 0 {
			found = append(found, point{r.cell, r.number, r.at, r.profile, r.created})
		}
	}
	if len(found) > fromBase && fromBase > before {
		slices.SortFunc(found[before:], comparePoints)
	}
	return found
}

// pointsAtRest appends the chunk's matching rows in a box that are not gone, sorted.
func (c *chunk) pointsAtRest(box geo.Box, m *matcher, gone gone, found []point) []point {
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
			if box.Contains(c.spots[i].at) && c.match(&q, i) != 0 && !gone.has(i) {
				found = append(found, point{c.cellAt(i), c.spots[i].number, c.spots[i].at, c.entries[c.key[i]].profile, c.created[i]})
			}
		}
	}
	return found
}
