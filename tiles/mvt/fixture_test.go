package mvt_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/paulmach/orb"
	omvt "github.com/paulmach/orb/encoding/mvt"

	"quartier/tiles/mvt"
)

// fixtures are Mapbox's examples of the specification, which the front end's packages bring along.
const fixtures = "../../web/ui/node_modules/@mapbox/mvt-fixtures/fixtures"

// fixtureLayer is a layer as the examples describe it: the messages of the specification, geometries as their commands.
type fixtureLayer struct {
	Name     string
	Extent   *uint32
	Keys     []string
	Values   []map[string]any
	Features []struct {
		ID       *uint64
		Type     int
		Tags     []int
		Geometry []uint32
	}
}

// Every valid example that is made of what we write is written so that it reads as the example itself does.
func TestFixtures(t *testing.T) {
	entries, err := os.ReadDir(fixtures)
	if err != nil {
		t.Fatalf("install the front end's packages (npm --prefix web/ui ci): %v", err)
	}
	written := 0
	for _, e := range entries {
		read := func(name string) []byte {
			b, err := os.ReadFile(filepath.Join(fixtures, e.Name(), name))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		var info struct{ Validity struct{ V2 any } }
		var tile struct{ Layers []fixtureLayer }
		if err := json.Unmarshal(read("info.json"), &info); err != nil {
			t.Fatal(err)
		}
		if info.Validity.V2 != true || json.Unmarshal(read("tile.json"), &tile) != nil {
			continue
		}
		var layers []*mvt.Layer
		ours := true
		for _, l := range tile.Layers {
			layer, ok := l.write()
			layers, ours = append(layers, layer), ours && ok
		}
		if !ours {
			continue
		}
		written++
		got, err := omvt.Unmarshal(mvt.Append(nil, layers...))
		if err != nil {
			t.Errorf("%s: %v", e.Name(), err)
			continue
		}
		want, err := omvt.Unmarshal(read("tile.mvt"))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(content(got), content(want)) {
			t.Errorf("%s reads as %+v, want %+v", e.Name(), content(got), content(want))
		}
	}
	if written != 36 { // the other valid ones have values, points or numbers that we never write
		t.Errorf("%d examples were written, want 36", written)
	}
}

// content is what layers say. Those without features say nothing.
func content(layers omvt.Layers) (all []any) {
	for _, l := range layers {
		for _, f := range l.Features {
			all = append(all, []any{l.Name, l.Version, f.ID, f.Geometry, map[string]any(f.Properties)})
		}
	}
	return all
}

// write writes the layer with our hands; !ok: it has what we never write.
func (l *fixtureLayer) write() (layer *mvt.Layer, ok bool) {
	layer = mvt.New(l.Name, l.Keys...)
	if l.Extent != nil && *l.Extent != mvt.Extent {
		return layer, false
	}
	for _, f := range l.Features {
		id, tags := mvt.NoID, mvt.Tags(nil)
		if f.ID != nil {
			id = *f.ID
		}
		for i := 0; i+1 < len(f.Tags); i += 2 {
			place, ok := value(layer, l.Values[f.Tags[i+1]])
			if !ok {
				return layer, false
			}
			tags = tags.With(uint32(f.Tags[i]), place)
		}
		parts, ok := lines(f.Geometry)
		switch {
		case ok && f.Type == 1 && len(parts) == 1:
			layer.Point(id, int32(parts[0][0][0]), int32(parts[0][0][1]), tags)
		case ok && f.Type == 2 && layer.Trace(parts):
			layer.Lines(id, tags)
		case ok && f.Type == 3 && layer.Outline(polygons(parts)):
			layer.Polygons(id, tags)
		default:
			return layer, false
		}
	}
	return layer, true
}

// value gives the place of a value of a kind that we write.
func value(l *mvt.Layer, v map[string]any) (place uint32, ok bool) {
	for kind, v := range v {
		number, whole := v.(float64)
		text, isText := v.(string)
		switch {
		case kind == "string_value" && isText:
			return l.String(text), true
		case whole && (kind == "uint_value" || kind == "int_value" || kind == "sint_value"):
			return l.Int(int64(number)), true
		}
	}
	return 0, false
}

// lines reads the commands of a geometry (specification, clause 4.3): a line from each place that they move to. !ok: the numbers leave the
// neighbourhood of a tile.
func lines(commands []uint32) (all orb.MultiLineString, ok bool) {
	var at orb.Point
	for i := 0; i < len(commands); {
		command, count := commands[i]&7, int(commands[i]>>3)
		i++
		if command == 7 {
			last := &all[len(all)-1]
			*last = append(*last, (*last)[0])
			continue
		}
		for ; count > 0; count-- {
			if i+1 >= len(commands) {
				return nil, false
			}
			for axis := range 2 {
				n := commands[i+axis]
				if at[axis] += float64(int32(n>>1) ^ -int32(n&1)); at[axis] > 1<<20 || at[axis] < -1<<20 {
					return nil, false
				}
			}
			i += 2
			if command == 1 {
				all = append(all, nil)
			}
			last := &all[len(all)-1]
			*last = append(*last, at)
		}
	}
	return all, true
}

// polygons gives the rings to polygons: outer ones wind clockwise where y grows to the south, holes follow theirs.
func polygons(rings orb.MultiLineString) (all orb.MultiPolygon) {
	for _, line := range rings {
		ring := orb.Ring(line)
		if ring.Orientation() == orb.CCW { // orb has y grow to the north
			all = append(all, nil)
		}
		last := &all[len(all)-1]
		*last = append(*last, ring)
	}
	return all
}
