package basemap

import (
	"slices"

	"quartier/tiles"
)

// Properties of features, by the names of OpenMapTiles.
var keys = []string{"class", "name", "rank", "brunnel"}

const (
	classKey = iota
	nameKey
	rankKey
	brunnelKey
)

// schema is the layers that a ground may have, in the order in which tiles hold them.
var schema = []struct{ id, description string }{
	{"water", "Seas, lakes and wide rivers: areas."},
	{"waterway", "Rivers and streams: lines."},
	{"landcover", "What covers the ground: areas."},
	{"landuse", "What the ground is used for: areas."},
	{"park", "Parks and nature reserves: areas."},
	{"building", "Buildings: areas."},
	{"transportation", "Streets, paths, rails, piers: lines."},
	{"transportation_name", "The same lines, for their names."},
	{"water_name", "Names of waters: points and lines."},
	{"poi", "Places of interest: points."},
	{"place", "Names of places: points."},
}

// Layers describes the tiles of a ground.
func Layers(g Ground) []tiles.Layer {
	fields := map[string]string{
		"class": "kind of thing", "name": "name as people read it", "rank": "of points: 1 is the most important", "brunnel": "bridge, tunnel; absent: on the ground",
	}
	list := make([]tiles.Layer, len(schema))
	for i, l := range schema {
		list[i] = tiles.Layer{ID: l.id, Description: l.description, MaxZoom: int(g.MaxZoom()), Fields: fields}
	}
	return list
}

// layerOf gives the place of a layer in the schema; -1: unknown.
func layerOf(id string) int {
	return slices.IndexFunc(schema, func(l struct{ id, description string }) bool { return l.id == id })
}
