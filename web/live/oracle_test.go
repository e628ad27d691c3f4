package live_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/tiles"
	"quartier/web/live"
)

// layerOf names the layer that a zoom has.
func layerOf(m *live.Map, zoom uint8) string {
	if int(zoom) >= m.Index.PointsFrom() {
		return "items"
	}
	return "clusters"
}

// families gives the zooms in groups that one query answers.
func families(m *live.Map) (groups [][]uint8) {
	of := func(zoom uint8) int {
		if int(zoom) >= m.Index.PointsFrom() {
			return -1
		}
		return tiles.Resolution(int(zoom))
	}
	for zoom := range uint8(geo.MaxZoom + 1) {
		if n := len(groups); n > 0 && of(groups[n-1][0]) == of(zoom) {
			groups[n-1] = append(groups[n-1], zoom)
		} else {
			groups = append(groups, []uint8{zoom})
		}
	}
	return groups
}

// few is the number of tiles of a zoom up to which the neighbours are asked too.
const few = 200

// compare asks the map for every tile that SQL says must hold something, at all zooms, and for the neighbours, which must hold nothing else. It gives
// the number of tiles.
func (w *town) compare(t testing.TB, m *live.Map, f reports.Filter, x tiles.Filter) (compared int) {
	t.Helper()
	for _, zooms := range families(m) {
		want := map[uint8]picture{}
		for _, zoom := range zooms {
			want[zoom] = picture{}
		}
		w.want(t, zooms, m.Index.PointsFrom(), f, func(at geo.Tile, one feature) { want[at.Z].add(at, &one) })
		for _, zoom := range zooms {
			ask := map[geo.Tile]bool{}
			for at := range want[zoom] {
				ask[at] = true
				for _, near := range around(at) {
					ask[near] = ask[near] || len(want[zoom]) <= few
				}
			}
			compared += w.draw(t, m, want[zoom], ask, f, x)
		}
	}
	return compared
}

// draw compares the tiles that are to be asked for. Two draw at a time.
func (w *town) draw(t testing.TB, m *live.Map, want picture, ask map[geo.Tile]bool, f reports.Filter, x tiles.Filter) (compared int) {
	t.Helper()
	tasks, wrong := make(chan geo.Tile), make(chan geo.Tile, 1)
	var drawing sync.WaitGroup
	for range 2 {
		drawing.Go(func() {
			for at := range tasks {
				var got digest
				for _, one := range read(t, m.Index.Tile(at, x, w.audience()), layerOf(m, at.Z)) {
					got.add(&one)
				}
				if got != want[at] {
					select {
					case wrong <- at:
					default:
					}
				}
			}
		})
	}
	for at, yes := range ask {
		if yes {
			tasks <- at
			compared++
		}
	}
	close(tasks)
	drawing.Wait()
	select {
	case at := <-wrong:
		w.explain(t, m, at, f, x)
	default:
	}
	return compared
}

// explain tells how a tile differs from what SQL says.
func (w *town) explain(t testing.TB, m *live.Map, at geo.Tile, f reports.Filter, x tiles.Filter) {
	t.Helper()
	var want, got []string
	w.want(t, []uint8{at.Z}, m.Index.PointsFrom(), f, func(tile geo.Tile, one feature) {
		if tile == at {
			want = append(want, string(one.text()))
		}
	})
	for _, one := range read(t, m.Index.Tile(at, x, w.audience()), layerOf(m, at.Z)) {
		got = append(got, string(one.text()))
	}
	only := func(those, others []string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(those), func(s string) bool { return slices.Contains(others, s) }), "\n\t")
	}
	t.Fatalf("tile %v under %+v has %d features, SQL says %d; the tile alone has\n\t%s\nSQL alone has\n\t%s", at, f, len(got), len(want), only(got, want), only(want, got))
}

// around gives the neighbours of a tile.
func around(t geo.Tile) (near []geo.Tile) {
	for dx := -1; dx <= 1; dx++ {
		for dy := -1; dy <= 1; dy++ {
			n := geo.Tile{Z: t.Z, X: t.X + uint32(dx), Y: t.Y + uint32(dy)}
			if n != t && n.Valid() {
				near = append(near, n)
			}
		}
	}
	return near
}

// compareCells compares the layer cells: every tile in which the centre of an occupied cell lies has that cell, and whatever cell it has is counted
// whole.
func (w *town) compareCells(t testing.TB, m *live.Map, f reports.Filter, x tiles.Filter) {
	t.Helper()
	for zoom := range uint8(geo.MaxZoom + 1) {
		counts := map[geo.Cell]string{}
		within := map[geo.Tile][]geo.Cell{}
		w.cells(t, tiles.Resolution(int(zoom)), f, func(one feature, _ geo.Position) {
			one.id, one.kind, one.category, one.status = 0, "", "", ""
			counts[one.cell] = string(one.text())
			at := geo.TileAt(one.cell.Centre(), zoom)
			within[at] = append(within[at], one.cell)
		})
		for at, cells := range within {
			there := map[geo.Cell]bool{}
			for _, one := range read(t, m.Index.CellsTile(at, x, w.audience()), "cells") {
				there[one.cell] = true
				if got := string(one.text()); got != counts[one.cell] {
					t.Fatalf("cells of tile %v under %+v: %q, SQL says %q", at, f, got, counts[one.cell])
				}
			}
			for _, cell := range cells {
				if !there[cell] {
					t.Fatalf("cells of tile %v under %+v: %s is not there", at, f, cell)
				}
			}
		}
	}
}

// Tiles hold exactly what SQL says, at every zoom, under random filters, between random writes, while readers run.
func TestTilesEqualSQL(t *testing.T) {
	w := newTown(t, 11)
	w.writes(t, 120)
	m := w.newMap(t)
	defer reading(t, m)()
	for range 2 {
		w.writes(t, 60)
		w.catchUp(t, m)
		w.compare(t, m, reports.Filter{}, tiles.Filter{})
		w.compareCells(t, m, reports.Filter{}, tiles.Filter{})
		for range 3 {
			record, index := w.filter()
			w.compare(t, m, record, index)
			w.compareCells(t, m, record, index)
		}
		for range 5 {
			record, index := w.filter()
			w.compareCounts(t, m, record, index)
		}
		w.compareEnds(t, m)
		for range 2 {
			w.reader = w.staff()
			record, index := w.filter()
			w.compare(t, m, record, index)
			w.compareCells(t, m, record, index)
			w.compareCounts(t, m, record, index)
		}
		w.reader = account.Anonymous
		f := w.middle(t)
		w.compare(t, m, f, tiles.Filter{From: f.From.Unix(), To: f.To.Unix()})
	}
}

// reading lets readers ask a map for tiles and counts until it is called off.
func reading(t *testing.T, m *live.Map) (off func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for seed := range uint64(2) {
		readers.Go(func() {
			random := rand.New(rand.NewPCG(seed, 2))
			for ctx.Err() == nil {
				at := geo.TileAt(geo.Position{Lon: 23_522_000, Lat: 488_566_000}, uint8(random.IntN(geo.MaxZoom+1)))
				x := tiles.Filter{Statuses: []uint8{uint8(random.IntN(12)), uint8(random.IntN(12))}}
				if once, again := m.Index.Tile(at, x, tiles.Everyone), m.Index.Total(x, tiles.Everyone); len(once) > 0 && again < 0 {
					t.Error("less than nothing")
				}
				m.Index.CellsTile(at, x, tiles.Everyone)
			}
		})
	}
	return func() { cancel(); readers.Wait() }
}

// late starts a second map over the town and compares its bytes with those of the first.
func (w *town) late(t *testing.T, m *live.Map) {
	t.Helper()
	late := w.newMap(t)
	w.catchUp(t, late)
	for _, zooms := range families(m) {
		w.want(t, zooms, m.Index.PointsFrom(), reports.Filter{}, func(at geo.Tile, _ feature) {
			if !bytes.Equal(m.Index.Tile(at, tiles.Filter{}, tiles.Everyone), late.Index.Tile(at, tiles.Filter{}, tiles.Everyone)) {
				t.Fatalf("two nodes give different bytes for %v", at)
			}
		})
	}
}
