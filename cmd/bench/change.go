package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"quartier/geo"
	"quartier/tiles"
)

// Changes come as the follower of the change log hands them over.
const (
	changesPerSecond = 1000
	batchEvery       = 50 * time.Millisecond
	perBatch         = changesPerSecond / int(time.Second/batchEvery)
)

// changeFigures is what changes cost that come all the time.
type changeFigures struct {
	Core      float64 // share of one core that they take
	Calm, Hot float64 // p99 of a tile without and with them, ms
	Resident  float64 // MiB at most meanwhile
}

// changeRounds is how many slices with changes are measured, and as many without, in turns.
const changeRounds = 5

// measureChanges changes items while tiles are drawn, and while none are.
func measureChanges(ctx context.Context, r *region, index *tiles.Index, list *tileList, spec indexSpec) (f changeFigures, err error) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	running.Go(func() { index.Run(ctx) })
	var on atomic.Bool
	running.Go(func() { change(ctx, r, index, spec.N, &on) })

	// Alone: what the process works while nothing else is asked of it.
	idle := worked(changeRounds * spec.Slice)
	on.Store(true)
	f.Core = worked(changeRounds*spec.Slice) - idle

	var all []geo.Tile
	for _, b := range bands {
		all = append(all, list.ofZooms(b.from, b.to)...)
	}
	var p99 [2][]float64 // of slices without and with changes
	for round := range 2 * changeRounds {
		on.Store(round%2 == 1)
		x := rand.New(rand.NewPCG(seed, uint64(round/2))) // both of a pair draw the same tiles
		var times []float64
		for end := time.Now().Add(spec.Slice); time.Now().Before(end); {
			t := all[x.IntN(len(all))]
			q := questionNamed(mixed).ask(r, x, t)
			took, _ := timed(func() error { index.Tile(t, q, tiles.Everyone); return nil })
			times = append(times, milliseconds(took))
		}
		p99[round%2] = append(p99[round%2], percentile(times, 99))
		f.Resident = max(f.Resident, mebibytes(resident()))
	}
	f.Calm, f.Hot = median(p99[0]), median(p99[1])
	return f, nil
}

// worked gives the share of a core that this process uses for a while.
func worked(length time.Duration) float64 {
	before, start := processor(), time.Now()
	time.Sleep(length)
	return float64(processor()-before) / float64(time.Since(start))
}

// change applies batches for as long as the context lasts, when it is on: most are new states, some move, some go and come back, some are new.
func change(ctx context.Context, r *region, index *tiles.Index, n int, on *atomic.Bool) {
	m, x := newMaker(r, n), rand.New(rand.NewPCG(seed, 3))
	gone := map[int]bool{}
	born := n
	every := time.NewTicker(batchEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		if !on.Load() {
			continue
		}
		batch := make([]tiles.Change, 0, perBatch)
		for range perBatch {
			i := x.IntN(n)
			one := m.make(i)
			one.status = slices.Concat(openStates, closedStates)[x.IntN(len(openStates)+len(closedStates))]
			switch kind := x.IntN(20); {
			case kind == 0:
				one.at.Lon += x.Int32N(2000) - 1000
				one.at.Lat += x.Int32N(2000) - 1000
			case kind == 1:
				i, born = born, born+1
			case kind == 2 && !gone[i]:
				item := r.item(i, &one)
				gone[i] = true
				batch = append(batch, tiles.Change{Key: item.Key()})
				continue
			}
			delete(gone, i)
			one.cell = geo.CellAt(one.at, geo.CellResolution)
			item := r.item(i, &one)
			batch = append(batch, tiles.Change{Key: item.Key(), Item: &item})
		}
		index.Apply(batch)
	}
}
