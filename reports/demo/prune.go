package demo

// prune takes from the net what no town would have built, and some of what it would: streets beside streets, stumps, and here and there a street
// of too regular a pattern. What is left hangs together.
func (g *graph) prune(c *chance) {
	g.dropTwins()
	g.dropStumps(30)
	g.thin(c)
	g.dropStumps(30)
	g.through()
	g.keepLargest()
}

// dropTwins drops streets that run along others.
func (g *graph) dropTwins() {
	near := newIndex()
	for i, e := range g.edges {
		for k := 1; k < len(e.shape); k++ {
			near.put(boxOf(e.shape[k-1], e.shape[k]), i)
		}
	}
	for i, e := range g.edges {
		if e.drawn() {
			continue
		}
		apart := 33.0
		if districts[e.district-1].style == medieval {
			apart = 21
		}
		n := e.shape.length()
		beside := map[int]int{}
		for _, t := range []float64{0.25, 0.5, 0.75} {
			p, _ := e.shape.at(n * t)
			seen := map[int]bool{}
			near.near(boxOf(p).grown(apart), func(j int) bool {
				if o := g.edges[j]; j != i && !o.gone && !seen[j] {
					if d, _ := o.shape.nearest(p); d < apart {
						seen[j] = true
						beside[j]++
					}
				}
				return false
			})
		}
		for j, times := range beside {
			if times == 3 && (n > apart*0.9 || g.edges[j].a == e.a || g.edges[j].b == e.b || g.edges[j].a == e.b || g.edges[j].b == e.a) {
				e.gone = true
			}
		}
	}
	g.settle()
}

// dropStumps drops dead ends that are too short to live in.
func (g *graph) dropStumps(shorter float64) {
	for again := true; again; {
		again = false
		for _, e := range g.edges {
			if e.drawn() || e.gone || e.shape.length() >= shorter {
				continue
			}
			if len(g.at[e.a]) == 1 || len(g.at[e.b]) == 1 {
				e.gone, again = true, true
			}
		}
		g.settle()
	}
}

// thin removes streets by the style of their district; in gardens, a part of them stays as a dead end.
func (g *graph) thin(c *chance) {
	for _, e := range g.edges {
		if e.drawn() {
			continue
		}
		d := districts[e.district-1]
		out, stub := 0, 0
		switch d.style {
		case medieval:
			out, stub = 17, 4
		case terraced:
			out, stub = 9, 3
		case detached:
			out, stub = 13, 17
		case estate:
			out, stub = 10, 14
		case industrial:
			out, stub = 12, 10
		}
		n := e.shape.length()
		roll := c.IntN(100)
		part := c.between(0.45, 0.72)
		switch {
		case roll >= out+stub, len(g.live(e.a)) < 3, len(g.live(e.b)) < 3, !g.linked(e):
		case roll < out:
			e.gone = true
		case n > 85:
			// A dead end: it keeps its first crossing.
			e.shape = e.shape.part(0, n*part)
			g.node = append(g.node, e.shape[len(e.shape)-1])
			g.at[e.b] = without(g.at[e.b], g.edges, e)
			e.b = len(g.node) - 1
			g.at = append(g.at, nil)
			for i, o := range g.edges {
				if o == e {
					g.at[e.b] = []int{i}
				}
			}
		}
	}
	g.settle()
}

func without(list []int, edges []*edge, e *edge) []int {
	var out []int
	for _, i := range list {
		if edges[i] != e {
			out = append(out, i)
		}
	}
	return out
}

// live gives the edges of a node that are not gone.
func (g *graph) live(n int) []int {
	var out []int
	for _, i := range g.at[n] {
		if !g.edges[i].gone {
			out = append(out, i)
		}
	}
	return out
}

// linked tells whether the two ends of an edge hang together without it, within some twenty crossings.
func (g *graph) linked(without *edge) bool {
	seen := map[int]bool{without.a: true}
	front := []int{without.a}
	for range 9 {
		var next []int
		for _, n := range front {
			for _, i := range g.at[n] {
				e := g.edges[i]
				if e.gone || e == without {
					continue
				}
				o := e.other(n)
				if o == without.b {
					return true
				}
				if !seen[o] {
					seen[o] = true
					next = append(next, o)
				}
			}
		}
		front = next
	}
	return false
}

// keepLargest drops what does not hang on the rest.
func (g *graph) keepLargest() {
	part := make([]int, len(g.node))
	sizes := []int{0}
	for n := range g.node {
		if part[n] != 0 || len(g.at[n]) == 0 {
			continue
		}
		sizes = append(sizes, 0)
		stack := []int{n}
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if part[at] != 0 {
				continue
			}
			part[at] = len(sizes) - 1
			sizes[len(sizes)-1] += len(g.at[at])
			for _, i := range g.at[at] {
				stack = append(stack, g.edges[i].other(at))
			}
		}
	}
	largest := 0
	for i, n := range sizes {
		if n > sizes[largest] {
			largest = i
		}
	}
	for _, e := range g.edges {
		e.gone = part[e.a] != largest
	}
	g.settle()
}
