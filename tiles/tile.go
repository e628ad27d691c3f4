package tiles

import (
	"math"
	"slices"
	"strconv"
	"sync"

	"quartier/geo"
	"quartier/tiles/mvt"
)

// Names of layers and of their properties. The places in the lists are the places of the keys in the encoder.
const (
	clusterLayer = "clusters"
	itemLayer    = "items"
	cellLayer    = "cells"
)

var (
	cellKeys    = []string{"h3", "count", "open", "new", "active", "resolved", "closed_other"}
	clusterKeys = append(slices.Clone(cellKeys), "id", "kind", "category", "status")
	itemKeys    = []string{"kind", "category", "status", "created"}
)

// pen draws one tile; its memory is used again for the next.
type pen struct {
	*mvt.Layer
	tags  []mvt.Tag
	names [][]mvt.Tag // by profile: the tags kind, category and status
	hex   []byte
}

var pens = sync.Pool{New: func() any { return &pen{Layer: mvt.New("")} }}

// Tile draws a tile of the layer clusters or, from the zoom PointsFrom on, of the layer items. nil: it is empty, or there is no such tile.
func (x *Index) Tile(t geo.Tile, f Filter, a Audience) []byte {
	if !t.Valid() {
		return nil
	}
	s := x.state.Load()
	m := s.compile(f, a)
	defer m.release()
	p := pens.Get().(*pen)
	defer pens.Put(p)
	if t.Z >= x.pointsFrom {
		p.start(s, itemLayer, itemKeys)
		p.items(s, t, s.points(t, m))
	} else {
		p.start(s, clusterLayer, clusterKeys)
		p.clusters(s, t, s.gather(ofTile(t, Resolution(int(t.Z))), m))
	}
	return mvt.Append(nil, p.Layer)
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
	p := pens.Get().(*pen)
	defer pens.Put(p)
	p.start(s, cellLayer, cellKeys)
	for _, c := range s.gather(inSight(t), m) {
		if p.Outline(x.cells.shape(c.cell).in(t)) {
			p.Polygons(mvt.NoID, p.counts(&c))
		}
	}
	return mvt.Append(nil, p.Layer)
}

// inSight wants at least the cells whose outline touches a tile or its buffer.
func inSight(t geo.Tile) *reach {
	resolution := Resolution(int(t.Z))
	const margin = 360.0 * (buffer + 1) / mvt.Extent // degrees of longitude at zoom 0
	box := widen(t.Box(), math.Ldexp(margin, -int(t.Z)))
	return ofBox(widen(box, radius(resolution)), resolution)
}

// start makes the pen ready for a layer.
func (p *pen) start(s *state, layer string, keys []string) {
	p.Reset(layer, keys...)
	p.names = slices.Grow(p.names[:0], len(s.profiles))[:len(s.profiles)]
	clear(p.names)
}

// counts gives the tags of a cell.
func (p *pen) counts(c *cluster) []mvt.Tag {
	p.hex = strconv.AppendUint(p.hex[:0], uint64(c.cell), 16)
	p.tags = append(p.tags[:0],
		mvt.Tag{Key: 0, Value: p.Unique(p.hex)},
		mvt.Tag{Key: 1, Value: p.Uint(uint64(c.count))},
		mvt.Tag{Key: 2, Value: p.Uint(uint64(c.open))})
	for i, n := range c.groups {
		p.tags = append(p.tags, mvt.Tag{Key: uint32(3 + i), Value: p.Uint(uint64(n))})
	}
	return p.tags
}

// clusters draws points at the mean of the members. A cell with one member tells which it is.
func (p *pen) clusters(s *state, t geo.Tile, found []cluster) {
	for i := range found {
		c := &found[i]
		tags := p.counts(c)
		if c.count == 1 {
			key := uint32(len(cellKeys))
			tags = append(tags, mvt.Tag{Key: key, Value: p.Uint(c.number & maxID)})
			tags = append(tags, p.name(s, c.profile, key+1)...)
			p.tags = tags
		}
		px, py := t.Within(c.mean())
		p.Point(mvt.NoID, px, py, tags)
	}
}

// items draws a point for each row.
func (p *pen) items(s *state, t geo.Tile, rows []row) {
	for i := range rows {
		r := &rows[i]
		p.tags = append(p.tags[:0], p.name(s, r.profile, 0)...)
		p.tags = append(p.tags, mvt.Tag{Key: 3, Value: p.Int(floorDiv(r.created, 86_400))})
		px, py := t.Within(r.at)
		p.Point(r.number, px, py, p.tags)
	}
}

// name gives the tags kind, category and status of a profile, whose keys stand together from first on.
func (p *pen) name(s *state, number, first uint32) []mvt.Tag {
	if p.names[number] == nil {
		of, v := &s.profiles[number], s.vocabulary
		tags := make([]mvt.Tag, 0, 3)
		if int(of.kind) < len(v.Kinds) {
			tags = append(tags, mvt.Tag{Key: first, Value: p.String(v.Kinds[of.kind])})
		}
		if name := v.Categories[of.category]; name != "" {
			tags = append(tags, mvt.Tag{Key: first + 1, Value: p.String(name)})
		}
		if int(of.status) < len(v.Statuses) {
			tags = append(tags, mvt.Tag{Key: first + 2, Value: p.String(v.Statuses[of.status].Name)})
		}
		p.names[number] = tags
	}
	return p.names[number]
}
