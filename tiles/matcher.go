package tiles

import (
	"math"
	"slices"
	"sync"

	"quartier/geo"
)

// matcher is a filter and an audience, decided for every profile of one dictionary. For one goroutine: it carries the scratch of the query.
type matcher struct {
	dictionary *dictionary
	class      []uint8 // by profile: 0 does not match; else matches | isOpen | group
	zoned      bool    // only some zones
	zones      []int32 // these, sorted
	sets       []uint8 // by set of zones: what inSet found out
	from       int64
	to         int64
	timed      bool
	box        *geo.Box
	coarse     bool // neither categories nor services matter
	whole      bool // exactly what the public sums of ledgers and tables count
	none       bool // no profile matches

	// Scratch: what ask gives away, and what scans collect.
	classes  []uint8
	columns  []uint16
	selected [block]uint16
	places   []uint16
	entries  []*entry
	points   []point
	found    []cluster
}

// The bits of a class.
const (
	matches = 0x80
	isOpen  = 0x04
	inGroup = 0x03
)

var matchers = sync.Pool{New: func() any { return new(matcher) }}

// compile decides a filter for the profiles of a state. Release the matcher when the answer is drawn.
func (s *state) compile(f Filter, a Audience) *matcher {
	m := matchers.Get().(*matcher)
	m.dictionary = &s.dictionary
	m.none = true
	wanted := wanted{
		kinds: flags(f.Kinds), statuses: flags(f.Statuses),
		categories: sorted(f.Categories), services: sorted(f.Services),
	}
	m.class = slices.Grow(m.class[:0], len(s.profiles))[:len(s.profiles)]
	for i := range s.profiles {
		p := &s.profiles[i]
		m.class[i] = 0
		if a.sees(p.visibility) && wanted.has(p) {
			m.class[i] = s.classes[p.status]
			m.none = false
		}
	}
	m.zoned, m.zones = len(f.Zones) > 0, sorted(f.Zones)
	if m.zoned {
		m.sets = slices.Grow(m.sets[:0], len(s.zones))[:len(s.zones)]
		clear(m.sets)
	}
	m.from, m.to, m.box = math.MinInt64, math.MaxInt64, f.Box
	if f.From != 0 {
		m.from = f.From
	}
	if f.To != 0 {
		m.to = f.To
	}
	m.timed = f.From != 0 || f.To != 0
	m.coarse = len(f.Categories)+len(f.Services) == 0
	m.whole = a == Everyone && !m.timed && !m.zoned && m.box == nil &&
		m.coarse && len(f.Kinds)+len(f.Statuses) == 0
	return m
}

// release gives the scratch back.
func (m *matcher) release() {
	m.dictionary, m.box = nil, nil // what they hold must not stay alive in a pool
	clear(m.entries[:cap(m.entries)])
	matchers.Put(m)
}

// wanted is a filter's lists, made quick to look up: there may be thousands of profiles. nil: any.
type wanted struct {
	kinds, statuses      *[256]bool
	categories, services []int32
}

func (w *wanted) has(p *profile) bool {
	return (w.kinds == nil || w.kinds[p.kind]) && (w.statuses == nil || w.statuses[p.status]) &&
		in(w.categories, p.category) && in(w.services, p.service)
}

func flags[T ~uint8](list []T) *[256]bool {
	if len(list) == 0 {
		return nil
	}
	var f [256]bool
	for _, v := range list {
		f[v] = true
	}
	return &f
}

func sorted(list []int32) []int32 {
	if slices.IsSorted(list) {
		return list
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// in tells whether a sorted list is empty or has the value.
func in(list []int32, value int32) bool {
	if len(list) == 0 {
		return true
	}
	_, found := slices.BinarySearch(list, value)
	return found
}

// classesOf gives the class of each status when it matches.
func classesOf(statuses []Status) (classes [256]uint8) {
	for i := range classes {
		classes[i] = matches | uint8(GroupClosedOther)
	}
	for i, s := range statuses {
		classes[i] = matches | uint8(s.Group)
		if s.Open {
			classes[i] |= isOpen
		}
	}
	return classes
}

// inSet tells whether a set of zones has one of the filter's. Found out once for each set.
func (m *matcher) inSet(set uint32) bool {
	const unknown, outside, inside = 0, 1, 2
	if m.sets[set] == unknown {
		m.sets[set] = outside
		for _, z := range m.dictionary.zones[set] {
			if in(m.zones, z) {
				m.sets[set] = inside
				break
			}
		}
	}
	return m.sets[set] == inside
}

// row gives the class of a row, 0 if it does not match.
func (m *matcher) row(r *row) uint8 {
	class := m.class[r.profile]
	if class == 0 || m.timed && (r.created < m.from || r.created >= m.to) ||
		m.zoned && !m.inSet(r.zones) || m.box != nil && !m.box.Contains(r.at) {
		return 0
	}
	return class
}
