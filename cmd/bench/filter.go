package main

import (
	"math/rand/v2"

	"quartier/geo"
	"quartier/tiles"
)

// question is a filter of a sort, with what it asks for drawn anew for each tile.
type question struct {
	name string
	ask  func(r *region, x *rand.Rand, t geo.Tile) tiles.Filter
}

// targeted is the question that TILES sets its targets for.
const targeted = "categories × states × time"

// mixed is the question that asks any of the others.
const mixed = "mixed"

var questions = []question{
	{"no filter", func(*region, *rand.Rand, geo.Tile) tiles.Filter { return tiles.Filter{} }},
	{"open", func(*region, *rand.Rand, geo.Tile) tiles.Filter { return tiles.Filter{Statuses: openStates} }},
	{targeted, func(_ *region, x *rand.Rand, _ geo.Tile) tiles.Filter {
		f := tiles.Filter{Categories: someCategories(x), Statuses: []uint8{openStates[x.IntN(len(openStates))], closedStates[0]}}
		f.From, f.To = period(x, (30+x.Int64N(700))*day)
		return f
	}},
	{"services", func(_ *region, x *rand.Rand, _ geo.Tile) tiles.Filter { return tiles.Filter{Services: twoServices(x)} }},
	{"one kind", func(_ *region, x *rand.Rand, _ geo.Tile) tiles.Filter {
		return tiles.Filter{Kinds: []tiles.Kind{tiles.Kind(x.IntN(2))}}
	}},
	{"one zone", func(r *region, x *rand.Rand, t geo.Tile) tiles.Filter { return tiles.Filter{Zones: zoneNear(r, x, t)} }},
	{"a week", func(_ *region, x *rand.Rand, _ geo.Tile) (f tiles.Filter) {
		f.From, f.To = period(x, 7*day)
		return f
	}},
	{"everything at once", func(r *region, x *rand.Rand, t geo.Tile) tiles.Filter {
		f := tiles.Filter{Kinds: []tiles.Kind{0}, Statuses: []uint8{openStates[0], closedStates[0]}, Categories: someCategories(x), Services: twoServices(x), Zones: zoneNear(r, x, t)}
		f.From, f.To = period(x, 365*day)
		return f
	}},
}

// questionNamed gives the question of a name; mixed asks any of them.
func questionNamed(name string) question {
	for _, q := range questions {
		if q.name == name {
			return q
		}
	}
	return question{mixed, func(r *region, x *rand.Rand, t geo.Tile) tiles.Filter {
		return questions[x.IntN(len(questions))].ask(r, x, t)
	}}
}

// someCategories gives one of the frequent ones and two of the others.
func someCategories(x *rand.Rand) []int32 {
	return []int32{1 + x.Int32N(5), 6 + x.Int32N(15), 21 + x.Int32N(categoriesUsed-20)}
}

func twoServices(x *rand.Rand) []int32 {
	first := x.Int32N(servicesUsed)
	return []int32{1 + first, 1 + (first+1+x.Int32N(servicesUsed-1))%servicesUsed}
}

// zoneNear gives a quarter of the town that is nearest to a tile.
func zoneNear(r *region, x *rand.Rand, t geo.Tile) []int32 {
	return []int32{r.zone(r.nearest(middleOf(t)), x.IntN(quarters))}
}

// period gives a time of some seconds within the five years, to the second.
func period(x *rand.Rand, length int64) (from, to int64) {
	from = firstDay + x.Int64N(lastDay-firstDay-length)
	return from, from + length
}
