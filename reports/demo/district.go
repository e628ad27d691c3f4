package demo

// style is how a part of the town is built.
type style uint8

const (
	medieval   style = iota + 1 // round the market, narrow
	terraced                    // rows of the nineteenth century
	detached                    // houses in gardens
	estate                      // slabs and loops
	industrial                  // halls
	open                        // no streets of its own: wood, meadow, park
)

// district is a part between main roads that one way of building fills.
type district struct {
	seed   vec // a place within
	style  style
	angle  float64 // of its streets, in parts of a turn
	across float64 // metres between streets, one way
	along  float64 // and the other
	sway   float64 // how far streets stray, in parts of across
}

var districts = []district{
	{vec{60, -330}, medieval, 0, 0, 0, 0},
	{vec{620, -330}, medieval, 0, 0, 0, 0},
	{vec{640, -850}, medieval, 0, 0, 0, 0},
	{vec{60, -900}, medieval, 0, 0, 0, 0},
	{vec{80, -640}, medieval, 0, 0, 0, 0},
	{vec{100, -1110}, terraced, 0.985, 66, 81, 0.05},
	{vec{560, -1100}, terraced, 0.01, 66, 81, 0.05},
	{vec{90, -1320}, industrial, 0, 127, 140, 0},
	{vec{800, -1250}, terraced, 0.07, 90, 113, 0.1},

	{vec{150, 450}, terraced, 0.955, 89, 127, 0.22},
	{vec{820, 450}, terraced, 0.915, 87, 124, 0.18},
	{vec{1150, -250}, terraced, 0.06, 91, 132, 0.25},
	{vec{1250, -820}, terraced, 0.035, 83, 121, 0.16},
	{vec{-1000, -120}, detached, 0.09, 87, 135, 0.35},
	{vec{-600, -380}, terraced, 0.04, 81, 117, 0.14},
	{vec{-700, 200}, terraced, 0.085, 87, 125, 0.2},
	{vec{-600, -780}, terraced, 0.965, 81, 121, 0.12},
	{vec{-430, -1150}, industrial, 0.93, 159, 151, 0.05},
	{vec{-850, -1300}, industrial, 0.95, 138, 162, 0.06},

	{vec{-50, 1100}, detached, 0.02, 93, 149, 0.5},
	{vec{470, 1150}, detached, 0.98, 89, 138, 0.3},
	{vec{1100, 1050}, detached, 0.88, 91, 151, 0.6},
	{vec{1750, 250}, estate, 0.06, 159, 186, 0.16},
	{vec{1850, -270}, detached, 0.97, 91, 143, 0.55},
	{vec{1900, -800}, detached, 0.02, 85, 127, 0.3},
	{vec{-1300, 720}, estate, 0.1, 159, 178, 0.12},
	{vec{-1650, 200}, detached, 0.06, 93, 147, 0.55},
	{vec{-1650, -420}, detached, 0.99, 89, 136, 0.4},
	{vec{-1350, -900}, estate, 0.03, 148, 173, 0.14},
	{vec{-1150, -1450}, industrial, 0.93, 159, 205, 0.06},

	{vec{150, -40}, open, 0, 0, 0, 0},
	{vec{-620, 900}, open, 0, 0, 0, 0},
	{vec{-850, 800}, open, 0, 0, 0, 0},
	{vec{340, -650}, open, 0, 0, 0, 0},
	{vec{550, -530}, open, 0, 0, 0, 0},
	{vec{395, -1140}, open, 0, 0, 0, 0},
}

// The raster by which a place is told to lie in a district.
const (
	grain  = 6.0
	grains = int(2 * reach / grain)
)

// plots tells of each place which district it lies in.
type plots struct {
	of    []uint8 // number of the district, from 1; 0: none
	walls []wall
	near  *index
}

// wall is a segment that no district reaches across.
type wall struct {
	a, b vec
	wet  bool // the water's edge
}

// newPlots floods the plane from each district's seed as far as the walls.
func newPlots(walls []wall) *plots {
	const dam = 255
	p := &plots{of: make([]uint8, grains*grains), walls: walls, near: newIndex()}
	for i, w := range walls {
		p.near.put(boxOf(w.a, w.b), i)
		n := int(w.a.away(w.b)/2) + 1
		for k := 0; k <= n; k++ {
			p.of[p.index(w.a.to(w.b, float64(k)/float64(n)))] = dam
		}
	}
	for i, d := range districts {
		stack := []int{p.index(d.seed)}
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if p.of[at] != 0 {
				continue
			}
			p.of[at] = uint8(i + 1)
			if x := at % grains; x > 0 && x < grains-1 {
				stack = append(stack, at-1, at+1)
			}
			if at >= grains {
				stack = append(stack, at-grains)
			}
			if at < grains*(grains-1) {
				stack = append(stack, at+grains)
			}
		}
	}
	for i, of := range p.of {
		if of == dam {
			p.of[i] = 0
		}
	}
	return p
}

func (p *plots) index(v vec) int {
	at := func(f float64) int { return min(grains-1, max(0, int((f+reach)/grain))) }
	return at(v.y)*grains + at(v.x)
}

// at gives the number of the district of a place, from 1; 0: none.
func (p *plots) at(v vec) int { return int(p.of[p.index(v)]) }

// middle gives the extent of a district's plots.
func (p *plots) extent(number int) box {
	b := box{vec{reach, reach}, vec{-reach, -reach}}
	for i, of := range p.of {
		if int(of) == number {
			v := vec{float64(i%grains)*grain - reach, float64(i/grains)*grain - reach}
			b = box{vec{min(b.low.x, v.x), min(b.low.y, v.y)}, vec{max(b.high.x, v.x), max(b.high.y, v.y)}}
		}
	}
	return b
}
