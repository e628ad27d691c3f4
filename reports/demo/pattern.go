package demo

import (
	"math"
	"slices"
)

// way is a line of the plan before it is cut at crossings.
type way struct {
	name     string // empty: a street that has to be given one
	class    class
	shape    line
	district int // number, from 1; 0: drawn by hand
	bridge   bool
}

const (
	shortest = 34.0 // metres of a street worth building
	dry      = 26.0 // metres that a street keeps from the water it would run into
)

// pattern fills the districts with streets.
func pattern(p *plots) []way {
	var all []way
	extents := p.extents()
	for i, d := range districts {
		c := newChance(uint64(100 + i))
		var drawn []line
		switch d.style {
		case open:
			continue
		case medieval:
			drawn = rings()
		default:
			drawn = weave(c, d, extents[i+1], uint64(1000+i))
		}
		for _, l := range drawn {
			for _, piece := range p.cut(l, i+1) {
				all = append(all, way{class: minor, shape: piece, district: i + 1})
			}
		}
	}
	return all
}

// weave draws two families of lines that cross, bent by noise.
func weave(c *chance, d district, b box, of uint64) []line {
	sin, cos := circle(d.angle)
	middle := b.low.to(b.high, 0.5)
	half := b.high.sub(b.low).size()/2 + 50
	bent := func(u, v float64) vec {
		q := vec{u, v}.turned(sin, cos)
		g := middle.add(q)
		sway := d.sway * d.across
		return g.add(vec{noise(g.x/310, g.y/310, of), noise(g.x/310, g.y/310, of+500)}.mul(sway * 1.6)).
			add(vec{noise(g.x/120, g.y/120, of+7), noise(g.x/120, g.y/120, of+507)}.mul(sway * 0.35))
	}
	var all []line
	family := func(spacing float64, at func(k, t float64) vec) {
		for k := -half; k < half; k += float64(spacing * c.between(0.82, 1.2)) {
			var l line
			for t := -half; t < half; t += 14 {
				l = append(l, at(k, t).snap())
			}
			all = append(all, l)
		}
	}
	family(d.across, func(k, t float64) vec { return bent(k, t) })
	family(d.along, func(k, t float64) vec { return bent(t, k) })
	return all
}

// rings draws what grew round the market: rings and spokes, none of them true.
func rings() []line {
	middle := vec{335, -650}
	at := func(angle, radius float64) vec {
		sin, cos := circle(angle)
		r := radius * (1 + float64(0.13*noise(float64(cos*1.7)+radius/400, sin*1.7, 40)) + float64(0.05*noise(cos*5, float64(sin*5)+radius/90, 41)))
		a := angle + float64(0.018*noise(radius/75, angle*9, 42))
		sin, cos = circle(a)
		return middle.add(vec{cos * 1.08, sin * 0.98}.mul(r)).snap()
	}
	var all []line
	for _, radius := range []float64{128, 190, 250, 312, 372, 430, 490, 550} {
		var l line
		for k := range 121 {
			l = append(l, at(float64(k)/120, radius))
		}
		all = append(all, l)
	}
	spokes := func(n int, turn, from, to float64) {
		for k := range n {
			var l line
			angle := turn + (float64(k)+float64(0.22*noise(float64(k)*3.7, from, 43)))/float64(n)
			for r := from; r <= to; r += 12 {
				l = append(l, at(angle, r))
			}
			all = append(all, l)
		}
	}
	spokes(11, 0.02, 60, 640)
	spokes(11, 0.065, 190, 640)
	spokes(22, 0.04, 372, 640)
	return all
}

// cut gives the pieces of a line that lie in a district, between walls.
func (p *plots) cut(l line, number int) []line {
	type mark struct {
		along float64
		wet   bool
	}
	var marks []mark
	sum := 0.0
	for i := 1; i < len(l); i++ {
		n := l[i].away(l[i-1])
		p.near.near(boxOf(l[i-1], l[i]), func(id int) bool {
			w := p.walls[id]
			if t, _, ok := crossing(l[i-1], l[i], w.a, w.b); ok {
				marks = append(marks, mark{sum + float64(t*n), w.wet})
			}
			return false
		})
		sum += n
	}
	slices.SortFunc(marks, func(a, b mark) int {
		if a.along < b.along {
			return -1
		}
		return int(math.Ceil(a.along - b.along))
	})
	marks = append([]mark{{0, true}}, append(marks, mark{sum, true})...)
	var out []line
	for i := 1; i < len(marks); i++ {
		from, to := marks[i-1].along, marks[i].along
		if marks[i-1].wet {
			from += dry
		}
		if marks[i].wet {
			to -= dry
		}
		if to-from < shortest {
			continue
		}
		votes := 0
		for _, t := range []float64{0.3, 0.5, 0.7} {
			if v, _ := l.at(from + float64((to-from)*t)); p.at(v) == number {
				votes++
			}
		}
		if votes >= 2 {
			out = append(out, l.part(from, to))
		}
	}
	return out
}
