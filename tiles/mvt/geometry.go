package mvt

import (
	"math"

	"github.com/paulmach/orb"
)

// Commands of a geometry (specification, clause 4.3.1).
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// step is a point of the tile's grid.
type step struct{ x, y int32 }

// Point adds a point feature. x grows to the east and y to the south, in steps of Extent. The id may be NoID.
func (l *Layer) Point(id uint64, x, y int32, tags Tags) {
	right, down := zigzag(x), zigzag(y)
	f := l.begin(id, typePoint, tags, 1+uvarintLen(right)+uvarintLen(down))
	l.features = appendUvarint(appendUvarint(append(f, moveTo|1<<3), right), down)
}

// Trace takes lines in hand for the next feature, as Outline takes polygons: what collapses to a point is left out, and it tells whether
// anything is left to add (clause 4.3.3.2).
func (l *Layer) Trace(lines orb.MultiLineString) bool {
	g := l.geometry[:0]
	cursor := step{}
	for _, line := range lines {
		steps := l.round(line)
		if len(steps) < 2 {
			continue
		}
		g = append(g, moveTo|1<<3)
		g = appendStep(g, &cursor, steps[0])
		g = appendUvarint(g, uint64(lineTo|(len(steps)-1)<<3))
		for _, s := range steps[1:] {
			g = appendStep(g, &cursor, s)
		}
	}
	l.geometry = g
	return len(g) > 0
}

// Lines adds one feature of what the last call of Trace left. The id may be NoID.
func (l *Layer) Lines(id uint64, tags Tags) { l.feature(id, typeLine, tags) }

// Outline takes polygons in hand for the next feature, whose coordinates are steps of Extent, y to the south. Coordinates are rounded to
// whole steps, outer rings are turned to clockwise and holes against it, as clause 4.3.3.3 asks; what collapses is left out. It
// tells whether anything is left to add: ask before making tags, or their values stay in the layer without a feature.
func (l *Layer) Outline(polygons orb.MultiPolygon) bool {
	g := l.geometry[:0]
	cursor := step{}
	for _, polygon := range polygons {
		for i, ring := range polygon {
			steps := open(l.round(orb.LineString(ring)))
			area := doubleArea(steps)
			if len(steps) < 3 || area == 0 {
				if i == 0 {
					break // without its outer ring there is nothing to make holes in
				}
				continue
			}
			// Positive by the surveyor's formula is clockwise where y grows to the south.
			reverse := (area > 0) != (i == 0)
			at := func(i int) step {
				if reverse {
					return steps[len(steps)-1-i]
				}
				return steps[i]
			}
			g = append(g, moveTo|1<<3)
			g = appendStep(g, &cursor, at(0))
			g = appendUvarint(g, uint64(lineTo|(len(steps)-1)<<3))
			for i := 1; i < len(steps); i++ {
				g = appendStep(g, &cursor, at(i))
			}
			g = append(g, closePath|1<<3)
		}
	}
	l.geometry = g
	return len(g) > 0
}

// Polygons adds one feature of what the last call of Outline left. The id may be NoID.
func (l *Layer) Polygons(id uint64, tags Tags) { l.feature(id, typePolygon, tags) }

// round gives the points of a line on the grid, without repeats.
func (l *Layer) round(line orb.LineString) []step {
	steps := l.steps[:0]
	for _, p := range line {
		s := step{int32(math.Round(p[0])), int32(math.Round(p[1]))}
		if len(steps) == 0 || steps[len(steps)-1] != s {
			steps = append(steps, s)
		}
	}
	l.steps = steps
	return steps
}

// open leaves out the point that closes a ring.
func open(steps []step) []step {
	for len(steps) > 1 && steps[0] == steps[len(steps)-1] {
		steps = steps[:len(steps)-1]
	}
	return steps
}

// doubleArea is twice the signed area of a ring.
func doubleArea(steps []step) int64 {
	var sum int64
	for i, a := range steps {
		b := steps[(i+1)%len(steps)]
		sum += int64(a.x)*int64(b.y) - int64(b.x)*int64(a.y)
	}
	return sum
}

func appendStep(g []byte, cursor *step, to step) []byte {
	g = appendUvarint(g, zigzag(to.x-cursor.x))
	g = appendUvarint(g, zigzag(to.y-cursor.y))
	*cursor = to
	return g
}

func zigzag(n int32) uint64 { return uint64(uint32(n<<1) ^ uint32(n>>31)) }
