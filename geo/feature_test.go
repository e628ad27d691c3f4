package geo

import (
	"errors"
	"testing"

	"github.com/paulmach/orb"
)

func TestParseFeature(t *testing.T) {
	f, err := ParseFeature([]byte(`{"type":"Feature","id":7,"properties":{"a":"b"},"geometry":{"type":"Polygon","coordinates":[[[0,0,35],[1,0,35],[1,1,35],[0,0,35]]]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := (orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}); !orb.Equal(f.Geometry, want) || string(f.ID) != "7" || string(f.Properties["a"]) != `"b"` {
		t.Errorf("%+v", f)
	}
	if f, err := ParseFeature([]byte(`{"type":"Feature","id":null,"properties":null,"geometry":null}`)); err != nil || f.Geometry != nil || f.ID != nil {
		t.Errorf("a feature without a geometry: %+v, %v", f, err)
	}
	for text, want := range map[string]error{
		`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}}`:            ErrRingOpen,
		`{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[0,0]]]]}}`:           ErrRingShort,
		`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[179,0],[-179,0],[-179,1],[179,0]]]}}`:  ErrRingWide,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[652000.5,6862000.1]}}`:                     ErrOutOfRange,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[48.85,-91]}}`:                              ErrOutOfRange,
		`{"type":"Feature","geometry":{"type":"Circle","coordinates":[1,2]}}`:                                   nil,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":["a","b"]}}`:                                nil,
		`{"type":"Feature","geometry":{"type":"LineString","coordinates":[[1,2],[200,3]]}}`:                     ErrOutOfRange,
		`{"type":"Feature","geometry":{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[1,2],[3,91]]]}}`: ErrOutOfRange,
		`{"type":"FeatureCollection","features":[]}`:                                                            nil,
		`{"type":"Feature","geometry":5}`:                                                                       nil,
		`{"type":"Feature","properties":5}`:                                                                     nil,
		`[]`:                                                                                                    nil,
	} {
		if _, err := ParseFeature([]byte(text)); err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}

// A feature that is accepted can be stored: its coordinates are finite and in range.
func FuzzParseFeature(f *testing.F) {
	f.Add([]byte(`{"type":"Feature","properties":{"a":"b"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}`))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}}`))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[],[[]]]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		feature, err := ParseFeature(raw)
		if err != nil || feature.Geometry == nil {
			return
		}
		if err := checkCoordinates(feature.Geometry); err != nil {
			t.Fatal(err)
		}
		if _, collection := feature.Geometry.(orb.Collection); !collection {
			if _, err := ToGeom(feature.Geometry); err != nil {
				t.Fatal(err)
			}
		}
	})
}
