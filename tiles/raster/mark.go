package raster

import (
	"context"
	"math"
)

// Colours of the mark, as the pages have them (web/ui/src/styles/tokens.css).
var (
	markGround = hex("#0B5D66")
	markPaper  = hex("#FBFAF7")
)

// Mark draws the site's mark for the screen of a telephone, as a PNG of so many pixels a side: a stone with the eye of a pin, on a ground that reaches the
// edges, so that a system may cut any shape out of it. Share is the part of the side that the stone is high: at most 0.8 where it is cut (Web Application
// Manifest, 1.13: the safe zone of a maskable icon).
func Mark(side int, share float64) ([]byte, error) {
	c := newCanvas(context.Background(), 0, 0, float64(side), float64(side), 1, markGround)
	middle, radius := float64(side)/2, float64(side)*share/2
	stone := make([]point, 6)
	for i := range stone {
		sin, cos := math.Sincos(float64(2*i+1) * math.Pi / 6)
		stone[i] = point{middle + radius*cos, middle + radius*sin}
	}
	c.outline(stone)
	c.fill(markPaper, 1)
	c.disc(point{middle, middle}, radius*0.38)
	c.fill(markGround, 1)
	return c.encode()
}
