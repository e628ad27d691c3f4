package raster

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// paper is a white canvas of a size.
func paper(width, height float64) *canvas {
	return newCanvas(context.Background(), 0, 0, width, height, 1, 0xFFFFFF)
}

// grey gives how black a pixel is, 0 to 255.
func (c *canvas) grey(x, y int) int { return 255 - int(c.pixels[y*c.width+x]&0xFF) }

// sum is the area of what was drawn in black, in pixels.
func (c *canvas) sum() (area float64) {
	for _, p := range c.pixels {
		area += float64(255-p&0xFF) / 255
	}
	return area
}

func square(west, north, east, south float64) []point {
	return []point{{west, north}, {east, north}, {east, south}, {west, south}}
}

// A pixel gets the share of it that an outline covers; overlaps count once, and an outline the other way round is a hole.
func TestFillIsExact(t *testing.T) {
	for _, c := range []struct {
		name  string
		rings [][]point
		area  float64
	}{
		{"a square", [][]point{square(10, 10, 30, 30)}, 400},
		{"half pixels", [][]point{square(10.5, 10.25, 12, 13)}, 1.5 * 2.75},
		{"a triangle", [][]point{{{10, 10}, {90, 20}, {40, 80}}}, 2650},
		{"across the picture", [][]point{square(-50, -50, 500, 500)}, 200 * 150},
		{"half outside", [][]point{square(-50, 20, 50, 40)}, 1000},
		{"outside", [][]point{square(-50, -50, -10, 500), square(300, 0, 400, 100), square(0, 151, 100, 400)}, 0},
		{"two that overlap", [][]point{square(10, 10, 30, 30), square(20, 10, 40, 30)}, 600},
		{"a hole", [][]point{square(10, 10, 30, 30), {{15, 15}, {15, 25}, {25, 25}, {25, 15}}}, 300},
	} {
		p := paper(200, 150)
		for _, ring := range c.rings {
			p.outline(ring)
		}
		p.fill(0, 1)
		if got := p.sum(); math.Abs(got-c.area) > 0.05+c.area/1000 {
			t.Errorf("%s covers %.2f pixels, want %.2f", c.name, got, c.area)
		}
	}
	p := paper(10, 10)
	p.outline(square(2, 2, 4.5, 4))
	p.fill(0, 1)
	if p.grey(3, 3) != 255 || p.grey(4, 3) < 126 || p.grey(4, 3) > 129 || p.grey(5, 3) != 0 {
		t.Errorf("the pixels are %d %d %d", p.grey(3, 3), p.grey(4, 3), p.grey(5, 3))
	}
	p.fill(0xFF0000, 1)
	if p.grey(3, 3) != 255 {
		t.Error("a second fill paints again what the first has painted")
	}
}

func TestStroke(t *testing.T) {
	for _, c := range []struct {
		name string
		line []point
		by   ends
		area float64
	}{
		{"flat ends", []point{{20, 20}, {120, 20}}, flat, 1000},
		{"round ends", []point{{20, 20}, {120, 20}}, round, 1000 + 25*math.Pi},
		{"a slope", []point{{20, 20}, {100, 80}}, flat, 1000},
		{"a corner", []point{{20, 20}, {120, 20}, {120, 120}}, flat, 2000 - 25 + 25*math.Pi/4},
		{"the other corner", []point{{120, 120}, {120, 20}, {20, 20}}, flat, 2000 - 25 + 25*math.Pi/4},
		{"closed", square(20, 20, 120, 120), closed, 4*1000 - 4*25 + 25*math.Pi},
		{"steps that are none", []point{{20, 20}, {20, 20}, {70, 20}, {70, 20}, {120, 20}}, flat, 1000},
		{"nothing", []point{{20, 20}, {20, 20}}, round, 0},
	} {
		p := paper(150, 150)
		p.stroke(c.line, 10, c.by)
		p.fill(0, 1)
		if got := p.sum(); math.Abs(got-c.area) > 3 {
			t.Errorf("%s covers %.2f pixels, want %.2f", c.name, got, c.area)
		}
	}
}

// Whatever comes, nothing is written outside the picture, and what is filled is gone from the canvas.
func TestFillStaysInside(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	p := newCanvas(context.Background(), 0, 0, 100, 80, 2, 0xFFFFFF)
	for range 3000 {
		ring := make([]point, 3+random.IntN(4))
		for i := range ring {
			ring[i] = point{(random.Float64() - 0.4) * 400, (random.Float64() - 0.4) * 300}
		}
		switch random.IntN(8) {
		case 0:
			ring[0].x = math.NaN()
		case 1:
			ring[1].y = math.Inf(1)
		case 2:
			ring[2] = point{1e300, -1e300}
		}
		p.outline(ring)
		p.stroke(ring, random.Float64()*30, ends(random.IntN(3)))
		p.fill(colour(random.Uint32N(1<<24)), 1)
	}
	for i, share := range p.shares {
		if share != 0 {
			t.Fatalf("a share of %v is left at %d", share, i)
		}
	}
}

func TestDashes(t *testing.T) {
	cut := dashes([]point{{0, 0}, {10, 0}, {10, 10}}, 4, 2)
	var length float64
	for _, dash := range cut {
		for i := range dash[1:] {
			length += math.Hypot(dash[i+1].x-dash[i].x, dash[i+1].y-dash[i].y)
		}
	}
	if len(cut) != 4 || math.Abs(length-14) > 1e-9 { // 0–4, 6–10, 12–16, 18–20
		t.Errorf("%d dashes of %v together: %v", len(cut), length, cut)
	}
}
