package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"quartier/geo"
	"quartier/tiles"
)

var vocabulary = tiles.Vocabulary{
	Kinds: []string{"report"},
	Statuses: []tiles.Status{
		{Name: "pending", Group: tiles.GroupNew}, {Name: "new", Open: true, Group: tiles.GroupNew},
		{Name: "acknowledged", Open: true, Group: tiles.GroupActive}, {Name: "in_progress", Open: true, Group: tiles.GroupActive},
		{Name: "resolved", Group: tiles.GroupResolved}, {Name: "rejected", Group: tiles.GroupClosedOther},
	},
	Categories: map[int32]string{},
}

func gen(n int, city bool, w int, yield func(tiles.Item) bool) {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	for i := 0; i < n; i++ {
		var town int
		var lon, lat, sx, sy float64
		if city {
			lon, lat, sx, sy = 2.35, 48.86, 0.06, 0.04
		} else {
			town = int(60 * r.Float64() * r.Float64())
			lon, lat = float64(town%10)*0.97-4, float64(town/10)+44
			sx, sy = 0.05, 0.035
		}
		dx, dy := r.NormFloat64(), r.NormFloat64()
		p := geo.Position{Lon: int32(math.Round((lon + dx*sx) * 1e7)), Lat: int32(math.Round((lat + dy*sy) * 1e7))}
		it := tiles.Item{ID: int64(i + 1), Position: p, Visibility: tiles.Public}
		it.Status = []uint8{1, 2, 3, 4, 4, 4, 4, 4, 5, 5}[r.IntN(10)]
		it.Category = 1 + int32(40*r.Float64()*r.Float64())
		it.Service = it.Category % 7
		q := int32(min(4, max(0, int(dx*2+2.5)))*5 + min(4, max(0, int(dy*2+2.5))))
		it.Zones = []int32{int32(town + 1), 100 + int32(town)*25 + q}
		it.Created = 1_550_000_000 + r.Int64N(5*365*86400)
		if it.Status >= 4 {
			it.Closed = it.Created + r.Int64N(30*86400)
		}
		it.Cell = geo.CellAt(p, geo.CellResolution)
		if !yield(it) {
			return
		}
	}
}

func main() {
	n := flag.Int("n", 1_000_000, "")
	city := flag.Bool("city", false, "")
	prof := flag.String("prof", "", "")
	pz := flag.Int("pz", -1, "")
	flag.Parse()
	for c := int32(1); c <= 41; c++ {
		vocabulary.Categories[c] = fmt.Sprintf("category-%d", c)
	}
	x, _ := tiles.New(tiles.Options{Vocabulary: vocabulary})
	type pt struct{ p geo.Position }
	var sample []geo.Position
	counts := map[geo.Tile]int{}
	start := time.Now()
	var genTime time.Duration
	if err := x.Load(context.Background(), func(yield func(tiles.Item, error) bool) {
		i := 0
		gen(*n, *city, 0, func(it tiles.Item) bool {
			if i%(*n/20000+1) == 0 {
				sample = append(sample, it.Position)
			}
			i++
			return yield(it, nil)
		})
		genTime = time.Since(start)
		fmt.Println("fed", genTime)
	}); err != nil {
		panic(err)
	}
	_ = counts
	fmt.Println("built in", time.Since(start)-genTime)
	runtime.GC()
	debug.FreeOSMemory()
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	fmt.Printf("heap %d MB, %d B/item, %+v\n", ms.HeapAlloc>>20, int(ms.HeapAlloc)/(*n), x.Size())
	rss()
	filters := []struct {
		name string
		f    tiles.Filter
	}{
		{"all", tiles.Filter{}},
		{"open", tiles.Filter{Statuses: []uint8{1, 2, 3}}},
		{"cat", tiles.Filter{Categories: []int32{3}}},
		{"cat×st×time", tiles.Filter{Categories: []int32{3, 5, 20}, Statuses: []uint8{1, 4}, From: 1_580_000_123, To: 1_620_000_777}},
		{"time", tiles.Filter{From: 1_580_000_123, To: 1_620_000_777}},
		{"week", tiles.Filter{From: 1_600_000_123, To: 1_600_604_923}},
		{"rare week", tiles.Filter{Categories: []int32{38}, From: 1_600_000_123, To: 1_600_604_923}},
		{"zone", tiles.Filter{Zones: []int32{112}}},
		{"zones", tiles.Filter{Zones: []int32{112, 113, 118, 119}}},
		{"zone×cat×time", tiles.Filter{Zones: []int32{112}, Categories: []int32{3, 5}, From: 1_580_000_123, To: 1_620_000_777}},
		{"service", tiles.Filter{Services: []int32{2}}},
	}
	r := rand.New(rand.NewPCG(1, 1))
	fmt.Printf("%-14s", "zoom")
	for _, f := range filters {
		fmt.Printf("%16s", f.name)
	}
	fmt.Println("  (p50/p99/max µs function)")
	for z := uint8(0); z <= 18; z++ {
		seen := map[geo.Tile]int{}
		for _, p := range sample {
			seen[geo.TileAt(p, z)]++
		}
		var list []geo.Tile
		for t := range seen {
			list = append(list, t)
		}
		slices.SortFunc(list, func(a, b geo.Tile) int { return seen[b]*1000000 - seen[a]*1000000 + int(a.X) - int(b.X) })
		dense := list[:min(20, len(list))]
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		list = append(slices.Clone(dense), list[:min(len(list), 60)]...)
		if *pz >= 0 {
			if int(z) != *pz {
				continue
			}
			f, _ := os.Create(*prof)
			pprof.StartCPUProfile(f)
			for start := time.Now(); time.Since(start) < 5*time.Second; {
				for _, f := range filters {
					if flag.Arg(0) != "" && !strings.Contains(f.name, flag.Arg(0)) {
						continue
					}
					for _, t := range list {
						x.Tile(t, f.f, tiles.Everyone)
					}
				}
			}
			pprof.StopCPUProfile()
		}
		fmt.Printf("z%-3d %4d tiles", z, len(list))
		for _, f := range filters {
			var took []time.Duration
			size := 0
			for rep := 0; rep < 3; rep++ {
				for _, t := range list {
					s := time.Now()
					size = max(size, len(x.Tile(t, f.f, tiles.Everyone)))
					took = append(took, time.Since(s))
				}
			}
			slices.Sort(took)
			fmt.Printf(" %5d/%5d/%5d", took[len(took)/2].Microseconds(), took[len(took)*99/100].Microseconds(), took[len(took)-1].Microseconds())
		}
		fmt.Println()
	}
	for _, f := range filters {
		s := time.Now()
		t := x.Total(f.f, tiles.Everyone)
		d1 := time.Since(s)
		s = time.Now()
		c := x.Count(f.f, tiles.Everyone, time.Unix(1_700_000_000, 0))
		fmt.Printf("%s: total %d in %v, count %d in %v\n", f.name, t, d1, c.Total, time.Since(s))
	}
	// changes
	if *pz < 0 {
		ctx, cancel := context.WithCancel(context.Background())
		go x.Run(ctx)
		var items []tiles.Item
		i := 0
		gen(min(*n, 200000), *city, 0, func(it tiles.Item) bool { items = append(items, it); i++; return true })
		start := time.Now()
		busy := time.Duration(0)
		cpu0 := cpu()
		for k := 0; time.Since(start) < 15*time.Second; k++ {
			var batch []tiles.Change
			for range 50 {
				it := &items[r.IntN(len(items))]
				it.Status = 1 + it.Status%5
				c := *it
				batch = append(batch, tiles.Change{Key: it.Key(), Item: &c})
			}
			s := time.Now()
			x.Apply(batch)
			busy += time.Since(s)
			time.Sleep(time.Until(start.Add(time.Duration(k+1) * 50 * time.Millisecond)))
		}
		fmt.Printf("changes: apply busy %.1f%%, cpu %.1f%% of a core, %+v\n", 100*busy.Seconds()/time.Since(start).Seconds(), 100*(cpu()-cpu0)/time.Since(start).Seconds(), x.Size())
		rss()
		cancel()
	}
}

func cpu() float64 {
	b, _ := os.ReadFile("/proc/self/stat")
	f := strings.Fields(string(b[strings.LastIndex(string(b), ")")+1:]))
	var u, s float64
	fmt.Sscan(f[11], &u)
	fmt.Sscan(f[12], &s)
	return (u + s) / 100
}

func rss() {
	b, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(l, "VmRSS") || strings.HasPrefix(l, "VmHWM") {
			fmt.Println(l)
		}
	}
}
