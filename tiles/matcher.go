package tiles

import (
	"math"
	"slices"

	"quartier/geo"
)

// matcher is a filter and an audience, decided for every profile and every zone set of one dictionary.
type matcher struct {
	class  []uint8  // by profile: 0 does not match; else matches | isOpen | group
	unit   []uint64 // by profile: what a row adds to packed counts
	zones  []bool   // by zone set; nil: any
	from   int64
	to     int64
	timed  bool
	box    *geo.Box
	whole  bool // exactly what the public totals of cell tables count
	narrow bool // a matching profile is not enough: ask also narrowly
	none   bool // no profile matches

	selected [block]uint16 // scratch of the one goroutine that uses the matcher
}

// The bits of a class.
const (
	matches = 0x80
	isOpen  = 0x04
	inGroup = 0x03
)

// compile decides a filter for the profiles and zone sets of a state.
func (s *state) compile(f Filter, a Audience) *matcher {
	m := &matcher{
		class: make([]uint8, len(s.profiles)), unit: make([]uint64, len(s.profiles)),
		from: math.MinInt64, to: math.MaxInt64, box: f.Box, none: true,
	}
	for i, p := range s.profiles {
		if a.sees(p.visibility) && among(f.Kinds, p.kind) && among(f.Statuses, p.status) &&
			among(f.Categories, p.category) && among(f.Services, p.service) {
			m.class[i] = s.classes[p.status]
			m.unit[i] = unitOf(m.class[i])
			m.none = false
		}
	}
	if len(f.Zones) > 0 {
		m.zones = make([]bool, len(s.zones))
		for i, set := range s.zones {
			m.zones[i] = slices.ContainsFunc(set, func(z int32) bool { return among(f.Zones, z) })
		}
	}
	if f.From != 0 {
		m.from = f.From
	}
	if f.To != 0 {
		m.to = f.To
	}
	m.timed = f.From != 0 || f.To != 0
	m.narrow = m.timed || m.zones != nil || m.box != nil
	m.whole = a == Everyone && !m.narrow &&
		len(f.Kinds)+len(f.Statuses)+len(f.Categories)+len(f.Services) == 0
	return m
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

// among tells whether a list is empty or has the value.
func among[T comparable](list []T, value T) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

// narrowly tells whether a row whose profile matches also lies in the times, zones and box.
func (m *matcher) narrowly(created int64, zones uint32, at geo.Position) bool {
	return created >= m.from && created < m.to &&
		(m.zones == nil || m.zones[zones]) &&
		(m.box == nil || m.box.Contains(at))
}

// row gives the class of a row, 0 if it does not match.
func (m *matcher) row(r *row) uint8 {
	class := m.class[r.profile]
	if class == 0 || m.narrow && !m.narrowly(r.created, r.zones, r.at) {
		return 0
	}
	return class
}
