package tiles

// book numbers what occurs in some rows: their profiles together with their sets of zones, so that a filter is decided once for each. Most questions
// do not ask for all of that: entries that differ only in what a question does not ask for are one column of an axis.
type book struct {
	entries  []pair   // by key
	zoneSets []uint32 // of the dictionary, those that occur
	paired   bool     // entries tell the sets of zones; else there were too many of them, and entries are profiles alone

	fine   axis // by profile
	coarse axis // by kind, state and visibility
	zoned  axis // by these and the set of zones; without columns if entries do not tell it
}

// pair is a profile and a set of zones, by their numbers in the dictionary.
type pair struct{ profile, zones uint32 }

// maxKeys is the number of entries that a book can have.
const maxKeys = 1 << 16

// axis divides the entries of a book.
type axis struct {
	column  []uint16 // by key
	columns []pair   // one entry of each column
}

// clerk makes a book.
type clerk struct {
	dictionary *dictionary
	keys       map[pair]uint32
	list       []pair
	lastPair   pair
	lastKey    uint32
}

func newClerk(d *dictionary) *clerk { return &clerk{dictionary: d, keys: map[pair]uint32{}} }

// key numbers a pair.
func (c *clerk) key(p pair) uint32 {
	if p == c.lastPair && len(c.list) > 0 {
		return c.lastKey
	}
	k, ok := c.keys[p]
	if !ok {
		k = uint32(len(c.list))
		c.keys[p] = k
		c.list = append(c.list, p)
	}
	c.lastPair, c.lastKey = p, k
	return k
}

// book gives the book of what was numbered, and the keys in it by the numbers that key gave. !ok: there are too many, even of profiles.
func (c *clerk) book() (b book, keys []uint16, ok bool) {
	known := map[uint32]bool{}
	for _, p := range c.list {
		if !known[p.zones] {
			known[p.zones] = true
			b.zoneSets = append(b.zoneSets, p.zones)
		}
	}
	b.paired = len(c.list) <= limits.keys
	if b.paired {
		b.entries, keys = c.list, make([]uint16, len(c.list))
		for i := range keys {
			keys[i] = uint16(i)
		}
	} else {
		alone := axisOf(c.list, func(p pair) pair { return pair{profile: p.profile} })
		b.entries, keys = alone.columns, alone.column
	}
	if len(b.entries) > maxKeys {
		return b, nil, false
	}
	// A profile with what does not matter left out is known by what is left.
	type coarse struct {
		kind       Kind
		status     uint8
		visibility Visibility
		zones      uint32
	}
	of := func(profile, zones uint32) coarse {
		p := &c.dictionary.profiles[profile]
		return coarse{p.kind, p.status, p.visibility, zones}
	}
	b.fine = axisOf(b.entries, func(p pair) uint32 { return p.profile })
	b.coarse = axisOf(b.entries, func(p pair) coarse { return of(p.profile, 0) })
	if b.paired {
		b.zoned = axisOf(b.entries, func(p pair) coarse { return of(p.profile, p.zones) })
	}
	return b, keys, true
}

// axisOf divides entries by what a function tells of them.
func axisOf[T comparable](entries []pair, of func(pair) T) axis {
	a := axis{column: make([]uint16, len(entries))}
	known := map[T]uint16{}
	for key, e := range entries {
		told := of(e)
		n, ok := known[told]
		if !ok {
			n = uint16(len(a.columns))
			known[told] = n
			a.columns = append(a.columns, e)
		}
		a.column[key] = n
	}
	return a
}
