package raster

import (
	"math"
	"slices"
	"strings"
)

const (
	// touch is how near ends are that meet, in pixels.
	touch = 0.3
	// maxEnds is how many lines of one name that end at one place are looked at: where more do, no street continues.
	maxEnds = 8
	// maxJoined is how many points a line has that is made of several. A line through a picture has some hundred.
	maxJoined = 1024
)

// end is where a line of a name ends: the number of the name, and a square as wide as ends are near.
type end struct{ name, column, row int }

// joined puts together the lines of one name that continue each other: a street may come in pieces from crossing to crossing. Those that may be
// partners are found by where they end.
func joined(names []name) []name {
	list := make([]name, 0, len(names)) // without words: gone into another
	numbers := map[string]int{}         // of names, by layer, class and words
	ends := map[end][]int{}             // places in list
	gone := func(at int) bool { return list[at].words == "" }
	at := func(number int, p point) end {
		return end{number, int(math.Floor(p.x / touch)), int(math.Floor(p.y / touch))}
	}
	partner := func(number int, line []point) (int, []point) {
		for _, p := range [2]point{line[0], line[len(line)-1]} {
			middle := at(number, p)
			for i := range 9 {
				for _, other := range ends[end{number, middle.column + i%3 - 1, middle.row + i/3 - 1}] {
					if gone(other) {
						continue
					}
					if long, ok := join(list[other].line, line); ok {
						return other, long
					}
				}
			}
		}
		return -1, nil
	}
	for _, n := range names {
		if n.line == nil {
			list = append(list, n)
			continue
		}
		key := strings.Join([]string{n.layer, n.class, n.words}, "\x00")
		number, known := numbers[key]
		if !known {
			number = len(numbers)
			numbers[key] = number
		}
		for {
			other, long := partner(number, n.line)
			if other < 0 {
				break
			}
			list[other].words = ""
			n.line = long
		}
		list = append(list, n)
		for _, p := range [2]point{n.line[0], n.line[len(n.line)-1]} {
			here := at(number, p)
			if len(ends[here]) == maxEnds {
				ends[here] = slices.DeleteFunc(ends[here], gone)
			}
			if len(ends[here]) < maxEnds {
				ends[here] = append(ends[here], len(list)-1)
			}
		}
	}
	return slices.DeleteFunc(list, func(n name) bool { return n.words == "" })
}

// join puts two lines together if an end of one is an end of the other and the line does not turn sharply there.
func join(a, b []point) ([]point, bool) {
	if len(a)+len(b) > maxJoined {
		return nil, false
	}
	meet := func(p, q point) bool { return math.Abs(p.x-q.x) < touch && math.Abs(p.y-q.y) < touch }
	var backA, backB bool
	switch lastA, lastB := a[len(a)-1], b[len(b)-1]; {
	case meet(lastA, b[0]):
	case meet(lastA, lastB):
		backB = true
	case meet(a[0], lastB):
		a, b = b, a
	case meet(a[0], b[0]):
		backA = true
	default:
		return nil, false
	}
	from := func(line []point, back bool, i int) point { // counted from either end
		if back {
			return line[len(line)-1-i]
		}
		return line[i]
	}
	before, at, after := from(a, !backA, 1), from(b, backB, 0), from(b, backB, 1)
	if (at.x-before.x)*(after.x-at.x)+(at.y-before.y)*(after.y-at.y) < 0 {
		return nil, false
	}
	long := make([]point, 0, len(a)+len(b)-1)
	for i := range a {
		long = append(long, from(a, backA, i))
	}
	for i := range b[1:] {
		long = append(long, from(b, backB, i+1))
	}
	return long, true
}
