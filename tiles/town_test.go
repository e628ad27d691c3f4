package tiles_test

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"quartier/geo"
	"quartier/tiles"
)

// now is a moment after most of the items were created, in a city east of Greenwich.
var now = time.Unix(1_702_000_000, 0).In(time.FixedZone("city", 3600))

// vocabulary is what the tests' items speak: all states of DOMAIN.
var vocabulary = tiles.Vocabulary{
	Kinds: []string{"report", "annotation"},
	Statuses: []tiles.Status{
		{Name: "pending", Group: tiles.GroupNew},
		{Name: "new", Open: true, Group: tiles.GroupNew},
		{Name: "acknowledged", Open: true, Group: tiles.GroupActive},
		{Name: "in_progress", Open: true, Group: tiles.GroupActive},
		{Name: "resolved", Group: tiles.GroupResolved},
		{Name: "rejected", Group: tiles.GroupClosedOther},
	},
	Categories: map[int32]string{1: "graffiti", 2: "lighting", 3: "trees", 4: "new"},
}

// towns are places with something to get wrong.
var towns = []struct {
	name     string
	lon, lat float64
	spread   float64 // degrees
}{
	{"a city", 2.35, 48.86, 0.05},
	{"a suburb", 2.5, 48.8, 0.02},
	{"across the 180th meridian", 179.999, -16.8, 0.02},
	{"on the equator and the meridian", 0, 0, 0.01},
	{"in the far north", 15.6, 84.9, 0.5},
	{"at the southern edge", -60, -85.0511, 0.001},
	{"one street", -73.99, 40.75, 0.0005},
	{"a whole country", -3, 54, 4},
}

// random makes an item of a number below ids, somewhere in a town. Now and then it stands exactly on the corner of a tile.
func random(r *rand.Rand, id int64) tiles.Item {
	town := towns[r.IntN(len(towns))]
	p := geo.Position{
		Lon: wrap(town.lon + r.NormFloat64()*town.spread),
		Lat: int32(math.Round(max(-85.0511, min(85.0511, town.lat+r.NormFloat64()*town.spread)) * 1e7)),
	}
	switch r.IntN(20) {
	case 0: // on the corner of a tile
		b := geo.TileAt(p, uint8(10+r.IntN(9))).Box()
		p = geo.Position{Lon: b.West, Lat: b.North}
	case 1: // on one spot with others
		p = at(town.lon, town.lat)
	}
	i := item(id, p)
	i.Kind = tiles.Kind(r.IntN(2))
	i.Status = uint8(r.IntN(len(vocabulary.Statuses)))
	i.Category = int32(r.IntN(6)) // 0 is none, 5 has no name
	i.Service = int32(r.IntN(3))
	i.Visibility = []tiles.Visibility{
		tiles.Public, tiles.Public, tiles.Public, tiles.Private, tiles.Hidden, tiles.Pending,
	}[r.IntN(6)]
	for range r.IntN(3) {
		i.Zones = append(i.Zones, int32(1+r.IntN(4)))
	}
	i.Created = 1_700_000_000 + r.Int64N(1000)*3600
	if r.IntN(2) == 0 {
		i.Closed = i.Created + r.Int64N(1_000_000) - 1000
	}
	if r.IntN(2) == 0 {
		i.Due = i.Created + r.Int64N(1_000_000)
	}
	return i
}

// item makes a public new report of the first category.
func item(id int64, p geo.Position) tiles.Item {
	return tiles.Item{
		ID: id, Position: p, Cell: geo.CellAt(p, geo.CellResolution),
		Category: 1, Status: 1, Visibility: tiles.Public, Created: 1_700_000_000,
	}
}

// at gives the position of degrees, on or beyond the 180th meridian too.
func at(lon, lat float64) geo.Position {
	return geo.Position{Lon: wrap(lon), Lat: int32(math.Round(lat * 1e7))}
}

func wrap(lon float64) int32 {
	units := int64(math.Round(lon * 1e7))
	const turn = 3_600_000_000
	return int32((units+turn/2+turn)%turn - turn/2)
}

// population makes n items with ids 1…n.
func population(r *rand.Rand, n int) []tiles.Item {
	items := make([]tiles.Item, n)
	for i := range items {
		items[i] = random(r, int64(i+1))
	}
	return items
}

// all makes the iterator that Load wants.
func all(items []tiles.Item) iter.Seq2[tiles.Item, error] {
	return func(yield func(tiles.Item, error) bool) {
		for _, i := range items {
			if !yield(i, nil) {
				return
			}
		}
	}
}

// loaded makes an index of items.
func loaded(t testing.TB, items []tiles.Item) *tiles.Index {
	t.Helper()
	x, err := tiles.New(tiles.Options{Vocabulary: vocabulary})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Load(t.Context(), all(items)); err != nil {
		t.Fatal(err)
	}
	return x
}

// randomFilter makes a filter, often an empty one.
func randomFilter(r *rand.Rand) tiles.Filter {
	var f tiles.Filter
	some := func() bool { return r.IntN(4) == 0 }
	if some() {
		f.Kinds = []tiles.Kind{tiles.Kind(r.IntN(2))}
	}
	if some() {
		f.Statuses = []uint8{uint8(r.IntN(6)), uint8(r.IntN(6))}
	}
	if some() {
		f.Categories = []int32{int32(r.IntN(6)), int32(r.IntN(6))}
	}
	if some() {
		f.Services = []int32{int32(r.IntN(3))}
	}
	if some() {
		f.Zones = []int32{int32(1 + r.IntN(4)), int32(1 + r.IntN(4))}
	}
	if some() {
		f.From = 1_700_000_000 + r.Int64N(1000)*3600
	}
	if some() {
		f.To = 1_700_000_000 + r.Int64N(1000)*3600
	}
	if r.IntN(8) == 0 {
		town := towns[r.IntN(len(towns)-4)]
		b := geo.TileAt(at(town.lon, town.lat), uint8(6+r.IntN(8))).Box()
		f.Box = &b
	}
	return f
}

// Audiences of no scopes.
var (
	insider     = tiles.Audience{Sees: tiles.Public | tiles.Private | tiles.Hidden | tiles.Pending} // sees everything
	withPrivate = tiles.Audience{Sees: tiles.Public | tiles.Private}
)

// randomAudience makes an audience; most have scopes, narrow and wide ones, that overlap, repeat each other and are in no order.
func randomAudience(r *rand.Rand) tiles.Audience {
	a := tiles.Audience{Sees: tiles.Visibility(1 + r.IntN(15))}
	if r.IntN(4) == 0 {
		return a
	}
	if r.IntN(2) == 0 {
		a.Sees = tiles.Public
	}
	list := func(from, to int) (list []int32) {
		for range r.IntN(4) {
			list = append(list, int32(from+r.IntN(to-from)))
		}
		return list
	}
	for range 1 + r.IntN(4) {
		zones := 5
		if r.IntN(3) == 0 {
			zones = 42
		}
		a.Scopes = append(a.Scopes, tiles.Scope{Services: list(0, 9), Categories: list(0, 6), Zones: list(1, zones)})
	}
	return a
}

// sees is what an audience may see once more, in the plainest words.
func sees(a tiles.Audience, i tiles.Item) bool {
	one := func(list []int32, of ...int32) bool {
		return len(list) == 0 || slices.ContainsFunc(of, func(n int32) bool { return slices.Contains(list, n) })
	}
	return a.Sees&i.Visibility != 0 || i.Visibility == tiles.Private && slices.ContainsFunc(a.Scopes, func(s tiles.Scope) bool {
		return one(s.Services, i.Service) && one(s.Categories, i.Category) && one(s.Zones, i.Zones...)
	})
}

// selects is the filter once more, in the plainest words.
func selects(f tiles.Filter, a tiles.Audience, i tiles.Item) bool {
	return sees(a, i) &&
		(len(f.Kinds) == 0 || slices.Contains(f.Kinds, i.Kind)) &&
		(len(f.Statuses) == 0 || slices.Contains(f.Statuses, i.Status)) &&
		(len(f.Categories) == 0 || slices.Contains(f.Categories, i.Category)) &&
		(len(f.Services) == 0 || slices.Contains(f.Services, i.Service)) &&
		(len(f.Zones) == 0 || slices.ContainsFunc(i.Zones, func(z int32) bool { return slices.Contains(f.Zones, z) })) &&
		(f.From == 0 || i.Created >= f.From) && (f.To == 0 || i.Created < f.To) &&
		(f.Box == nil || f.Box.Contains(i.Position))
}
