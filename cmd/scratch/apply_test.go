package main

import (
	"context"
	"testing"
	"math/rand/v2"

	"quartier/tiles"
)

func BenchmarkApply(b *testing.B) {
	x, _ := tiles.New(tiles.Options{Vocabulary: vocabulary})
	var items []tiles.Item
	gen(500_000, true, 0, func(it tiles.Item) bool { items = append(items, it); return true })
	x.Load(context.Background(), func(yield func(tiles.Item, error) bool) {
		for _, it := range items {
			if !yield(it, nil) {
				return
			}
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go x.Run(ctx)
	r := rand.New(rand.NewPCG(1, 1))
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		var batch []tiles.Change
		for range 50 {
			it := &items[r.IntN(len(items))]
			it.Status = 1 + it.Status%5
			c := *it
			batch = append(batch, tiles.Change{Key: it.Key(), Item: &c})
		}
		x.Apply(batch)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/50, "µs/change")
}
