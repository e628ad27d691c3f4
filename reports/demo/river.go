package demo

import "math"

// bend is a place in the middle of the river, and how wide it is there.
type bend struct{ x, y, width float64 }

// The Mérel from its pond to the sea.
var bends = []bend{
	{-1330, 1985, 10}, {-1290, 1935, 90}, {-1255, 1850, 165}, {-1240, 1740, 150}, {-1205, 1640, 60}, {-1170, 1570, 13}, {-1085, 1400, 14}, {-900, 1150, 17},
	{-850, 830, 22}, {-640, 560, 28}, {-480, 330, 34}, {-360, 120, 42}, {-330, -130, 52}, {-215, -420, 66}, {-125, -690, 86},
	{-140, -960, 124}, {-190, -1190, 196}, {-220, -1415, 363},
}

// quaySide is how far the middle of a quay's street is from the water.
const quaySide = 13.0

// river is the water that parts the town in two.
type river struct {
	middle line
	width  []float64
}

func newRiver() *river {
	var places line
	for _, b := range bends {
		places = append(places, vec{b.x, b.y})
	}
	middle, of := places.smooth(22, false)
	r := &river{middle: middle}
	for i, p := range middle {
		a, b := bends[of[i]], bends[of[i]+1]
		t := ease(min(1, places[of[i]].away(p)/places[of[i]].away(places[of[i]+1])))
		r.width = append(r.width, a.width+float64((b.width-a.width)*t))
	}
	return r
}

// side gives the line that follows the river at so many metres from the water, downstream; sign 1: the left (eastern) bank, −1: the right.
func (r *river) side(sign, from float64) line {
	var out line
	for i, p := range r.middle {
		a, b := r.middle[max(0, i-1)], r.middle[min(len(r.middle)-1, i+1)]
		out = append(out, p.add(b.sub(a).unit().left().mul(sign*(r.width[i]/2+from))).snap())
	}
	return out
}

// at gives the middle nearest to a place, the direction downstream and the width.
func (r *river) at(p vec) (middle, direction vec, width float64) {
	_, along := r.middle.nearest(p)
	middle, direction = r.middle.at(along)
	best := math.Inf(1)
	for i, q := range r.middle {
		if d := q.away(middle); d < best {
			best, width = d, r.width[i]
		}
	}
	return middle, direction, width
}

// span gives the two ends of a bridge near a place, on the middles of the quays: east, then west.
func (r *river) span(p vec) (east, west vec) {
	middle, direction, width := r.at(p)
	n := direction.left().mul(width/2 + quaySide)
	return middle.add(n).snap(), middle.sub(n).snap()
}

func circle(part float64) (sin, cos float64) { return math.Sincos(2 * math.Pi * part) }
