package raster

import (
	"context"
	"math"
)

// canvas is a picture being drawn, and the outlines that are to be filled next. Outlines come in pixels of the page, whatever the scale.
//
// Outlines are kept as signed areas (each pixel's own share, and what it passes on to those right of it), so that filling is one sum along
// each row. A batch is filled where the sum is not zero: overlapping outlines of one direction are one area, an outline of the other
// direction within another is a hole.
type canvas struct {
	width, height int
	scale         float64 // pixels of the picture to one of the page
	left, top     float64 // of the picture, in pixels of the page
	pixels        []uint32

	ctx   context.Context // when it ends, what is left to do is left out
	edges uint            // added so far

	stride      int
	shares      []float32
	touched     []uint64 // by row: which runs of 64 pixels hold shares. Enough for 4096 pixels; MaxWidth × MaxScale are fewer
	first, last int      // rows that hold shares
}

// newCanvas makes a canvas of one colour for a window of the page.
func newCanvas(ctx context.Context, left, top, width, height, scale float64, ground colour) *canvas {
	c := &canvas{ctx: ctx, width: int(math.Ceil(width * scale)), height: int(math.Ceil(height * scale)), scale: scale, left: left, top: top}
	c.stride = c.width + 2
	c.pixels = make([]uint32, c.width*c.height)
	for i := range c.pixels {
		c.pixels[i] = uint32(ground)
	}
	c.shares = make([]float32, c.stride*c.height)
	c.touched = make([]uint64, c.height)
	c.first, c.last = c.height, -1
	return c
}

// window gives the part of the page that the canvas shows, widened by a margin.
func (c *canvas) window(margin float64) box {
	return box{c.left - margin, c.top - margin,
		c.left + float64(c.width)/c.scale + margin, c.top + float64(c.height)/c.scale + margin}
}

// outline adds a closed outline.
func (c *canvas) outline(ring []point) {
	if len(ring) < 3 {
		return
	}
	before := ring[len(ring)-1]
	for _, p := range ring {
		c.edge(before, p)
		before = p
	}
}

// edge adds one edge of an outline.
func (c *canvas) edge(a, b point) {
	if c.over() {
		return
	}
	ax, ay := near((a.x-c.left)*c.scale), near((a.y-c.top)*c.scale)
	bx, by := near((b.x-c.left)*c.scale), near((b.y-c.top)*c.scale)
	sign := 1.0
	if ay > by {
		ax, ay, bx, by, sign = bx, by, ax, ay, -1
	}
	bottom, right := float64(c.height), float64(c.width)
	if ay >= by || by <= 0 || ay >= bottom {
		return
	}
	slope := (bx - ax) / (by - ay)
	if ay < 0 {
		ax, ay = ax-ay*slope, 0
	}
	if by > bottom {
		bx, by = bx-(by-bottom)*slope, bottom
	}
	// What lies left of the picture counts along its left border, what lies right of it does not count.
	switch {
	case ax <= 0 && bx <= 0:
		c.slant(0, ay, 0, by, sign)
		return
	case ax >= right && bx >= right:
		return
	}
	if ax < 0 {
		y := ay - ax/slope
		c.slant(0, ay, 0, y, sign)
		ax, ay = 0, y
	} else if ax > right {
		ax, ay = right, ay+(right-ax)/slope
	}
	if bx < 0 {
		y := ay - ax/slope
		c.slant(0, y, 0, by, sign)
		bx, by = 0, y
	} else if bx > right {
		bx, by = right, ay+(right-ax)/slope
	}
	c.slant(ax, ay, bx, by, sign)
}

// over tells whether the context has ended: edges are what takes the time.
func (c *canvas) over() bool {
	const between = 4096 // looks
	if c.edges++; c.edges%between == 0 && c.ctx.Err() != nil {
		c.edges-- // the next looks again
		return true
	}
	return false
}

// near keeps a coordinate within what can be reckoned with; what is no number is far away, too.
func near(v float64) float64 {
	const far = 1e6
	if v > -far {
		return min(v, far)
	}
	return -far
}

// slant adds an edge that goes down within the picture.
func (c *canvas) slant(ax, ay, bx, by, sign float64) {
	if by <= ay {
		return
	}
	slope := (bx - ax) / (by - ay)
	right := float64(c.width)
	first, last := int(ay), min(c.height-1, int(math.Ceil(by))-1)
	c.first, c.last = min(c.first, first), max(c.last, last)
	x := ax
	for y := first; y <= last; y++ {
		dy := math.Min(float64(y+1), by) - math.Max(float64(y), ay)
		next := math.Max(0, math.Min(right, x+slope*dy))
		c.row(y, x, next, dy*sign)
		x = next
	}
}

// row adds the part of an edge within one row of pixels: from x to next, of a height (negative: upwards).
func (c *canvas) row(y int, x, next, height float64) {
	lo, hi := x, next
	if lo > hi {
		lo, hi = hi, lo
	}
	i, end := int(lo), int(math.Ceil(hi))
	shares := c.shares[y*c.stride : (y+1)*c.stride]
	mask := ^uint64(0) << (uint(i) >> 6)
	if last := uint(min(max(end, i+1), c.width)) >> 6; last < 63 {
		mask &= 1<<(last+1) - 1
	}
	c.touched[y] |= mask
	if end <= i+1 {
		passed := height * ((x+next)/2 - float64(i))
		shares[i] += float32(height - passed)
		shares[i+1] += float32(passed)
		return
	}
	per := 1 / (hi - lo)
	begin, rest := lo-float64(i), hi-float64(end)+1
	a0, am := per*(1-begin)*(1-begin)/2, per*rest*rest/2
	shares[i] += float32(height * a0)
	if end == i+2 {
		shares[i+1] += float32(height * (1 - a0 - am))
	} else {
		a1 := per * (1.5 - begin)
		shares[i+1] += float32(height * (a1 - a0))
		for j := i + 2; j < end-1; j++ {
			shares[j] += float32(height * per)
		}
		a2 := a1 + float64(end-i-3)*per
		shares[end-1] += float32(height * (1 - a2 - am))
	}
	shares[end] += float32(height * am)
}

// fill paints the outlines added since the last fill; opacity is 0…1.
func (c *canvas) fill(of colour, opacity float64) {
	full := float32(opacity * 256)
	for y := c.first; y <= c.last; y++ {
		bits := c.touched[y]
		if bits == 0 {
			continue
		}
		c.touched[y] = 0
		shares, pixels := c.shares[y*c.stride:(y+1)*c.stride], c.pixels[y*c.width:(y+1)*c.width]
		var sum float32
		var share uint32 // of the sum
		for from := 0; from < c.width && (bits != 0 || share != 0); from, bits = from+64, bits>>1 {
			to := min(from+64, c.width)
			run, under := shares[from:to], pixels[from:to]
			if bits&1 == 0 {
				if share != 0 {
					lay(under, of, share)
				}
				continue
			}
			for x, s := range run {
				if s != 0 {
					sum += s
					run[x] = 0
					share = uint32(min(max(sum, -sum), 1)*full + 0.5)
				}
				switch share {
				case 0:
				case 256:
					under[x] = uint32(of)
				default:
					under[x] = mix(under[x], uint32(of), share)
				}
			}
		}
		shares[c.width], shares[c.width+1] = 0, 0
	}
	c.first, c.last = c.height, -1
}

// lay lays a share (1…256) of a colour over pixels.
func lay(pixels []uint32, of colour, share uint32) {
	for x := range pixels {
		if share == 256 {
			pixels[x] = uint32(of)
		} else {
			pixels[x] = mix(pixels[x], uint32(of), share)
		}
	}
}

// mix lays a share (0…256) of one colour over another.
func mix(under, over, share uint32) uint32 {
	rest := 256 - share
	redBlue := ((under&0xFF00FF)*rest + (over&0xFF00FF)*share + 0x800080) >> 8 & 0xFF00FF
	green := ((under&0x00FF00)*rest + (over&0x00FF00)*share + 0x008000) >> 8 & 0x00FF00
	return redBlue | green
}
