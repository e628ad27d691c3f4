package raster

import "math"

// point is a place on the page, in pixels, y to the south.
type point struct{ x, y float64 }

// box is a rectangle of the page.
type box struct{ west, north, east, south float64 }

func (b box) meets(o box) bool {
	return b.west <= o.east && o.west <= b.east && b.north <= o.south && o.north <= b.south
}

func (b box) holds(p point) bool {
	return p.x >= b.west && p.x <= b.east && p.y >= b.north && p.y <= b.south
}

// grown gives the box with a margin around it.
func (b box) grown(by float64) box {
	return box{b.west - by, b.north - by, b.east + by, b.south + by}
}

// around gives the box of some points.
func around(points []point) box {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range points {
		b.west, b.east = math.Min(b.west, p.x), math.Max(b.east, p.x)
		b.north, b.south = math.Min(b.north, p.y), math.Max(b.south, p.y)
	}
	return b
}

// ends are how a line ends.
type ends uint8

const (
	round ends = iota
	flat
	closed // where it began
)

// stroke adds a line of a width with round joins.
//
// Each piece of the line, join and end is an outline of its own. All go round the same way, so that together they are one area.
func (c *canvas) stroke(line []point, width float64, by ends) {
	half := width / 2
	least := 0.15 / c.scale // steps that nobody sees are left out
	var before, start, to point
	var turned, begun bool // begun: start and to are set
	at := line[0]
	normal := func(a, b point) (point, bool) {
		dx, dy := b.x-a.x, b.y-a.y
		length := math.Hypot(dx, dy)
		if !(length > least) {
			return point{}, false
		}
		return point{-dy / length * half, dx / length * half}, true
	}
	piece := func(next point) {
		n, ok := normal(at, next)
		if !ok {
			return
		}
		if turned {
			c.join(at, before, n, half)
		} else if !begun {
			start, to, begun = at, n, true
			if by == round {
				c.cap(at, point{-n.x, -n.y}, half)
			}
		}
		corners := [4]point{{at.x + n.x, at.y + n.y}, {next.x + n.x, next.y + n.y}, {next.x - n.x, next.y - n.y}, {at.x - n.x, at.y - n.y}}
		c.outline(corners[:])
		at, before, turned = next, n, true
	}
	for _, next := range line[1:] {
		piece(next)
	}
	switch {
	case !begun:
	case by == closed:
		piece(start)
		c.join(at, before, to, half)
	case by == round:
		c.cap(at, before, half)
	}
}

// join fills the gap on the outer side of a turn, from the normal of the piece before to that of the piece after.
func (c *canvas) join(at, from, to point, half float64) {
	cross, along := from.x*to.y-from.y*to.x, from.x*to.x+from.y*to.y
	angle := math.Atan2(cross, along)
	if math.Abs(angle)*half*c.scale < 0.3 {
		return
	}
	if cross > 0 { // the outer side is the other one
		c.fan(at, point{-to.x, -to.y}, -angle, half)
		return
	}
	c.fan(at, from, angle, half)
}

// cap adds the half disc of an end; the normal is that of the line looking out of it.
func (c *canvas) cap(at, normal point, half float64) {
	if half*c.scale >= 0.6 {
		c.fan(at, normal, -math.Pi, half)
	}
}

// fan adds a sector of a disc: from an arm by a negative angle.
func (c *canvas) fan(at, arm point, angle, radius float64) {
	steps := 1 + int(math.Abs(angle)/chord(radius*c.scale))
	before := point{at.x + arm.x, at.y + arm.y}
	c.edge(at, before)
	sin, cos := math.Sincos(angle / float64(steps))
	for range steps {
		arm = point{arm.x*cos - arm.y*sin, arm.x*sin + arm.y*cos}
		next := point{at.x + arm.x, at.y + arm.y}
		c.edge(before, next)
		before = next
	}
	c.edge(before, at)
}

// chord gives the angle whose chord stays within a tenth of a pixel of a circle.
func chord(radius float64) float64 {
	if radius < 0.2 {
		return math.Pi / 2
	}
	return 2 * math.Acos(1-0.1/math.Max(radius, 0.2))
}

// disc adds a disc.
func (c *canvas) disc(at point, radius float64) {
	c.fan(at, point{radius, 0}, -2*math.Pi, radius)
}

// arc adds a piece of a ring, from an angle (0: east) clockwise by a turn ≥ 0.
func (c *canvas) arc(at point, radius, width, from, turn float64) {
	if turn <= 0 {
		return
	}
	steps := 2 + int(turn/chord((radius+width/2)*c.scale))
	ring := make([]point, 0, 2*steps+2)
	for side, r := range []float64{radius + width/2, radius - width/2} {
		for i := range steps + 1 {
			if side == 1 {
				i = steps - i
			}
			sin, cos := math.Sincos(from + turn*float64(i)/float64(steps))
			ring = append(ring, point{at.x + r*cos, at.y + r*sin})
		}
	}
	c.outline(ring)
}

// longest is how long a line may be to be cut into dashes, in pixels: nobody could tell the dashes of a longer one.
const longest = 1e5

// dashes cuts a line into dashes.
func dashes(line []point, dash, gap float64) [][]point {
	if length := lengths(line)[len(line)-1]; !(length <= longest) {
		return [][]point{line}
	}
	var cut [][]point
	var now []point
	on, left := true, dash
	for i := range line {
		if i == 0 {
			now = append(now, line[0])
			continue
		}
		a, b := line[i-1], line[i]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		for done := 0.0; done < length; {
			step := math.Min(left, length-done)
			done += step
			left -= step
			at := point{a.x + (b.x-a.x)*done/length, a.y + (b.y-a.y)*done/length}
			if on {
				now = append(now, at)
			}
			if left > 0 {
				continue
			}
			if on {
				cut, now = append(cut, now), nil
			} else {
				now = []point{at}
			}
			if on = !on; on {
				left = dash
			} else {
				left = gap
			}
		}
	}
	if on && len(now) > 1 {
		cut = append(cut, now)
	}
	return cut
}
