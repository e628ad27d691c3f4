package tiles

import "quartier/geo"

// Layer describes one layer of vector tiles, in the words of TileJSON 3.0, clause 3.3 (vector_layers).
type Layer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// cellFields says what the numbers of a cell mean.
var cellFields = map[string]string{
	"h3":           "H3 cell, hexadecimal",
	"count":        "items in the cell that match",
	"open":         "of these: open",
	"new":          "of these: new",
	"active":       "of these: being worked on",
	"resolved":     "of these: resolved",
	"closed_other": "of these: closed without being resolved",
}

// ItemLayers describes the tiles of Index.Tile.
func (x *Index) ItemLayers() []Layer {
	one := map[string]string{
		"kind":     "report, annotation …",
		"category": "name of the category in addresses; absent: none",
		"status":   "state",
	}
	clusters := map[string]string{"id": "number of the only item; kind, category and status are given with it"}
	for _, fields := range []map[string]string{cellFields, one} {
		for name, meaning := range fields {
			clusters[name] = meaning
		}
	}
	items := map[string]string{"created": "day of creation, UTC, in days since 1970-01-01"}
	for name, meaning := range one {
		items[name] = meaning
	}
	layers := []Layer{{
		ID: clusterLayer, Description: "One point for each occupied H3 cell whose centre lies in the tile.",
		MinZoom: 0, MaxZoom: int(x.pointsFrom) - 1, Fields: clusters,
	}}
	if x.pointsFrom <= geo.MaxZoom {
		layers = append(layers, Layer{
			ID: itemLayer, Description: "One point for each item. The feature id is the item's number plus 2^48 for each kind before its own.",
			MinZoom: int(x.pointsFrom), MaxZoom: geo.MaxZoom, Fields: items,
		})
	}
	return layers
}

// CellLayers describes the tiles of Index.CellsTile.
func CellLayers() []Layer {
	return []Layer{{
		ID: cellLayer, Description: "Outlines of the occupied H3 cells that touch the tile, with counts of whole cells: never add them up over tiles.",
		MinZoom: 0, MaxZoom: geo.MaxZoom, Fields: cellFields,
	}}
}

// ZoneLayers describes the tiles of ZoneSet.Tile.
func ZoneLayers() []Layer {
	fields := map[string]string{"set": "name of the set", "code": "stable code of the zone", "name": "name of the zone"}
	return []Layer{
		{ID: zoneLayer, Description: "Areas.", MinZoom: 0, MaxZoom: geo.MaxZoom, Fields: fields},
		{ID: nameLayer, Description: "A point inside each area, for its name.", MinZoom: 0, MaxZoom: geo.MaxZoom, Fields: fields},
	}
}
