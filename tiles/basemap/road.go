package basemap

import (
	"math"
	"slices"
)

// road is how wide a class of lines is drawn, in CSS pixels: at a few zooms (of 512 px tiles, as MapLibre counts them), between which the width
// grows as growth says. From true to scale at z18 they become thinner more slowly than the town does, or nobody would see them from afar.
type road struct {
	class  string
	kin    []string // classes that are drawn as it is
	stops  []stop   // rising; nothing is drawn below the first
	casing float64  // the zoom from which it has an edge; 0: never
}

// stop is a width at a zoom.
type stop struct{ zoom, width float64 }

// growth is the base of the exponential interpolation between stops (MapLibre style, "interpolate").
const growth = 1.6

// roads are the lines of the layer transportation, the most important last: it is drawn on top.
var roads = []road{
	{class: "pier", stops: []stop{{12, 1}, {14, 2.5}, {16, 7}, {18, 22}}, casing: 14},
	{class: "path", kin: []string{"track"}, stops: []stop{{14, 0.6}, {15, 0.9}, {16, 1.3}, {18, 2.8}}},
	{class: "service", kin: []string{"busway", "raceway"}, stops: []stop{{13, 0.4}, {14, 0.8}, {15, 1.8}, {16, 4}, {18, 14}}, casing: 15},
	{class: "minor", kin: []string{"residential"}, stops: []stop{{11.5, 0.3}, {13, 1}, {14, 2.2}, {15, 4.2}, {16, 8}, {18, 26}}, casing: 13.5},
	{class: "tertiary", stops: []stop{{10.5, 0.4}, {12, 0.9}, {13, 1.7}, {14, 3.1}, {16, 10}, {18, 32}}, casing: 13},
	{class: "secondary", stops: []stop{{9, 0.4}, {11, 0.9}, {13, 2.3}, {14, 3.9}, {16, 11.5}, {18, 36}}, casing: 12},
	{class: "primary", stops: []stop{{7, 0.5}, {10, 1}, {12, 1.9}, {14, 4.6}, {16, 13}, {18, 40}}, casing: 11},
	{class: "trunk", stops: []stop{{5, 0.5}, {10, 1.4}, {12, 2.4}, {14, 5}, {16, 14}, {18, 43}}, casing: 10},
	{class: "motorway", stops: []stop{{5, 0.6}, {10, 1.8}, {12, 2.9}, {14, 5.6}, {16, 15.5}, {18, 46}}, casing: 9},
	{class: "rail", kin: []string{"transit"}, stops: []stop{{11, 0.5}, {14, 0.9}, {16, 1.6}, {18, 3}}},
}

// edges are how much an edge adds on each side.
var edges = []stop{{9, 0.4}, {13, 0.5}, {15, 0.8}, {18, 1.4}}

// Roads gives the classes of lines that are drawn, from the lowest up.
func Roads() []string {
	classes := make([]string, len(roads))
	for i := range roads {
		classes[i] = roads[i].class
	}
	return classes
}

// RoadOf gives which of Roads a class of lines is drawn as; empty: it is not drawn.
func RoadOf(class string) string {
	for i := range roads {
		if r := &roads[i]; r.class == class || slices.Contains(r.kin, class) {
			return r.class
		}
	}
	return ""
}

// RoadColour gives the colour of one of Roads.
func (p Palette) RoadColour(class string) string {
	switch class {
	case "motorway", "trunk", "primary", "secondary":
		return p.MainRoad
	case "path":
		return p.Path
	case "rail":
		return p.Rail
	case "pier":
		return p.Pier
	}
	return p.Road
}

// RoadWidth gives how wide a line of the layer transportation is drawn at a zoom, in CSS pixels: the line itself, and the wider line
// of the casing colour beneath it, whose rest on both sides is the edge. 0: not drawn, or without an edge.
func RoadWidth(class string, zoom float64) (fill, casing float64) {
	i := slices.IndexFunc(roads, func(r road) bool { return r.class == class })
	if i < 0 || zoom < roads[i].stops[0].zoom {
		return 0, 0
	}
	r := &roads[i]
	fill = between(r.stops, zoom)
	if r.casing > 0 && zoom >= r.casing {
		casing = between(r.cased(), zoom)
	}
	return fill, casing
}

// cased gives the stops of the line beneath.
func (r *road) cased() []stop {
	cased := make([]stop, len(r.stops))
	for i, s := range r.stops {
		cased[i] = stop{s.zoom, s.width + 2*between(edges, s.zoom)}
	}
	return cased
}

// between interpolates as MapLibre does; before the first and after the last stop their widths hold.
func between(stops []stop, zoom float64) float64 {
	i := slices.IndexFunc(stops, func(s stop) bool { return s.zoom > zoom })
	switch i {
	case 0:
		return stops[0].width
	case -1:
		return stops[len(stops)-1].width
	}
	a, b := stops[i-1], stops[i]
	share := (math.Pow(growth, zoom-a.zoom) - 1) / (math.Pow(growth, b.zoom-a.zoom) - 1)
	return a.width + share*(b.width-a.width)
}
