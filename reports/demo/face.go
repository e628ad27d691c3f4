package demo

import (
	"cmp"
	"math"
	"slices"
)

// half is an edge as somebody walks it who comes from one of its nodes.
type half struct{ edge, from int }

// faces walks round everything that the net encloses, with the enclosed at the left hand.
func (g *graph) faces() []line {
	around := make([][]half, len(g.node)) // the edges of a node, anticlockwise
	for n, list := range g.at {
		for _, i := range list {
			if g.edges[i].a != g.edges[i].b {
				around[n] = append(around[n], half{i, n})
			}
		}
		slices.SortFunc(around[n], func(a, b half) int {
			return cmp.Or(cmp.Compare(turn(g.edges[a.edge].leaving(n)), turn(g.edges[b.edge].leaving(n))), a.edge-b.edge)
		})
	}
	seen := make(map[half]bool)
	var all []line
	for n := range g.node {
		for _, start := range around[n] {
			var ring line
			for at := start; !seen[at]; {
				seen[at] = true
				e := g.edges[at.edge]
				l := e.shape
				if e.a != at.from {
					l = l.reversed()
				}
				ring = append(ring, l[:len(l)-1]...)
				// The next to the right of where we came from.
				to := e.other(at.from)
				k := slices.Index(around[to], half{at.edge, to})
				at = around[to][(k+len(around[to])-1)%len(around[to])]
			}
			if len(ring) < 3 {
				continue
			}
			if ring = ring.closed(); ring.area() > 0 {
				all = append(all, ring)
			}
		}
	}
	return all
}

// turn orders directions anticlockwise.
func turn(v vec) float64 { return math.Atan2(v.y, v.x) }

// dropEnds removes what encloses nothing.
func (g *graph) dropEnds() {
	for again := true; again; {
		again = false
		for _, e := range g.edges {
			if len(g.at[e.a]) == 1 || len(g.at[e.b]) == 1 {
				e.gone, again = true, true
			}
		}
		g.settle()
	}
}
