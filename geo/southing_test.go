package geo

import (
	"math"
	"math/rand/v2"
	"testing"
)

// place is what Within must say: the formula of the web map in floating point, step by step.
func place(t Tile, p Position) (x, y int32) {
	step := func(v float64) int32 { return int32(math.Max(0, math.Min(TileExtent-1, math.Floor(v)))) }
	mx, my := mercator(p)
	n := float64(uint32(1) << t.Z)
	return step((mx*n - float64(t.X)) * TileExtent), step((my*n - float64(t.Y)) * TileExtent)
}

// A series and the formula differ by less than is promised, everywhere and above all where the series meet.
func TestSeriesFollowMercator(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	worst := 0.0
	check := func(lat int32) {
		if lat < -maxLat || lat > maxLat {
			return
		}
		_, y := mercator(Position{Lat: lat})
		worst = max(worst, math.Abs(southing(lat)-y))
	}
	for range 500_000 {
		check(int32(r.Int64N(2*maxLat+1) - maxLat))
	}
	for edge := int64(southernmost); edge <= -southernmost; edge += 1 << seriesBits {
		for d := int64(-2); d <= 2; d++ {
			check(int32(edge + d))
		}
	}
	check(maxLat)
	check(-maxLat)
	if worst > southingError/4 {
		t.Errorf("a series is wrong by %g", worst)
	}
}

// Within says what the formula says, to the last step: anywhere, on both sides of the edges of steps, and for strangers to the tile.
func TestWithinIsTheFormula(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	check := func(tile Tile, p Position) {
		if p.Lat < -maxLat || p.Lat > maxLat || p.Lon < -180*unitsPerDegree || p.Lon > 180*unitsPerDegree {
			return
		}
		x, y := tile.Within(p)
		if wx, wy := place(tile, p); x != wx || y != wy {
			t.Fatalf("%v in %v stands at %d, %d; the formula says %d, %d", p, tile, x, y, wx, wy)
		}
	}
	for zoom := uint8(0); zoom <= MaxZoom; zoom++ {
		steps := float64(uint64(TileExtent) << zoom)
		for range 30_000 {
			p := Position{Lon: int32(r.Int64N(3_600_000_001) - 1_800_000_000), Lat: int32(r.Int64N(2*maxLat+1) - maxLat)}
			tile := TileAt(p, zoom)
			check(tile, p)
			// The first positions on both sides of an edge of a step, and the same one seen from other tiles.
			mx, my := mercator(p)
			lon, lat := Degrees(math.Round(mx*steps)/steps, math.Round(my*steps)/steps)
			edge := Position{Lon: round7(lon), Lat: round7(lat)}
			for d := int32(-2); d <= 2; d++ {
				near := Position{Lon: edge.Lon + d, Lat: edge.Lat + d}
				check(TileAt(near, zoom), near)
				check(tile, near)
			}
			check(Tile{Z: zoom, X: uint32(r.IntN(1 << zoom)), Y: uint32(r.IntN(1 << zoom))}, p)
		}
		for _, p := range []Position{{180 * unitsPerDegree, 0}, {-180 * unitsPerDegree, 0}, {0, maxLat}, {0, -maxLat}, {0, 0}, {1, 1}, {-1, -1}} {
			for range 100 {
				check(Tile{Z: zoom, X: uint32(r.IntN(1 << zoom)), Y: uint32(r.IntN(1 << zoom))}, p)
			}
			check(TileAt(p, zoom), p)
		}
	}
}

// BenchmarkWithin places positions of one tile.
func BenchmarkWithin(b *testing.B) {
	r := rand.New(rand.NewPCG(11, 12))
	tile := TileAt(Position{Lon: 23_500_000, Lat: 488_500_000}, 14)
	box := tile.Box()
	var at [4096]Position
	for i := range at {
		at[i] = Position{Lon: box.West + r.Int32N(box.East-box.West), Lat: box.South + r.Int32N(box.North-box.South)}
	}
	for name, within := range map[string]func(Tile, Position) (int32, int32){"series": Tile.Within, "formula": place} {
		b.Run(name, func(b *testing.B) {
			i := 0
			for b.Loop() {
				within(tile, at[i&4095])
				i++
			}
		})
	}
}
