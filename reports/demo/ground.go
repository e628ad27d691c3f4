package demo

import (
	"github.com/paulmach/orb"

	"quartier/tiles/basemap"
)

// ground turns the plan into the features of a basemap. The quartiers are no part of it: maps draw zones, and their names, themselves.
func (p *plan) ground(b *builder, blocks []*block, streets []*street) []basemap.Feature {
	var f features
	f.sea(p)
	for _, k := range p.patches(b) {
		f.area(k.layer, k.class, k.name, k.from, k.ring)
	}
	for _, k := range blocks {
		f.block(k)
	}
	for _, h := range b.houses {
		f.area("building", "", "", 13, h)
	}
	for _, e := range p.graph.edges {
		f.all = append(f.all, basemap.Feature{Layer: "transportation", Class: e.class.String(), Geometry: e.shape.degrees(), MinZoom: shownFrom[e.class], Bridge: e.bridge})
	}
	for _, s := range streets {
		f.name(s.class, s.name, s.parts...)
	}
	for _, t := range p.trails(b, blocks) {
		f.way(path, t.name, t.shape)
	}
	for _, s := range piers {
		f.way(pier, s.name, s.places)
	}
	for _, l := range landmarks {
		if len(l.house) > 0 {
			f.area("building", "", "", 13, l.house.closed())
		}
		if l.class != "" {
			f.point("poi", l.class, l.name, uint8(12+min(3, l.rank)), l.rank, l.place)
		}
	}
	for _, s := range sights {
		f.point(s.layer, s.class, s.name, s.from, s.rank, s.place)
	}
	for _, h := range hamlets {
		f.point("place", "hamlet", h.name, 12, 4, h.place)
	}
	return f.all
}

// shownFrom is the zoom that first shows a class of streets, namedFrom the one that names it.
var (
	shownFrom = [...]uint8{primary: 8, secondary: 9, tertiary: 11, minor: 12, path: 13, pier: 11}
	namedFrom = [...]uint8{primary: 12, secondary: 13, tertiary: 14, minor: 15, path: 15, pier: 15}
)

// features collects.
type features struct{ all []basemap.Feature }

func (f *features) area(layer, class, name string, from uint8, ring line) {
	f.all = append(f.all, basemap.Feature{Layer: layer, Class: class, Name: name, Geometry: orb.Polygon{ring.ring()}, MinZoom: from})
}

func (f *features) point(layer, class, name string, from uint8, rank int, at vec) {
	f.all = append(f.all, basemap.Feature{Layer: layer, Class: class, Name: name, Geometry: at.point(), MinZoom: from, Rank: rank})
}

func (f *features) name(class class, name string, parts ...line) {
	var g orb.Geometry = parts[0].degrees()
	if len(parts) > 1 {
		var several orb.MultiLineString
		for _, l := range parts {
			several = append(several, l.degrees())
		}
		g = several
	}
	f.all = append(f.all, basemap.Feature{Layer: "transportation_name", Class: class.String(), Name: name, Geometry: g, MinZoom: namedFrom[class]})
}

// way is a line with its name.
func (f *features) way(class class, name string, l line) {
	f.all = append(f.all, basemap.Feature{Layer: "transportation", Class: class.String(), Geometry: l.degrees(), MinZoom: shownFrom[class]})
	if name != "" {
		f.name(class, name, l)
	}
}

// sea is everything but the island and its rocks; the river is water of its own.
func (f *features) sea(p *plan) {
	const north = 85.05
	world := orb.Polygon{{{-180, -north}, {180, -north}, {180, north}, {-180, north}, {-180, -north}}}
	for _, hole := range append([]line{p.island}, p.rocks...) {
		r := hole.ring()
		r.Reverse()
		world = append(world, r)
	}
	f.all = append(f.all, basemap.Feature{Layer: "water", Class: "ocean", Geometry: world})
	f.area("water", "river", "", 8, append(p.east[:len(p.east):len(p.east)], p.west.reversed()...).closed())
	f.all = append(f.all,
		basemap.Feature{Layer: "waterway", Class: "river", Geometry: p.river.middle.degrees(), MinZoom: 11},
		basemap.Feature{Layer: "water_name", Class: "river", Name: "Le Mérel", Geometry: p.river.middle.part(500, 2600).degrees(), MinZoom: 13})
}

// block draws what a block is for.
func (f *features) block(k *block) {
	point := func(class string, from uint8, rank int) { f.point("poi", class, k.name, from, rank, k.middle) }
	switch k.use {
	case living:
		if k.district > 0 || k.ring.area() < 40_000 {
			f.area("landuse", "residential", "", 10, k.ring)
		}
	case works:
		f.area("landuse", "industrial", "", 10, k.ring)
	case publicPark:
		f.area("park", "public_park", k.name, 12, k.ring)
		point("park", 14, 3)
	case graveyard:
		f.area("landuse", "cemetery", k.name, 12, k.ring)
	case pitch:
		f.area("landuse", "pitch", k.name, 12, k.ring)
		point("stadium", 14, 4)
	case playground:
		f.area("landuse", "playground", k.name, 13, k.ring)
	case school, college:
		f.area("landuse", "school", k.name, 12, k.ring)
		point("school", 15, 5)
	case hospital:
		f.area("landuse", "hospital", k.name, 12, k.ring)
		point("hospital", 13, 2)
	case square:
		// A square is what is left free.
	}
}

func (l line) degrees() orb.LineString {
	out := make(orb.LineString, len(l))
	for i, p := range l {
		out[i] = p.point()
	}
	return out
}

func (l line) ring() orb.Ring { return orb.Ring(l.degrees()) }
