package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
)

// slope is the sizes at which the index is measured, as far as the run goes.
var slope = []int{100_000, 1_000_000, 10_000_000}

// sizes gives the sizes of the slope below n, and n.
func sizes(n int) (list []int) {
	for _, size := range slope {
		if size < n {
			list = append(list, size)
		}
	}
	return append(list, n)
}

// measureTiles measures the index alone: in each region, at each size, in a process of its own.
func measureTiles(ctx context.Context, b *bench) ([]result, error) {
	var all []result
	for _, r := range regions {
		var least, most indexFigures
		for i, n := range sizes(b.n) {
			b.say("  %d reports, %s", n, r.name)
			f, err := askIndex(ctx, indexSpec{r.name, n, b.tiles, b.slice})
			if err != nil {
				return nil, err
			}
			all = append(all, f.results(r, n)...)
			f.print(b.out, r, n)
			if most = f; i == 0 {
				least = f
			}
		}
		if b.n > slope[0] {
			all = append(all, slopeResults(r, b.n, least, most)...)
		}
	}
	return all, nil
}

// askIndex lets a child measure.
func askIndex(ctx context.Context, spec indexSpec) (f indexFigures, err error) {
	c, err := begin(ctx, "index", spec)
	if err != nil {
		return f, err
	}
	defer c.end()
	return f, c.ask(nil, &f)
}

// Targets of TILES beside its table.
const (
	loadTarget     = 5.0    // seconds, from loaded rows
	liveTarget     = 1200.0 // MiB
	residentTarget = 2048.0
	writeTarget    = 60.0 // ns
	coreTarget     = 0.10
	calmReach      = 1 / 1.3
	slopeReach     = 1 / 1.5
)

// results words the figures of one size.
func (f *indexFigures) results(r *region, n int) []result {
	name := func(what string) string { return r.name + ", " + what }
	list := f.drawn(r, n)
	return append(list,
		within(name("index built from loaded rows"), n, f.Load, loadTarget, "s"),
		within(name("index, live heap"), n, f.Live, liveTarget, "MiB"),
		only(name("process, resident after the load"), n, f.Resident, "MiB"),
		within(name("writing one point of a tile"), n, f.WriteTime, writeTarget, "ns"),
		only(name("writing one point of a tile, allocations"), n, f.WriteObjects, ""),
		only(name("finding and writing one point of the densest tile of points"), n, f.PointTime, "ns"),
		within(name("1000 changes/s, share of a core"), n, f.Changes.Core, coreTarget, ""),
		less(name("tile p99 under 1000 changes/s / without"), n, f.Changes.Hot, f.Changes.Calm, "ms", calmReach),
		within(name("process, resident under 1000 changes/s"), n, f.Changes.Resident, residentTarget, "MiB"))
}

// drawn words the times of the tiles, which stand in a table of their own.
func (f *indexFigures) drawn(r *region, n int) (list []result) {
	for i := range f.Drawings {
		list = append(list, f.Drawings[i].results(r, n)...)
	}
	return list
}

func (d *drawing) results(r *region, n int) []result {
	band := &bands[d.Band]
	p50, p99, whole := band.p50, band.p99, band.whole
	if len(r.towns) == 1 {
		p50, p99 = band.cityP50, band.cityP99
	}
	what := fmt.Sprintf("%s, %s, %s, %s", r.name, d.Layer, band.name, d.Question)
	list := []result{within(what+", p50", n, d.P50, p50, "ms"), within(what+", p99", n, d.P99, p99, "ms"), within(what+", with gzip p99", n, d.Whole, whole, "ms")}
	if d.Layer == cellLayer { // nothing was promised for outlines
		list = []result{only(what+", p50", n, d.P50, "ms"), only(what+", p99", n, d.P99, "ms")}
	}
	for i := range list {
		list[i].elsewhere = true
	}
	return list
}

// print prints the times of the tiles, each beside its target.
func (f *indexFigures) print(to io.Writer, r *region, n int) {
	fmt.Fprintf(to, "\nTiles of %d items, %s, uncached: found and written (p50, p99), and with gzip (p99), in ms, each beside its target\n", n, r.name)
	out := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "zooms\tlayer\tfilter\ttiles\tp50\t\tp99\t\tgzip p99\t\treached\t")
	for i := range f.Drawings {
		d := &f.Drawings[i]
		fmt.Fprintf(out, "%s\t%s\t%s\t%d\t", bands[d.Band].name, d.Layer, d.Question, d.Tiles)
		mark := ""
		for _, one := range d.results(r, n) {
			target := ""
			if one.reach != 0 {
				target = "≤ " + figure(one.Baseline)
			}
			fmt.Fprintf(out, "%s\t%s\t", figure(one.Ours), target)
			if mark != "NO" {
				mark = one.mark()
			}
		}
		if d.Layer == cellLayer {
			fmt.Fprint(out, "\t\t")
		}
		fmt.Fprintf(out, "%s\t\n", mark)
	}
	_ = out.Flush() // a terminal that went away
}

// slopeResults compares the whole answer of mixed filters at the greatest size with that at the least: 1 ms, or what it was there.
func slopeResults(r *region, n int, least, most indexFigures) (list []result) {
	for i, d := range most.Drawings {
		if d.Layer == itemLayer && d.Question == mixed {
			name := fmt.Sprintf("%s, %s, %s, whole answer p99 / at %d", r.name, bands[d.Band].name, mixed, slope[0])
			list = append(list, less(name, n, d.Whole, max(1, least.Drawings[i].Whole), "ms", slopeReach))
		}
	}
	return list
}
