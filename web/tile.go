package web

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/geo"
	"quartier/reports/fault"
	"quartier/reports/store"
	"quartier/tiles"
)

// tileType is the media type of vector tiles (Mapbox Vector Tile 2.1, clause 3.1).
const tileType = "application/vnd.mapbox-vector-tile"

// tokenHeader carries a write that the reader wants to see.
const tokenHeader = "Quartier-Token"

// awaitAtMost is how long a tile waits for the write of a token; then it answers with what it has. Some 10 ms are usual; the rest is for a
// machine under load. While the database rests nobody waits.
const awaitAtMost = time.Second

// tileAt reads z, x and y from the path. "12.mvt" and "12" are the same row.
func tileAt(c *fiber.Ctx) (geo.Tile, error) {
	var n [3]uint64
	for i, name := range []string{"z", "x", "y"} {
		text := strings.TrimSuffix(c.Params(name), ".mvt")
		v, err := strconv.ParseUint(text, 10, 32)
		if err != nil || len(text) > 1 && text[0] == '0' {
			return geo.Tile{}, fault.Parameter(name, "error.tile", fault.Args{"zoom": geo.MaxZoom})
		}
		n[i] = v
	}
	t := geo.Tile{Z: uint8(min(n[0], 255)), X: uint32(n[1]), Y: uint32(n[2])}
	if !t.Valid() {
		return geo.Tile{}, fault.Parameter("z/x/y", "error.tile", fault.Args{"zoom": geo.MaxZoom})
	}
	return t, nil
}

// drawn answers tiles of a family: those of the items or those of the cells.
type drawn func(context.Context, geo.Tile, tiles.Filter, tiles.Audience) (*tiles.Answer, error)

// tile answers a tile.
func (s *Server) tile(draw drawn) fiber.Handler {
	return func(c *fiber.Ctx) error {
		t, err := tileAt(c)
		if err != nil {
			return err
		}
		p, err := strictParameters(c, filterNames...)
		if err != nil {
			return err
		}
		v, err := s.vocabulary()
		if err != nil {
			return err
		}
		sel, err := s.selects(p, v)
		if err != nil {
			return err
		}
		answer, err := draw(c.UserContext(), t, sel.index, tiles.Audience(askedOf(c).actor.Mask()))
		if err != nil {
			return err
		}
		return sendTile(c, answer)
	}
}

// zoneTile answers a tile of a zone set.
func (s *Server) zoneTile(c *fiber.Ctx) error {
	t, err := tileAt(c)
	if err != nil {
		return err
	}
	if _, err := strictParameters(c); err != nil {
		return err
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	set := v.Shapes(c.Params("set"))
	if set == nil {
		return fault.Missing()
	}
	answer, err := s.Cache.Zones(c.UserContext(), set, t)
	if err != nil {
		return err
	}
	return sendTile(c, answer)
}

// seeWrite lets the map take in the write whose token the client sends along, before anything is answered from memory.
func (s *Server) seeWrite(c *fiber.Ctx) error {
	text := c.Get(tokenHeader)
	if text == "" {
		return c.Next()
	}
	token, err := store.ParseToken(text)
	if err != nil {
		return fault.Parameter(tokenHeader, "error.token", nil)
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), awaitAtMost)
	defer cancel()
	s.Map.Await(ctx, token)
	return c.Next()
}

// sendTile sends a tile compressed or not, as the client takes it; each form has its own strong ETag (RFC 9110, 8.8.3.3).
func sendTile(c *fiber.Ctx, a *tiles.Answer) error {
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderCacheControl, "public, max-age=0, must-revalidate")
	if a.Empty {
		return c.SendStatus(fiber.StatusNoContent)
	}
	packed := acceptsCoding(c, "gzip")
	tag := a.PlainTag
	if packed {
		tag = a.GzipTag
	}
	c.Set(fiber.HeaderETag, tag)
	if matches(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, tileType)
	if packed {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(a.Body)
	}
	plain, err := a.Plain()
	if err != nil {
		return err
	}
	return c.Send(plain)
}

// acceptsCoding tells whether the client takes a content coding (RFC 9110, 12.5.3).
func acceptsCoding(c *fiber.Ctx, wanted string) bool {
	for part := range strings.SplitSeq(c.Get(fiber.HeaderAcceptEncoding), ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != wanted && coding != "*" {
			continue
		}
		quality := strings.TrimSpace(params)
		return !strings.HasPrefix(quality, "q=0") || strings.Trim(quality, "q=0.") != ""
	}
	return false
}

// matches tells whether an If-None-Match names the tag (RFC 9110, 13.1.2: weak comparison).
func matches(header, etag string) bool {
	if header == "*" {
		return true
	}
	for tag := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == strings.TrimPrefix(etag, "W/") && etag != "" {
			return true
		}
	}
	return false
}
