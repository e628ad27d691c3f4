package demo

// lot is a house's place along a street: it gets a number.
type lot struct {
	street *street
	left   bool    // side of the street, as its shape runs
	along  float64 // metres from the street's beginning
	door   vec
}

// manner is how houses of a style stand along a street; lengths in metres.
type manner struct {
	setback, setbackMore float64 // from the edge of the street
	wide, wideMore       float64 // along the street
	deep, deepMore       float64
	gap, gapMore         float64 // to the next one; 0: wall to wall
	row                  int     // houses of one row at most, drawn as one
	missing              int     // places left free, in a hundred
}

var manners = map[style]manner{
	medieval:   {0.2, 0.4, 8, 6, 9, 5, 0, 0, 4, 4},
	terraced:   {0.6, 1.2, 11, 8, 10, 4, 0, 0, 5, 7},
	detached:   {4.5, 4, 10, 5, 8, 3, 8, 9, 1, 9},
	estate:     {9, 7, 34, 30, 11, 3, 16, 22, 1, 14},
	industrial: {8, 8, 34, 42, 24, 22, 14, 22, 1, 14},
}

// halfWidth of a street with its pavements.
func halfWidth(c class, s style) float64 {
	switch c {
	case primary:
		return 11
	case secondary:
		return 9
	case tertiary:
		return 7.5
	}
	if s == medieval {
		return 4.3
	}
	return 6
}

// builder puts houses where nothing else stands.
type builder struct {
	plan   *plan
	c      *chance
	walls  []line // what stands already: four corners each
	near   *index
	roads  *index
	pieces []piece
	water  *index
	shore  []wall // the water's edge
	free   []line // where nothing is built
	lots   []lot
	houses []line // as they are drawn
}

// piece of a street, for its distance.
type piece struct {
	a, b vec
	half float64
}

func newBuilder(p *plan, blocks []*block) *builder {
	b := &builder{plan: p, c: newChance(9), near: newIndex(), roads: newIndex(), water: newIndex()}
	for _, e := range p.graph.edges {
		middle, _ := e.shape.at(e.shape.length() / 2)
		half := halfWidth(e.class, p.styleAt(middle, e))
		for i := 1; i < len(e.shape); i++ {
			b.roads.put(boxOf(e.shape[i-1], e.shape[i]).grown(half), len(b.pieces))
			b.pieces = append(b.pieces, piece{e.shape[i-1], e.shape[i], half})
		}
	}
	for i := 1; i < len(p.land); i++ {
		b.water.put(boxOf(p.land[i-1], p.land[i]).grown(4), len(b.shore))
		b.shore = append(b.shore, wall{p.land[i-1], p.land[i], true})
	}
	for _, k := range blocks {
		switch k.use {
		case publicPark, square, graveyard, pitch, playground, school, college, hospital:
			b.free = append(b.free, k.ring)
		}
	}
	return b
}

func (p *plan) styleAt(at vec, e *edge) style {
	n := e.district
	if n == 0 {
		n = p.plots.at(at)
	}
	if n == 0 {
		return 0
	}
	return districts[n-1].style
}

// stand tells whether a house may have these four corners.
func (b *builder) stand(q line) bool {
	around := boxOf(q...)
	bad := false
	b.roads.near(around, func(id int) bool {
		r := b.pieces[id]
		bad = apart(q, r.a, r.b) < r.half
		return bad
	})
	if bad {
		return false
	}
	b.water.near(around.grown(4), func(id int) bool {
		bad = apart(q, b.shore[id].a, b.shore[id].b) < 4
		return bad
	})
	if bad || !b.plan.land.holds(q[0]) {
		return false
	}
	b.near.near(around, func(id int) bool {
		bad = overlap(q, b.walls[id])
		return bad
	})
	if bad {
		return false
	}
	middle := q[0].to(q[2], 0.5)
	for _, ring := range b.free {
		if ring.holds(middle) || ring.holds(q[2]) || ring.holds(q[3]) {
			return false
		}
	}
	return true
}

// put lets a house of four corners stand.
func (b *builder) put(q line) {
	b.near.put(boxOf(q...), len(b.walls))
	b.walls = append(b.walls, q)
}

// apart gives the distance from a quadrangle to a segment; 0: they touch.
func apart(q line, a, c vec) float64 {
	least := 1e9
	for i := range q {
		u, v := q[i], q[(i+1)%len(q)]
		if _, _, ok := crossing(u, v, a, c); ok {
			return 0
		}
		for _, d := range []float64{dist(u, a, c), dist(a, u, v), dist(c, u, v)} {
			least = min(least, d)
		}
	}
	if q.closed().holds(a) {
		return 0
	}
	return least
}

func dist(p, a, b vec) float64 { d, _ := nearestOn(p, a, b); return d }

// overlap tells whether two convex quadrangles share ground: no side of either parts them.
func overlap(p, q line) bool {
	parted := func(p, q line) bool {
		for i := range p {
			n := p[(i+1)%len(p)].sub(p[i]).left()
			lowP, highP, lowQ, highQ := 1e18, -1e18, 1e18, -1e18
			for _, v := range p {
				d := n.dot(v)
				lowP, highP = min(lowP, d), max(highP, d)
			}
			for _, v := range q {
				d := n.dot(v)
				lowQ, highQ = min(lowQ, d), max(highQ, d)
			}
			slack := 0.25 * n.size()
			if highP <= lowQ+slack || highQ <= lowP+slack {
				return true
			}
		}
		return false
	}
	return !parted(p, q) && !parted(q, p)
}

// reserve keeps the ground of landmarks free.
func (b *builder) reserve() {
	for _, l := range landmarks {
		if len(l.house) > 0 {
			around := boxOf(l.house...).grown(3)
			b.put(line{around.low, {around.high.x, around.low.y}, around.high, {around.low.x, around.high.y}})
		}
	}
}

// along builds both sides of every street.
func (b *builder) along(streets []*street) {
	for _, s := range streets {
		if s.bridge || s.class > minor {
			continue
		}
		for _, left := range []bool{true, false} {
			from := 0.0
			for _, e := range s.edges {
				if !e.bridge {
					b.edge(s, e, left, from)
				}
				from += e.shape.length()
			}
		}
	}
}

// edge builds one side of one street between two crossings.
func (b *builder) edge(s *street, e *edge, left bool, from float64) {
	l := e.shape
	sign := 1.0
	if !left {
		sign = -1
	}
	length := l.length()
	middle, dir := l.at(length / 2)
	kind := style(0)
	if n := b.plan.plots.at(middle.add(dir.left().mul(sign * 22))); n > 0 {
		kind = districts[n-1].style
	} else if e.district > 0 {
		kind = districts[e.district-1].style
	}
	missing := 0
	if kind == open {
		return
	}
	if kind == 0 { // the edge of the town, and the country
		kind = detached
		missing = rural(s.name, middle)
	}
	m := manners[kind]
	half := halfWidth(e.class, kind)
	var row line // fronts, then backs
	var backs line
	flush := func() {
		if len(row) >= 2 {
			ring := append(row[:len(row):len(row)], backs.reversed()...)
			if sign > 0 {
				ring = ring.closed()
			} else {
				ring = ring.reversed().closed()
			}
			b.houses = append(b.houses, ring.snap())
		}
		row, backs = nil, nil
	}
	houses := 0
	setback := half + m.setback + b.c.between(0, m.setbackMore)
	for at := half * 0.6; at < length-half*0.6; {
		if m.row == 1 || len(row) == 0 {
			setback = half + m.setback + b.c.between(0, m.setbackMore)
		}
		wide := m.wide + b.c.between(0, m.wideMore)
		deep := m.deep + b.c.between(0, m.deepMore)
		if kind == estate && b.c.in(30) { // end to the street
			wide, deep = deep, wide
		}
		step := wide + m.gap + b.c.between(0, m.gapMore)
		p, _ := l.at(at)
		q, _ := l.at(min(length, at+wide))
		if q.away(p) < wide*0.75 {
			flush()
			break
		}
		chord := q.sub(p).unit()
		out := chord.left().mul(sign)
		front := p.add(out.mul(setback))
		next := q.add(out.mul(setback))
		if len(row) > 0 {
			front = row[len(row)-1]
		}
		skip := b.c.in(m.missing) || missing > 0 && b.c.in(missing)
		var quad line
		ok := false
		for _, part := range []float64{1, 0.78, 0.6} {
			back, nextBack := front.add(out.mul(deep*part)), next.add(out.mul(deep*part))
			if len(row) > 0 {
				back = backs[len(backs)-1]
			}
			quad = line{front, next, nextBack, back}
			if sign < 0 {
				quad = line{next, front, back, nextBack}
			}
			if ok = !skip && b.stand(quad); ok {
				b.put(quad)
				if len(row) == 0 {
					row, backs = append(row, front), append(backs, back)
				}
				row, backs = append(row, next), append(backs, nextBack)
				break
			}
		}
		if !ok {
			flush()
			houses = 0
			if m.row > 1 {
				step = 4
			} else {
				step = 9
			}
			at += step
			continue
		}
		door := front.to(next, 0.5)
		b.lots = append(b.lots, lot{s, left, from + at + wide/2, door.snap()})
		if kind == estate && wide > 30 { // two stairways
			b.lots[len(b.lots)-1].door = front.to(next, 0.28).snap()
			b.lots = append(b.lots, lot{s, left, from + at + wide*0.75, front.to(next, 0.72).snap()})
		}
		houses++
		if m.row == 1 || houses >= m.row || b.c.in(16) {
			flush()
			houses = 0
		}
		at += step
	}
	flush()
}

// rural gives how many places in a hundred stay free along a road of the country.
func rural(name string, at vec) int {
	for _, h := range hamlets {
		if at.away(h.place) < 330 {
			return 30
		}
	}
	if at.size() < 2450 && at.x > -2050 && at.x < 2300 && at.y < 1450 {
		return 52
	}
	return 93
}

// hamlet is a village by the sea.
type hamlet struct {
	name  string
	place vec
}

var hamlets = []hamlet{
	{"Porz Kloz", vec{545, 2150}},
	{"Kermorvan", vec{2590, 940}},
	{"Lostmael", vec{-2890, -340}},
	{"Kergoat", vec{-640, 2090}},
}
