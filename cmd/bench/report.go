package main

import (
	"iter"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/tiles"
)

// seed makes every run alike.
const seed = 20260101

// The time over which the made-up reports were filed, in the order of their numbers.
var (
	firstDay = time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	lastDay  = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

const day = 24 * 3600 // seconds

// categoriesUsed of those that a fresh database has are in use, by numbers from 1: a few hold most reports.
const categoriesUsed = 40

// servicesUsed handle the categories in turn; each category has one.
const servicesUsed = 7

// The states in use, as numbered in the index.
var (
	pendingState = uint8(reports.StatusNumber("pending"))
	openStates   = statesOf("new", "new", "acknowledged", "in_progress", "planned")
	closedStates = statesOf("resolved", "resolved", "resolved", "resolved", "resolved", "rejected")
)

func statesOf(names ...string) (numbers []uint8) {
	for _, name := range names {
		numbers = append(numbers, uint8(reports.StatusNumber(name)))
	}
	return numbers
}

// report is a made-up report, small enough that ten million fit into memory beside the index that is made of them.
type report struct {
	at          geo.Position
	cell        geo.Cell
	created     int64  // Unix seconds
	closed, due uint32 // Unix seconds; 0: not, none
	category    uint8  // 1…categoriesUsed
	status      uint8
	visibility  account.Visibility
	town        uint8
	quarter     uint8 // quarters: outside the grid
}

// maker makes reports from their numbers alone, so that any one can be made again instead of being kept. Not safe for concurrent use.
type maker struct {
	*region
	n      int
	source rand.PCG
	random *rand.Rand
}

func newMaker(r *region, n int) *maker {
	m := &maker{region: r, n: n}
	m.random = rand.New(&m.source)
	return m
}

// make makes the report of a number of 0…n−1, without its cell.
func (m *maker) make(i int) report {
	m.source.Seed(seed, uint64(i)*0x9e3779b97f4a7c15)
	x := m.random
	share, which := x.Float64(), 0
	for m.upTo[which] < share {
		which++
	}
	t := &m.towns[which]
	r := report{town: uint8(which), quarter: quarters}
	r.at = geo.Position{Lon: units(t.lon + x.NormFloat64()*t.spreadLon), Lat: units(t.lat + x.NormFloat64()*t.spreadLat)}
	if x.IntN(200) == 0 {
		r.at = t.spots[x.IntN(len(t.spots))]
	}
	if q := t.quarter(r.at); q >= 0 {
		r.quarter = uint8(q)
	}
	// Shares of 1, 1/2, 1/3 … for the first, the second, the third category.
	r.category = uint8(min(categoriesUsed, math.Exp(x.Float64()*math.Log(categoriesUsed+1))))
	r.created = firstDay + int64((float64(i)+x.Float64())/float64(m.n)*float64(lastDay-firstDay))
	age := float64(lastDay-r.created) / day
	switch {
	case x.Float64() < 0.04+0.6*math.Exp(-age/60):
		r.status = openStates[x.IntN(len(openStates))]
	default:
		r.status = closedStates[x.IntN(len(closedStates))]
		r.closed = uint32(min(lastDay, r.created+int64(x.ExpFloat64()*15*day)))
	}
	if x.IntN(5) > 0 {
		r.due = uint32(r.created + int64(2+r.category%18)*day)
	}
	switch x.IntN(400) {
	case 0, 1, 2, 3:
		r.visibility = account.Private
	case 4, 5:
		r.visibility = account.Hidden
	case 6:
		r.visibility, r.status, r.closed = account.Pending, pendingState, 0
	}
	return r
}

// service is the number of the service that handles it.
func (r *report) service() int32 { return 1 + int32(r.category)%servicesUsed }

// zonesOf gives the numbers of the zones in which a report lies. Not to be changed.
func (r *region) zonesOf(one *report) []int32 { return r.zones[one.town][one.quarter] }

// annotationEvery of the items in the index alone is an annotation, so that filters by kind choose something; a database has reports only.
const annotationEvery = 12

// item makes the item of a report for the index alone.
func (r *region) item(i int, one *report) tiles.Item {
	item := tiles.Item{
		ID: int64(i + 1), Position: one.at, Cell: one.cell,
		Category: int32(one.category), Status: one.status, Service: one.service(), Zones: r.zonesOf(one),
		Visibility: 1 << one.visibility, Created: one.created, Closed: int64(one.closed), Due: int64(one.due),
	}
	// Each kind has numbers of its own, one after the other, as sequences give them.
	if i%annotationEvery == 0 {
		item.Kind, item.ID = 1, int64(i/annotationEvery+1)
	} else {
		item.ID = int64(i - i/annotationEvery)
	}
	return item
}

// makeAll makes n reports with their cells, which take a microsecond each, on every core.
func (r *region) makeAll(n int) []report {
	all := make([]report, n)
	var working sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		working.Go(func() {
			m := newMaker(r, n)
			for i := w * n / workers; i < (w+1)*n/workers; i++ {
				all[i] = m.make(i)
				all[i].cell = geo.CellAt(all[i].at, geo.CellResolution)
			}
		})
	}
	working.Wait()
	return all
}

// items gives reports as items.
func (r *region) items(all []report) iter.Seq2[tiles.Item, error] {
	return func(yield func(tiles.Item, error) bool) {
		for i := range all {
			if !yield(r.item(i, &all[i]), nil) {
				return
			}
		}
	}
}
