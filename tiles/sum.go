package tiles

import "quartier/geo"

// halfTurn is 180 degrees in units of geo.Position.
const halfTurn = 180 * 10_000_000

// sum is what a cluster tells about its members. It is made of integer sums alone, so that it does not depend on the order of adding, on the
// layout of chunks or on what was added and taken away before: every node comes to the same bytes. With one member left, the sums
// of numbers and profiles are that member's own.
type sum struct {
	count, open int32
	groups      [groups]int32
	profile     uint32 // sum, modulo 2^32
	number      uint64 // sum, modulo 2^64
	lon, lat    int64  // sums; longitudes are taken on the centre's side of the 180th meridian
}

// unwrap puts a longitude within half a turn of another.
func unwrap(lon, around int32) int64 {
	l := int64(lon)
	switch d := l - int64(around); {
	case d > halfTurn:
		return l - 2*halfTurn
	case d < -halfTurn:
		return l + 2*halfTurn
	}
	return l
}

// add counts one member of a cell with the given centre.
func (s *sum) add(at, centre geo.Position, number uint64, profile uint32, class uint8) {
	s.count++
	s.open += int32(class >> 2 & 1)
	s.groups[class&inGroup]++
	s.profile += profile
	s.number += number
	s.lon += unwrap(at.Lon, centre.Lon)
	s.lat += int64(at.Lat)
}

// merge adds (sign 1) or takes away (sign −1) another sum.
func (s *sum) merge(o *sum, sign int32) {
	s.count += sign * o.count
	s.open += sign * o.open
	for i := range s.groups {
		s.groups[i] += sign * o.groups[i]
	}
	s.profile += uint32(sign) * o.profile
	s.number += uint64(int64(sign)) * o.number
	s.lon += int64(sign) * o.lon
	s.lat += int64(sign) * o.lat
}

// mean is the members' mean position, rounded down to whole units. A mean beyond the 180th meridian stays at it, to be clamped into a tile on
// the centre's side.
func (s *sum) mean() geo.Position {
	lon := floorDiv(s.lon, int64(s.count))
	return geo.Position{
		Lon: int32(max(-halfTurn, min(halfTurn, lon))),
		Lat: int32(floorDiv(s.lat, int64(s.count))),
	}
}

// floorDiv divides by b > 0, rounding down.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
