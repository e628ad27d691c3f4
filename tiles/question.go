package tiles

import "quartier/geo"

// block is the number of rows that are scanned together. Each of the packed counts must be able to hold it.
const block = 512

// Counts of a block are packed into one number: packed bits for open and for each group, lowest first. So a row costs one addition
// instead of a read and a write for each count.
const packed = 12

// units has what a row of a class adds to packed counts.
var units = func() (u [256]uint64) {
	for class := range u {
		if class&matches != 0 {
			u[class] = uint64(class>>2&1) | 1<<(packed*(1+class&inGroup))
		}
	}
	return u
}()

// unpack adds packed counts.
func (s *sum) unpack(counts uint64) {
	const mask = 1<<packed - 1
	s.open += int32(counts & mask)
	for g := range s.groups {
		counts >>= packed
		s.groups[g] += int32(counts & mask)
	}
}

// question is a matcher in the words of one ledger. What the ledger answers with all of its rows is not asked of each row again.
type question struct {
	lines   *lines   // that can tell; nil: none can
	class   []uint8  // by column of the lines, or by key: 0 does not match; else matches | isOpen | group
	columns []uint16 // that match
	column  []uint16 // of the lines, by key; nil: keys
	box     *geo.Box // nil: all rows are in the box
	timed   bool     // some rows may be too old or too young
	from    int64
	to      int64

	selected *[block]uint16 // scratch of the one goroutine that asks
}

// ask puts a matcher into the words of a ledger. !ok: no row matches. The question stands until the next one.
func (m *matcher) ask(l *ledger) (q question, ok bool) {
	if len(l.keys) == 0 {
		return q, false
	}
	q = question{from: m.from, to: m.to, selected: &m.selected}
	if m.timed {
		oldest, youngest := l.starts[0], l.createdAt(len(l.keys)-1)
		if youngest < m.from || oldest >= m.to || m.from >= m.to {
			return q, false
		}
		q.timed = oldest < m.from || youngest >= m.to
	}
	if m.box != nil {
		if !meet(l.box, *m.box) {
			return q, false
		}
		if !m.box.Contains(geo.Position{Lon: l.box.West, Lat: l.box.South}) || !m.box.Contains(geo.Position{Lon: l.box.East, Lat: l.box.North}) {
			q.box = m.box
		}
	}
	border := false // rows may lie on either side of the border of the zones that are asked for
	if m.zoned {
		in := 0
		for _, set := range l.zoneSets {
			in += one(m.inSet(set))
		}
		if in == 0 {
			return q, false
		}
		border = in < len(l.zoneSets)
	}
	entries := l.entries
	switch {
	case border && m.coarse && l.paired:
		q.lines, q.column, entries = &l.byZone, l.zoned.column, l.zoned.columns
	case border: // no lines tell zones and categories; if entries do not tell zones either, it is for those below to answer
	case m.coarse:
		q.lines, q.column, entries = &l.byState, l.coarse.column, l.coarse.columns
	default:
		q.lines, q.column, entries = &l.byProfile, l.fine.column, l.fine.columns
	}
	m.classes, m.columns = m.classes[:0], m.columns[:0]
	for i := range entries {
		class := m.class[entries[i].profile]
		if class != 0 && border && l.paired && !m.inSet(entries[i].zones) {
			class = 0
		}
		if class != 0 {
			m.columns = append(m.columns, uint16(i))
		}
		m.classes = append(m.classes, class)
	}
	q.class, q.columns = m.classes, m.columns
	return q, len(q.columns) > 0
}

// of gives the class of a key.
func (q *question) of(key uint16) uint8 {
	if q.column != nil {
		return q.class[q.column[key]]
	}
	return q.class[key]
}

// select_ gives the places of the keys that match, and their packed counts. Places are collected by arithmetic instead of jumps: whether a row
// matches cannot be predicted, and a wrong guess costs more than all the rest. At most block keys. Valid until the next call.
func (q *question) select_(keys []uint16) (selected []uint16, counts uint64) {
	n := 0
	places := q.selected
	if q.column == nil {
		for i, key := range keys {
			class := q.class[key]
			places[n&(block-1)] = uint16(i)
			n += int(class >> 7)
			counts += units[class]
		}
		return places[:n], counts
	}
	for i, key := range keys {
		class := q.class[q.column[key]]
		places[n&(block-1)] = uint16(i)
		n += int(class >> 7)
		counts += units[class]
	}
	return places[:n], counts
}

// selectTimed is select_ of keys whose rows were created at those times.
func (q *question) selectTimed(keys []uint16, created []int64) (selected []uint16, counts uint64) {
	n := 0
	places := q.selected
	created = created[:len(keys)]
	long := uint64(q.to) - uint64(q.from)
	for i, key := range keys {
		class := q.of(key)
		in := one(uint64(created[i])-uint64(q.from) < long)
		places[n&(block-1)] = uint16(i)
		n += int(class>>7) & in
		counts += units[class] & -uint64(in)
	}
	return places[:n], counts
}

// one is 1 for true; the compiler makes no jump of it.
func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
