package raster

import "math"

// shape is the sign of a state in a box of 16 × 16, as the browser's map draws it (web/ui/src/map/icon.ts): outlines to fill, or lines of width 2.
type shape struct {
	fill  [][]point
	lines [][]point
}

// turned gives points of a circle, clockwise from an angle in degrees (0: east).
func turned(x, y, radius, from, by float64) []point {
	steps := int(math.Ceil(math.Abs(by) / 15))
	ring := make([]point, steps+1)
	for i := range ring {
		sin, cos := math.Sincos((from + by*float64(i)/float64(steps)) * math.Pi / 180)
		ring[i] = point{x + radius*cos, y + radius*sin}
	}
	return ring
}

var shapes = map[string]shape{
	"new":          {fill: [][]point{turned(8, 8, 3.5, 0, 360)}},
	"acknowledged": {fill: [][]point{turned(8, 8, 5, 90, 180)}},
	"planned":      {lines: [][]point{{{8, 3}, {13, 8}, {8, 13}, {3, 8}, {8, 3}}}},
	"in_progress":  {fill: [][]point{{{5.5, 3.5}, {13, 8}, {5.5, 12.5}}}},
	"waiting":      {lines: [][]point{{{6, 4}, {6, 12}}, {{10, 4}, {10, 12}}}},
	"resolved":     {lines: [][]point{{{3.5, 8.5}, {6.5, 11.5}, {12.5, 4.5}}}},
	"rejected":     {lines: [][]point{{{4.5, 4.5}, {11.5, 11.5}}, {{11.5, 4.5}, {4.5, 11.5}}}},
	"duplicate": {lines: [][]point{{{3.5, 3.5}, {9.5, 3.5}, {9.5, 9.5}, {3.5, 9.5}, {3.5, 3.5}},
		{{6.5, 6.5}, {12.5, 6.5}, {12.5, 12.5}, {6.5, 12.5}, {6.5, 6.5}}}},
	"referred":  {lines: [][]point{{{3, 8}, {12, 8}}, {{8.5, 4.5}, {12, 8}, {8.5, 11.5}}}},
	"reopened":  {lines: [][]point{turned(8, 8, 4.6, 213, 314), {{3.6, 2.8}, {3.6, 6}, {6.8, 6}}}},
	"withdrawn": {lines: [][]point{turned(8, 8, 4, 0, 360)}},
}

// luminance is the relative luminance, 0 to 1 (WCAG 2.2, definition of relative luminance).
func (of colour) luminance() float64 {
	channel := func(shift uint) float64 {
		v := float64(of>>shift&0xFF) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

// The colours of signs, whatever the theme: a dark hairline around a light rim keeps every state apart from every ground.
const (
	rim  colour = 0xFFFFFF
	dark colour = 0x1B1F24
)

// sign draws the disc of a state with its shape; size 1 is 26 px wide.
func (c *canvas) sign(at point, state string, size float64) {
	of, known := states[state]
	if !known {
		state, of = unknown, states[unknown]
	}
	c.disc(at, 13*size)
	c.fill(dark, 0.7)
	c.disc(at, 12.25*size)
	c.fill(rim, 1)
	c.disc(at, 10.75*size)
	c.fill(of, 1)
	ink := rim
	if of.luminance() > 0.3 {
		ink = dark
	}
	move := func(line []point) []point {
		moved := make([]point, len(line))
		for i, p := range line {
			moved[i] = point{at.x + (p.x-8)*size, at.y + (p.y-8)*size}
		}
		return moved
	}
	for _, ring := range shapes[state].fill {
		c.outline(move(ring))
	}
	for _, line := range shapes[state].lines {
		c.stroke(move(line), 2*size, round)
	}
	c.fill(ink, 1)
}

// groups are the groups of states that a ring tells apart, as the tiles count them, each in the colour of one of its states.
var groups = [4]struct{ name, state string }{{"new", "new"}, {"active", "planned"}, {"resolved", "resolved"}, {"closed_other", "rejected"}}

// ring draws a cluster: a ring whose arcs are the shares of the groups, and the count in its middle.
func (c *canvas) ring(t Theme, at point, count int, shares [4]int) {
	size := ringSize(count)
	c.disc(at, 23.5*size)
	c.fill(dark, 0.4)
	c.disc(at, 22.75*size)
	c.fill(t.card, 1)
	// In twelfths, of which a group that is there at all has one: a single new report among a hundred is to be seen.
	var arcs [4]float64
	total, present := 0.0, 0
	for i, share := range shares {
		if share > 0 {
			arcs[i] = math.Max(1, math.Round(12*float64(share)/float64(count)))
			total += arcs[i]
			present++
		}
	}
	gap := 0.0 // radians between two arcs
	if present > 1 {
		gap = 0.07
	}
	from := -math.Pi / 2
	for i, arc := range arcs {
		if arc == 0 {
			continue
		}
		turn := 2 * math.Pi * arc / total
		c.arc(at, 19*size, 5*size, from+gap/2, turn-gap)
		c.fill(states[groups[i].state], 1)
		from += turn
	}
	words := short(count)
	letters := text{face: medium, size: 12 + min(1, math.Sqrt(float64(count))/100), words: words, at: at}
	if room := 31 * size; letters.width() > room { // within the ring
		letters.size *= room / letters.width()
	}
	c.text(letters)
	c.fill(t.ink, 1)
}

// ringSize is the size of a cluster's ring, 1 being 46 px wide: by the square root of its count.
func ringSize(count int) float64 {
	stops := [][2]float64{{1.4, 0.54}, {10, 0.66}, {32, 0.84}, {100, 1}, {300, 1.2}}
	root := math.Sqrt(float64(count))
	before := stops[0]
	for _, stop := range stops {
		if root <= stop[0] {
			if stop == before {
				break
			}
			return before[1] + (stop[1]-before[1])*(root-before[0])/(stop[0]-before[0])
		}
		before = stop
	}
	return before[1]
}
