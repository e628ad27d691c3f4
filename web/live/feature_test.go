package live_test

import (
	"hash/fnv"
	"strconv"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"quartier/geo"
)

// feature is what a tile says of a cell or of an item: everything.
type feature struct {
	cell         geo.Cell // 0: it is an item
	count, open  int64
	groups       [4]int64 // new, active, resolved, closed_other
	x, y         int32
	id           int64 // of an item, and of the only member of a cell
	kind         string
	category     string
	status       string
	day          int64 // of an item's creation, since 1970
	more, layers int   // properties and layers beyond those that it should have
}

// text writes a feature so that equal ones have equal texts.
func (f *feature) text() []byte {
	b := make([]byte, 0, 120)
	for _, n := range []int64{int64(f.cell), f.count, f.open, f.groups[0], f.groups[1], f.groups[2], f.groups[3], int64(f.x), int64(f.y), f.id, f.day, int64(f.more), int64(f.layers)} {
		b = append(strconv.AppendInt(b, n, 10), ' ')
	}
	return append(append(append(append(append(b, f.kind...), ' '), f.category...), ' '), f.status...)
}

// digest is the contents of a tile in short: how many features, and a sum over them that does not depend on their order.
type digest struct {
	features int
	sum      uint64
}

func (d *digest) add(f *feature) {
	h := fnv.New64a()
	h.Write(f.text())
	d.features++
	d.sum += h.Sum64()
}

// picture is what the tiles of one zoom hold; empty ones are left out.
type picture map[geo.Tile]digest

// add adds a feature to a tile.
func (p picture) add(t geo.Tile, f *feature) {
	d := p[t]
	d.add(f)
	p[t] = d
}

// read gives the features of a tile. The layer is named so that a tile with another or one more does not pass.
func read(t testing.TB, raw []byte, layer string) []feature {
	t.Helper()
	if len(raw) == 0 {
		return nil
	}
	layers, err := mvt.Unmarshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	var features []feature
	for _, l := range layers {
		for _, f := range l.Features {
			p := f.Properties
			text := func(name string) string { s, _ := p[name].(string); return s }
			number := func(name string) int64 { n, _ := p[name].(float64); return int64(n) }
			one := feature{kind: text("kind"), category: text("category"), status: text("status")}
			if len(layers) > 1 || l.Name != layer {
				one.layers = len(layers)
			}
			if at, ok := f.Geometry.(orb.Point); ok {
				one.x, one.y = int32(at[0]), int32(at[1])
			}
			known := 4
			if layer == "items" {
				id, _ := f.ID.(float64)
				one.id, one.day = int64(id), number("created")
			} else {
				cell, err := strconv.ParseUint(text("h3"), 16, 64)
				if err != nil {
					t.Fatal(err)
				}
				one.cell, one.count, one.open = geo.Cell(cell), number("count"), number("open")
				one.groups = [4]int64{number("new"), number("active"), number("resolved"), number("closed_other")}
				if known = 7; one.count == 1 && layer == "clusters" {
					one.id, known = number("id"), 11
				}
			}
			one.more = len(p) - known
			features = append(features, one)
		}
	}
	return features
}
