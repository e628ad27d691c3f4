package raster

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
)

// cellPixels is the side of the cells by which names keep apart.
const cellPixels = 4

// layout places names so that none lies on another, nor over the edge of the frame, nor on an item: only the town's own name would rather lie beneath
// items than not be said.
type layout struct {
	columns, rows int
	taken         []bool // by names, the pin and what covers a corner
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

// maxNames is how many names are tried. A picture full of them shows some hundred.
const maxNames = 5000

// names places names, the most important first. It fails when the context ends.
func (l *layout) names(ctx context.Context, names []name, zoom float64, bare bool) error {
	type wish struct {
		name
		manner
	}
	var wishes []wish
	for _, n := range joined(names) {
		m, ok := mannerOf(n.layer, n.class)
		if !ok || n.words == "" || !m.at(zoom) {
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
	for _, w := range wishes[:min(len(wishes), maxNames)] {
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.line != nil {
			l.along(w.name, w.manner)
		} else {
			l.spot(w.name, w.manner)
		}
	}
	return nil
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
