package demo

import (
	"strings"

	"quartier/geo"
	"quartier/reports/place"
)

// spot is a place that somebody reports something at.
type spot struct {
	at      geo.Position
	address address
	near    string // the landmark beside, as in "près de l’église"; empty: none
	beach   bool
	port    bool // its quartier
	quay    bool // on a quay of it, or at its water
	bank    bool // within sight of the river
	market  bool
}

// gazetteer sorts the addresses by the part of the town they belong to.
type gazetteer struct {
	town                                                     *Town
	core, rows, gardens, estates, works, market, port, beach []int
	parks                                                    []*block
	marks                                                    []mark
	index                                                    *index
}

// mark is a landmark with the words that say near it.
type mark struct {
	at   vec
	said string
}

func newGazetteer(t *Town) *gazetteer {
	g := &gazetteer{town: t, index: newIndex()}
	for _, k := range t.blocks {
		if k.name != "" {
			g.marks = append(g.marks, mark{k.middle, "de " + k.name})
			if k.use == publicPark || k.use == playground || k.use == square {
				g.parks = append(g.parks, k)
			}
		}
	}
	for _, l := range landmarks {
		if l.class != "lighthouse" {
			g.marks = append(g.marks, mark{l.place, "de " + l.name})
		}
	}
	for i := range g.marks {
		g.marks[i].said = of(strings.TrimPrefix(g.marks[i].said, "de "))
	}
	for i, a := range t.addresses {
		g.index.put(boxOf(a.door), i)
		d := t.plan.plots.at(a.door)
		kind := detached
		if d > 0 {
			kind = districts[d-1].style
		}
		switch kind {
		case medieval:
			g.core = append(g.core, i)
		case terraced, open:
			g.rows = append(g.rows, i)
		case estate:
			g.estates = append(g.estates, i)
		case industrial:
			g.works = append(g.works, i)
		default:
			g.gardens = append(g.gardens, i)
		}
		if a.door.away(vec{338, -648}) < 150 {
			g.market = append(g.market, i)
		}
		if byPort(a) {
			g.port = append(g.port, i)
		}
		if byBeach(a) {
			g.beach = append(g.beach, i)
		}
	}
	return g
}

func byPort(a address) bool {
	return a.door.away(vec{390, -1260}) < 330 || a.door.away(vec{-960, -1500}) < 240 || a.door.away(vec{800, -1400}) < 220
}

func byBeach(a address) bool {
	return a.street.name == "Boulevard de la Plage" || a.street.name == "Boulevard des Sables" || a.street.name == "Rue de la Grève"
}

// brink is how far from the water, in metres, somebody still looks into it; view is how far the river is seen.
const brink, view = 30.0, 120.0

// waters tells whether a place lies at the water of the port, and by the river.
func (g *gazetteer) waters(v vec, port bool) (quay, bank bool) {
	p := g.town.plan
	for _, l := range []line{p.east, p.west} {
		d, _ := l.nearest(v)
		quay, bank = quay || port && d < brink, bank || d < view
	}
	for _, s := range p.stretches {
		if !port || s.kind != built {
			continue
		}
		d, _ := s.shape.nearest(v)
		quay = quay || d < brink
	}
	return quay, bank
}

// spot finds a place for a report of a kind.
func (g *gazetteer) spot(c *chance, k *kind) spot {
	w := k.where
	shares := []int{w.core, w.rows, w.gardens, w.estates, w.works, w.market, w.port, w.beach, w.parks}
	lists := [][]int{g.core, g.rows, g.gardens, g.estates, g.works, g.market, g.port, g.beach, nil}
	chosen := weighted(c, shares)
	if lists[chosen] == nil {
		return g.inPark(c, pick(c, g.parks))
	}
	return g.beside(c, g.town.addresses[pick(c, lists[chosen])], k.street)
}

// weighted gives the number of one of the shares.
func weighted(c *chance, shares []int) int {
	sum := 0
	for _, s := range shares {
		sum += s
	}
	roll := c.IntN(sum)
	for i, s := range shares {
		if roll -= s; roll < 0 {
			return i
		}
	}
	return 0
}

// beside gives a place in front of a house: out from the middle of the street 0, at the wall 1.
func (g *gazetteer) beside(c *chance, a address, out float64) spot {
	foot, _ := a.street.foot(a.door)
	along := c.between(-4, 4)
	side := a.door.sub(foot)
	v := foot.add(side.mul(min(0.97, max(0.02, out+c.between(-0.16, 0.12))))).add(side.unit().left().mul(along))
	if !g.town.plan.land.holds(v) {
		v = foot
	}
	return g.describe(v, a)
}

// again gives where somebody else puts what lies at a place.
func (g *gazetteer) again(c *chance, s spot) spot {
	lon, lat := s.at.Degrees()
	first := vec{(lon - originLon) * metresPerLon, (lat - originLat) * metresPerLat}
	v := first.add(vec{c.between(-11, 11), c.between(-11, 11)}).snap()
	if !g.town.plan.land.holds(v) {
		v = first
	}
	return g.describe(v, g.nearest(v))
}

// inPark gives a place in a park, with the address that is nearest.
func (g *gazetteer) inPark(c *chance, k *block) spot {
	v := k.ring[0].to(k.middle, 0.2)
	b := boxOf(k.ring...)
	for range 12 {
		q := vec{c.between(b.low.x, b.high.x), c.between(b.low.y, b.high.y)}
		if k.ring.holds(q) && !indoors(q) {
			v = q
			break
		}
	}
	s := g.describe(v, g.nearest(v))
	s.near = of(k.name)
	return s
}

// indoors tells whether a place lies in the building of a landmark.
func indoors(v vec) bool {
	for _, l := range landmarks {
		if len(l.house) > 0 && l.house.closed().holds(v) {
			return true
		}
	}
	return false
}

// nearest gives the address nearest to a place.
func (g *gazetteer) nearest(v vec) address {
	best, least := 0, 1e9
	for grow := 40.0; least > grow && grow < 3000; grow *= 2 {
		g.index.near(boxOf(v).grown(grow), func(i int) bool {
			if d := g.town.addresses[i].door.away(v); d < least {
				best, least = i, d
			}
			return false
		})
	}
	return g.town.addresses[best]
}

func (g *gazetteer) describe(v vec, a address) spot {
	p := v.point()
	at, err := geo.FromDegrees(p[0], p[1])
	if err != nil {
		panic(err) // the town is no nonsense
	}
	s := spot{at: at, address: a, beach: byBeach(a), port: byPort(a), market: a.door.away(vec{338, -648}) < 150}
	s.quay, s.bank = g.waters(v, s.port)
	s.quay = s.quay || s.port && strings.HasPrefix(a.street.name, "Quai ")
	least := 170.0
	for _, m := range g.marks {
		if d := m.at.away(v); d < least {
			least, s.near = d, m.said
		}
	}
	return s
}

// foot gives the place on the street nearest to another.
func (s *street) foot(v vec) (vec, float64) {
	var best vec
	least := 1e9
	for _, l := range s.parts {
		if d, along := l.nearest(v); d < least {
			least = d
			best, _ = l.at(along)
		}
	}
	return best, least
}

// full gives an address as the rest of the program knows it.
func (a address) full() place.Address {
	p := a.door.point()
	at, err := geo.FromDegrees(p[0], p[1])
	if err != nil {
		panic(err) // the town is no nonsense
	}
	return place.Address{Number: a.number, Street: a.street.name, Postcode: postcode, City: townName, Position: at}
}
