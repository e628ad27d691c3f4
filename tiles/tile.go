package tiles

import (
	"math"

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
	defer m.release()
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
	defer m.release()
	p := take(s, t, cellLayer, cellKeys)
	for _, c := range s.gather(inSight(t), m) {
		if p.Outline(x.cells.shape(c.cell).in(t)) {
			p.Polygons(mvt.NoID, p.counts(c.cell, &c.sum))
		}
	}
	return p.finish()
}

// inSight wants at least the cells whose outline touches a tile or its buffer.
func inSight(t geo.Tile) *reach {
	resolution := Resolution(int(t.Z))
	const margin = 360.0 * (buffer + 1) / mvt.Extent // degrees of longitude at zoom 0
	box := widen(t.Box(), math.Ldexp(margin, -int(t.Z)))
	return ofBox(widen(box, radius(resolution)), resolution)
}
