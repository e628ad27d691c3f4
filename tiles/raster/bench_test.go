package raster

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"quartier/tiles"
	"quartier/tiles/basemap"
)

// dense is a town of blocks as close as an old town's: streets with names every 60 m, eight houses to a block.
func dense() basemap.Ground {
	var features []basemap.Feature
	const step, reach = 0.0006, 0.02
	for i := -reach; i < reach; i += step {
		for _, line := range []orb.LineString{{{lon - reach, lat + i}, {lon + reach, lat + i}}, {{lon + i, lat - reach}, {lon + i, lat + reach}}} {
			features = append(features, basemap.Feature{Layer: "transportation", Class: "minor", Geometry: line},
				basemap.Feature{Layer: "transportation_name", Class: "minor", Name: fmt.Sprintf("Rue %.4f", line[0]), Geometry: line})
		}
		for j := -reach; j < reach; j += step {
			for k := range 8 {
				west, south := lon+i+0.0001+float64(k%4)*0.0001, lat+j+0.0001+float64(k/4)*0.0002
				features = append(features, basemap.Feature{Layer: "building", Geometry: orb.Polygon{{{west, south}, {west + 0.00008, south},
					{west + 0.00008, south + 0.00015}, {west, south + 0.00015}, {west, south}}}})
			}
		}
	}
	return basemap.Draw(features, "")
}

// Pictures of a dense town with 6 000 items, ground tiles included.
func BenchmarkDraw(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	items := make([]tiles.Item, 6000)
	for i := range items {
		items[i] = tiles.Item{Position: at(b, lon+(random.Float64()-0.5)*0.04, lat+(random.Float64()-0.5)*0.04), Status: uint8(random.IntN(4))}
	}
	s := &Sheet{Ground: dense(), Theme: Light, Items: index(b, items...)}
	run := func(name string, v View) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Draw(context.Background(), v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, zoom := range []float64{14, 15, 16} {
		run(fmt.Sprintf("800x600@2x/z%v", zoom), View{Lon: lon, Lat: lat, Zoom: zoom, Width: 800, Height: 600, Scale: 2})
	}
	for _, z := range []int{15, 16, 17} {
		x, y := Pixel(z, lon, lat)
		v, err := TileView(z, int(x)/TilePixels, int(y)/TilePixels, 1)
		if err != nil {
			b.Fatal(err)
		}
		run(fmt.Sprintf("256/z%d", z), v)
	}
}
