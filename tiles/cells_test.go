package tiles_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"quartier/geo"
	"quartier/tiles"
)

// outlines gives the properties and geometries of a tile of the layer cells, by cell.
func outlines(t *testing.T, x *tiles.Index, tile geo.Tile, f tiles.Filter, a tiles.Audience) (properties map[string]string, shapes map[string]orb.Geometry) {
	t.Helper()
	properties, shapes = map[string]string{}, map[string]orb.Geometry{}
	layers := decode(t, x.CellsTile(tile, f, a))
	var order []string
	for _, f := range layers["cells"] {
		p := map[string]string{}
		for k, v := range f.Properties {
			p[k] = fmt.Sprint(v)
		}
		properties[p["h3"]] = text("-", 0, 0, p)
		shapes[p["h3"]] = f.Geometry
		order = append(order, p["h3"])
	}
	if !slices.IsSorted(order) {
		t.Errorf("tile %v: cells are not in order", tile)
	}
	return properties, shapes
}

// Every tile that an outline touches has the cell, with the count of the whole cell, and its share of the area.
func TestCellsAreWholeInEveryTile(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 13))
	items := population(r, 800)
	x := loaded(t, items)
	for zoom := range uint8(geo.MaxZoom + 1) {
		f, a := randomFilter(r), randomAudience(r)
		members := map[geo.Cell][]tiles.Item{}
		for _, i := range items {
			if selects(f, a, i) {
				c := i.Cell.Parent(tiles.Resolution(int(zoom)))
				members[c] = append(members[c], i)
			}
		}
		checked := 0
		for _, c := range slices.Sorted(maps.Keys(members)) {
			in := members[c]
			if len(members) > 40 && r.IntN(len(members)) > 40 {
				continue
			}
			checked++
			// Where the corners and the middle are, the cell is.
			seen := map[geo.Tile]bool{}
			for _, corner := range c.Outline() {
				if math.Abs(corner[1]) < geo.MaxLat {
					seen[geo.TileAt(at(corner[0], corner[1]), zoom)] = true
				}
			}
			for tile := range seen {
				properties, shapes := outlines(t, x, tile, f, a)
				want := text("-", 0, 0, counts(c, in))
				if got := properties[c.String()]; got != want {
					t.Fatalf("tile %v, cell %s under %q:\n got %q\nwant %q", tile, c, f.Canonical(), got, want)
				}
				for h3, g := range shapes {
					b := g.Bound()
					if planar.Area(g) <= 0 || b.Min[0] < -80 || b.Min[1] < -80 || b.Max[0] > 4176 || b.Max[1] > 4176 {
						t.Fatalf("tile %v, cell %s: area %v in %v", tile, h3, planar.Area(g), b)
					}
				}
			}
		}
		if checked == 0 && len(members) > 0 {
			t.Errorf("zoom %d: no cell was looked at", zoom)
		}
	}
}

// A cell across the 180th meridian is drawn on both sides and nowhere between; one around a pole along the edge of the world.
func TestCellsAtTheEdgesOfTheWorld(t *testing.T) {
	north, south := nearPole(t, 85), nearPole(t, -85)
	x := loaded(t, []tiles.Item{item(1, at(179.9999, -16.8)), item(2, north), item(3, south)})
	for _, zoom := range []uint8{0, 1, 2, 6, 12, 16} {
		n := uint32(1) << zoom
		cell := geo.CellAt(at(179.9999, -16.8), geo.CellResolution).Parent(tiles.Resolution(int(zoom)))
		home := geo.TileAt(at(179.9999, -16.8), zoom)
		for _, column := range []uint32{n - 1, 0} {
			tile := geo.Tile{Z: zoom, X: column, Y: home.Y}
			_, shapes := outlines(t, x, tile, tiles.Filter{}, tiles.Everyone)
			g, ok := shapes[cell.String()]
			if !ok {
				t.Errorf("tile %v does not have the cell across the meridian", tile)
				continue
			}
			if area := planar.Area(g); area > 4096*4096/4 {
				t.Errorf("tile %v: the cell has area %v: it runs round the world", tile, area)
			}
		}
		if zoom == 0 {
			_, shapes := outlines(t, x, geo.Tile{}, tiles.Filter{}, tiles.Everyone)
			if g, ok := shapes[cell.String()].(orb.MultiPolygon); !ok || len(g) < 2 {
				t.Errorf("the cell across the meridian is not split in the tile of the world: %v", shapes[cell.String()])
			}
		}
	}
	// The cells of resolution 0 around the poles reach far enough south and north to hold an item.
	_, shapes := outlines(t, x, geo.Tile{}, tiles.Filter{}, tiles.Everyone)
	for _, home := range []geo.Position{north, south} {
		cell := geo.CellAt(home, geo.CellResolution).Parent(0)
		g, ok := shapes[cell.String()]
		if !ok {
			t.Fatalf("the cell around the pole at %v is not drawn", home)
		}
		b := g.Bound()
		edge, y := 0.0, b.Min[1]
		if home.Lat < 0 {
			edge, y = 4096, b.Max[1]
		}
		if b.Min[0] > 0 || b.Max[0] < 4096 || math.Abs(y-edge) < 40 || (y < edge) != (home.Lat > 0) {
			t.Errorf("the cell around the pole at %v is drawn in %v", home, b)
		}
	}
}

// nearPole gives a position of a latitude whose cell of resolution 0 is that of the pole.
func nearPole(t *testing.T, lat float64) geo.Position {
	t.Helper()
	pole := geo.CellAt(at(0, math.Copysign(89.9999999, lat)), geo.CellResolution).Parent(0)
	for lon := -180.0; lon < 180; lon += 5 {
		if p := at(lon, lat); geo.CellAt(p, geo.CellResolution).Parent(0) == pole {
			return p
		}
	}
	t.Fatalf("no cell around a pole reaches latitude %v", lat)
	return geo.Position{}
}

// The list of cells counts whole cells, by state and category, and finds those that touch a box.
func TestCellList(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 15))
	m := newModel(population(r, 1000))
	x := loaded(t, m.list())
	x.Apply(m.batch(r, 200))
	items := m.list()
	for range 60 {
		f, a, resolution := randomFilter(r), randomAudience(r), r.IntN(geo.CellResolution+1)
		want := map[geo.Cell]*tiles.CellCount{}
		for _, i := range items {
			if !selects(f, a, i) {
				continue
			}
			cell := i.Cell.Parent(resolution)
			c := want[cell]
			if c == nil {
				c = &tiles.CellCount{Cell: cell, Statuses: map[uint8]int{}, Categories: map[int32]int{}}
				want[cell] = c
			}
			c.Count++
			if vocabulary.Statuses[i.Status].Open {
				c.Open++
			}
			c.Statuses[i.Status]++
			c.Categories[i.Category]++
		}
		got, more := x.Cells(resolution, nil, f, a, 1<<20)
		if more || len(got) != len(want) || !slices.IsSortedFunc(got, func(a, b tiles.CellCount) int { return cmpUint(uint64(a.Cell), uint64(b.Cell)) }) {
			t.Fatalf("%d cells, want %d in order", len(got), len(want))
		}
		for _, g := range got {
			w := want[g.Cell]
			if w == nil || g.Count != w.Count || g.Open != w.Open || !maps.Equal(g.Statuses, w.Statuses) || !maps.Equal(g.Categories, w.Categories) {
				t.Fatalf("resolution %d, %q: got %+v, want %+v", resolution, f.Canonical(), g, w)
			}
		}
		if len(got) > 1 {
			if some, more := x.Cells(resolution, nil, f, a, len(got)-1); !more || len(some) != len(got)-1 {
				t.Errorf("limit %d: %d cells, more %v", len(got)-1, len(some), more)
			}
		}
		// In a box: every cell with its centre or a corner in it, none that lies wholly on one side.
		box := geo.TileAt(at(2.35+r.NormFloat64()*0.1, 48.86), uint8(5+r.IntN(10))).Box()
		inBox, _ := x.Cells(resolution, &box, f, a, 1<<20)
		found := map[geo.Cell]int{}
		for _, c := range inBox {
			found[c.Cell] = c.Count
		}
		for _, g := range got {
			inside := box.Contains(g.Cell.Centre())
			b := orb.Bound{Min: orb.Point{999, 999}, Max: orb.Point{-999, -999}}
			for _, corner := range g.Cell.Outline() {
				inside = inside || math.Abs(corner[1]) < 90 && box.Contains(at(corner[0], corner[1]))
				b = b.Extend(corner)
			}
			if n, ok := found[g.Cell]; inside && n != g.Count || ok && n != g.Count {
				t.Fatalf("resolution %d, box %v: cell %s has %d, want %d", resolution, box, g.Cell, n, g.Count)
			}
			away := b.Min[0] > float64(box.East)/1e7 || b.Max[0] < float64(box.West)/1e7 ||
				b.Min[1] > float64(box.North)/1e7 || b.Max[1] < float64(box.South)/1e7
			if _, ok := found[g.Cell]; ok && away && b.Max[0] < 180 && b.Min[0] > -180 {
				t.Fatalf("resolution %d: cell %s does not touch the box %v", resolution, g.Cell, box)
			}
		}
	}
}
