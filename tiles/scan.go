package tiles

import "quartier/geo"

// block is the number of rows that are scanned together. Each of the packed counts must be able to hold it.
const block = 512

// Counts of a block are packed into one number: packed bits for open and for each group, lowest first. So a row costs one addition
// instead of a read and a write for each count.
const packed = 12

func unitOf(class uint8) uint64 {
	return uint64(class>>2&1) | 1<<(packed*(1+class&inGroup))
}

// sum adds up the matching rows of [first, end), members of one cell with the given centre. The places of matching rows are collected first, by
// arithmetic instead of jumps, then added up: whether a row matches cannot be predicted, and a wrong guess costs more than all the rest.
func (c *chunk) sum(first, end uint32, centre geo.Position, m *matcher) (s sum) {
	wraps := unwrap(c.box.West, centre.Lon) != int64(c.box.West) || unwrap(c.box.East, centre.Lon) != int64(c.box.East)
	for ; first < end; first += block {
		last := min(first+block, end)
		profiles, numbers, at := c.profile[first:last], c.number[first:last], c.at[first:last]
		var counts uint64
		for _, i := range c.selected(first, last, m) {
			p, where := profiles[i], at[i]
			counts += m.unit[p]
			s.count++
			s.profile += p
			s.number += numbers[i]
			s.lat += int64(where.Lat)
			if wraps {
				s.lon += unwrap(where.Lon, centre.Lon)
			} else {
				s.lon += int64(where.Lon)
			}
		}
		const mask = 1<<packed - 1
		s.open += int32(counts & mask)
		for g := range s.groups {
			counts >>= packed
			s.groups[g] += int32(counts & mask)
		}
	}
	return s
}

// selected gives the places, counted from first, of the matching rows of a block. Valid until the next call.
func (c *chunk) selected(first, last uint32, m *matcher) []uint16 {
	n := 0
	selected := &m.selected
	for i, p := range c.profile[first:last] {
		selected[n&(block-1)] = uint16(i)
		n += int(m.class[p] >> 7)
	}
	if m.timed {
		created := c.created[first:last]
		kept := 0
		for _, i := range selected[:n] {
			selected[kept&(block-1)] = i
			kept += one(created[i] >= m.from) & one(created[i] < m.to)
		}
		n = kept
	}
	if m.zones != nil {
		sets := c.zones[first:last]
		kept := 0
		for _, i := range selected[:n] {
			selected[kept&(block-1)] = i
			kept += one(m.zones[sets[i]])
		}
		n = kept
	}
	if m.box != nil {
		at := c.at[first:last]
		kept := 0
		for _, i := range selected[:n] {
			selected[kept&(block-1)] = i
			kept += one(m.box.Contains(at[i]))
		}
		n = kept
	}
	return selected[:n]
}

// one is 1 for true; the compiler makes no jump of it.
func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
