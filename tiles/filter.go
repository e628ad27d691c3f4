package tiles

import (
	"cmp"
	"slices"
	"strconv"

	"quartier/geo"
)

// Filter narrows what is counted and shown. An empty list does not narrow; within a list any value will do; the lists, the times and the box
// must all agree.
type Filter struct {
	Kinds      []Kind
	Statuses   []uint8 // places in Vocabulary.Statuses
	Categories []int32
	Services   []int32
	Zones      []int32

	// From and To bound the creation time, in Unix seconds: From ≤ created < To. 0 leaves that end open.
	From, To int64

	// Box bounds the item's own position, edges included. nil: everywhere.
	Box *geo.Box
}

// Canonical writes the filter so that equal filters give equal texts, whatever the order and the repeats in their lists.
func (f Filter) Canonical() string {
	var b []byte
	b = appendList(b, 'k', f.Kinds)
	b = appendList(b, 's', f.Statuses)
	b = appendList(b, 'c', f.Categories)
	b = appendList(b, 'v', f.Services)
	b = appendList(b, 'z', f.Zones)
	if f.From != 0 || f.To != 0 {
		b = append(b, 't')
		b = strconv.AppendInt(b, f.From, 10)
		b = append(b, ',')
		b = strconv.AppendInt(b, f.To, 10)
	}
	if f.Box != nil {
		b = appendNumbers(append(b, 'b'), f.Box.West, f.Box.South, f.Box.East, f.Box.North)
	}
	return string(b)
}

type whole interface {
	~uint8 | ~int32
	cmp.Ordered
}

// appendList appends a list sorted and without repeats, after its letter; nothing for an empty one.
func appendList[T whole](b []byte, letter byte, list []T) []byte {
	if len(list) == 0 {
		return b
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return appendNumbers(append(b, letter), slices.Compact(sorted)...)
}

func appendNumbers[T whole](b []byte, numbers ...T) []byte {
	for i, n := range numbers {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return b
}

// matcher is a filter and an audience, decided for every profile and every zone set of one dictionary.
type matcher struct {
	class  []uint8 // by profile: 0 does not match; else matches | isOpen | group
	zones  []bool  // by zone set; nil: any
	from   int64
	to     int64
	timed  bool
	box    *geo.Box
	whole  bool // exactly what the public totals of cell tables count
	narrow bool // a matching profile is not enough: ask also narrowly
	none   bool // no profile matches
}

// The bits of a class.
const (
	matches = 0x80
	isOpen  = 0x04
	inGroup = 0x03
)

// compile decides a filter for the profiles and zone sets of a state.
func (s *state) compile(f Filter, a Audience) *matcher {
	m := &matcher{class: make([]uint8, len(s.profiles)), from: f.From, to: f.To, box: f.Box, none: true}
	for i, p := range s.profiles {
		if a.sees(p.visibility) && among(f.Kinds, p.kind) && among(f.Statuses, p.status) &&
			among(f.Categories, p.category) && among(f.Services, p.service) {
			m.class[i] = s.classes[p.status]
			m.none = false
		}
	}
	if len(f.Zones) > 0 {
		m.zones = make([]bool, len(s.zones))
		for i, set := range s.zones {
			m.zones[i] = slices.ContainsFunc(set, func(z int32) bool { return among(f.Zones, z) })
		}
	}
	if m.to == 0 {
		m.to = 1<<63 - 1
	}
	if m.from == 0 {
		m.from = -1 << 63
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
