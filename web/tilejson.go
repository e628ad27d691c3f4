package web

import (
	"github.com/gofiber/fiber/v2"

	"quartier/geo"
	"quartier/reports/fault"
	"quartier/tiles"
)

// tileDocument is a TileJSON 3.0 document (clause 3).
type tileDocument struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Description  string        `json:"description"`
	Attribution  string        `json:"attribution,omitempty"` // markup
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       [4]float64    `json:"bounds"`
	VectorLayers []tiles.Layer `json:"vector_layers"`
	PointsFrom   int           `json:"quartier:points_from,omitempty"`
}

// tileSet is a family of tiles: its name in addresses and its layers.
type tileSet struct {
	name, description string
	layers            func(*tiles.Index) []tiles.Layer
}

var (
	itemsTiles = tileSet{"items", "Items of the map: one feature for each H3 cell below the zoom quartier:points_from, one for each item from there on. " +
		"Every item counts in exactly one tile of each zoom. Parameters: kind, status, category, service, zone, from, to.", (*tiles.Index).ItemLayers}
	cellsTiles = tileSet{"cells", "Outlines of H3 cells with whole-cell counts, in every tile that they touch: never add them up. Same parameters as items.",
		func(*tiles.Index) []tiles.Layer { return tiles.CellLayers() }}
)

// tileJSON answers the document of a tile set; filters in its address are passed on to the addresses of the tiles.
func (s *Server) tileJSON(set tileSet) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, err := strictParameters(c, filterNames...)
		if err != nil {
			return err
		}
		v, err := s.vocabulary()
		if err != nil {
			return err
		}
		if _, err := s.selects(p, v); err != nil {
			return err
		}
		query := p.encode()
		if query != "" {
			query = "?" + query
		}
		d := newTileDocument(set.name, set.description, askedOf(c).base+"/tiles/"+set.name+"/{z}/{x}/{y}.mvt"+query)
		d.PointsFrom = s.Map.Index.PointsFrom()
		d.VectorLayers = set.layers(s.Map.Index)
		return sendTileDocument(c, d)
	}
}

// zoneTileJSON answers the document of a zone set's tiles.
func (s *Server) zoneTileJSON(c *fiber.Ctx) error {
	if _, err := strictParameters(c); err != nil {
		return err
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	set := v.Set(pathPart(c, "set"))
	if set == nil {
		return fault.Missing()
	}
	d := newTileDocument("zones-"+set.Slug, askedOf(c).language.Say("tiles.zones", map[string]any{"set": namedIn(askedOf(c).language, set.NameFR, set.NameEN).Name}),
		askedOf(c).base+"/tiles/zones/"+set.Slug+"/{z}/{x}/{y}.mvt")
	d.VectorLayers = tiles.ZoneLayers()
	return sendTileDocument(c, d)
}

func newTileDocument(name, description, address string) tileDocument {
	return tileDocument{TileJSON: "3.0.0", Name: name, Description: description, Scheme: "xyz", Tiles: []string{address}, MaxZoom: geo.MaxZoom,
		Bounds: [4]float64{-180, -geo.MaxLat, 180, geo.MaxLat}}
}

func sendTileDocument(c *fiber.Ctx, d tileDocument) error {
	c.Set(fiber.HeaderCacheControl, "public, no-cache")
	c.Vary(fiber.HeaderAcceptLanguage, fiber.HeaderCookie) // some have names in them
	return c.JSON(d)
}
