package raster

import (
	"math"
	"slices"
	"strings"
)

// again is the least distance between two places where a street says its name.
const again = 260

// along writes a name along the parts of a line that are straight enough.
func (l *layout) along(n name, m manner) {
	t := text{face: m.face, size: m.size, words: n.words, space: m.space}
	need := t.width() + 6
	length := 0.0
	for i := range n.line[1:] {
		length += math.Hypot(n.line[i+1].x-n.line[i].x, n.line[i+1].y-n.line[i].y)
	}
	for step := 0; ; step++ {
		// From the middle outwards, once to this side and once to the other.
		shift := float64((step+1)/2) * need / 3
		if step%2 == 1 {
			shift = -shift
		}
		from := (length-need)/2 + shift
		if math.Abs(shift) > (length-need)/2+1e-9 {
			return
		}
		part := stretch(n.line, from, from+need)
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

// stretch gives the part of a line between two distances from its beginning.
func stretch(line []point, from, to float64) []point {
	var part []point
	done := 0.0
	for i := range line[1:] {
		a, b := line[i], line[i+1]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		at := func(d float64) point {
			if length == 0 {
				return a
			}
			share := max(0, min(1, (d-done)/length))
			return point{a.x + (b.x-a.x)*share, a.y + (b.y-a.y)*share}
		}
		if done+length >= from && len(part) == 0 {
			part = append(part, at(from))
		}
		if len(part) > 0 {
			if done+length >= to {
				return append(part, at(to))
			}
			part = append(part, b)
		}
		done += length
	}
	return append(part, line[len(line)-1])
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

// joined puts together the lines of one name that continue each other: a street may come in pieces from crossing to crossing.
func joined(names []name) []name {
	var list []name
	of := map[string][]int{} // places in list by layer, class and words
	for _, n := range names {
		if n.line == nil {
			list = append(list, n)
			continue
		}
		key := strings.Join([]string{n.layer, n.class, n.words}, "\x00")
		into := -1
		for i := 0; i < len(of[key]); i++ {
			at := of[key][i]
			line, ok := join(list[at].line, n.line)
			if !ok {
				continue
			}
			if into >= 0 { // it joins two that were apart
				list[into].line = nil
				of[key] = slices.DeleteFunc(of[key], func(one int) bool { return one == into })
				i--
			}
			n.line, into = line, at
			list[at].line = line
		}
		if into < 0 {
			of[key] = append(of[key], len(list))
			list = append(list, n)
		}
	}
	return slices.DeleteFunc(list, func(n name) bool { return n.line == nil && n.layer == "transportation_name" })
}

// join puts two lines together if an end of one is an end of the other and the line does not turn sharply there.
func join(a, b []point) ([]point, bool) {
	meet := func(p, q point) bool { return math.Abs(p.x-q.x) < 0.3 && math.Abs(p.y-q.y) < 0.3 }
	first, last := a[0], a[len(a)-1]
	back := func(line []point) []point { line = slices.Clone(line); slices.Reverse(line); return line }
	switch {
	case meet(last, b[0]):
	case meet(last, b[len(b)-1]):
		b = back(b)
	case meet(first, b[len(b)-1]):
		a, b = b, a
	case meet(first, b[0]):
		a = back(a)
	default:
		return nil, false
	}
	before, at, after := a[len(a)-2], b[0], b[1]
	if (at.x-before.x)*(after.x-at.x)+(at.y-before.y)*(after.y-at.y) < 0 {
		return nil, false
	}
	return append(slices.Clone(a), b[1:]...), true
}
