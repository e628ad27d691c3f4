package main

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"quartier/geo"
	"quartier/reports/account"
)

// tileList is what is drawn.
type tileList struct {
	densest  [geo.MaxZoom + 1]geo.Tile
	most     [geo.MaxZoom + 1]int // items in the densest
	occupied [geo.MaxZoom + 1][]geo.Tile
	trace    []geo.Tile // what somebody's map asks for who looks at the largest towns
}

// listTiles finds the tiles of the public ones of n reports, at most so many of each zoom beside the densest.
func (r *region) listTiles(n, each int) *tileList {
	keys := r.mortonKeys(n)
	l := &tileList{trace: r.pan()}
	random := rand.New(rand.NewPCG(seed, 1))
	for z := range uint8(geo.MaxZoom + 1) {
		seen := 0
		for first := 0; first < len(keys); {
			key := keys[first] >> (2 * (geo.MaxZoom - z))
			end := first + 1
			for end < len(keys) && keys[end]>>(2*(geo.MaxZoom-z)) == key {
				end++
			}
			t := unmorton(key, z)
			if end-first > l.most[z] {
				l.densest[z], l.most[z] = t, end-first
			}
			if seen++; len(l.occupied[z]) < each {
				l.occupied[z] = append(l.occupied[z], t)
			} else if at := random.IntN(seen); at < each {
				l.occupied[z][at] = t
			}
			first = end
		}
	}
	return l
}

// mortonKeys gives the tiles of the deepest zoom in which the public ones of n reports lie, in Morton order: the tiles of any other zoom are runs of them.
func (r *region) mortonKeys(n int) []uint64 {
	const hidden = math.MaxUint64
	keys := make([]uint64, n)
	var working sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		working.Go(func() {
			m := newMaker(r, n)
			for i := w * n / workers; i < (w+1)*n/workers; i++ {
				keys[i] = hidden
				if one := m.make(i); one.visibility == account.Public {
					keys[i] = morton(geo.TileAt(one.at, geo.MaxZoom))
				}
			}
		})
	}
	working.Wait()
	slices.Sort(keys)
	first, _ := slices.BinarySearch(keys, hidden)
	return keys[:first]
}

// ofZooms gives all tiles of a list that belong to some zooms.
func (l *tileList) ofZooms(from, to uint8) []geo.Tile {
	var list []geo.Tile
	for z := from; z <= to; z++ {
		list = append(append(list, l.densest[z]), l.occupied[z]...)
	}
	for _, t := range l.trace {
		if t.Z >= from && t.Z <= to {
			list = append(list, t)
		}
	}
	return list
}

// The window of somebody who looks at the map, in tiles, and the largest towns that are looked at.
const (
	windowWide, windowHigh = 3, 2
	townsLookedAt          = 6
	steps                  = 8
)

// pan goes into each of the largest towns zoom by zoom, and walks some steps east and south where streets can be told apart.
func (r *region) pan() (trace []geo.Tile) {
	for _, t := range r.towns[:min(townsLookedAt, len(r.towns))] {
		middle := geo.Position{Lon: units(t.lon), Lat: units(t.lat)}
		for z := uint8(4); z <= geo.MaxZoom; z++ {
			corner := geo.TileAt(middle, z)
			for x := range uint32(windowWide) {
				for y := range uint32(windowHigh) {
					trace = append(trace, geo.Tile{Z: z, X: corner.X + x - windowWide/2, Y: corner.Y + y - windowHigh/2})
				}
			}
			if z != 13 && z != 16 {
				continue
			}
			for step := range uint32(steps) {
				for along := range uint32(windowHigh) { // a new column on the right
					trace = append(trace, geo.Tile{Z: z, X: corner.X + windowWide/2 + 1 + step, Y: corner.Y + along})
				}
				for along := range uint32(windowWide) { // a new row below
					trace = append(trace, geo.Tile{Z: z, X: corner.X + along, Y: corner.Y + windowHigh + step})
				}
			}
		}
	}
	return trace
}

// morton interleaves column and row, so that the tiles within a tile follow each other.
func morton(t geo.Tile) (key uint64) {
	for bit := range geo.MaxZoom {
		key |= uint64(t.X>>bit&1)<<(2*bit) | uint64(t.Y>>bit&1)<<(2*bit+1)
	}
	return key
}

// unmorton is morton the other way round.
func unmorton(key uint64, zoom uint8) geo.Tile {
	t := geo.Tile{Z: zoom}
	for bit := range geo.MaxZoom {
		t.X |= uint32(key>>(2*bit)&1) << bit
		t.Y |= uint32(key>>(2*bit+1)&1) << bit
	}
	return t
}

// middleOf gives a position in the middle of a tile.
func middleOf(t geo.Tile) geo.Position {
	size := math.Ldexp(1, -int(t.Z))
	lon, lat := geo.Degrees((float64(t.X)+0.5)*size, (float64(t.Y)+0.5)*size)
	return geo.Position{Lon: units(lon), Lat: units(lat)}
}
