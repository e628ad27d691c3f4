package tiles

import "quartier/geo"

// ledger tells what of many rows matches a question without going through all of them. It has the rows in the order of their creation, and every
// so often a line that sums up all rows before, by profile: a time range is the difference of two lines, and the rows between each end of
// the range and the line that is nearest to it. It never changes.
type ledger struct {
	profiles []uint32 // of the dictionary, those that occur: a row's key is its profile's place here
	zoneSets []uint32 // of the dictionary, those that occur
	box      geo.Box  // around the rows
	public   sum      // of the rows that Everyone may see

	// The rows, in an order of the owner's.
	number  []uint64
	at      []geo.Position
	created []int64

	// From the oldest to the youngest: keys, and places in the columns above (nil: they stand in this order).
	keys  []uint16
	place []uint16

	every  int     // rows from line to line
	starts []int64 // creation of the first row after each line, and of the first of all
	lines  []mark  // after every, 2·every … and all rows: a mark for each profile
}

// mark sums up the rows of one profile. Integers modulo 2^64, so that differences are exact.
type mark struct {
	lon, lat int64
	number   uint64
	count    uint32
}

// maxKeys is the number of profiles up to which a ledger can tell them apart.
const maxKeys = 1 << 16

// write makes the lines, at least some rows apart. The rows are there, in whichever order.
func (l *ledger) write(every int, classes *[256]uint8, d *dictionary) {
	n, k := len(l.keys), len(l.profiles)
	l.every = max(every, limits.rowsForMark*k)
	l.starts = make([]int64, 0, n/l.every+1)
	l.lines = make([]mark, 0, (n+l.every-1)/l.every*k)
	running := make([]mark, k)
	for i, key := range l.keys {
		p := l.nth(i)
		if i%l.every == 0 {
			l.starts = append(l.starts, l.created[p])
		}
		m := &running[key]
		m.count++
		m.number += l.number[p]
		m.lon += int64(l.at[p].Lon)
		m.lat += int64(l.at[p].Lat)
		if (i+1)%l.every == 0 || i+1 == n {
			l.lines = append(l.lines, running...)
		}
	}
	for key, m := range running {
		if p := &d.profiles[l.profiles[key]]; Everyone.sees(p.visibility) {
			l.public.add1(&m, l.profiles[key], classes[p.status], 1)
		}
	}
}

// nth gives the place of a row by its age.
func (l *ledger) nth(i int) int {
	if l.place == nil {
		return i
	}
	return int(l.place[i])
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
	low, high = (low-1)*l.every, min(low*l.every, len(l.keys))
	for low < high {
		if mid := (low + high) / 2; l.created[l.nth(mid)] < moment {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// range_ gives the rows that a question's times leave, as places by age.
func (l *ledger) range_(q *question) (first, end int) {
	if !q.timed {
		return 0, len(l.keys)
	}
	return l.until(q.from), l.until(q.to)
}

// add adds up the rows that match. The question asks neither for zones nor for a box, and no row stands beyond the 180th meridian from the centre
// of the cell that is asked about.
func (l *ledger) add(s *sum, q *question) {
	first, end := l.range_(q)
	if end-first <= l.every {
		l.scan(s, first, end, 1, q)
		return
	}
	l.before(s, end, 1, q)
	l.before(s, first, -1, q)
}

// before adds (sign 1) or takes away (sign −1) the matching rows among the oldest i.
func (l *ledger) before(s *sum, i int, sign int32, q *question) {
	n := len(l.keys)
	line := (i + l.every/2) / l.every
	if i == n {
		line = (n + l.every - 1) / l.every
	}
	if line > 0 {
		marks := l.lines[(line-1)*len(l.profiles) : line*len(l.profiles)]
		for key, class := range q.class {
			if m := &marks[key]; class != 0 && m.count != 0 {
				s.add1(m, l.profiles[key], class, sign)
			}
		}
	}
	if at := min(line*l.every, n); at <= i {
		l.scan(s, at, i, sign, q)
	} else {
		l.scan(s, i, at, -sign, q)
	}
}

// scan adds or takes away the rows of some profiles whose age is from first to before end.
func (l *ledger) scan(s *sum, first, end int, sign int32, q *question) {
	for ; first < end; first += block {
		last := min(first+block, end)
		keys := l.keys[first:last]
		selected, counts := q.select_(keys)
		part := sum{count: int32(len(selected))}
		for _, i := range selected {
			p := l.nth(first + int(i))
			part.number += l.number[p]
			part.profile += l.profiles[keys[i]]
			part.lon += int64(l.at[p].Lon)
			part.lat += int64(l.at[p].Lat)
		}
		part.unpack(counts)
		s.merge(&part, sign)
	}
}

// matching counts the rows of matching profiles, at any time and in any zone.
func (l *ledger) matching(q *question) int {
	n := 0
	if len(l.lines) == 0 {
		return 0
	}
	total := l.lines[len(l.lines)-len(l.profiles):]
	for key, class := range q.class {
		if class != 0 {
			n += int(total[key].count)
		}
	}
	return n
}

// wraps tells whether a row stands beyond the 180th meridian from a centre, so that its longitude must be unwrapped one by one.
func (l *ledger) wraps(centre geo.Position) bool {
	return unwrap(l.box.West, centre.Lon) != int64(l.box.West) || unwrap(l.box.East, centre.Lon) != int64(l.box.East)
}
