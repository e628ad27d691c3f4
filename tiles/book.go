package tiles

// book numbers what occurs in some rows: their profiles together with their sets of zones, so that a filter is decided once for each, or, where there
// are too many of these pairs, the profiles alone.
type book struct {
	entries  []pair   // by key
	paired   bool     // entries tell the sets of zones
	zoneSets []uint32 // of the dictionary, those that occur

	// Entries that differ in category and service alone are one class, for the many questions that ask for neither.
	class   []uint16 // by key
	classes []pair   // one entry of each
}

// pair is a profile and a set of zones, by their numbers in the dictionary.
type pair struct{ profile, zones uint32 }

// maxKeys is the number of entries that a book can have.
const maxKeys = 1 << 16

// clerk makes a book.
type clerk struct {
	dictionary *dictionary
	pairs      map[pair]uint32 // keys
	list       []pair
	lastPair   pair
	lastKey    uint32
}

func newClerk(d *dictionary) *clerk { return &clerk{dictionary: d, pairs: map[pair]uint32{}} }

// key numbers a pair.
func (c *clerk) key(p pair) uint32 {
	if p == c.lastPair && len(c.list) > 0 {
		return c.lastKey
	}
	k, ok := c.pairs[p]
	if !ok {
		k = uint32(len(c.list))
		c.pairs[p] = k
		c.list = append(c.list, p)
	}
	c.lastPair, c.lastKey = p, k
	return k
}

// book gives the book of what was numbered, and the keys in it by the numbers that key gave. !ok: there are too many.
func (c *clerk) book() (b book, keys []uint16, ok bool) {
	numbers := make([]uint32, len(c.list))
	sets := map[uint32]bool{}
	for i, p := range c.list {
		numbers[i] = uint32(i)
		if !sets[p.zones] {
			sets[p.zones] = true
			b.zoneSets = append(b.zoneSets, p.zones)
		}
	}
	b.entries, b.paired = c.list, len(c.list) <= limits.pairs || len(b.zoneSets) == 1
	if !b.paired {
		b.entries = nil
		known := map[uint32]uint32{}
		for i, p := range c.list {
			k, ok := known[p.profile]
			if !ok {
				k = uint32(len(b.entries))
				known[p.profile] = k
				b.entries = append(b.entries, pair{profile: p.profile})
			}
			numbers[i] = k
		}
	}
	if len(b.entries) > maxKeys {
		return b, nil, false
	}
	type coarse struct {
		kind       Kind
		status     uint8
		visibility Visibility
		zones      uint32
	}
	known := map[coarse]uint16{}
	b.class = make([]uint16, len(b.entries))
	for i, e := range b.entries {
		p := &c.dictionary.profiles[e.profile]
		of := coarse{p.kind, p.status, p.visibility, e.zones}
		n, ok := known[of]
		if !ok {
			n = uint16(len(b.classes))
			known[of] = n
			b.classes = append(b.classes, e)
		}
		b.class[i] = n
	}
	keys = make([]uint16, len(numbers))
	for i, n := range numbers {
		keys[i] = uint16(n)
	}
	return b, keys, true
}
