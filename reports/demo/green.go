package demo

// patch is a piece of ground that is not built on.
type patch struct {
	layer, class, name string
	ring               line
	from               uint8 // zoom
}

// Woods and heaths of the country: a middle and a radius in metres.
var groves = []struct {
	class, name string
	place       vec
	radius      float64
}{
	{"wood", "Bois de Kerflouz", vec{-1950, 1450}, 210},
	{"wood", "", vec{-2240, 200}, 150},
	{"wood", "Bois du Moulin", vec{-980, 1790}, 190},
	{"wood", "", vec{130, 1760}, 170},
	{"wood", "Bois de Kerdilès", vec{1560, 1560}, 230},
	{"wood", "", vec{2230, 1130}, 150},
	{"wood", "", vec{2550, 250}, 190},
	{"wood", "", vec{-2060, -1000}, 140},
	{"wood", "", vec{2330, -420}, 110},
	{"wood", "", vec{-1790, 1130}, 90},
	{"wetland", "", vec{-1075, 1690}, 60},
	{"wetland", "", vec{-1390, 1690}, 70},
}

// patches lays out the ground outside the streets.
func (p *plan) patches(b *builder) []patch {
	var all []patch
	all = append(all, p.fields(b)...)
	for i, g := range groves {
		var ring line
		const corners = 48
		for k := range corners {
			sin, cos := circle(float64(k) / corners)
			bulge := 1 + float64(0.34*noise(float64(cos*1.4)+float64(7*i), sin*1.4, 60)) + float64(0.13*noise(float64(cos*4)+float64(7*i), sin*4, 61))
			ring = append(ring, g.place.add(vec{cos * 1.15, sin * 0.9}.mul(g.radius*bulge)).snap())
		}
		all = append(all, patch{"landcover", g.class, g.name, ring.closed(), 10})
	}
	// Along the river above the town: the wood on the eastern bank, meadows on the western.
	bank := func(sign, from float64, far line) line {
		side := p.river.side(sign, from)
		_, high := side.nearest(bridgeSites[nevez].near)
		_, low := side.nearest(bridgeSites[kervenn].near)
		return append(side.part(high+25, low-25), far...).snap().closed()
	}
	all = append(all,
		patch{"landcover", "wood", "Bois de Kervenn", bank(1, 4, line{{-500, 600}, {-345, 690}, {-430, 800}, {-508, 950}, {-530, 1100}, {-535, 1225}, {-700, 1195}}), 10},
		patch{"landcover", "grass", "Prairies du Mérel", bank(-1, 4, line{{-840, 425}, {-870, 520}, {-975, 770}, {-1022, 1000}, {-1120, 1105}}), 11})
	for _, s := range p.stretches {
		switch s.kind {
		case sandy:
			all = append(all, patch{"landcover", "sand", "", strip(s.shape, 34, 0), 10})
		case rocky:
			for n, from := s.shape.length(), 0.0; from < n; from += 260 {
				if noise(from/300, n/700, 70) > -0.25 {
					all = append(all, patch{"landcover", "rock", "", strip(s.shape.part(from, min(n, from+240)), 22, 5), 11})
				}
			}
		}
	}
	for _, r := range p.rocks {
		all = append(all, patch{"landcover", "rock", "", r, 10})
	}
	return all
}

// strip is the ground between a coast and a line at most so wide inland, narrow at both ends.
func strip(l line, wide float64, rough int) line {
	n := l.length()
	var inner line
	const step = 12.0
	for s := 0.0; s <= n; s += step {
		var sum vec
		count := 0.0
		for k := -4; k <= 4; k++ {
			q, _ := l.at(min(n, max(0, s+float64(step*float64(k)))))
			sum = sum.add(q)
			count++
		}
		middle := sum.mul(1 / count)
		before, _ := l.at(max(0, s-50))
		after, _ := l.at(min(n, s+50))
		taper := min(1, min(s, n-s)/70)
		w := float64(wide * taper * (1 + float64(0.35*noise(middle.x/60, middle.y/60, 71))))
		if rough > 0 {
			w += float64(float64(rough) * taper * noise(middle.x/25, middle.y/25, 72))
		}
		on, _ := l.at(s)
		inner = append(inner, on.to(middle, taper).add(after.sub(before).unit().left().mul(w)))
	}
	return append(l[:len(l):len(l)], inner.reversed()...).snap().closed()
}

// fields parcels out the country between hedges; some are pasture.
func (p *plan) fields(b *builder) []patch {
	c := newChance(13)
	corner := func(i, j int) vec {
		x, y := float64(i)*168, float64(j)*124
		skew := vec{x, y}.turned(0.26, 0.966)
		return skew.add(vec{noise(x/200, y/200, 80), noise(x/200, y/200, 81)}.mul(62)).snap()
	}
	var all []patch
	for j := -28; j <= 28; j++ {
		for i := -26; i <= 26; i++ {
			if !c.in(52) {
				continue
			}
			q := line{corner(i, j), corner(i+1, j), corner(i+1, j+1), corner(i, j+1)}
			middle := q[0].to(q[2], 0.5)
			ok := true
			var ring line
			for _, v := range q {
				v = v.to(middle, 0.035)
				ok = ok && p.plots.at(v) == 0 && p.land.holds(v) && b.dryland(v, 55)
				ring = append(ring, v.snap())
			}
			near := 0
			b.near.near(boxOf(q...), func(int) bool { near++; return near > 14 })
			if ok && near <= 14 {
				all = append(all, patch{"landcover", "grass", "", ring.closed(), 12})
			}
		}
	}
	return all
}

// dryland tells whether the water is farther than so many metres.
func (b *builder) dryland(v vec, far float64) bool {
	ok := true
	b.water.near(boxOf(v).grown(far), func(id int) bool {
		ok = dist(v, b.shore[id].a, b.shore[id].b) >= far
		return !ok
	})
	return ok
}
