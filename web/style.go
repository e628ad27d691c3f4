package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/tiles/basemap"
)

// palettes are the styles of our ground, by their names in addresses.
var palettes = map[string]struct {
	title   string
	palette *basemap.Palette
}{
	"light":         {"Quartier, light", &basemap.Light},
	"dark":          {"Quartier, dark", &basemap.Dark},
	"contrast":      {"Quartier, high contrast", &basemap.Contrast},
	"contrast-dark": {"Quartier, dark, high contrast", &basemap.ContrastDark},
}

// style answers a MapLibre style of the ground, which other programs open by its address.
func (s *Server) style(c *fiber.Ctx) error {
	if _, err := strictParameters(c); err != nil {
		return err
	}
	p, known := palettes[pathPart(c, "name")]
	if !known || s.Ground == nil {
		return fault.Missing()
	}
	body, err := json.Marshal(basemap.Sheet(p.title, *p.palette, askedOf(c).base+"/tiles/basemap.json"))
	if err != nil {
		return err
	}
	// A weak tag: it is the same for each compression (RFC 9110, 8.8.1).
	hash := sha256.Sum256(body)
	tag := hex.EncodeToString(hash[:8])
	c.Set(fiber.HeaderCacheControl, "public, no-cache")
	c.Set(fiber.HeaderETag, `W/"`+tag+`"`)
	if matches(field(c, fiber.HeaderIfNoneMatch), `"`+tag+`"`) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(body)
}

// basemap tells a map script what to draw beneath (web/ui/src/map/config.ts): a style from outside, our own ones, or nothing but a background.
func (s *Server) basemap() map[string]any {
	switch {
	case s.BasemapStyle != "":
		return map[string]any{"style": s.BasemapStyle}
	case s.Ground != nil:
		return map[string]any{"styles": map[string]string{"light": s.to("/styles/light.json"), "dark": s.to("/styles/dark.json"),
			"contrast": s.to("/styles/contrast.json"), "contrastDark": s.to("/styles/contrast-dark.json")}}
	}
	return map[string]any{"background": true}
}
