package demo

import (
	"cmp"
	"slices"
)

// street is a named run of edges.
type street struct {
	name     string
	class    class
	district int // 0: of several
	edges    []*edge
	parts    []line // one after the other; most streets have one
	closed   bool   // a dead end
	bridge   bool
}

// streets sorts the edges into streets and names those that have none.
func (p *plan) streets() []*street {
	g := p.graph
	var all []*street
	named := map[string]*street{}
	for _, e := range g.edges {
		if e.name == "" {
			continue
		}
		s := named[e.name]
		if s == nil {
			s = &street{name: e.name, class: e.class, bridge: e.bridge}
			named[e.name] = s
			all = append(all, s)
		}
		s.edges = append(s.edges, e)
	}
	for _, s := range all {
		s.parts = chain(s.edges)
	}
	strokes := g.strokes()
	nameStreets(newChance(7), g, strokes)
	for _, s := range strokes {
		for _, e := range s.edges {
			e.name = s.name
		}
	}
	return append(all, strokes...)
}

// strokes follows edges without a name as far as somebody walking straight on would call it one street.
func (g *graph) strokes() []*street {
	type pair struct {
		straight float64
		node     int
		e, f     int
	}
	var pairs []pair
	for n, list := range g.at {
		for i, a := range list {
			for _, b := range list[i+1:] {
				e, f := g.edges[a], g.edges[b]
				if e.name != "" || f.name != "" || e.district != f.district {
					continue
				}
				if s := -e.leaving(n).dot(f.leaving(n)); s > 0.74 {
					pairs = append(pairs, pair{s, n, a, b})
				}
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.straight, a.straight) })
	of := make([]*street, len(g.edges))
	longest := func(e *edge) float64 {
		if districts[e.district-1].style == medieval {
			return 330
		}
		return 850
	}
	type end struct{ node, edge int }
	taken := map[end]bool{}
	length := map[*street]float64{}
	for i, e := range g.edges {
		if e.name == "" {
			of[i] = &street{class: e.class, district: e.district, edges: []*edge{e}}
			length[of[i]] = e.shape.length()
		}
	}
	number := map[*edge]int{}
	for i, e := range g.edges {
		number[e] = i
	}
	for _, q := range pairs {
		s, t := of[q.e], of[q.f]
		if s == t || taken[end{q.node, q.e}] || taken[end{q.node, q.f}] || length[s]+length[t] > longest(s.edges[0]) || turnsBack(slices.Concat(s.edges, t.edges)) {
			continue
		}
		taken[end{q.node, q.e}], taken[end{q.node, q.f}] = true, true
		s.edges = append(s.edges, t.edges...)
		length[s] += length[t]
		for _, e := range t.edges {
			of[number[e]] = s
		}
	}
	var all []*street
	seen := map[*street]bool{}
	for _, s := range of {
		if s != nil && !seen[s] {
			seen[s] = true
			s.parts = chain(s.edges)
			for _, e := range s.edges {
				s.closed = s.closed || len(g.at[e.a]) == 1 || len(g.at[e.b]) == 1
			}
			all = append(all, s)
		}
	}
	return all
}

// turnsBack tells whether who walks along edges ends up, somewhere, going another way than at either end: more than 75 degrees off.
func turnsBack(edges []*edge) bool {
	const step, least = 45, 0.259 // metres, and the cosine
	for _, l := range chain(edges) {
		var ways []vec
		before := l[0]
		for s := float64(step); s < l.length(); s += step {
			here, _ := l.at(s)
			ways = append(ways, here.sub(before).unit())
			before = here
		}
		for _, w := range ways {
			if w.dot(ways[0]) < least || w.dot(ways[len(ways)-1]) < least {
				return true
			}
		}
	}
	return false
}

// chain puts edges one after the other, turns each so that it goes on where the one before ends, and gives the lines that they make.
func chain(edges []*edge) []line {
	var parts []line
	for done := 0; done < len(edges); {
		degree := map[int]int{}
		for _, e := range edges[done:] {
			degree[e.a]++
			degree[e.b]++
		}
		// Begin with an edge of which one end is an end of the street.
		for i, e := range edges[done:] {
			if degree[e.a] == 1 || degree[e.b] == 1 {
				edges[done], edges[done+i] = edges[done+i], edges[done]
				break
			}
		}
		at := edges[done].a
		if degree[at] > 1 && degree[edges[done].b] == 1 {
			at = edges[done].b
		}
		var whole line
		for done < len(edges) {
			next := slices.IndexFunc(edges[done:], func(e *edge) bool { return e.a == at || e.b == at })
			if next < 0 {
				break
			}
			edges[done], edges[done+next] = edges[done+next], edges[done]
			e := edges[done]
			if e.a != at {
				e.a, e.b, e.shape = e.b, e.a, e.shape.reversed()
			}
			whole = append(whole, e.shape[min(1, len(whole)):]...)
			at = e.b
			done++
		}
		parts = append(parts, whole)
	}
	return parts
}

func (s *street) length() float64 {
	sum := 0.0
	for _, l := range s.parts {
		sum += l.length()
	}
	return sum
}
