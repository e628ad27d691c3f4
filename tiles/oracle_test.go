package tiles_test

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"

	"quartier/geo"
	"quartier/tiles"
)

// feature is a decoded or an expected feature: its properties, id and place in one comparable text.
type feature = string

// expected works out, item by item, which features every tile of a zoom must have.
func expected(items []tiles.Item, zoom uint8, pointsFrom int, f tiles.Filter, a tiles.Audience) map[geo.Tile][]feature {
	features := map[geo.Tile][]feature{}
	if int(zoom) >= pointsFrom {
		sorted := slices.Clone(items)
		slices.SortFunc(sorted, func(a, b tiles.Item) int {
			if a.Cell != b.Cell {
				return cmpUint(uint64(a.Cell), uint64(b.Cell))
			}
			return cmpUint(featureID(a), featureID(b))
		})
		for _, i := range sorted {
			if selects(f, a, i) {
				t := geo.TileAt(i.Position, zoom)
				x, y := t.Within(i.Position)
				p := names(i)
				p["created"] = strconv.FormatFloat(math.Floor(float64(i.Created)/86400), 'f', -1, 64)
				features[t] = append(features[t], text(fmt.Sprint(featureID(i)), x, y, p))
			}
		}
		return features
	}
	members := map[geo.Cell][]tiles.Item{}
	for _, i := range items {
		if selects(f, a, i) {
			c := i.Cell.Parent(tiles.Resolution(int(zoom)))
			members[c] = append(members[c], i)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(members)) {
		centre := c.Centre()
		t := geo.TileAt(centre, zoom)
		x, y := t.Within(mean(members[c], centre))
		p := counts(c, members[c])
		if len(members[c]) == 1 {
			only := members[c][0]
			maps.Copy(p, names(only))
			p["id"] = fmt.Sprint(only.ID)
		}
		features[t] = append(features[t], text("-", x, y, p))
	}
	return features
}

func cmpUint(a, b uint64) int { return new(big.Int).SetUint64(a).Cmp(new(big.Int).SetUint64(b)) }

func featureID(i tiles.Item) uint64 { return uint64(i.Kind)<<48 + uint64(i.ID) }

func names(i tiles.Item) map[string]string {
	p := map[string]string{"kind": vocabulary.Kinds[i.Kind], "status": vocabulary.Statuses[i.Status].Name}
	if c := vocabulary.Categories[i.Category]; c != "" {
		p["category"] = c
	}
	return p
}

func counts(c geo.Cell, items []tiles.Item) map[string]string {
	var open int
	var groups [4]int
	for _, i := range items {
		s := vocabulary.Statuses[i.Status]
		if s.Open {
			open++
		}
		groups[s.Group]++
	}
	return map[string]string{
		"h3": strconv.FormatUint(uint64(c), 16), "count": fmt.Sprint(len(items)), "open": fmt.Sprint(open),
		"new": fmt.Sprint(groups[0]), "active": fmt.Sprint(groups[1]),
		"resolved": fmt.Sprint(groups[2]), "closed_other": fmt.Sprint(groups[3]),
	}
}

// mean is the mean position of a cell's members; a member beyond the 180th meridian counts on the centre's side of it.
func mean(items []tiles.Item, centre geo.Position) geo.Position {
	lon, lat := new(big.Int), new(big.Int)
	for _, i := range items {
		l := int64(i.Position.Lon)
		if l-int64(centre.Lon) > 1_800_000_000 {
			l -= 3_600_000_000
		}
		if l-int64(centre.Lon) < -1_800_000_000 {
			l += 3_600_000_000
		}
		lon.Add(lon, big.NewInt(l))
		lat.Add(lat, big.NewInt(int64(i.Position.Lat)))
	}
	n := big.NewInt(int64(len(items)))
	lon.Div(lon, n) // Euclidean: down, for a positive divisor
	lat.Div(lat, n)
	return geo.Position{
		Lon: int32(max(-1_800_000_000, min(1_800_000_000, lon.Int64()))),
		Lat: int32(lat.Int64()),
	}
}

func text(id string, x, y int32, properties map[string]string) feature {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s@%d,%d", id, x, y)
	for _, k := range slices.Sorted(maps.Keys(properties)) {
		fmt.Fprintf(&b, " %s=%s", k, properties[k])
	}
	return b.String()
}

// decode reads a tile back with orb.
func decode(t testing.TB, tile []byte) map[string][]*geojson.Feature {
	t.Helper()
	layers, err := mvt.Unmarshal(tile)
	if err != nil {
		t.Fatalf("cannot read the tile: %v", err)
	}
	features := map[string][]*geojson.Feature{}
	for _, l := range layers {
		if l.Version != 2 || l.Extent != 4096 {
			t.Fatalf("layer %s: version %d, extent %d", l.Name, l.Version, l.Extent)
		}
		features[l.Name] = l.Features
	}
	return features
}

// texts gives the point features of the only layer of a tile.
func texts(t testing.TB, tile []byte, layer string) []feature {
	t.Helper()
	layers := decode(t, tile)
	if len(layers) > 1 || len(tile) > 0 && layers[layer] == nil {
		t.Fatalf("layers %v, want %s only", slices.Collect(maps.Keys(layers)), layer)
	}
	var found []feature
	for _, f := range layers[layer] {
		p := map[string]string{}
		for k, v := range f.Properties {
			p[k] = fmt.Sprint(v)
			if n, ok := v.(float64); ok {
				p[k] = strconv.FormatFloat(n, 'f', -1, 64)
			}
		}
		id := "-"
		if f.ID != nil {
			id = strconv.FormatFloat(f.ID.(float64), 'f', -1, 64)
		}
		at := f.Geometry.(orb.Point)
		found = append(found, text(id, int32(at[0]), int32(at[1]), p))
	}
	return found
}

// layerOf gives the layer that a zoom has.
func layerOf(zoom uint8, pointsFrom int) string {
	if int(zoom) >= pointsFrom {
		return "items"
	}
	return "clusters"
}

// compare draws all tiles of a zoom that should have something, and the neighbours of each, and compares them with the oracle.
func compare(t testing.TB, x *tiles.Index, items []tiles.Item, zoom uint8, f tiles.Filter, a tiles.Audience) {
	t.Helper()
	want := expected(items, zoom, x.PointsFrom(), f, a)
	drawn := map[geo.Tile]bool{}
	for tile := range want {
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				n := 1<<zoom - 1
				near := geo.Tile{Z: zoom, X: uint32((int(tile.X) + dx) & n), Y: uint32((int(tile.Y) + dy) & n)}
				if drawn[near] || (dx != 0 || dy != 0) && len(want) > 400 {
					continue
				}
				drawn[near] = true
				got := texts(t, x.Tile(near, f, a), layerOf(zoom, x.PointsFrom()))
				if !slices.Equal(got, want[near]) {
					t.Fatalf("tile %v under %q for %+v:\n got %d %q\nwant %d %q", near, f.Canonical(), a, len(got), got, len(want[near]), want[near])
				}
			}
		}
	}
}
