package raster

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// manner is how a name is written.
type manner struct {
	face     *face
	size     float64
	grown    float64 // how much larger it is four zooms closer than where it begins
	space    float64
	upper    bool
	tint     tint
	from, to float64 // zooms that show it: from ≤ zoom < to
	first    int     // names of a smaller number are placed first
}

// tint is the colour of a name.
type tint uint8

const (
	strong tint = iota
	quiet
	blue
	leafy
	tints
)

// quarter is how parts of a town are written.
var quarter = manner{face: medium, size: 11, grown: 3, space: 0.1, tint: quiet, from: namesFrom, to: 16.5, first: 2, upper: true}

// mannerOf gives how a name is written by its layer and class (OpenMapTiles 3; "zone" is ours); false: not at all.
func mannerOf(layer, class string) (manner, bool) {
	switch layer {
	case "zone":
		return quarter, true
	case "place":
		switch class {
		case "city", "town":
			return manner{face: medium, size: 14, grown: 7, tint: strong, from: 8, to: 15, first: 0}, true
		case "island":
			return manner{face: medium, size: 15, tint: strong, from: 8, to: 13, first: 1}, true
		case "village":
			return manner{face: medium, size: 14, tint: strong, from: 9, to: 15, first: 1}, true
		case "suburb", "quarter":
			return quarter, true
		case "hamlet", "isolated_dwelling", "neighbourhood":
			return manner{face: regular, size: 12, tint: quiet, from: 13, to: 17, first: 4}, true
		}
	case "water_name":
		switch class {
		case "ocean", "sea", "bay":
			return manner{face: italic, size: 14, space: 0.08, tint: blue, from: 5, to: 18, first: 3}, true
		}
		return manner{face: italic, size: 12, space: 0.06, tint: blue, from: 12, to: 19, first: 3}, true
	case "transportation_name":
		switch class {
		case "motorway", "trunk", "primary", "secondary":
			return manner{face: regular, size: 12, tint: strong, from: 13, to: 20, first: 5}, true
		case "tertiary":
			return manner{face: regular, size: 11.5, tint: strong, from: 14, to: 20, first: 6}, true
		case "minor":
			return manner{face: regular, size: 11, tint: strong, from: 15, to: 20, first: 7}, true
		case "service", "path", "track", "pier":
			return manner{face: regular, size: 10.5, tint: quiet, from: 16, to: 20, first: 9}, true
		}
	case "poi":
		if class == "park" {
			return manner{face: regular, size: 11.5, tint: leafy, from: 14.5, to: 20, first: 4}, true
		}
		return manner{face: regular, size: 11, tint: quiet, from: 16, to: 20, first: 8}, true
	}
	return manner{}, false
}

// cellPixels is the side of the cells by which names keep apart.
const cellPixels = 4

// layout places names so that none lies on another, nor over the edge of the frame, nor on an item: only the town's own name would rather lie beneath
// items than not be said.
type layout struct {
	columns, rows int
	taken         []bool // by names and by what covers a corner
	items         []bool // by items
	said          map[string][]point
	lines         [tints][]text
}

func newLayout(f frame) *layout {
	l := &layout{columns: int(math.Ceil(f.width / cellPixels)), rows: int(math.Ceil(f.height / cellPixels)), said: map[string][]point{}}
	l.taken, l.items = make([]bool, l.columns*l.rows), make([]bool, l.columns*l.rows)
	return l
}

// each visits the cells beneath a box of a half width and height, turned by an angle; those outside have the number −1.
func (l *layout) each(at point, halfWidth, halfHeight, angle float64, visit func(cell int) bool) bool {
	sin, cos := math.Sincos(angle)
	const step = cellPixels * 0.75
	across, down := int(math.Ceil(halfWidth/step)), int(math.Ceil(halfHeight/step))
	for i := -across; i <= across; i++ {
		for j := -down; j <= down; j++ {
			dx, dy := halfWidth*float64(i)/float64(across), halfHeight*float64(j)/float64(down)
			x, y := at.x+dx*cos-dy*sin, at.y+dx*sin+dy*cos
			cell := -1
			if column, row := int(math.Floor(x/cellPixels)), int(math.Floor(y/cellPixels)); column >= 0 && column < l.columns && row >= 0 && row < l.rows {
				cell = row*l.columns + column
			}
			if !visit(cell) {
				return false
			}
		}
	}
	return true
}

// reserve keeps names away from an item of a radius.
func (l *layout) reserve(at point, radius float64) {
	radius *= 0.85 // of a square, about as large as the disc
	mark(l, l.items, box{at.x - radius, at.y - radius, at.x + radius, at.y + radius})
}

// block keeps names out of a box.
func (l *layout) block(b box) { mark(l, l.taken, b) }

// mark marks the cells of a box.
func mark(l *layout, cells []bool, b box) {
	l.each(point{(b.west + b.east) / 2, (b.north + b.south) / 2}, (b.east-b.west)/2, (b.south-b.north)/2, 0, func(cell int) bool {
		if cell >= 0 {
			cells[cell] = true
		}
		return true
	})
}

// free tells whether a line of letters has room; beneath: items may lie on it.
func (l *layout) free(t text, beneath bool) bool {
	return l.each(t.at, t.width()/2+3, t.size*0.6, t.angle, func(cell int) bool {
		return cell >= 0 && !l.taken[cell] && (beneath || !l.items[cell])
	})
}

// write places the lines of a name if all have room; beneath: items may lie on it.
func (l *layout) write(of tint, beneath bool, lines ...text) bool {
	for _, t := range lines {
		if !l.free(t, beneath) {
			return false
		}
	}
	for _, t := range lines {
		l.each(t.at, t.width()/2+3, t.size*0.6, t.angle, func(cell int) bool { l.taken[cell] = true; return true })
		l.lines[of] = append(l.lines[of], t)
	}
	return true
}

// names places names, the most important first.
func (l *layout) names(names []name, zoom float64, bare bool) {
	type wish struct {
		name
		manner
	}
	var wishes []wish
	for _, n := range joined(names) {
		m, ok := mannerOf(n.layer, n.class)
		if !ok || n.words == "" || zoom < m.from || zoom >= m.to {
			continue
		}
		if bare { // zones are all there is
			m = manner{face: medium, size: 13, grown: 9, space: 0.06, tint: quiet, from: m.from, first: m.first}
		}
		if m.upper {
			n.words = strings.ToUpper(n.words)
		}
		m.size += m.grown * max(0, min(1, (zoom-m.from)/4))
		wishes = append(wishes, wish{n, m})
	}
	slices.SortStableFunc(wishes, func(a, b wish) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.rank, b.rank), cmp.Compare(len(b.line), len(a.line)), cmp.Compare(a.words, b.words))
	})
	for _, w := range wishes {
		if w.line != nil {
			l.along(w.name, w.manner)
		} else {
			l.spot(w.name, w.manner)
		}
	}
}

// apart tells whether a name may be said again: places once, streets again after some distance.
func (l *layout) apart(words string, at point, least float64) bool {
	for _, before := range l.said[words] {
		if math.Hypot(at.x-before.x, at.y-before.y) < least {
			return false
		}
	}
	return true
}

// aside are the places where a name may stand, from its point, in letters.
var aside = [][2]float64{{0, 0}, {0, -1.6}, {0, 1.6}, {-2.5, 0}, {2.5, 0}}

// spot writes a name at a point, or a little beside it where that is taken. A long name takes two lines.
func (l *layout) spot(n name, m manner) {
	if !l.apart(n.words, n.at, 1e6) {
		return
	}
	words := []string{n.words}
	if (text{face: m.face, size: m.size, words: n.words, space: m.space}).width() > 9*m.size {
		words = halves(n.words)
	}
	shifts := aside
	if m.first == 0 { // the town: if need be in its place, beneath the items
		shifts = append(slices.Clone(aside), aside[0])
	}
	for try, shift := range shifts {
		lines := make([]text, len(words))
		for i, w := range words {
			at := point{n.at.x + shift[0]*m.size, n.at.y + (shift[1]+1.15*(float64(i)-float64(len(words)-1)/2))*m.size}
			lines[i] = text{face: m.face, size: m.size, words: w, at: at, space: m.space}
		}
		if l.write(m.tint, try == len(aside), lines...) {
			l.said[n.words] = append(l.said[n.words], n.at)
			return
		}
	}
}

// halves divides a name at the space nearest to its middle.
func halves(words string) []string {
	best := -1
	for i, r := range words {
		if r == ' ' && (best < 0 || max(i-len(words)/2, len(words)/2-i) < max(best-len(words)/2, len(words)/2-best)) {
			best = i
		}
	}
	if best < 0 {
		return []string{words}
	}
	return []string{words[:best], words[best+1:]}
}

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

// paint draws the names.
func (l *layout) paint(c *canvas, t Theme) {
	near := c.window(200)
	shown := func(of tint, each func(text)) {
		for _, line := range l.lines[of] {
			if near.holds(line.at) {
				each(line)
			}
		}
	}
	for of := range tints {
		shown(of, func(line text) { c.halo(line, 1.6) })
	}
	c.fill(hex(t.Ground.Halo), 0.9)
	for of, tone := range [tints]string{strong: t.Ground.Label, quiet: t.Ground.QuietLabel, blue: t.Ground.WaterLabel, leafy: t.Ground.GreenLabel} {
		shown(tint(of), c.text)
		c.fill(hex(tone), 1)
	}
}
