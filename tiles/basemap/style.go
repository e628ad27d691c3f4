package basemap

// Style is a MapLibre style (https://maplibre.org/maplibre-style-spec, version 8) of a ground. It has neither glyphs nor sprites: MapLibre then draws
// letters with the fonts of the reader's machine, QGIS always does, and there is nothing more to serve.
type Style struct {
	Version int               `json:"version"`
	Name    string            `json:"name"`
	Sources map[string]Source `json:"sources"`
	Layers  []StyleLayer      `json:"layers"`
}

// Source is where a style's tiles come from.
type Source struct {
	Type string `json:"type"`
	URL  string `json:"url"` // of a TileJSON document
}

// StyleLayer is one layer of a style; what lies above comes later.
type StyleLayer struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	Source      string         `json:"source,omitempty"`
	SourceLayer string         `json:"source-layer,omitempty"`
	MinZoom     float64        `json:"minzoom,omitempty"`
	MaxZoom     float64        `json:"maxzoom,omitempty"`
	Filter      list           `json:"filter,omitempty"`
	Layout      map[string]any `json:"layout,omitempty"`
	Paint       map[string]any `json:"paint,omitempty"`
}

// list is an expression of the style language: its name and what it takes.
type list = []any

// sourceName is the source of all layers but the background.
const sourceName = "ground"

// Sheet makes the style of a ground in the colours of a palette. tileJSON is the address of the ground's TileJSON document.
//
// One table is all styles: a palette only changes the colours, so that light, dark and high contrast tell the same.
func Sheet(name string, p Palette, tileJSON string) *Style {
	s := &Style{Version: 8, Name: name, Sources: map[string]Source{sourceName: {Type: "vector", URL: tileJSON}}}
	s.Layers = append(s.Layers, StyleLayer{ID: "land", Type: "background", Paint: map[string]any{"background-color": p.Land}})
	s.Layers = append(s.Layers, areas(p)...)
	s.Layers = append(s.Layers, streets(p)...)
	s.Layers = append(s.Layers, names(p)...)
	for i := range s.Layers {
		if s.Layers[i].Type != "background" {
			s.Layers[i].Source = sourceName
		}
	}
	return s
}

// of lets the given classes through.
func of(classes ...string) list {
	return list{"match", list{"get", "class"}, classes, true, false}
}

// but lets everything else through.
func but(classes ...string) list {
	return list{"match", list{"get", "class"}, classes, false, true}
}

func all(conditions ...any) list { return append(list{"all"}, conditions...) }

// zoomed interpolates between values at zooms: zoom, value, zoom, value …
func zoomed(stops ...any) list {
	return append(list{"interpolate", list{"linear"}, list{"zoom"}}, stops...)
}

// grown is the interpolation of RoadWidth.
func grown(stops []stop) list {
	e := list{"interpolate", list{"exponential", growth}, list{"zoom"}}
	for _, s := range stops {
		e = append(e, s.zoom, s.width)
	}
	return e
}

// from begins a layer at a zoom.
func (l StyleLayer) from(zoom float64) StyleLayer {
	l.MinZoom = zoom
	return l
}

// until ends a layer at a zoom.
func (l StyleLayer) until(zoom float64) StyleLayer {
	l.MaxZoom = zoom
	return l
}

// areas are what lies flat, from the ground up.
func areas(p Palette) []StyleLayer {
	layers := make([]StyleLayer, len(Coats))
	for i := range Coats {
		c := &Coats[i]
		l := StyleLayer{ID: c.Name, Type: "fill", SourceLayer: c.Layer, MinZoom: c.From, Filter: c.filter(), Paint: map[string]any{"fill-color": c.Colour(p)}}
		if c.Opacity > 0 {
			l.Paint["fill-opacity"] = c.Opacity
		}
		switch c.Layer {
		case "building":
			l.Paint["fill-opacity"] = zoomed(13, 0, 14, 0.7, 15, 1)
			l.Paint["fill-outline-color"] = zoomed(14, p.Building, 16, p.BuildingEdge)
		case "waterway":
			l.Type = "line"
			l.Layout = map[string]any{"line-cap": "round", "line-join": "round"}
			large := list{"match", list{"get", "class"}, list{"river", "canal"}}
			l.Paint = map[string]any{"line-color": c.Colour(p), "line-width": list{"interpolate", list{"exponential", growth}, list{"zoom"},
				8, 0.5, 13, append(large[:3:3], 2.5, 0.8), 18, append(large[:3:3], 18, 6)}}
		}
		layers[i] = l
	}
	return layers
}

// streets are what leads somewhere: what lies on the ground, edges first, then bridges over it.
func streets(p Palette) []StyleLayer {
	const line = `LineString`
	onGround, bridge := list{"match", list{"get", "brunnel"}, []string{"bridge", "tunnel"}, false, true}, list{"==", list{"get", "brunnel"}, "bridge"}
	tunnel := StyleLayer{ID: "tunnel", Type: "line", SourceLayer: "transportation", MinZoom: 14,
		Filter: all(list{"==", list{"get", "brunnel"}, "tunnel"}, list{"==", list{"geometry-type"}, line}),
		Paint:  map[string]any{"line-color": p.Casing, "line-width": zoomed(14, 0.8, 18, 3), "line-dasharray": list{3, 2}}}
	layers := []StyleLayer{tunnel}
	for _, level := range []struct {
		name  string
		where list
		caps  string // how casings end: round at crossings, straight at the ends of bridges
	}{{"", onGround, "round"}, {"bridge-", bridge, "butt"}} {
		for i := range roads {
			if r := &roads[i]; r.casing > 0 {
				l := r.layer(level.name+"casing-", level.where, r.cased(), p.Casing)
				l.MinZoom, l.Layout["line-cap"] = r.casing, level.caps
				layers = append(layers, l)
			}
		}
		for i := range roads {
			r := &roads[i]
			l := r.layer(level.name+"road-", level.where, r.stops, p.RoadColour(r.class))
			if r.class == "path" {
				l.Layout["line-cap"] = "butt"
				l.Paint["line-dasharray"] = list{3, 1.5}
			}
			layers = append(layers, l)
			if r.class == "rail" {
				layers = append(layers, r.ties(level.name, level.where, p))
			}
		}
	}
	return layers
}

// layer draws one class of lines.
func (r *road) layer(prefix string, where list, stops []stop, colour string) StyleLayer {
	return StyleLayer{
		ID: prefix + r.class, Type: "line", SourceLayer: "transportation", MinZoom: stops[0].zoom,
		Filter: all(of(append([]string{r.class}, r.kin...)...), where, list{"==", list{"geometry-type"}, "LineString"}),
		Layout: map[string]any{"line-cap": "round", "line-join": "round"},
		Paint:  map[string]any{"line-color": colour, "line-width": grown(stops)},
	}
}

// ties are the strokes across a rail.
func (r *road) ties(prefix string, where list, p Palette) StyleLayer {
	l := r.layer(prefix+"ties-", where, []stop{{14, 3}, {16, 5}, {18, 8}}, p.Rail)
	l.Layout["line-cap"] = "butt"
	l.Paint["line-dasharray"] = list{0.25, 2}
	return l
}
