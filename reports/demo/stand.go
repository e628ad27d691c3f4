package demo

// styleAt gives how the town is built where an edge runs; 0: it is no town there.
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
	// Far from the water the street beside is on the same ground.
	if bad || !b.dryland(q[0], 60) && !b.plan.land.holds(q[0]) {
		return false
	}
	b.near.near(around, func(id int) bool {
		bad = overlap(q, b.walls[id])
		return bad
	})
	return !bad
}

// onLawn tells whether a house would stand where nothing is built.
func (b *builder) onLawn(q line) bool {
	middle := q[0].to(q[2], 0.5)
	for i, ring := range b.free {
		if !b.freeBox[i].touches(boxOf(q...)) {
			continue
		}
		if ring.holds(middle) || ring.holds(q[2]) || ring.holds(q[3]) {
			return true
		}
	}
	return false
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
