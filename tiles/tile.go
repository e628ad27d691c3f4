package tiles

import (
	"math"
	"slices"

	"quartier/geo"
	"quartier/tiles/mvt"
)

// Tile draws a tile of the layer clusters or, from the zoom PointsFrom on, of the layer items. nil: it is empty, or there is no such tile.
func (x *Index) Tile(t geo.Tile, f Filter, a Audience) []byte {
	if !t.Valid() {
		return nil
	}
	s := x.state.Load()
	m := s.compile(f, a)
	if t.Z >= x.pointsFrom {
		p := take(s, t, itemLayer, itemKeys)
		rows := s.points(t, m)
		for i := range rows {
			r := &rows[i]
			p.item(r.number, r.profile, r.at, r.created)
		}
		return p.finish()
	}
	p := take(s, t, clusterLayer, clusterKeys)
	found := s.gather(ofTile(t, Resolution(int(t.Z))), m)
	for i := range found {
		p.cluster(found[i].cell, &found[i].sum)
	}
	return p.finish()
}

// CellsTile draws a tile of the layer cells: the outline of every occupied H3 cell that touches the tile, with the count of the whole cell.
// nil: it is empty, or there is no such tile.
func (x *Index) CellsTile(t geo.Tile, f Filter, a Audience) []byte {
	if !t.Valid() {
		return nil
	}
	s := x.state.Load()
	m := s.compile(f, a)
	p := take(s, t, cellLayer, cellKeys)
	for _, c := range s.gather(inSight(t), m) {
		if p.Outline(x.cells.shape(c.cell).in(t)) {
			p.Polygons(mvt.NoID, p.counts(c.cell, &c.sum))
		}
	}
	return p.finish()
}

// inSight wants at least the cells whose outline touches a tile or its buffer.
func inSight(t geo.Tile) reach {
	resolution := Resolution(int(t.Z))
	const margin = 360.0 * (buffer + 1) / mvt.Extent // degrees of longitude at zoom 0
	box := widen(t.Box(), math.Ldexp(margin, -int(t.Z)))
	centres := widen(box, span(resolution))
	return reach{
		resolution: resolution,
		want:       func(c centre) bool { return centres.Contains(c.at) },
		members:    widen(box, 2*span(resolution)),
	}
}

// points finds the matching rows whose position lies in a tile, sorted.
func (s *state) points(t geo.Tile, m *matcher) []row {
	if m.none {
		return nil
	}
	var found []row
	box := t.Box()
	for _, l := range s.leaves {
		found = l.points(box, m, found)
	}
	return found
}

// points appends the leaf's matching rows whose position lies in a box, sorted.
func (l *leaf) points(box geo.Box, m *matcher, found []row) []row {
	based := meet(l.box, box)
	if !based && !slices.ContainsFunc(l.deltas, func(d delta) bool { return box.Contains(d.at) }) {
		return found
	}
	before := len(found)
	gone, added := l.settle(&box)
	if based {
		var near []*entry
		for i := range l.tables[l.fine] {
			if e := &l.tables[l.fine][i]; meet(e.box, box) {
				near = append(near, e)
			}
		}
		slices.SortFunc(near, func(a, b *entry) int { return int(a.first) - int(b.first) })
		for _, e := range near {
			for i := int(e.first); i < int(e.end); i++ {
				if box.Contains(l.at[i]) && l.class(m, i) != 0 && !gone.has(i) {
					found = append(found, l.row(i))
				}
			}
		}
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
