package raster

import (
	"math"
	"slices"
)

// again is the least distance between two places where a street says its name.
const again = 260

// maxTries is how many places along a line are tried for its name: a straight one through a picture has some hundred.
const maxTries = 400

// along writes a name along the parts of a line that are straight enough.
func (l *layout) along(n name, m manner) {
	t := text{face: m.face, size: m.size, words: n.words, space: m.space}
	need := t.width() + 6
	far := lengths(n.line)
	length := far[len(far)-1]
	if !(need <= length) {
		return
	}
	for step := range maxTries {
		// From the middle outwards, once to this side and once to the other.
		shift := float64((step+1)/2) * need / 3
		if step%2 == 1 {
			shift = -shift
		}
		from := (length-need)/2 + shift
		if math.Abs(shift) > (length-need)/2+1e-9 {
			return
		}
		part := stretch(n.line, far, from, from+need)
		a, b := part[0], part[len(part)-1]
		if !straight(part, need, 0.3*m.size) {
			continue
		}
		t.at = point{(a.x + b.x) / 2, (a.y + b.y) / 2}
		if t.angle = math.Atan2(b.y-a.y, b.x-a.x); math.Abs(t.angle) > math.Pi/2 {
			t.angle += math.Pi
		}
		if l.apart(n.words, t.at, again) && l.write(m.tint, false, t) {
			l.said[n.words] = append(l.said[n.words], t.at)
		}
	}
}

// stretch gives the part of a line between two distances from its beginning; far are those of its points.
func stretch(line []point, far []float64, from, to float64) []point {
	i, _ := slices.BinarySearch(far, from)
	at := func(d float64) point {
		if i == 0 || i == len(line) {
			return line[max(0, i-1)]
		}
		a, b := line[i-1], line[i]
		length := far[i] - far[i-1]
		if length == 0 {
			return b
		}
		share := max(0, min(1, (d-far[i-1])/length))
		return point{a.x + (b.x-a.x)*share, a.y + (b.y-a.y)*share}
	}
	part := []point{at(from)}
	for ; i < len(line) && far[i] < to; i++ {
		part = append(part, line[i])
	}
	return append(part, at(to))
}

// straight tells whether a part of a line of a length stays near its chord.
func straight(part []point, length, near float64) bool {
	a, b := part[0], part[len(part)-1]
	chord := math.Hypot(b.x-a.x, b.y-a.y)
	if chord < 0.95*length {
		return false
	}
	for _, p := range part {
		if math.Abs((b.x-a.x)*(a.y-p.y)-(a.x-p.x)*(b.y-a.y))/chord > near {
			return false
		}
	}
	return true
}
