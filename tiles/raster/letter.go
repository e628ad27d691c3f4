package raster

import (
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is the letters of a font, as outlines in units of the letter size. Letters are read from the font when they are first needed; a font has
// some hundreds.
type face struct {
	font *sfnt.Font

	mu      sync.Mutex
	buffer  sfnt.Buffer
	letters map[sfnt.GlyphIndex]*letter
}

type letter struct {
	rings   [][]point // y to the south, the base line at 0
	advance float64
}

var (
	regular = read(goregular.TTF)
	medium  = read(gomedium.TTF)
	italic  = read(goitalic.TTF)
)

// read reads a font of the program.
func read(ttf []byte) *face {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		panic(err)
	}
	return &face{font: f, letters: map[sfnt.GlyphIndex]*letter{}}
}

// narrow is the narrow space that groups the digits of a number. The fonts have none.
const narrow = '\u202f'

// letter gives the letter of a character; characters that the font does not have are boxes.
func (f *face) letter(r rune) *letter {
	if r == narrow {
		return &letter{advance: 0.18}
	}
	if r == '’' {
		r = '\''
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	index, err := f.font.GlyphIndex(&f.buffer, r)
	if err != nil {
		index = 0
	}
	if l := f.letters[index]; l != nil {
		return l
	}
	l := f.load(index)
	if r == '-' {
		l.squeeze(hyphen)
	}
	f.letters[index] = l
	return l
}

// load reads a letter. The fonts are the program's own: what cannot be read is left blank.
func (f *face) load(index sfnt.GlyphIndex) *letter {
	units := fixed.I(int(f.font.UnitsPerEm()))
	at := func(p fixed.Point26_6) point {
		return point{float64(p.X) / float64(units), float64(p.Y) / float64(units)}
	}
	l := &letter{advance: 0.5}
	if width, err := f.font.GlyphAdvance(&f.buffer, index, units, font.HintingNone); err == nil {
		l.advance = float64(width) / float64(units)
	}
	segments, err := f.font.LoadGlyph(&f.buffer, index, units, nil)
	if err != nil {
		return l
	}
	const steps = 4 // of a curve
	var ring []point
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(ring) > 2 {
				l.rings = append(l.rings, ring)
			}
			ring = []point{at(s.Args[0])}
		case sfnt.SegmentOpLineTo:
			ring = append(ring, at(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			a, b, c := ring[len(ring)-1], at(s.Args[0]), at(s.Args[1])
			for i := 1; i <= steps; i++ {
				t := float64(i) / steps
				u := 1 - t
				ring = append(ring, point{u*u*a.x + 2*u*t*b.x + t*t*c.x, u*u*a.y + 2*u*t*b.y + t*t*c.y})
			}
		}
	}
	if len(ring) > 2 {
		l.rings = append(l.rings, ring)
	}
	return l
}

// hyphen is how much of their width the hyphens of the fonts keep: in French names theirs read as dashes.
const hyphen = 0.62

// squeeze makes a letter narrower.
func (l *letter) squeeze(share float64) {
	for _, ring := range l.rings {
		for i := range ring {
			ring[i].x *= share
		}
	}
	l.advance *= share
}

// width measures a text in letters of size 1.
func (f *face) width(text string) (width float64) {
	for _, r := range text {
		width += f.letter(r).advance
	}
	return width
}

// text is one line of letters.
type text struct {
	face  *face
	size  float64 // pixels of the page
	words string
	at    point   // the middle of the line, between base line and height of capitals
	angle float64 // clockwise
	space float64 // between letters, in letters of size 1
}

// capitals is the height of capital letters of size 1.
const capitals = 0.72

// width is how long the line is.
func (t text) width() float64 {
	return (t.face.width(t.words) + t.space*float64(len([]rune(t.words))-1)) * t.size
}

// rings gives the outlines of the letters.
func (t text) rings(each func([]point)) {
	sin, cos := math.Sincos(t.angle)
	x := -t.width() / 2
	var ring []point
	for _, r := range t.words {
		l := t.face.letter(r)
		for _, outline := range l.rings {
			ring = ring[:0]
			for _, p := range outline {
				dx, dy := x+p.x*t.size, (p.y+capitals/2)*t.size
				ring = append(ring, point{t.at.x + dx*cos - dy*sin, t.at.y + dx*sin + dy*cos})
			}
			each(ring)
		}
		x += (l.advance + t.space) * t.size
	}
}

// text adds the letters of a line.
func (c *canvas) text(t text) { t.rings(c.outline) }

// halo adds what keeps the letters of a line apart from the ground.
func (c *canvas) halo(t text, width float64) {
	t.rings(func(ring []point) { c.stroke(ring, 2*width, closed) })
}
