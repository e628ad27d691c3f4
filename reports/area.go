package reports

import "slices"

// ServedArea [territoire] is where reports are taken: all zones of a set, or some of them.
type ServedArea struct {
	Name  string
	Zones []int32 // zone ids
}

// holds tells whether one of the zones of a position belongs to the area.
func (a *ServedArea) holds(zones []int32) bool {
	return slices.ContainsFunc(zones, func(id int32) bool { return slices.Contains(a.Zones, id) })
}
