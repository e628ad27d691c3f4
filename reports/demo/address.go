package demo

import (
	"cmp"
	"fmt"
	"slices"
)

// The town's own names. No commune of the world has this postcode.
const (
	townName   = "Port-Méraël"
	islandName = "Île de Méraël"
	postcode   = "29989"
)

// address is a house with its number.
type address struct {
	number string
	street *street
	door   vec
}

// number gives the lots their numbers: odd at the left hand, even at the right, both rising along the street at about the same pace.
func number(lots []lot) []address {
	lots = slices.Clone(lots)
	order := map[*street]int{}
	for _, l := range lots {
		if _, ok := order[l.street]; !ok {
			order[l.street] = len(order)
		}
	}
	slices.SortStableFunc(lots, func(a, b lot) int {
		return cmp.Or(order[a.street]-order[b.street], cmp.Compare(a.along, b.along))
	})
	c := newChance(11)
	var all []address
	var last, later [2]int // the number given last on each side, and how many came to it afterwards
	var of *street
	for _, l := range lots {
		side := 0
		if l.left {
			side = 1
		}
		if l.street != of {
			of, last, later = l.street, [2]int{0, -1}, [2]int{}
		}
		n := last[side] + 2
		if pace := 2*int(l.along/15) + side; pace > n+4 { // places that are free keep a number
			n = pace
		}
		text := fmt.Sprint(n)
		if last[side] > 0 && later[side] < 2 && c.in(2) { // a house that was built in between
			n, text = last[side], fmt.Sprint(last[side], [...]string{" bis", " ter"}[later[side]])
			later[side]++
		} else {
			later[side] = 0
		}
		last[side] = n
		all = append(all, address{text, l.street, l.door})
	}
	return all
}
