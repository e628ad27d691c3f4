package demo

import "quartier/tiles/basemap"

// plan is the town as it is drawn, in metres.
type plan struct {
	coast     line // from the eastern bank round to the western
	stretches []stretch
	river     *river
	east      line // banks, downstream
	west      line
	land      line // ring, without the river
	island    line // ring, with the river
	rocks     []line
	plots     *plots
	graph     *graph
}

func draw() *plan {
	p := &plan{river: newRiver(), rocks: islets()}
	p.coast, p.stretches = coast()
	p.east, p.west = p.river.side(1, 0), p.river.side(-1, 0)
	p.coast[0], p.coast[len(p.coast)-1] = p.east[len(p.east)-1], p.west[len(p.west)-1]
	p.stretches[0].shape[0] = p.coast[0]
	p.coast = p.coast.snap()
	p.island = p.coast.closed()
	p.land = append(p.coast[:len(p.coast):len(p.coast)], p.west.reversed()[1:]...)
	p.land = append(p.land, p.east...).snap()

	ways := p.drawnWays()
	var walls []wall
	for _, w := range ways {
		if w.class == path {
			continue
		}
		for i := 1; i < len(w.shape); i++ {
			walls = append(walls, wall{w.shape[i-1], w.shape[i], false})
		}
	}
	for i := 1; i < len(p.land); i++ {
		walls = append(walls, wall{p.land[i-1], p.land[i], true})
	}
	p.plots = newPlots(walls)
	ways = append(ways, pattern(p.plots)...)
	p.graph = arrange(ways)
	p.graph.join(13)
	p.graph.prune(newChance(5))
	p.graph.join(13)
	p.graph.through()
	return p
}

// drawnWays gives the main roads, quays and bridges, their ends on what they lead to.
func (p *plan) drawnWays() []way {
	type ends struct{ east, west vec }
	var spans []ends
	var ways []way
	for _, b := range bridgeSites {
		east, west := p.river.span(b.near)
		spans = append(spans, ends{east, west})
		ways = append(ways, way{name: b.name, class: b.class, shape: line{east, west}, bridge: true})
	}
	for _, q := range quays {
		side := p.river.side(q.sign, quaySide)
		pick := func(bridge int) float64 {
			if bridge < 0 {
				return side.length() - 40
			}
			end := spans[bridge].east
			if q.sign < 0 {
				end = spans[bridge].west
			}
			_, along := side.nearest(end)
			return along
		}
		ways = append(ways, way{name: q.name, class: q.class, shape: side.part(pick(q.from), pick(q.to))})
	}
	east := func(i int) vec { return spans[i].east }
	west := func(i int) vec { return spans[i].west }
	for _, road := range mainRoads(east, west) {
		var places line
		var belongs []int
		for i, s := range road {
			for range s.places {
				belongs = append(belongs, i)
			}
			places = append(places, s.places...)
		}
		ring := len(places) > 3 && places[0] == places[len(places)-1]
		var shape line
		var of []int
		if ring { // squares have corners
			shape = places
			for i := range places {
				of = append(of, i)
			}
		} else {
			shape, of = places.smooth(20, false)
		}
		// Interval k ends in place k+1 and belongs to that place's section.
		start := 0
		for i := 1; i < len(shape); i++ {
			last := i == len(shape)-1
			section := belongs[min(len(belongs)-1, of[i-1]+1)]
			if last || belongs[min(len(belongs)-1, of[i]+1)] != section {
				ways = append(ways, way{name: road[section].name, class: road[section].class, shape: shape[start : i+1].snap()})
				start = i
			}
		}
	}
	// Ends that nearly reach another way reach it.
	const gap = 42.0
	for i := range ways {
		w := &ways[i]
		if w.bridge {
			continue
		}
		for _, end := range []int{0, len(w.shape) - 1} {
			best, to := gap, w.shape[end]
			for j, o := range ways {
				if j == i {
					continue
				}
				if d, along := o.shape.nearest(w.shape[end]); d < best {
					best = d
					to, _ = o.shape.at(along)
				}
			}
			if best > 0 && best < gap {
				w.shape[end] = to.snap()
			}
		}
	}
	return ways
}

// Town is the demo town, finished.
type Town struct {
	Name        string            // Port-Méraël
	Features    []basemap.Feature // its ground
	Attribution string            // what maps that show it say

	plan      *plan
	streets   []*street
	addresses []address
	blocks    []*block
	quartiers []area
	sectors   []area
}

// Build makes the town: the same one each time, on every machine.
func Build() *Town {
	p := draw()
	t := &Town{Name: townName, Attribution: "© Quartier, " + townName, plan: p}
	t.streets = p.streets()
	t.blocks = p.blocks()
	t.quartiers = p.areas(quartiers, quartierBorder)
	t.sectors = p.areas(sectors, sectorBorder)
	b := newBuilder(p, t.blocks)
	b.reserve()
	b.along(t.streets)
	b.courts(t.blocks)
	t.addresses = number(b.lots)
	t.Features = p.ground(b, t.blocks, t.streets)
	return t
}
