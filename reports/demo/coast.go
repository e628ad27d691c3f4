package demo

// shore is what a stretch of coast is made of.
type shore uint8

const (
	rocky shore = iota // torn
	sandy              // a smooth curve
	built              // a straight wall
)

// headland is a place where the coast turns; the stretch after it is of the kind.
type headland struct {
	x, y float64
	kind shore
}

// The coast, with the land at the left hand: from the eastern bank of the river's mouth round the island to its western bank.
var coastline = []headland{
	{-40, -1392, built}, {215, -1440, built},
	{225, -1215, built}, {540, -1200, built}, {560, -1470, built}, // the basin
	{890, -1540, built}, {930, -1440, rocky}, {1060, -1290, sandy},
	{1220, -1140, sandy}, {1580, -1020, sandy}, {1990, -1050, sandy}, {2290, -1215, rocky}, // the great beach
	{2450, -1420, rocky}, {2730, -1490, rocky}, {2960, -1330, rocky}, {3010, -1050, sandy}, {2960, -860, sandy}, {3060, -600, rocky},
	{3350, -260, rocky}, {3500, 120, rocky}, {3290, 520, rocky}, {3010, 760, sandy}, {2900, 1010, sandy}, {2890, 1220, rocky},
	{2540, 1480, rocky}, {2230, 1900, rocky}, {1760, 2230, rocky}, {1230, 2160, sandy}, {1010, 2190, sandy}, {760, 2420, rocky},
	{150, 2490, rocky}, {-380, 2290, rocky}, {-900, 2420, rocky}, {-1480, 2500, rocky}, {-1880, 2260, rocky}, {-2080, 1840, rocky},
	{-2580, 1620, rocky}, {-2800, 1180, rocky}, {-2690, 820, sandy}, {-2740, 600, sandy}, {-3040, 330, rocky}, {-3380, -180, rocky},
	{-3260, -800, rocky}, {-2910, -1180, sandy}, {-2800, -1450, sandy}, {-2760, -1740, rocky}, {-2560, -2040, rocky}, {-2190, -2390, rocky},
	{-1930, -2370, rocky}, {-1800, -2060, rocky}, {-1560, -1850, rocky}, {-1350, -1735, built},
	{-1080, -1700, built}, {-1070, -1560, built}, {-870, -1545, built}, {-850, -1650, built}, {-560, -1560, built}, {-400, -1440, built},
}

// The rocks around the island; the first bears the lighthouse.
var rocks = []struct {
	middle vec
	radius float64
}{
	{vec{-2230, -2790}, 95}, {vec{-2080, -2640}, 28}, {vec{-2370, -2650}, 20}, {vec{3620, -420}, 34}, {vec{3540, -560}, 18},
	{vec{620, 2690}, 30}, {vec{-2330, 2020}, 26}, {vec{-3580, 40}, 22},
}

// stretch is a piece of coast of one kind.
type stretch struct {
	kind  shore
	shape line
}

// coast draws the coast from the river's mouth round to the mouth again: two ends, which the river joins.
func coast() (whole line, stretches []stretch) {
	c := newChance(1)
	for i, h := range coastline {
		from := vec{h.x, h.y}
		if len(whole) == 0 {
			whole = append(whole, from)
		}
		if i+1 == len(coastline) {
			break
		}
		to := vec{coastline[i+1].x, coastline[i+1].y}
		piece := line{from}
		switch h.kind {
		case rocky:
			piece = tear(c, piece, from, to, 0.17)
		case sandy:
			// A curve through the places of the beach; its neighbours give the direction.
			before, after := from, to
			if i > 0 && coastline[i-1].kind == sandy {
				before = vec{coastline[i-1].x, coastline[i-1].y}
			}
			if i+2 < len(coastline) && coastline[i+1].kind == sandy {
				after = vec{coastline[i+2].x, coastline[i+2].y}
			}
			curve, of := (line{before, from, to, after}).smooth(18, false)
			for k, p := range curve {
				if of[k] == 1 && p != from.snap() {
					piece = append(piece, p)
				}
			}
			piece = append(piece, to)
		case built:
			piece = append(piece, to)
		}
		whole = append(whole, piece[1:]...)
		if n := len(stretches); n > 0 && stretches[n-1].kind == h.kind {
			stretches[n-1].shape = append(stretches[n-1].shape, piece[1:]...)
		} else {
			stretches = append(stretches, stretch{h.kind, piece})
		}
	}
	return whole, stretches
}

// tear appends the way from a to b as the sea tears it: each middle is pushed aside by a part of the length.
func tear(c *chance, out line, a, b vec, part float64) line {
	n := a.away(b)
	if n < 22 {
		return append(out, b)
	}
	push := c.between(-part, part)
	middle := a.to(b, c.between(0.4, 0.6)).add(b.sub(a).left().mul(push)).snap()
	out = tear(c, out, a, middle, min(0.21, part*1.04))
	return tear(c, out, middle, b, min(0.21, part*1.04))
}

// islets draws the rocks around the island.
func islets() []line {
	var all []line
	for i, r := range rocks {
		var ring line
		const corners = 36
		for k := range corners {
			sin, cos := circle(float64(k) / corners)
			bulge := 1 + float64(0.38*noise(float64(cos*1.3)+float64(9*i), sin*1.3, 2)) + float64(0.16*noise(float64(cos*4)+float64(9*i), sin*4, 3))
			ring = append(ring, r.middle.add(vec{cos * 1.25, sin * 0.85}.mul(r.radius*bulge)).snap())
		}
		all = append(all, ring.closed())
	}
	return all
}
