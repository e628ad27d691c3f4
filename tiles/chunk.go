package tiles

import (
	"cmp"
	"slices"

	"quartier/geo"
)

// rootFrom is the coarsest resolution of a chunk's root, so that the digits below it have 30 bits.
const rootFrom = 3

// chunk holds the rows of a span as columns, sorted by cell and number: a query touches only the columns it asks about, and the descendants of
// any cell are one run. It never changes: readers go through it without a lock.
type chunk struct {
	*span
	ledger

	columns
	offset []uint32 // of the row's cell: its digits below the root's, see cellAt
	key    []uint16 // in the ledger's book
	closed []uint32
	due    []uint32

	// tables[r] sums up the rows by their ancestor at resolution r; nil for r > finest and for the root's resolution and coarser ones. Where most
	// cells hold a row or two a table would be as large as the rows: those resolutions are grouped when somebody asks.
	tables [resolutions][]entry
	finest int
}

// digitBits is where the digits of a cell of geo.CellResolution begin (H3 index bit layout): what is below is the same in all.
const digitBits = 3 * (geo.MaxResolution - geo.CellResolution)

// cellAt gives the cell of a row.
func (c *chunk) cellAt(i int) geo.Cell { return c.first + geo.Cell(c.offset[i])<<digitBits }

// offsetOf gives where a cell of the span stands among its offsets.
func (c *chunk) offsetOf(cell geo.Cell) uint32 { return uint32((cell - c.first) >> digitBits) }

// row gives one row back.
func (c *chunk) row(i int) row {
	return row{
		cell: c.cellAt(i), number: c.spots[i].number, at: c.spots[i].at, profile: c.entries[c.key[i]].profile, zones: c.entries[c.key[i]].zones,
		created: c.created[i], closed: c.closed[i], due: c.due[i],
	}
}

// len is the number of rows.
func (c *chunk) len() int { return len(c.offset) }

// newChunk makes one chunk of sorted rows.
func newChunk(rows []row, s *span, classes *[256]uint8, d *dictionary) *chunk {
	n := len(rows)
	c := &chunk{span: s, finest: s.root.Resolution()}
	if n == 0 {
		return c
	}
	c.columns = columns{spots: make([]spot, n), created: make([]int64, n)}
	// One piece for each width: the runtime rounds every piece up.
	longs, shorts := make([]uint32, 3*n), make([]uint16, 4*n)
	c.offset, c.closed, c.due = longs[:n:n], longs[n:2*n:2*n], longs[2*n:]
	c.key, c.place, c.keys, c.groups = shorts[:n:n], shorts[n:2*n:2*n], shorts[2*n:3*n:3*n], shorts[3*n:]
	clerk := newClerk(d)
	keys := make([]uint32, n)
	for i := range rows {
		r := &rows[i]
		c.offset[i] = c.offsetOf(r.cell)
		c.spots[i], c.created[i], c.closed[i], c.due[i] = spot{r.number, r.at}, r.created, r.closed, r.due
		keys[i] = clerk.key(pair{r.profile, r.zones})
	}
	var known []uint16
	c.book, known, _ = clerk.book() // a chunk has at most as many rows as there can be keys
	for i := range rows {
		c.key[i] = known[keys[i]]
	}
	c.box = boxAround(c.spots)
	for i, p := range byTime(c.created) {
		c.place[i], c.keys[i] = uint16(p), c.key[p]
	}
	c.sources = []columns{c.columns}
	c.write(classes, d)
	c.tabulate(classes, d)
	return c
}

// find gives the place of a row.
func (c *chunk) find(cell geo.Cell, number uint64) (int, bool) {
	if cell < c.first || cell > c.last {
		return 0, false
	}
	offset := c.offsetOf(cell)
	i, ok := slices.BinarySearch(c.offset, offset)
	if !ok {
		return 0, false
	}
	end := c.endOf(i, offset)
	n, ok := slices.BinarySearchFunc(c.spots[i:end], number, func(s spot, number uint64) int { return cmp.Compare(s.number, number) })
	return i + n, ok
}

// endOf gives the end of the rows whose offset is at most last, from first on.
func (c *chunk) endOf(first int, last uint32) int {
	if first < len(c.offset) && c.offset[first] > last {
		return first
	}
	n, _ := slices.BinarySearchFunc(c.offset[first:], last, func(o, last uint32) int {
		if o <= last {
			return -1
		}
		return 1
	})
	return first + n
}

// match gives the class of a row under a question, 0 if it does not match.
func (c *chunk) match(q *question, i int) uint8 {
	class := q.of(c.key[i])
	if class == 0 || q.timed && (c.created[i] < q.from || c.created[i] >= q.to) || q.box != nil && !q.box.Contains(c.spots[i].at) {
		return 0
	}
	return class
}

// sumRun adds up the matching rows of [first, end), members of one cell with the given centre.
func (c *chunk) sumRun(first, end int, centre geo.Position, q *question) (s sum) {
	wraps := c.wraps(centre)
	for ; first < end; first += block {
		last := min(first+block, end)
		keys, spots := c.key[first:last], c.spots[first:last]
		var selected []uint16
		var counts uint64
		if q.timed {
			selected, counts = q.selectTimed(keys, c.created[first:last])
		} else {
			selected, counts = q.select_(keys)
		}
		if q.box != nil {
			selected, counts = c.sift(first, selected, q)
		}
		s.count += int32(len(selected))
		for _, i := range selected {
			spot := &spots[i]
			s.profile += c.entries[keys[i]].profile
			s.number += spot.number
			s.lat += int64(spot.at.Lat)
			if wraps {
				s.lon += unwrap(spot.at.Lon, centre.Lon)
			} else {
				s.lon += int64(spot.at.Lon)
			}
		}
		s.unpack(counts)
	}
	return s
}

// sift leaves of selected places, counted from first, those in the box.
func (c *chunk) sift(first int, selected []uint16, q *question) (kept []uint16, counts uint64) {
	kept = selected[:0]
	for _, i := range selected {
		if p := first + int(i); q.box.Contains(c.spots[p].at) {
			kept = append(kept, i)
			counts += units[q.of(c.key[p])]
		}
	}
	return kept, counts
}

// matching counts the rows of matching profiles, at any time, in any zones and any box.
func (c *chunk) matching(m *matcher) int {
	n := 0
	for column, mark := range c.byProfile.last() {
		if m.class[c.fine.columns[column].profile] != 0 {
			n += int(mark.count)
		}
	}
	return n
}

// picked gives the places of all matching rows, sorted. Quick where they are few.
func (c *chunk) picked(m *matcher, q *question) []uint16 {
	places := m.places[:0]
	lines := len(c.byProfile.marks) / c.byProfile.width
	for column, e := range c.fine.columns {
		if m.class[e.profile] == 0 {
			continue
		}
		for line := range lines {
			for _, i := range c.groupOf(line, uint16(column)) {
				if place := c.place[line*c.byProfile.every+int(i)]; c.match(q, int(place)) != 0 {
					places = append(places, place)
				}
			}
		}
	}
	slices.Sort(places)
	m.places = places
	return places
}

// sumPlaces adds up rows of which it is known that they match.
func (c *chunk) sumPlaces(places []uint16, centre geo.Position, q *question) (s sum) {
	for _, i := range places {
		key := c.key[i]
		s.add(c.spots[i].at, centre, c.spots[i].number, c.entries[key].profile, q.of(key))
	}
	return s
}

// sumAll adds up all matching rows, members of one cell.
func (c *chunk) sumAll(centre geo.Position, m *matcher) (s sum) {
	q, ok := m.ask(&c.ledger)
	switch {
	case !ok:
	case c.wraps(centre):
		s = c.sumRun(0, c.len(), centre, &q)
	case m.whole:
		s = c.public
	case q.box == nil && q.lines != nil:
		c.ledger.add(&s, &q)
	case c.matching(m) < c.len()/rareFrom:
		s = c.sumPlaces(c.picked(m, &q), centre, &q)
	case q.box == nil:
		c.ledger.add(&s, &q)
	default:
		s = c.sumRun(0, c.len(), centre, &q)
	}
	return s
}

// rareFrom: rows of keys that are fewer than one in so many are picked one by one, more are scanned in their order, which costs less for each.
const rareFrom = 8

// boxAround gives the least box around one or more rows.
func boxAround(spots []spot) geo.Box {
	b := boxOf(spots[0].at)
	for i := range spots[1:] {
		p := spots[1+i].at
		b.West, b.East = min(b.West, p.Lon), max(b.East, p.Lon)
		b.South, b.North = min(b.South, p.Lat), max(b.North, p.Lat)
	}
	return b
}

// boxOf gives the box of one position.
func boxOf(p geo.Position) geo.Box {
	return geo.Box{West: p.Lon, East: p.Lon, South: p.Lat, North: p.Lat}
}

// join gives the least box around two; one that is nowhere adds nothing.
func join(a, b geo.Box) geo.Box {
	if a.West > a.East {
		return b
	}
	return geo.Box{West: min(a.West, b.West), East: max(a.East, b.East), South: min(a.South, b.South), North: max(a.North, b.North)}
}

// meet tells whether two boxes have a position in common.
func meet(a, b geo.Box) bool {
	return a.West <= b.East && b.West <= a.East && a.South <= b.North && b.South <= a.North
}
