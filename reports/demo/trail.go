package demo

// trail is a way for walkers only.
type trail struct {
	name  string
	shape line
}

// trails are the customs officers' path along the coast and the paths of parks and woods.
func (p *plan) trails(b *builder, blocks []*block) []trail {
	var all []trail
	n := p.coast.length()
	var run line
	flush := func() {
		if run.length() > 180 {
			soft, _ := run.smooth(25, false)
			all = append(all, trail{"Sentier côtier", soft})
		}
		run = nil
	}
	const step, around = 40.0, 160.0
	for s := around; s < n-around; s += step {
		// Round the coves: the mean of the coast around, then inland as far as it is dry.
		var sum vec
		count := 0.0
		for k := -around; k <= around; k += 20 {
			q, _ := p.coast.at(s + k)
			sum, count = sum.add(q), count+1
		}
		before, _ := p.coast.at(s - around/2)
		after, _ := p.coast.at(s + around/2)
		inland := after.sub(before).unit().left()
		v := sum.mul(1 / count).add(inland.mul(34))
		for range 8 {
			if p.land.holds(v) && b.dryland(v, 24) {
				break
			}
			v = v.add(inland.mul(12))
		}
		v = v.snap()
		if !b.walkable(v) || len(run) > 0 && (v.away(run[len(run)-1]) > 110 || !b.walkable(run[len(run)-1].to(v, 0.5))) {
			flush()
			continue
		}
		run = append(run, v)
	}
	flush()
	for _, k := range blocks {
		if k.use != publicPark && k.use != graveyard {
			continue
		}
		round := k.ring.length()
		at := func(part float64) vec { q, _ := k.ring.at(round * part); return q.to(k.middle, 0.04).snap() }
		for _, ends := range [][2]float64{{0.09, 0.58}, {0.34, 0.83}} {
			a, c := at(ends[0]), at(ends[1])
			soft, _ := (line{a, a.to(k.middle, 0.55).add(c.sub(a).left().mul(0.05)), k.middle, c.to(k.middle, 0.5), c}).smooth(12, false)
			inside := true
			for _, v := range soft[1 : len(soft)-1] {
				inside = inside && k.ring.holds(v)
			}
			if inside {
				all = append(all, trail{"", soft})
			}
		}
	}
	return append(all,
		trail{"Chemin de halage", p.river.side(1, 9).part(p.reach(nevez)+30, p.reach(kervenn)-10)},
		trail{"Sentier des Prairies", p.river.side(-1, 9).part(p.reach(mill)+30, p.reach(kervenn)-10)},
		trail{"Tour de l’Étang", p.river.side(1, 14).part(110, p.reach(mill)-60)},
		trail{"Tour de l’Étang", p.river.side(-1, 14).part(110, p.reach(mill)-60)})
}

// reach gives how far down the river a bridge stands.
func (p *plan) reach(bridge int) float64 {
	_, along := p.river.middle.nearest(bridgeSites[bridge].near)
	return along
}

// walkable tells whether a place is on dry land away from streets and houses.
func (b *builder) walkable(v vec) bool {
	if !b.plan.land.holds(v) || !b.dryland(v, 14) {
		return false
	}
	ok := true
	b.roads.near(boxOf(v).grown(24), func(id int) bool {
		ok = dist(v, b.pieces[id].a, b.pieces[id].b) > b.pieces[id].half+14
		return !ok
	})
	b.near.near(boxOf(v).grown(8), func(id int) bool {
		ok = ok && apart(b.walls[id], v, v.add(vec{0.1, 0})) > 6
		return !ok
	})
	return ok
}
