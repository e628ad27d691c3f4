package raster

import (
	"errors"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
)

// Bounds of what a picture is drawn from. No map that people made comes near them.
const (
	maxPoints = 1 << 21 // of lines and areas
	maxLength = 1 << 23 // of all of them, in pixels of the page
)

var errDense = errors.New("raster: the ground has too much in one place to be drawn")

// cut cuts the shapes of one layer of a tile to what a frame shows. What magnified tiles hold beyond it may be thousands of pictures long.
type cut struct {
	placed
	extent float64
	reach  orb.Bound // in steps of the tile
}

func newCut(t placed, extent float64, reach box) cut {
	step := extent / t.side
	return cut{placed: t, extent: extent, reach: orb.Bound{
		Min: orb.Point{(reach.west - t.west) * step, (reach.north - t.north) * step}, Max: orb.Point{(reach.east - t.west) * step, (reach.south - t.north) * step}}}
}

// point gives the place of a point in a frame; false: it lies beyond.
func (c cut) point(p orb.Point) (point, bool) {
	return c.project(p[0], p[1], c.extent), c.reach.Contains(p)
}

// lines gives what of lines, or of the rings of areas, a frame shows.
func (c cut) lines(shape orb.Geometry) [][]point {
	var cut [][]point
	switch shape := shape.(type) {
	case orb.LineString:
		cut = c.line(cut, shape)
	case orb.MultiLineString:
		for _, line := range shape {
			cut = c.line(cut, line)
		}
	case orb.Polygon:
		for _, ring := range shape {
			cut = c.ring(cut, ring)
		}
	case orb.MultiPolygon:
		for _, polygon := range shape {
			for _, ring := range polygon {
				cut = c.ring(cut, ring)
			}
		}
	}
	return cut
}

// line adds what is left of a line.
func (c cut) line(to [][]point, line orb.LineString) [][]point {
	switch bound := line.Bound(); {
	case !c.reach.Intersects(bound):
		return to
	case c.whole(bound):
		return c.add(to, line, 2)
	}
	for _, part := range clip.LineString(c.reach, line) {
		to = c.add(to, part, 2)
	}
	return to
}

// ring adds what is left of a ring. It may run along the edge, where nobody sees it.
func (c cut) ring(to [][]point, ring orb.Ring) [][]point {
	switch bound := ring.Bound(); {
	case !c.reach.Intersects(bound):
		return to
	case c.whole(bound):
		return c.add(to, ring, 3)
	}
	return c.add(to, clip.Ring(c.reach, ring), 3)
}

func (c cut) whole(bound orb.Bound) bool {
	return c.reach.Contains(bound.Min) && c.reach.Contains(bound.Max)
}

// add adds a line of at least some points, moved to the frame.
func (c cut) add(to [][]point, line []orb.Point, least int) [][]point {
	if len(line) < least {
		return to
	}
	moved := make([]point, len(line))
	for i, p := range line {
		moved[i] = c.project(p[0], p[1], c.extent)
	}
	return append(to, moved)
}

// lengths gives how far each point of a line is from its beginning, along it.
func lengths(line []point) []float64 {
	far := make([]float64, len(line))
	for i := range line[1:] {
		far[i+1] = far[i] + math.Hypot(line[i+1].x-line[i].x, line[i+1].y-line[i].y)
	}
	return far
}

// thinned leaves out points that nobody can tell from those before.
func thinned(line []point) []point {
	const near = 0.25
	last := len(line) - 1
	thin := line[:1:1]
	for _, p := range line[1:last] {
		before := thin[len(thin)-1]
		if math.Abs(p.x-before.x) >= near || math.Abs(p.y-before.y) >= near {
			thin = append(thin, p)
		}
	}
	return append(thin, line[last])
}
