package tiles

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/simplify"

	"quartier/geo"
	"quartier/tiles/mvt"
)

// Zone is one named area of a set.
type Zone struct {
	ID       int32 // as numbered in the database; the feature id
	Code     string
	Name     string
	Geometry orb.MultiPolygon // degrees, longitude first
}

// ZoneSet draws the zones of one revision of a set, from memory. It never changes: a new revision is a new ZoneSet.
//
// Outlines are simplified to a quarter of a pixel of each zoom when it is first asked for. Refused: simplifying shared borders once as a
// topology: at a quarter of a pixel the slivers between neighbours cannot be seen, and the exact borders are in the database.
type ZoneSet struct {
	name   string
	serial uint64 // unlike any other ZoneSet of this process
	zones  []placed
	levels [geo.MaxZoom + 1]func() []orb.MultiPolygon // simplified, by zone
}

// placed is a zone on the unit square of the web map.
type placed struct {
	id         int32
	code, name string
	geometry   orb.MultiPolygon
	bound      orb.Bound
	label      geo.Position
}

const (
	zoneLayer = "zones"
	nameLayer = "names"
)

var zoneKeys = []string{"set", "code", "name"}

var serials atomic.Uint64

// NewZoneSet takes the zones of a set, in any order. Those without an area are left out.
func NewZoneSet(name string, zones []Zone) *ZoneSet {
	s := &ZoneSet{name: name, serial: serials.Add(1)}
	for _, z := range zones {
		p := placed{id: z.ID, code: z.Code, name: z.Name}
		for _, polygon := range z.Geometry {
			var flat orb.Polygon
			for _, ring := range polygon {
				r := make(orb.Ring, len(ring))
				for i, at := range ring {
					r[i] = geo.Project(at[0], at[1])
				}
				flat = append(flat, r)
			}
			p.geometry = append(p.geometry, flat)
		}
		at, ok := inside(z.Geometry)
		if !ok {
			continue
		}
		p.label = at
		p.bound = p.geometry.Bound()
		s.zones = append(s.zones, p)
	}
	slices.SortFunc(s.zones, func(a, b placed) int { return cmp.Compare(a.code, b.code) })
	for z := range s.levels {
		s.levels[z] = sync.OnceValue(func() []orb.MultiPolygon { return s.simplified(z) })
	}
	return s
}

// Name gives the name of the set.
func (s *ZoneSet) Name() string { return s.name }

// Bound gives the corners of the box around all zones, in degrees; !ok: there are none.
func (s *ZoneSet) Bound() (b orb.Bound, ok bool) {
	for i, z := range s.zones {
		if i == 0 {
			b = z.bound
		}
		b = b.Union(z.bound)
	}
	west, north := geo.Degrees(b.Min[0], b.Min[1])
	east, south := geo.Degrees(b.Max[0], b.Max[1])
	return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}, len(s.zones) > 0
}

// simplified gives the outlines for a zoom.
func (s *ZoneSet) simplified(zoom int) []orb.MultiPolygon {
	const quarterPixel = 2.0 / mvt.Extent // of a tile of 512 px
	by := simplify.DouglasPeucker(math.Ldexp(quarterPixel, -zoom))
	level := make([]orb.MultiPolygon, len(s.zones))
	for i, z := range s.zones {
		// What is smaller than a step of the tile may vanish from a zoom; the name stays.
		level[i] = by.MultiPolygon(z.geometry.Clone())
	}
	return level
}

// Tile draws the layers zones (areas with a buffer) and names (a point inside each zone, in the tile of that point only). nil: it is empty, or
// there is no such tile.
func (s *ZoneSet) Tile(t geo.Tile) []byte {
	if !t.Valid() {
		return nil
	}
	areas, names := mvt.New(zoneLayer, zoneKeys...), mvt.New(nameLayer, zoneKeys...)
	n := float64(uint32(1) << t.Z)
	at := func(p orb.Point) orb.Point {
		return orb.Point{(p[0]*n - float64(t.X)) * mvt.Extent, (p[1]*n - float64(t.Y)) * mvt.Extent}
	}
	for i, z := range s.zones {
		if !view.Intersects(orb.Bound{Min: at(z.bound.Min), Max: at(z.bound.Max)}) {
			continue
		}
		area := s.levels[t.Z]()[i].Clone()
		for _, polygon := range area {
			for _, ring := range polygon {
				for j := range ring {
					ring[j] = at(ring[j])
				}
			}
		}
		if areas.Outline(clip.MultiPolygon(view, area)) {
			areas.Polygons(uint64(z.id), z.tags(areas, s.name))
		}
		if geo.TileAt(z.label, t.Z) == t {
			x, y := t.Within(z.label)
			names.Point(uint64(z.id), x, y, z.tags(names, s.name))
		}
	}
	return mvt.Append(nil, areas, names)
}

// tags gives the properties of a zone in a layer.
func (z *placed) tags(l *mvt.Layer, set string) mvt.Tags {
	return mvt.Tags(nil).With(0, l.String(set)).With(1, l.String(z.code)).With(2, l.String(z.name))
}
