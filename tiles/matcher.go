package tiles

import (
	"math"
	"slices"
	"sync"

	"quartier/geo"
)

// matcher is a filter and an audience, decided for every profile of one dictionary. For one goroutine: it carries the scratch of the query.
//
// An audience with scopes has several matchers: no profile matches in two, so that what they find are sums of one whole. Those that everyone sees
// stay apart from the private ones, which are few, so that staff have the sums that are kept for everyone.
type matcher struct {
	dictionary *dictionary
	class      []uint8  // by profile: 0 does not match; else matches | isOpen | group
	next       *matcher // for private items that scopes cover; nil: no more
	zoned      bool     // only some zones
	zones      []int32  // that the filter asks for, sorted; none: any
	within     []int32  // that the scopes cover, sorted; none: any
	sets       []uint8  // by set of zones: what inSet found out
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
	a = a.settled()
	wanted := wanted{
		kinds: flags(f.Kinds), statuses: flags(f.Statuses),
		categories: sorted(f.Categories), services: sorted(f.Services),
	}
	m := s.matcher(&f, nil)
	for i := range s.profiles {
		p := &s.profiles[i]
		if a.Sees&p.visibility != 0 && wanted.has(p) {
			m.class[i] = s.classes[p.status]
			m.none = false
		}
	}
	m.coarse = len(f.Categories)+len(f.Services) == 0
	m.whole = a.Sees == Public && !m.timed && !m.zoned && m.box == nil &&
		m.coarse && len(f.Kinds)+len(f.Statuses) == 0
	if len(a.Scopes) > 0 {
		m.next = s.covered(&f, a.Scopes, &wanted, m.coarse)
	}
	return m
}

// covered makes the matchers of the private items that scopes cover: one for each list of zones, because a matcher asks the same zones of all its
// rows.
func (s *state) covered(f *Filter, scopes []Scope, wanted *wanted, coarse bool) (first *matcher) {
	var zones []int32
	all := true // private profiles that are wanted are covered
	for i := range s.profiles {
		p := &s.profiles[i]
		if p.visibility != Private || !wanted.has(p) {
			continue
		}
		var ok bool
		if zones, ok = within(scopes, p, zones); !ok {
			all = false
			continue
		}
		m := first
		for m != nil && !slices.Equal(m.within, zones) {
			m = m.next
		}
		if m == nil {
			m = s.matcher(f, zones)
			m.next, first = first, m
		}
		m.class[i] = s.classes[p.status]
		m.none = false
	}
	if first != nil {
		first.coarse = coarse && all && first.next == nil
	}
	return first
}

// matcher makes a matcher of a filter within zones (none: anywhere) that no profile matches yet.
func (s *state) matcher(f *Filter, within []int32) *matcher {
	m := matchers.Get().(*matcher)
	m.dictionary, m.next, m.none, m.coarse, m.whole = &s.dictionary, nil, true, false, false
	m.found = m.found[:0]
	m.class = slices.Grow(m.class[:0], len(s.profiles))[:len(s.profiles)]
	clear(m.class)
	m.zones, m.within = sorted(f.Zones), append(m.within[:0], within...)
	m.zoned = len(m.zones)+len(m.within) > 0
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
	return m
}

// release gives the scratch back.
func (m *matcher) release() {
	for m != nil {
		next := m.next
		m.dictionary, m.next, m.zones, m.box = nil, nil, nil, nil // what they hold must not stay alive in a pool
		clear(m.entries[:cap(m.entries)])
		matchers.Put(m)
		m = next
	}
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

// anyIn tells whether a sorted list is empty or has one of the values.
func anyIn(list, values []int32) bool {
	return len(list) == 0 || slices.ContainsFunc(values, func(v int32) bool { return in(list, v) })
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

// inSet tells whether a set of zones has one of the filter's and one of the scopes'. Found out once for each set.
func (m *matcher) inSet(set uint32) bool {
	const unknown, outside, inside = 0, 1, 2
	if m.sets[set] == unknown {
		m.sets[set] = outside
		if of := m.dictionary.zones[set]; anyIn(m.zones, of) && anyIn(m.within, of) {
			m.sets[set] = inside
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
