package demo

import (
	"math"

	"github.com/paulmach/orb"
)

// Where the plane touches the globe, and how many metres a degree has there (WGS 84).
const (
	originLon, originLat         = -7.2, 47.6
	metresPerLon                 = 75_200.0
	metresPerLat                 = 111_190.0
	unitsPerMetre                = 64
	unitsPerDegree       float64 = 1e7
)

// Products are rounded before they are added to, by a conversion (the Go specification, "Floating-point operators"): processors that can do both at
// once would give another last digit, and where lines meet exactly the last digit decides. GOAMD64=v3 go test ./reports/demo shows it.

// vec is a place or a direction on the plane: metres to the east and to the north.
type vec struct{ x, y float64 }

func (a vec) add(b vec) vec       { return vec{a.x + b.x, a.y + b.y} }
func (a vec) sub(b vec) vec       { return vec{a.x - b.x, a.y - b.y} }
func (a vec) mul(f float64) vec   { return vec{float64(a.x * f), float64(a.y * f)} }
func (a vec) dot(b vec) float64   { return float64(a.x*b.x) + float64(a.y*b.y) }
func (a vec) cross(b vec) float64 { return float64(a.x*b.y) - float64(a.y*b.x) }
func (a vec) size() float64       { return math.Sqrt(a.dot(a)) }
func (a vec) left() vec           { return vec{-a.y, a.x} }
func (a vec) to(b vec, t float64) vec {
	return vec{a.x + float64((b.x-a.x)*t), a.y + float64((b.y-a.y)*t)}
}
func (a vec) away(b vec) float64 { return a.sub(b).size() }
func (a vec) turned(sin, cos float64) vec {
	return vec{float64(a.x*cos) - float64(a.y*sin), float64(a.x*sin) + float64(a.y*cos)}
}

// unit gives the direction alone; of nothing: nothing.
func (a vec) unit() vec {
	n := a.size()
	if n == 0 {
		return vec{}
	}
	return vec{a.x / n, a.y / n}
}

// snap rounds to 1/64 m: what differs in the last bit between processors is the same again.
func (a vec) snap() vec {
	return vec{math.Round(a.x*unitsPerMetre) / unitsPerMetre, math.Round(a.y*unitsPerMetre) / unitsPerMetre}
}

// point gives the place in degrees of seven decimals.
func (a vec) point() orb.Point {
	return orb.Point{
		math.Round((originLon+a.x/metresPerLon)*unitsPerDegree) / unitsPerDegree,
		math.Round((originLat+a.y/metresPerLat)*unitsPerDegree) / unitsPerDegree,
	}
}

// line is a polyline; a ring repeats its first place at the end.
type line []vec

func (l line) length() float64 {
	sum := 0.0
	for i := 1; i < len(l); i++ {
		sum += l[i].away(l[i-1])
	}
	return sum
}

// at gives the place s metres along the line, and the direction there.
func (l line) at(s float64) (place, direction vec) {
	for i := 1; i < len(l); i++ {
		n := l[i].away(l[i-1])
		if s <= n && n > 0 || i == len(l)-1 {
			t := 0.0
			if n > 0 {
				t = min(1, max(0, s/n))
			}
			return l[i-1].to(l[i], t), l[i].sub(l[i-1]).unit()
		}
		s -= n
	}
	return l[0], vec{1, 0}
}

// part gives what lies between from and to metres along the line.
func (l line) part(from, to float64) line {
	var out line
	sum := 0.0
	for i := 1; i < len(l); i++ {
		n := l[i].away(l[i-1])
		if sum+n > from && sum < to && n > 0 {
			if len(out) == 0 {
				out = append(out, l[i-1].to(l[i], max(0, from-sum)/n).snap())
			}
			out = append(out, l[i-1].to(l[i], min(n, to-sum)/n).snap())
		}
		sum += n
	}
	return out
}

// nearest gives the distance from a place to the line, and how far along the line that is.
func (l line) nearest(p vec) (distance, along float64) {
	distance = math.Inf(1)
	sum := 0.0
	for i := 1; i < len(l); i++ {
		d, t := nearestOn(p, l[i-1], l[i])
		n := l[i].away(l[i-1])
		if d < distance {
			distance, along = d, sum+float64(t*n)
		}
		sum += n
	}
	return distance, along
}

// nearestOn gives the distance from p to the segment from a to b, and where along it, 0…1.
func nearestOn(p, a, b vec) (distance, t float64) {
	ab := b.sub(a)
	if n := ab.dot(ab); n > 0 {
		t = min(1, max(0, p.sub(a).dot(ab)/n))
	}
	return p.away(a.to(b, t)), t
}

// crossing tells where two segments meet, as parts of both, 0…1.
func crossing(a, b, c, d vec) (t, u float64, ok bool) {
	r, s := b.sub(a), d.sub(c)
	det := r.cross(s)
	if det == 0 {
		return 0, 0, false
	}
	t, u = c.sub(a).cross(s)/det, c.sub(a).cross(r)/det
	return t, u, t >= 0 && t <= 1 && u >= 0 && u <= 1
}

// holds tells whether a ring encloses a place.
func (l line) holds(p vec) bool {
	in := false
	for i := 1; i < len(l); i++ {
		a, b := l[i-1], l[i]
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(b.x-a.x)*(p.y-a.y)/(b.y-a.y) {
			in = !in
		}
	}
	return in
}

// area of a ring; positive if it turns left.
func (l line) area() float64 {
	sum := 0.0
	for i := 1; i < len(l); i++ {
		sum += l[i-1].cross(l[i])
	}
	return sum / 2
}

func (l line) reversed() line {
	out := make(line, len(l))
	for i, p := range l {
		out[len(l)-1-i] = p
	}
	return out
}

func (l line) closed() line { return append(l[:len(l):len(l)], l[0]) }

func (l line) snap() line {
	out := make(line, 0, len(l))
	for _, p := range l {
		if p = p.snap(); len(out) == 0 || p != out[len(out)-1] {
			out = append(out, p)
		}
	}
	return out
}

// smooth draws a curve through the places (Catmull and Rom's), with a place every step metres; of[i] is the interval that each belongs to.
func (l line) smooth(step float64, ring bool) (out line, of []int) {
	at := func(i int) vec {
		if ring {
			n := len(l) - 1
			return l[((i%n)+n)%n]
		}
		return l[min(len(l)-1, max(0, i))]
	}
	for i := 0; i+1 < len(l); i++ {
		a, b, c, d := at(i-1), at(i), at(i+1), at(i+2)
		n := max(1, int(b.away(c)/step))
		for k := range n {
			t := float64(k) / float64(n)
			t2, t3 := float64(t*t), float64(t*t*t)
			w := [4]float64{(2*t2 - t - t3) / 2, (2 - float64(5*t2) + float64(3*t3)) / 2, (t + 4*t2 - float64(3*t3)) / 2, (t3 - t2) / 2}
			out = append(out, a.mul(w[0]).add(b.mul(w[1])).add(c.mul(w[2])).add(d.mul(w[3])).snap())
			of = append(of, i)
		}
	}
	return append(out, l[len(l)-1].snap()), append(of, len(l)-2)
}

// box is an upright rectangle.
type box struct{ low, high vec }

func boxOf(places ...vec) box {
	b := box{places[0], places[0]}
	for _, p := range places[1:] {
		b.low = vec{min(b.low.x, p.x), min(b.low.y, p.y)}
		b.high = vec{max(b.high.x, p.x), max(b.high.y, p.y)}
	}
	return b
}

func (b box) grown(by float64) box {
	return box{b.low.sub(vec{by, by}), b.high.add(vec{by, by})}
}

func (b box) touches(o box) bool {
	return b.low.x <= o.high.x && o.low.x <= b.high.x && b.low.y <= o.high.y && o.low.y <= b.high.y
}

// The part of the plane that the drawer of an index covers.
const (
	reach = 4200.0 // metres from the middle
	cell  = 40.0
	cells = int(2 * reach / cell)
)

// index finds what lies near.
type index [cells * cells][]int32

func newIndex() *index { return new(index) }

func (x *index) span(b box) (i0, j0, i1, j1 int) {
	at := func(v float64) int { return min(cells-1, max(0, int((v+reach)/cell))) }
	return at(b.low.x), at(b.low.y), at(b.high.x), at(b.high.y)
}

func (x *index) put(b box, id int) {
	i0, j0, i1, j1 := x.span(b)
	for j := j0; j <= j1; j++ {
		for i := i0; i <= i1; i++ {
			x[j*cells+i] = append(x[j*cells+i], int32(id))
		}
	}
}

// near calls do for each thing whose box may touch b, some of them more than once, until do says stop.
func (x *index) near(b box, do func(id int) (stop bool)) {
	i0, j0, i1, j1 := x.span(b)
	for j := j0; j <= j1; j++ {
		for i := i0; i <= i1; i++ {
			for _, id := range x[j*cells+i] {
				if do(int(id)) {
					return
				}
			}
		}
	}
}
