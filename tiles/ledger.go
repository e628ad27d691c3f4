package tiles

import (
	"quartier/geo"
)

// ledger tells what of many rows matches a question without going through all of them. It has the rows in the order of their creation, and every
// so often a line that sums up all rows before: a time range is the difference of two lines, and the rows between each end of the range
// and the line that is nearest to it. There are three sorts of lines, for questions that ask for more or for less: the fewer columns a line
// has, the closer lines can stand. A ledger never changes.
type ledger struct {
	book
	box geo.Box // around the rows

	keys    []uint16  // of the rows, from the oldest to the youngest: places in book.entries
	place   []uint16  // of the rows likewise, in the only source; nil: refs
	refs    []ref     // of the rows likewise, in the sources
	sources []columns // what the rows are taken from
	starts  []int64   // creation of every startEvery-th row, from the oldest on

	byProfile lines    // on the axis fine
	groups    []uint16 // between one line by profile and the next: the rows by column, then by age, as distances from the line
	byState   lines    // on the axis coarse
	byZone    lines    // on the axis zoned
	public    sum      // of the rows that Everyone may see
}

// columns are what a ledger needs of its rows, in any order.
type columns struct {
	spots   []spot
	created []int64
}

// spot is where a row is, and which one. The two stand together because sums need both, from anywhere in memory.
type spot struct {
	number uint64
	at     geo.Position
}

// ref is a row of one of several sources.
type ref struct{ source, place uint16 }

// lines sum up the rows before every, 2·every … and all rows, by some columns.
type lines struct {
	every, width int
	marks        []mark   // width for each line
	starts       []uint16 // by profile: where the group of each mark's column begins, counted from the line before
}

// mark sums up some rows. Integers modulo 2^64, so that differences are exact.
type mark struct {
	lon, lat int64
	number   uint64
	count    uint32
	profile  uint32
}

// mark adds (sign 1) or takes away (sign −1) the rows of a mark, which are of one class.
func (s *sum) mark(m *mark, class uint8, sign int32) {
	n := sign * int32(m.count)
	s.count += n
	s.open += n * int32(class>>2&1)
	s.groups[class&inGroup] += n
	s.profile += m.profile * uint32(sign)
	s.number += m.number * uint64(int64(sign))
	s.lon += m.lon * int64(sign)
	s.lat += m.lat * int64(sign)
}

const startEvery = 64

// write makes the lines and groups. Keys, places, sources and room for groups are there.
func (l *ledger) write(classes *[256]uint8, d *dictionary) {
	n := len(l.keys)
	l.starts = make([]int64, 0, n/startEvery+1)
	l.byProfile.width, l.byState.width, l.byZone.width = len(l.fine.columns), len(l.coarse.columns), len(l.zoned.columns)
	marks := l.byProfile.size(n, limits.line, 1) + l.byState.size(n, limits.stateLine, 1) + l.byZone.size(n, limits.line, 2)
	room := make([]mark, marks) // one piece: the runtime rounds every piece up
	byProfile, room := l.byProfile.open(n, room)
	byState, room := l.byState.open(n, room)
	byZone, _ := l.byZone.open(n, room)
	l.byProfile.starts = make([]uint16, 0, cap(l.byProfile.marks))
	for i, key := range l.keys {
		c, p := l.aged(i)
		if i%startEvery == 0 {
			l.starts = append(l.starts, c.created[p])
		}
		spot := &c.spots[p]
		one := mark{lon: int64(spot.at.Lon), lat: int64(spot.at.Lat), number: spot.number, count: 1, profile: l.entries[key].profile}
		byProfile[l.fine.column[key]].add(&one)
		byState[l.coarse.column[key]].add(&one)
		if l.paired {
			byZone[l.zoned.column[key]].add(&one)
			l.byZone.close(i, n, byZone)
		}
		if l.byProfile.close(i, n, byProfile) {
			l.group(i/l.byProfile.every*l.byProfile.every, i+1)
		}
		l.byState.close(i, n, byState)
	}
	for i := range byState {
		if p := &d.profiles[l.coarse.columns[i].profile]; p.visibility == Public {
			l.public.mark(&byState[i], classes[p.status], 1)
		}
	}
}

func (m *mark) add(o *mark) {
	m.lon += o.lon
	m.lat += o.lat
	m.number += o.number
	m.count += o.count
	m.profile += o.profile
}

// maxApart is the most rows from line to line, so that 16 bits tell a distance.
const maxApart = 1 << 16

// size decides how far apart the lines of n rows are, at least so many rows, and gives the number of their marks. Sparse lines cost less memory. Those of
// large ledgers are sparse: few ledgers are large, and none is asked beside many others.
func (l *lines) size(n, apart, sparse int) int {
	if n > limits.large {
		sparse *= 3
	}
	l.every = min(max(apart, limits.rowsForMark*l.width*sparse), maxApart)
	return (n + l.every - 1) / l.every * l.width
}

// open takes the room for the lines, and gives the marks that are to be added up, and the room that is left.
func (l *lines) open(n int, room []mark) (running, left []mark) {
	size := (n + l.every - 1) / l.every * l.width
	l.marks = room[:0:size]
	return make([]mark, l.width), room[size:]
}

// close writes a line after row i of n, if there is to be one.
func (l *lines) close(i, n int, running []mark) bool {
	if (i+1)%l.every != 0 && i+1 != n {
		return false
	}
	l.marks = append(l.marks, running...)
	return true
}

// group divides the rows from one line by profile to the next.
func (l *ledger) group(first, end int) {
	starts := make([]uint32, l.byProfile.width+1)
	for _, key := range l.keys[first:end] {
		starts[l.fine.column[key]+1]++
	}
	for column := range l.byProfile.width {
		starts[column+1] += starts[column]
		l.byProfile.starts = append(l.byProfile.starts, uint16(starts[column]))
	}
	for i, key := range l.keys[first:end] {
		at := &starts[l.fine.column[key]]
		l.groups[first+int(*at)] = uint16(i)
		*at++
	}
}

// groupOf gives the rows of a column from a line by profile to the next, as distances from the line.
func (l *ledger) groupOf(line int, column uint16) []uint16 {
	at := line*l.byProfile.width + int(column)
	n := l.byProfile.marks[at].count
	if line > 0 {
		n -= l.byProfile.marks[at-l.byProfile.width].count
	}
	first := line*l.byProfile.every + int(l.byProfile.starts[at])
	return l.groups[first : first+int(n)]
}

// line gives a line, counted from 1.
func (l *lines) line(n int) []mark { return l.marks[(n-1)*l.width : n*l.width] }

// last gives the line after all rows.
func (l *lines) last() []mark { return l.marks[len(l.marks)-l.width:] }

// aged gives the row of an age.
func (l *ledger) aged(i int) (*columns, int) {
	if l.place != nil {
		return &l.sources[0], int(l.place[i])
	}
	r := l.refs[i]
	return &l.sources[r.source], int(r.place)
}

// createdAt gives the creation of a row by its age.
func (l *ledger) createdAt(i int) int64 {
	c, p := l.aged(i)
	return c.created[p]
}

// until counts the rows created before a moment.
func (l *ledger) until(moment int64) int {
	low, high := 0, len(l.starts)
	for low < high {
		if mid := (low + high) / 2; l.starts[mid] < moment {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == 0 {
		return 0
	}
	low, high = (low-1)*startEvery+1, min(low*startEvery, len(l.keys))
	for low < high {
		if mid := (low + high) / 2; l.createdAt(mid) < moment {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// add adds up the rows that match. The question asks for no box, and no row stands beyond the 180th meridian from the centre of the cell that is asked
// about.
func (l *ledger) add(s *sum, q *question) {
	first, end := 0, len(l.keys)
	if q.timed {
		first, end = l.until(q.from), l.until(q.to)
	}
	if q.lines == nil || end-first <= q.lines.every && !l.few(q) {
		l.scan(s, first, end, 1, q)
		return
	}
	l.before(s, end, 1, q)
	l.before(s, first, -1, q)
}

// few tells whether so few columns match that it is quicker to pick their rows out of groups than to go through all rows.
func (l *ledger) few(q *question) bool {
	const share = 8
	return q.lines == &l.byProfile && len(q.columns)*share <= l.byProfile.width
}

// before adds (sign 1) or takes away (sign −1) the matching rows among the oldest i.
func (l *ledger) before(s *sum, i int, sign int32, q *question) {
	n, every := len(l.keys), q.lines.every
	line := (i + every/2) / every
	if i == n {
		line = (n + every - 1) / every
	}
	if line > 0 {
		marks := q.lines.line(line)
		for _, column := range q.columns {
			s.mark(&marks[column], q.class[column], sign)
		}
	}
	first, end := min(line*every, n), i
	if first > end {
		first, end, sign = end, first, -sign
	}
	if l.few(q) {
		l.pick(s, first, end, sign, q)
	} else {
		l.scan(s, first, end, sign, q)
	}
}

// pick does what scan does, where few columns match and no line by profile lies between.
func (l *ledger) pick(s *sum, first, end int, sign int32, q *question) {
	if first == end {
		return
	}
	line := first / l.byProfile.every
	base := line * l.byProfile.every
	var part sum
	for _, column := range q.columns {
		class, profile := q.class[column], l.fine.columns[column].profile
		for _, i := range between(l.groupOf(line, column), first-base, end-base) {
			c, p := l.aged(base + int(i))
			spot := &c.spots[p]
			part.add(spot.at, spot.at, spot.number, profile, class)
		}
	}
	s.merge(&part, sign)
}

// scan adds or takes away the matching rows whose age is from first to before end.
func (l *ledger) scan(s *sum, first, end int, sign int32, q *question) {
	for ; first < end; first += block {
		last := min(first+block, end)
		keys := l.keys[first:last]
		selected, counts := q.select_(keys)
		part := sum{count: int32(len(selected))}
		for _, i := range selected {
			c, p := l.aged(first + int(i))
			spot := &c.spots[p]
			part.number += spot.number
			part.profile += l.entries[keys[i]].profile
			part.lon += int64(spot.at.Lon)
			part.lat += int64(spot.at.Lat)
		}
		part.unpack(counts)
		s.merge(&part, sign)
	}
}

// wraps tells whether a row stands beyond the 180th meridian from a centre, so that its longitude must be unwrapped one by one.
func (l *ledger) wraps(centre geo.Position) bool {
	return unwrap(l.box.West, centre.Lon) != int64(l.box.West) || unwrap(l.box.East, centre.Lon) != int64(l.box.East)
}
