package tiles

import (
	"slices"
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
	itemKeys    = []string{"kind", "category", "status", "created"}
	cellKeys    = []string{"h3", "count", "open", "new", "active", "resolved", "closed_other"}
	clusterKeys = append(slices.Clone(cellKeys), "id", "kind", "category", "status")
)

// pen draws one tile of a state; its memory is used again for the next tile.
type pen struct {
	*mvt.Layer
	state *state
	tile  geo.Tile
	tags  mvt.Tags // of the feature in hand

	named    []named  // by profile
	names    mvt.Tags // the tags kind, category and status that named points to
	firstKey uint32   // of these three, which stand together
	use      uint32   // of the pen: 1, 2 …
}

// named is where the names of a profile stand in a pen; what another use of the pen left counts as nothing.
type named struct{ use, first, end uint32 }

var pens = sync.Pool{New: func() any { return &pen{Layer: mvt.New("")} }}

// take takes a pen in hand for a layer of a tile; give it back by finish.
func take(s *state, t geo.Tile, layer string, keys []string) *pen {
	p := pens.Get().(*pen)
	p.begin(s, t, layer, keys)
	return p
}

// begin makes the pen ready for a layer.
func (p *pen) begin(s *state, t geo.Tile, layer string, keys []string) {
	p.Reset(layer, keys...)
	p.state, p.tile, p.firstKey = s, t, uint32(max(0, slices.Index(keys, "kind")))
	p.names = p.names[:0]
	if p.use++; p.use == 0 {
		clear(p.named)
		p.use = 1
	}
	if n := len(s.profiles); n > len(p.named) {
		p.named = append(p.named, make([]named, n-len(p.named))...)
	}
}

// finish gives the tile and puts the pen away.
func (p *pen) finish() []byte {
	tile := mvt.Append(nil, p.Layer)
	p.state = nil // a pen that rests must not keep an old index alive
	pens.Put(p)
	return tile
}

// item draws a point.
func (p *pen) item(number uint64, profile uint32, at geo.Position, created int64) {
	p.tags = append(p.tags[:0], p.name(profile)...).With(3, p.Int(floorDiv(created, 86_400)))
	x, y := p.tile.Within(at)
	p.Point(number, x, y, p.tags)
}

// cluster draws a point at the mean of a cell's members. A cell with one member tells which it is.
func (p *pen) cluster(cell geo.Cell, s *sum) {
	tags := p.counts(cell, s)
	if s.count == 1 {
		tags = append(tags.With(uint32(len(cellKeys)), p.Uint(s.number&maxID)), p.name(s.profile)...)
		p.tags = tags
	}
	x, y := p.tile.Within(s.mean())
	p.Point(mvt.NoID, x, y, tags)
}

// counts gives the tags of a cell.
func (p *pen) counts(cell geo.Cell, s *sum) mvt.Tags {
	tags := p.tags[:0].With(0, p.Unique(uint64(cell))).With(1, p.Uint(uint64(s.count))).With(2, p.Uint(uint64(s.open)))
	for i, n := range s.groups {
		tags = tags.With(uint32(3+i), p.Uint(uint64(n)))
	}
	p.tags = tags
	return tags
}

// name gives the tags kind, category and status of a profile.
func (p *pen) name(profile uint32) mvt.Tags {
	n := &p.named[profile]
	if n.use != p.use {
		of, v := &p.state.profiles[profile], p.state.vocabulary
		first := len(p.names)
		if int(of.kind) < len(v.Kinds) {
			p.names = p.names.With(p.firstKey, p.String(v.Kinds[of.kind]))
		}
		if name := v.Categories[of.category]; name != "" {
			p.names = p.names.With(p.firstKey+1, p.String(name))
		}
		if int(of.status) < len(v.Statuses) {
			p.names = p.names.With(p.firstKey+2, p.String(v.Statuses[of.status].Name))
		}
		*n = named{use: p.use, first: uint32(first), end: uint32(len(p.names))}
	}
	return p.names[n.first:n.end]
}
