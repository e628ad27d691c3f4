package raster

import (
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"quartier/tiles/basemap"
)

// classesOf gives the classes that the filter of a style's layer names: those let through, or else those that are not.
func classesOf(filter any) (classes []string, through bool) {
	e, ok := filter.([]any)
	if !ok || len(e) == 0 {
		return nil, false
	}
	if e[0] == "match" {
		classes, _ = e[2].([]string)
		return classes, e[3] == true
	}
	for _, part := range e[1:] {
		if classes, through := classesOf(part); classes != nil {
			return classes, through
		}
	}
	return nil, false
}

// What a style draws, a picture draws too: every class of every layer leaves a trace. What it does not draw leaves none.
func TestPicturesDrawWhatStylesDo(t *testing.T) {
	shapes := map[string]orb.Geometry{
		"fill": orb.Polygon{{{lon - 0.001, lat - 0.001}, {lon + 0.001, lat - 0.001}, {lon + 0.001, lat + 0.001}, {lon - 0.001, lat + 0.001}, {lon - 0.001, lat - 0.001}}},
		"line": orb.LineString{{lon - 0.01, lat}, {lon + 0.01, lat}}, "point": orb.Point{lon, lat},
	}
	traced := func(f basemap.Feature, zoom float64) bool {
		s := &Sheet{Ground: basemap.Draw([]basemap.Feature{f}, ""), Theme: Light}
		for _, p := range mustDraw(t, s, View{Lon: lon, Lat: lat, Zoom: zoom, Width: 400, Height: 200, Scale: 1}).pixels {
			if colour(p) != hex(Light.Ground.Land) {
				return true
			}
		}
		return false
	}
	seen := 0
	known := map[string][]string{}
	for _, l := range basemap.Sheet("", basemap.Light, "").Layers {
		kind := l.Type
		switch {
		case kind == "background", kind == "circle": // a dot marks what has a name
			continue
		case l.Layout["symbol-placement"] == "line":
			kind = "line"
		case kind == "symbol":
			kind = "point"
		}
		classes, through := classesOf(l.Filter)
		if through {
			known[l.SourceLayer] = append(known[l.SourceLayer], classes...)
		} else if !slices.Contains(classes, "something else") {
			classes = []string{"something else"}
			if l.SourceLayer == "transportation" { // a tunnel, of which our own grounds have none
				continue
			}
		}
		zoom := 17.0
		if l.MaxZoom > 0 {
			zoom = l.MaxZoom - 1.5
		}
		for _, class := range classes {
			f := basemap.Feature{Layer: l.SourceLayer, Class: class, Geometry: shapes[kind]}
			if l.Type == "symbol" {
				f.Name = "Nom"
			}
			if seen++; !traced(f, zoom) {
				t.Errorf("%s: %s %s is not drawn at zoom %v", l.ID, l.SourceLayer, class, zoom)
			}
			if from := l.MinZoom - 0.5; l.Type == "fill" && from > 0 && traced(f, from) {
				t.Errorf("%s: %s %s is drawn at zoom %v", l.ID, l.SourceLayer, class, from)
			}
		}
	}
	if seen < 80 {
		t.Errorf("the style draws only %d classes", seen)
	}
	for layer, shape := range map[string]string{"landuse": "fill", "landcover": "fill", "transportation": "line"} {
		if len(known[layer]) == 0 || traced(basemap.Feature{Layer: layer, Class: "something else", Geometry: shapes[shape]}, 17) {
			t.Errorf("%s something else is drawn", layer)
		}
	}
}

// Streets lie on each other as the style's do, whatever their order in the tile.
func TestStreetsInOrder(t *testing.T) {
	crossing := func(first, second basemap.Feature) colour {
		return mustDraw(t, &Sheet{Ground: basemap.Draw([]basemap.Feature{first, second}, ""), Theme: Light}, View{Lon: lon, Lat: lat, Zoom: 17, Width: 100, Height: 100, Scale: 1}).at(50, 50)
	}
	along := basemap.Feature{Layer: "transportation", Class: "primary", Geometry: orb.LineString{{lon - 0.01, lat}, {lon + 0.01, lat}}}
	across := basemap.Feature{Layer: "transportation", Class: "residential", Geometry: orb.LineString{{lon, lat - 0.01}, {lon, lat + 0.01}}}
	if a, b := crossing(along, across), crossing(across, along); a != hex(Light.Ground.MainRoad) || b != a {
		t.Errorf("the crossing is %06X and %06X", a, b)
	}
	across.Bridge = true
	if got := crossing(along, across); got != hex(Light.Ground.Road) {
		t.Errorf("under a bridge the crossing is %06X", got)
	}
}
