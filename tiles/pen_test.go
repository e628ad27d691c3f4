package tiles

import (
	"math/rand/v2"
	"testing"

	"quartier/geo"
	"quartier/tiles/mvt"
)

// drawings fills a pen as dense tiles do: 4 000 points of 200 profiles over two years, and 400 cells of which some have one member.
func drawings() (s *state, t geo.Tile, points, cells func(*pen)) {
	r := rand.New(rand.NewPCG(31, 32))
	s = &state{vocabulary: &Vocabulary{
		Kinds:      []string{"report"},
		Statuses:   []Status{{Name: "new", Open: true}, {Name: "in_progress", Open: true}, {Name: "resolved"}},
		Categories: map[int32]string{},
	}}
	for i := range int32(200) {
		s.vocabulary.Categories[i] = "category-" + string(rune('a'+i%26))
		s.profiles = append(s.profiles, profile{category: i, status: uint8(i % 3), visibility: Public})
	}
	t = geo.TileAt(geo.Position{Lon: 23_500_000, Lat: 488_500_000}, 15)
	box := t.Box()
	rows := make([]row, 4000)
	for i := range rows {
		at := geo.Position{Lon: box.West + r.Int32N(box.East-box.West), Lat: box.South + r.Int32N(box.North-box.South)}
		rows[i] = row{number: uint64(r.Int64N(1e7)), at: at, profile: uint32(r.IntN(200)), created: 1_700_000_000 + r.Int64N(730*86_400)}
	}
	sums := make([]sum, 400)
	for i := range sums {
		for j := range 1 + r.IntN(1+i/4) {
			m := rows[(i+j)%len(rows)]
			sums[i].add(m.at, m.at, m.number, m.profile, uint8(r.IntN(4)))
		}
	}
	points = func(p *pen) {
		for i := range rows {
			p.item(rows[i].number, rows[i].profile, rows[i].at, rows[i].created)
		}
	}
	cells = func(p *pen) {
		for i := range sums {
			p.cluster(geo.Cell(0x8a1fb46622d7fff+uint64(i)<<15), &sums[i])
		}
	}
	return s, t, points, cells
}

// A pen that has drawn as much before takes no memory for a feature: garbage would stop the readers of a busy map.
func TestDrawingTakesNoMemory(t *testing.T) {
	s, tile, points, cells := drawings()
	p := take(s, tile, itemLayer, itemKeys)
	for name, draw := range map[string]func(*pen){itemLayer: points, clusterLayer: cells} {
		keys := map[string][]string{itemLayer: itemKeys, clusterLayer: clusterKeys}[name]
		p.begin(s, tile, name, keys)
		draw(p)
		if n := testing.AllocsPerRun(20, func() {
			p.begin(s, tile, name, keys)
			draw(p)
		}); n != 0 {
			t.Errorf("drawing %s takes memory %v times", name, n)
		}
	}
}

// BenchmarkPen draws dense tiles of both layers from rows that were found.
func BenchmarkPen(b *testing.B) {
	s, tile, points, cells := drawings()
	for _, c := range []struct {
		layer string
		keys  []string
		draw  func(*pen)
		n     float64
	}{{itemLayer, itemKeys, points, 4000}, {clusterLayer, clusterKeys, cells, 400}} {
		b.Run(c.layer, func(b *testing.B) {
			b.ReportAllocs()
			p := take(s, tile, c.layer, c.keys)
			var drawn []byte
			for b.Loop() {
				p.begin(s, tile, c.layer, c.keys)
				c.draw(p)
				drawn = mvt.Append(drawn[:0], p.Layer)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/c.n, "ns/feature")
		})
	}
}
