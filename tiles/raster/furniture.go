package raster

import (
	"math"
	"strconv"
)

// pin draws a pin whose tip stands at a place, as the form's map does (web/ui/src/place/island.ts): a drawing of 28 × 38
// whose tip is at 14, 36.5.
func (c *canvas) pin(t Theme, tip point) {
	curve := func(ring []point, b, d, e point) []point {
		a := ring[len(ring)-1]
		const steps = 10
		for i := 1; i <= steps; i++ {
			s := float64(i) / steps
			u := 1 - s
			ring = append(ring, point{
				u*u*u*a.x + 3*u*u*s*b.x + 3*u*s*s*d.x + s*s*s*e.x, u*u*u*a.y + 3*u*u*s*b.y + 3*u*s*s*d.y + s*s*s*e.y})
		}
		return ring
	}
	ring := turned(14, 14, 12.5, 180, 180)
	ring = curve(ring, point{26.5, 22.5}, point{17, 29.5}, point{14, 36.5})
	ring = curve(ring, point{11, 29.5}, point{1.5, 22.5}, point{1.5, 14})
	for i := range ring {
		ring[i] = point{tip.x + ring[i].x - 14, tip.y + ring[i].y - 36.5}
	}
	eye := point{tip.x, tip.y + 14 - 36.5}
	for i := range 3 { // a soft shadow on the ground
		c.outline(oval(tip, 3+2*float64(i), 1.4+float64(i)))
		c.fill(dark, 0.16)
	}
	c.stroke(ring, 3, closed)
	c.fill(t.card, 1)
	c.outline(ring)
	c.fill(t.danger, 1)
	c.disc(eye, 4.5)
	c.fill(t.card, 1)
}

// oval gives the outline of an ellipse.
func oval(at point, rx, ry float64) []point {
	ring := turned(0, 0, 1, 0, 360)
	for i, p := range ring {
		ring[i] = point{at.x + rx*p.x, at.y + ry*p.y}
	}
	return ring
}

// equator is the earth's circumference in metres (WGS 84).
const equator = 40_075_016.686

// scaleBar draws a bar of a round length in the lower left corner.
func (c *canvas) scaleBar(t Theme, v View) {
	metres := equator * math.Cos(v.Lat*math.Pi/180) / (blockPixels * math.Exp2(v.Zoom)) // to a pixel
	length := roundDown(metres * 100)
	words := strconv.FormatFloat(length, 'f', -1, 64) + " m"
	if length >= 1000 {
		words = strconv.FormatFloat(length/1000, 'f', -1, 64) + " km"
	}
	wide := length / metres
	left, base := 10.0, float64(v.Height)-10
	c.plate(t, left-4, base-19, wide+8, 23)
	bar := []point{{left, base - 5}, {left, base}, {left + wide, base}, {left + wide, base - 5}}
	c.stroke(bar, 1.5, round)
	c.text(text{face: regular, size: 11, words: words, at: point{left + wide/2, base - 9}})
	c.fill(t.ink, 1)
}

// roundDown gives the largest 1, 2 or 5 times a power of ten that is not above a length.
func roundDown(length float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(length)))
	for _, first := range []float64{5, 2} {
		if first*power <= length {
			return first * power
		}
	}
	return power
}

// attribution names who made the ground, in the lower right corner.
func (c *canvas) attribution(t Theme, v View, words string) {
	line := attributionLine(v, words)
	wide := line.width() + 12
	line.at = point{float64(v.Width) - wide/2, float64(v.Height) - 9}
	c.plate(t, float64(v.Width)-wide, float64(v.Height)-18, wide, 18)
	c.text(line)
	c.fill(t.ink, 1)
}

// attributionLine is the line of the attribution, small enough for the picture.
func attributionLine(v View, words string) text {
	line := text{face: regular, size: 11, words: words}
	if room := float64(v.Width) - 12; line.width() > room {
		line.size *= room / line.width()
	}
	return line
}

// plate draws what keeps words apart from the map.
func (c *canvas) plate(t Theme, left, top, width, height float64) {
	c.outline([]point{{left, top}, {left + width, top}, {left + width, top + height}, {left, top + height}})
	c.fill(t.card, 0.82)
}
