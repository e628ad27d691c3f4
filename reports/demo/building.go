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
	plan    *plan
	c       *chance
	walls   []line // what stands already: four corners each
	near    *index
	roads   *index
	pieces  []piece
	water   *index
	shore   []wall // the water's edge
	free    []line // where nothing is built
	freeBox []box
	lots    []lot
	houses  []line // as they are drawn
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
			b.free, b.freeBox = append(b.free, k.ring), append(b.freeBox, boxOf(k.ring...))
		}
	}
	return b
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
		if missing = rural(middle); inHamlet(middle) {
			missing = 30
		} else if missing < 90 && !b.dryland(middle.add(dir.left().mul(sign*10)), 85) {
			return // the promenade is everybody's
		}
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
	for at := half * 0.6; at < length-float64(half*0.6); {
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
			if ok = !skip && b.stand(quad) && !b.onLawn(quad); ok {
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
			b.lots = append(b.lots, lot{s, left, from + at + float64(wide*0.75), front.to(next, 0.72).snap()})
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

// inHamlet tells whether a place belongs to one of the villages.
func inHamlet(at vec) bool {
	for _, h := range hamlets {
		if at.away(h.place) < 330 {
			return true
		}
	}
	return false
}

// rural gives how many places in a hundred stay free along a road outside the districts.
func rural(at vec) int {
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
