package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"runtime"
	"time"

	"quartier/geo"
	"quartier/reports"
	"quartier/tiles"
	"quartier/tiles/mvt"
	"quartier/web/live"
)

// indexSpec says what an index child measures.
type indexSpec struct {
	Region string
	N      int
	Tiles  int           // of each zoom, beside the densest and those of the trace
	Slice  time.Duration // of the measurement under changes
}

// drawing is how long the tiles of some zooms take under a filter, in milliseconds, each the median of three times.
type drawing struct {
	Layer    string // itemLayer or cellLayer
	Question string
	Band     int // of bands
	Tiles    int
	P50, P99 float64 // Index.Tile: found and encoded
	Whole    float64 // p99, compressed and tagged as well
}

// The families of tiles.
const (
	itemLayer = "items"
	cellLayer = "cells"
)

// indexFigures is all that is measured of the index alone.
type indexFigures struct {
	Make, Load     float64 // seconds
	Live, Resident float64 // MiB
	Drawings       []drawing
	WriteTime      float64 // ns to write a point
	WriteObjects   float64 // allocations to write a point
	PointTime      float64 // ns to find and write a point of a dense tile
	Changes        changeFigures
}

// bands are the zooms of TILES' table, and its targets in milliseconds.
var bands = []struct {
	name            string
	from, to        uint8
	p50, p99, whole float64
	cityP50         float64 // where all lies in one city
	cityP99         float64
}{
	{"z 0–5", 0, 5, 1, 2, 4, 1, 2},
	{"z 6–7", 6, 7, 1.5, 3, 5, 1.5, 3},
	{"z 8–11", 8, 11, 1, 2.5, 5, 2, 4},
	{"z 12–15", 12, 15, 0.7, 1.5, 4, 0.7, 1.5},
	{"z 16–18", 16, 18, 0.3, 1, 4, 0.3, 1},
}

// indexRole measures the index alone; any question is answered by all figures.
func indexRole(ctx context.Context, with json.RawMessage) (func(json.RawMessage) (any, error), func(), error) {
	var spec indexSpec
	if err := json.Unmarshal(with, &spec); err != nil {
		return nil, nil, err
	}
	return func(json.RawMessage) (any, error) { return measureIndex(ctx, spec) }, func() {}, nil
}

// vocabulary is what the index alone speaks.
func vocabulary() tiles.Vocabulary {
	v := tiles.Vocabulary{Kinds: []string{"report", "annotation"}, Categories: map[int32]string{}}
	for _, s := range reports.Statuses {
		v.Statuses = append(v.Statuses, tiles.Status{Name: s.Name, Open: s.Phase == "open", Group: s.Group})
	}
	for c := range int32(categoriesUsed) {
		v.Categories[c+1] = "category-" + string('a'+rune(c%26)) + string('a'+rune(c/26))
	}
	return v
}

func measureIndex(ctx context.Context, spec indexSpec) (f indexFigures, err error) {
	r := regionNamed(spec.Region)
	start := time.Now()
	all := r.makeAll(spec.N)
	f.Make = time.Since(start).Seconds()
	index, err := tiles.New(tiles.Options{Vocabulary: vocabulary()})
	if err != nil {
		return f, err
	}
	live.Pace(spec.N) // as the server does it
	loading, err := timed(func() error { return index.Load(ctx, r.items(all)) })
	if err != nil {
		return f, err
	}
	f.Load = loading.Seconds()
	all = nil // from here on they are made again where they are needed
	list := r.listTiles(spec.N, spec.Tiles)
	u := use(true)
	f.Live, f.Resident = mebibytes(u.Live), mebibytes(u.Resident)
	if f.Drawings, err = draw(ctx, r, index, list); err != nil {
		return f, err
	}
	f.WriteTime, f.WriteObjects = write()
	f.PointTime = drawPoints(index, list)
	f.Changes, err = measureChanges(ctx, r, index, list, spec)
	return f, err
}

func mebibytes(bytes uint64) float64 { return float64(bytes) / (1 << 20) }

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }

// draw draws every tile of the list under every filter, uncached.
func draw(ctx context.Context, r *region, index *tiles.Index, list *tileList) (all []drawing, err error) {
	asked := append(questions[:len(questions):len(questions)], questionNamed(mixed))
	for band := range bands {
		tilesOf := list.ofZooms(bands[band].from, bands[band].to)
		for _, q := range asked {
			d, err := drawBand(ctx, r, index, band, tilesOf, q)
			if err != nil {
				return nil, err
			}
			all = append(all, d)
		}
		all = append(all, drawCells(r, index, band, tilesOf))
	}
	return all, nil
}

// again is how often a tile is drawn: the middle time counts, so that a collection of garbage or a busy machine does not.
const again = 3

func drawBand(ctx context.Context, r *region, index *tiles.Index, band int, list []geo.Tile, q question) (drawing, error) {
	x := rand.New(rand.NewPCG(seed, uint64(band)))
	var alone, whole []float64
	var times [again]time.Duration
	for _, t := range list {
		f := q.ask(r, x, t)
		for i := range times {
			times[i], _ = timed(func() error { index.Tile(t, f, tiles.Everyone); return nil })
		}
		alone = append(alone, milliseconds(median(times[:])))
		for i := range times {
			var err error
			times[i], err = timed(func() error {
				_, err := tiles.NewCache(index, 0).Items(ctx, t, f, tiles.Everyone) // nothing is remembered
				return err
			})
			if err != nil {
				return drawing{}, err
			}
		}
		whole = append(whole, milliseconds(median(times[:])))
	}
	return drawing{Layer: itemLayer, Question: q.name, Band: band, Tiles: len(list),
		P50: percentile(alone, 50), P99: percentile(alone, 99), Whole: percentile(whole, 99)}, nil
}

// drawCells draws every fifth tile as outlines under mixed filters.
func drawCells(r *region, index *tiles.Index, band int, list []geo.Tile) drawing {
	x := rand.New(rand.NewPCG(seed, uint64(band)))
	d := drawing{Layer: cellLayer, Question: mixed, Band: band}
	var all []float64
	for i := 0; i < len(list); i += 5 {
		t := list[i]
		f := questionNamed(mixed).ask(r, x, t)
		index.CellsTile(t, f, tiles.Everyone) // outlines are remembered for as long as the index lives
		took, _ := timed(func() error { index.CellsTile(t, f, tiles.Everyone); return nil })
		all = append(all, milliseconds(took))
	}
	d.Tiles, d.P50, d.P99 = len(all), percentile(all, 50), percentile(all, 99)
	return d
}

// write writes a tile of points again and again as the index does, and gives time and allocations for each point.
func write() (nanoseconds, objects float64) {
	const points, rounds = 4000, 200
	layer := mvt.New("items")
	var tile []byte
	var room [16]byte
	one := func() {
		layer.Reset("items", "kind", "category", "status", "created")
		kind := layer.String("report")
		categories, states := [2]uint32{layer.String("pothole"), layer.String("litter")}, [2]uint32{layer.String("new"), layer.String("resolved")}
		for i := range uint64(points) {
			tags := mvt.Tags(room[:0]).With(0, kind).With(1, categories[i&1]).With(2, states[i>>1&1]).With(3, layer.Int(int64(19_000+i%500)))
			layer.Point(1_000_000+i, int32(i*7919%4096), int32(i*104_729%4096), tags)
		}
		tile = mvt.Append(tile[:0], layer)
	}
	return eachPoint(points, rounds, one)
}

// eachPoint gives the median time and the allocations of a deed for each of its points.
func eachPoint(points, rounds int, deed func()) (nanoseconds, objects float64) {
	deed() // the buffers grow
	var before, after runtime.MemStats
	var times []float64
	runtime.ReadMemStats(&before)
	for range rounds {
		took, _ := timed(func() error { deed(); return nil })
		times = append(times, float64(took.Nanoseconds())/float64(points))
	}
	runtime.ReadMemStats(&after)
	return median(times), float64(after.Mallocs-before.Mallocs) / float64(points*rounds)
}

// drawPoints draws the densest tile of points of the index again and again, and gives the time for each point, finding it included.
func drawPoints(index *tiles.Index, list *tileList) (nanoseconds float64) {
	z := index.PointsFrom()
	nanoseconds, _ = eachPoint(list.most[z], 50, func() { index.Tile(list.densest[z], tiles.Filter{}, tiles.Everyone) })
	return nanoseconds
}
