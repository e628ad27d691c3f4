package demo

import (
	"math"
	"slices"
)

// edge is a street between two crossings.
type edge struct {
	a, b     int // nodes
	shape    line
	name     string
	class    class
	district int
	bridge   bool
	gone     bool
}

// graph is the net of streets.
type graph struct {
	node  []vec
	edges []*edge
	at    [][]int // numbers of the edges that meet in a node
}

// arrange cuts the ways where they meet and makes them a net.
func arrange(ways []way) *graph {
	type segment struct {
		way, nth int
		a, b     vec
	}
	type cut struct {
		t float64
		p vec
	}
	var all []segment
	near := newIndex()
	for i, w := range ways {
		for k := 1; k < len(w.shape); k++ {
			near.put(boxOf(w.shape[k-1], w.shape[k]).grown(1), len(all))
			all = append(all, segment{i, k, w.shape[k-1], w.shape[k]})
		}
	}
	cuts := make([][]cut, len(all))
	const touch = 0.6
	for i, s := range all {
		seen := map[int]bool{}
		near.near(boxOf(s.a, s.b).grown(1), func(j int) bool {
			o := all[j]
			if o.way == s.way && abs(o.nth-s.nth) <= 1 || seen[j] {
				return false
			}
			seen[j] = true
			// An end that touches.
			for _, end := range []vec{o.a, o.b} {
				if d, t := nearestOn(end, s.a, s.b); d < touch {
					isEnd := end == ways[o.way].shape[0] || end == ways[o.way].shape[len(ways[o.way].shape)-1]
					if isEnd {
						cuts[i] = append(cuts[i], cut{t, end})
						return false
					}
				}
			}
			if j > i {
				if t, u, ok := crossing(s.a, s.b, o.a, o.b); ok {
					p := s.a.to(s.b, t).snap()
					cuts[i] = append(cuts[i], cut{t, p})
					cuts[j] = append(cuts[j], cut{u, p})
				}
			}
			return false
		})
	}
	g := &graph{}
	known := newIndex()
	nodeAt := func(p vec) int {
		found := -1
		known.near(boxOf(p).grown(touch), func(id int) bool {
			if g.node[id].away(p) < touch {
				found = id
			}
			return found >= 0
		})
		if found < 0 {
			found = len(g.node)
			g.node = append(g.node, p)
			known.put(boxOf(p), found)
		}
		return found
	}
	nth := 0
	for _, w := range ways {
		piece := line{w.shape[0]}
		from := nodeAt(w.shape[0])
		end := func(p vec) {
			to := nodeAt(p)
			piece = append(piece, p).snap()
			if to != from || piece.length() > 30 {
				if len(piece) > 1 {
					piece[0], piece[len(piece)-1] = g.node[from], g.node[to]
					g.edges = append(g.edges, &edge{a: from, b: to, shape: piece, name: w.name, class: w.class, district: w.district, bridge: w.bridge})
				}
			}
			piece, from = line{g.node[to]}, to
		}
		for k := 1; k < len(w.shape); k++ {
			list := cuts[nth]
			slices.SortStableFunc(list, func(a, b cut) int { return int(math.Copysign(1, a.t-b.t)) })
			for _, c := range list {
				end(c.p)
			}
			nth++
			if k+1 == len(w.shape) {
				end(w.shape[k])
			} else {
				piece = append(piece, w.shape[k])
			}
		}
	}
	g.settle()
	return g
}

func abs(n int) int { return max(n, -n) }

// settle drops what is gone or double and lists again what meets where.
func (g *graph) settle() {
	type pair struct{ a, b int }
	seen := map[pair][]*edge{}
	kept := g.edges[:0]
	for _, e := range g.edges {
		if e.gone || len(e.shape) < 2 || e.a == e.b && e.shape.length() < 60 {
			continue
		}
		key := pair{min(e.a, e.b), max(e.a, e.b)}
		double := slices.ContainsFunc(seen[key], func(o *edge) bool {
			middle, _ := e.shape.at(e.shape.length() / 2)
			d, _ := o.shape.nearest(middle)
			return d < 20
		})
		if double {
			continue
		}
		seen[key] = append(seen[key], e)
		kept = append(kept, e)
	}
	g.edges = kept
	g.at = make([][]int, len(g.node))
	for i, e := range g.edges {
		g.at[e.a] = append(g.at[e.a], i)
		if e.b != e.a {
			g.at[e.b] = append(g.at[e.b], i)
		}
	}
}

// drawn tells whether an edge was drawn by hand: it is not moved, nor removed.
func (e *edge) drawn() bool { return e.district == 0 }

// away gives the direction in which an edge leaves one of its nodes.
func (e *edge) leaving(node int) vec {
	l := e.shape
	if e.a != node {
		l = l.reversed()
	}
	p, _ := l.at(min(14, l.length()))
	return p.sub(l[0]).unit()
}

func (e *edge) other(node int) int {
	if e.a == node {
		return e.b
	}
	return e.a
}

// join makes one crossing of those that stand nearer to each other than so many metres.
func (g *graph) join(nearer float64) {
	for again := true; again; {
		again = false
		weight := func(n int) int {
			w := 0
			for _, i := range g.at[n] {
				w++
				if g.edges[i].drawn() {
					w += 100
				}
			}
			return w
		}
		moved := make([]int, len(g.node))
		for i := range moved {
			moved[i] = i
		}
		touched := make([]bool, len(g.node))
		for _, e := range g.edges {
			if e.a == e.b || e.bridge || e.shape.length() >= nearer || touched[e.a] || touched[e.b] {
				continue
			}
			keep, drop := e.a, e.b
			if weight(drop) > weight(keep) {
				keep, drop = drop, keep
			}
			for _, i := range append(g.at[keep], g.at[drop]...) {
				touched[g.edges[i].a], touched[g.edges[i].b] = true, true
			}
			moved[drop], e.gone, again = keep, true, true
		}
		for _, e := range g.edges {
			if moved[e.a] != e.a {
				e.a = moved[e.a]
				e.shape = pull(e.shape, g.node[e.a], true)
			}
			if moved[e.b] != e.b {
				e.b = moved[e.b]
				e.shape = pull(e.shape, g.node[e.b], false)
			}
		}
		g.settle()
	}
}

// pull moves one end of a line, and drops the places that would make a hook.
func pull(l line, to vec, start bool) line {
	if !start {
		return pull(l.reversed(), to, true).reversed()
	}
	out := line{to}
	for _, p := range l[1 : len(l)-1] {
		if p.away(to) > 16 {
			out = append(out, p)
		}
	}
	return append(out, l[len(l)-1])
}

// through joins edges of one street that meet where nothing else does.
func (g *graph) through() {
	for n := range g.node {
		if len(g.at[n]) != 2 {
			continue
		}
		e, f := g.edges[g.at[n][0]], g.edges[g.at[n][1]]
		if e == f || e.a == e.b || f.a == f.b || e.bridge || f.bridge || e.name != f.name || e.class != f.class ||
			e.district != f.district || e.other(n) == f.other(n) {
			continue
		}
		first, second := e.shape, f.shape
		from, to := e.other(n), f.other(n)
		if e.b != n {
			first = first.reversed()
		}
		if f.a != n {
			second = second.reversed()
		}
		e.shape, e.a, e.b = append(first[:len(first):len(first)], second[1:]...), from, to
		f.gone = true
		for k, i := range g.at[to] {
			if g.edges[i] == f {
				g.at[to][k] = slices.Index(g.edges, e)
			}
		}
		g.at[n] = nil
	}
	g.settle()
}
