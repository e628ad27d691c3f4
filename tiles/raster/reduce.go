package raster

import (
	"cmp"
	"slices"
)

// mostColours is how many colours a picture has: half of what a palette holds (PNG, 11.2.2). The other half would be spent on shades of edges.
const mostColours = 128

// tone is a colour of a picture, and how many pixels have it or one of its cell.
type tone struct{ colour, count uint32 }

// reduce chooses the colours of a palette, and gives for each colour of a picture its place there. Colours that many pixels have are kept
// as they are; others give way to the nearest of those, at first only where no eye sees it.
func reduce(pixels []uint32) ([]uint32, *table) {
	places := newTable()
	before, at := ^uint32(0), 0
	for _, p := range pixels {
		if p != before {
			if places.used*2 > len(places.keys) {
				places.grow()
			}
			before, at = p, places.find(p)
		}
		places.values[at]++
	}
	tones := make([]tone, 0, places.used)
	for i, key := range places.keys {
		if key != 0 {
			tones = append(tones, tone{key - 1, places.values[i]})
		}
	}
	slices.SortFunc(tones, compareTones)
	cells, of := cluster(tones)
	chosen := choose(cells)

	exact := make(map[uint32]uint32, len(chosen))
	for i, one := range chosen {
		exact[one] = uint32(i)
	}
	nearest := make([]uint32, len(cells))
	for i, cell := range cells {
		least := int32(1 << 30)
		for j, one := range chosen {
			if d := distance(cell.colour, one); d < least {
				least, nearest[i] = d, uint32(j)
			}
		}
	}
	for i, one := range tones {
		place, ok := exact[one.colour]
		if !ok {
			place = nearest[of[i]]
		}
		places.values[places.find(one.colour)] = place
	}
	return chosen, places
}

// compareTones puts the most frequent first.
func compareTones(a, b tone) int {
	return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.colour, b.colour))
}

// cluster puts tones that differ in the last three bits of each part into cells, each with the colour of its most frequent tone, and tells
// the cell of each.
func cluster(tones []tone) (cells []tone, of []int) {
	places := make([]int16, 1<<15) // cell + 1
	of = make([]int, len(tones))
	for i, one := range tones {
		place := &places[one.colour>>19<<10|one.colour>>11&0x1F<<5|one.colour>>3&0x1F]
		if *place == 0 {
			cells = append(cells, tone{colour: one.colour})
			*place = int16(len(cells))
		}
		of[i] = int(*place) - 1
		cells[of[i]].count += one.count
	}
	return cells, of
}

// choose chooses at most mostColours colours of cells. Those that cover a thousandth of the picture are grounds that touch each other: they stay, however near
// another is.
func choose(cells []tone) []uint32 {
	ordered := slices.Clone(cells)
	slices.SortFunc(ordered, compareTones)
	all := uint32(0)
	for _, one := range ordered {
		all += one.count
	}
	var chosen []uint32
	for near := int32(0); ; near += near/4 + 8 { // within this distance a colour is as good as another
		chosen = chosen[:0]
		for _, one := range ordered {
			ground := one.count > all/1000 && len(chosen) < mostColours/2
			if near > 0 && !ground && slices.ContainsFunc(chosen, func(other uint32) bool { return distance(one.colour, other) <= near }) {
				continue
			}
			if chosen = append(chosen, one.colour); len(chosen) > mostColours {
				break
			}
		}
		if len(chosen) <= mostColours {
			return chosen
		}
	}
}

// distance is the squared distance of two colours, weighed roughly as the eye does.
func distance(a, b uint32) int32 {
	r, g, u := int32(a>>16&0xFF)-int32(b>>16&0xFF), int32(a>>8&0xFF)-int32(b>>8&0xFF), int32(a&0xFF)-int32(b&0xFF)
	return 2*r*r + 4*g*g + 3*u*u
}

// table is a map from colours to numbers: open addressing, which a map of Go takes several times as long for.
type table struct {
	keys, values []uint32 // keys: colour + 1; 0: free
	used         int
}

func newTable() *table { return &table{keys: make([]uint32, 1<<12), values: make([]uint32, 1<<12)} }

// find gives the place of a colour, which it takes if it has none.
func (t *table) find(colour uint32) int {
	mask := len(t.keys) - 1
	for i := int(colour*0x9E3779B1>>8) & mask; ; i = (i + 1) & mask {
		switch t.keys[i] {
		case colour + 1:
			return i
		case 0:
			t.keys[i] = colour + 1
			t.used++
			return i
		}
	}
}

func (t *table) grow() {
	bigger := &table{keys: make([]uint32, 2*len(t.keys)), values: make([]uint32, 2*len(t.keys))}
	for i, key := range t.keys {
		if key != 0 {
			bigger.values[bigger.find(key-1)] = t.values[i]
		}
	}
	*t = *bigger
}
