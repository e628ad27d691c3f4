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

	byProfile lines // on the axis fine
	byState   lines // on the axis coarse
	byZone    lines // on the axis zoned
	public    sum   // of the rows that Everyone may see
}

// columns are what a ledger needs of its rows, in any order.
type columns struct {
	number  []uint64
	at      []geo.Position
	created []int64
}

// ref is a row of one of several sources.
type ref struct{ source, place uint16 }

// lines sum up the rows before every, 2·every … and all rows, by some columns.
type lines struct {
	every, width int
	marks        []mark // width for each line
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

// write makes the lines. Keys, places and sources are there.
func (l *ledger) write(classes *[256]uint8, d *dictionary) {
	n := len(l.keys)
	l.starts = make([]int64, 0, n/startEvery+1)
	byProfile := l.byProfile.open(n, &l.fine, limits.line)
	byState := l.byState.open(n, &l.coarse, limits.stateLine)
	byZone := l.byZone.open(n, &l.zoned, limits.line)
	for i, key := range l.keys {
		c, p := l.aged(i)
		if i%startEvery == 0 {
			l.starts = append(l.starts, c.created[p])
		}
		one := mark{lon: int64(c.at[p].Lon), lat: int64(c.at[p].Lat), number: c.number[p], count: 1, profile: l.entries[key].profile}
		byProfile[l.fine.column[key]].add(&one)
		byState[l.coarse.column[key]].add(&one)
		if l.paired {
			byZone[l.zoned.column[key]].add(&one)
			l.byZone.close(i, n, byZone)
		}
		l.byProfile.close(i, n, byProfile)
		l.byState.close(i, n, byState)
	}
	for i := range byState {
		if p := &d.profiles[l.coarse.columns[i].profile]; Everyone.sees(p.visibility) {
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

// open makes room for the lines of n rows on an axis, at least some rows apart, and gives the marks that are being added up.
func (l *lines) open(n int, a *axis, apart int) []mark {
	l.width = len(a.columns)
	l.every = max(apart, limits.rowsForMark*l.width)
	l.marks = make([]mark, 0, (n+l.every-1)/l.every*l.width)
	return make([]mark, l.width)
}

// close writes a line after row i of n, if there is one.
func (l *lines) close(i, n int, running []mark) {
	if (i+1)%l.every == 0 || i+1 == n {
		l.marks = append(l.marks, running...)
	}
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
	if q.lines == nil || end-first <= q.lines.every {
		l.scan(s, first, end, 1, q)
		return
	}
	l.before(s, end, 1, q)
	l.before(s, first, -1, q)
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
	if at := min(line*every, n); at <= i {
		l.scan(s, at, i, sign, q)
	} else {
		l.scan(s, i, at, -sign, q)
	}
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
			part.number += c.number[p]
			part.profile += l.entries[keys[i]].profile
			part.lon += int64(c.at[p].Lon)
			part.lat += int64(c.at[p].Lat)
		}
		part.unpack(counts)
		s.merge(&part, sign)
	}
}

// wraps tells whether a row stands beyond the 180th meridian from a centre, so that its longitude must be unwrapped one by one.
func (l *ledger) wraps(centre geo.Position) bool {
	return unwrap(l.box.West, centre.Lon) != int64(l.box.West) || unwrap(l.box.East, centre.Lon) != int64(l.box.East)
}
