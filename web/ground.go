package web

import (
	"html"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/tiles/basemap"
)

// groundVersion is the parameter of a tile's address that names the ground: with another one, after a restart, the address is another.
const groundVersion = "v"

// groundTile answers a tile of the basemap.
func (s *Server) groundTile(c *fiber.Ctx) error {
	t, err := tileAt(c)
	if err != nil {
		return err
	}
	p, err := strictParameters(c, groundVersion)
	if err != nil {
		return err
	}
	if s.Ground == nil {
		return fault.Missing()
	}
	if t.Z > s.Ground.MaxZoom() {
		return fault.Parameter("z", "error.tile", fault.Args{"zoom": s.Ground.MaxZoom()})
	}
	answer, err := s.Cache.Ground(c.UserContext(), t, s.Ground.Tile)
	if err != nil {
		return err
	}
	if err := sendTile(c, answer, lasting); err != nil {
		return err
	}
	if p[groundVersion] == s.Ground.Version() {
		c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	}
	return nil
}

// groundJSON answers the document of the basemap's tiles.
func (s *Server) groundJSON(c *fiber.Ctx) error {
	if _, err := strictParameters(c); err != nil {
		return err
	}
	if s.Ground == nil {
		return fault.Missing()
	}
	d := newTileDocument("basemap", "What lies beneath the items, in layers of OpenMapTiles.",
		askedOf(c).base+"/tiles/basemap/{z}/{x}/{y}.mvt?"+groundVersion+"="+s.Ground.Version())
	d.MaxZoom = int(s.Ground.MaxZoom())
	d.VectorLayers = basemap.Layers(s.Ground)
	d.Attribution = html.EscapeString(s.Ground.Attribution())
	return sendTileDocument(c, d)
}

// attribution names who made what a map shows, in plain text; a map names at least this site.
func (s *Server) attribution() string {
	var makers []string
	if s.Ground != nil && s.BasemapStyle == "" && s.Ground.Attribution() != "" {
		makers = append(makers, s.Ground.Attribution())
	}
	if s.Attribution != "" {
		makers = append(makers, s.Attribution)
	}
	if len(makers) == 0 {
		return "Quartier"
	}
	return strings.Join(makers, " · ")
}
