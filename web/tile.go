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

// sinceHeader carries the id of the last event that the reader's stream told, perhaps from another node: an answer that is older would be taken for
// fresh, and nobody would tell of what it lacks. behindHeader says that the answer may be older.
const (
	sinceHeader  = "Quartier-Since"
	behindHeader = "Quartier-Behind"
)

// awaitAtMost is how long a tile waits for the write of a token, and for where a stream stands; then it answers with what it has. Some 10 ms are
// usual; the rest is for a machine under load. While the database rests nobody waits.
const awaitAtMost = time.Second

// tileAt reads z, x and y from the path. "12.mvt" and "12" are the same row.
func tileAt(c *fiber.Ctx) (geo.Tile, error) {
	n, err := gridAt(c, ".mvt", geo.MaxZoom)
	if err != nil {
		return geo.Tile{}, err
	}
	t := geo.Tile{Z: uint8(min(n[0], 255)), X: uint32(n[1]), Y: uint32(n[2])}
	if !t.Valid() {
		return geo.Tile{}, fault.Parameter("z/x/y", "error.tile", fault.Args{"zoom": geo.MaxZoom})
	}
	return t, nil
}

// gridAt reads z, x and y from the path, of a grid whose zooms end at deepest. The row may have an ending.
func gridAt(c *fiber.Ctx, ending string, deepest int) (n [3]int, err error) {
	for i, name := range []string{"z", "x", "y"} {
		text := pathPart(c, name)
		if name == "y" {
			text = strings.TrimSuffix(text, ending)
		}
		v, err := strconv.ParseUint(text, 10, 32)
		if err != nil || len(text) > 1 && text[0] == '0' {
			return n, fault.Parameter(name, "error.tile", fault.Args{"zoom": deepest})
		}
		n[i] = int(v)
	}
	return n, nil
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
		f, err := s.tileFilter(c)
		if err != nil {
			return err
		}
		audience := audienceOf(s.reader(c))
		life := s.life(c, audience) // before the map is asked: what it says is at least as new
		answer, err := draw(c.UserContext(), t, f, audience)
		if err != nil {
			return err
		}
		return sendTile(c, answer, life)
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
	set := v.Shapes(pathPart(c, "set"))
	if set == nil {
		return fault.Missing()
	}
	life := s.life(c, tiles.Everyone)
	answer, err := s.Cache.Zones(c.UserContext(), set, t)
	if err != nil {
		return err
	}
	return sendTile(c, answer, life)
}

// seeWrite lets the map take in the write whose token the client sends along, and what its stream has told of, before anything is answered from
// memory.
func (s *Server) seeWrite(c *fiber.Ctx) error {
	written, stands := c.Get(tokenHeader), c.Get(sinceHeader)
	if written == "" && stands == "" {
		return c.Next()
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), awaitAtMost)
	defer cancel()
	if written != "" {
		token, err := store.ParseToken(written)
		if err != nil {
			return fault.Parameter(tokenHeader, "error.token", nil)
		}
		s.Map.Await(ctx, token)
	}
	if stands != "" {
		since, err := store.ParseCursor(stands)
		if err != nil {
			return fault.Parameter(sinceHeader, "error.token", nil)
		}
		if !s.Map.AwaitState(ctx, since) {
			c.Set(behindHeader, "1")
			c.Locals(behindKey{}, true)
		}
	}
	return c.Next()
}

// behindKey marks requests of readers whose stream is ahead of the map.
type behindKey struct{}

// life says how long an answer may be used, and whether it may be confirmed by its tag.
type life struct {
	control string // Cache-Control
	sure    bool
}

// lasting is the life of what does not follow the database.
var lasting = life{control: "public, max-age=0, must-revalidate", sure: true}

// life gives the life of what follows the database, as an audience sees it: it is asked for anew each time. While the map does not know whether it is
// in step, or knows that the reader's stream is ahead of it, it confirms nothing; what it has may be used for a moment, so that the many who ask do not
// all ask at once.
func (s *Server) life(c *fiber.Ctx, a tiles.Audience) life {
	scope, control := "public", ", max-age=0, must-revalidate"
	sure := s.Map.InStep(time.Now()) && c.Locals(behindKey{}) == nil
	switch {
	case a.IsEveryone() && sure:
		return lasting
	case !a.IsEveryone():
		scope = "private"
	}
	if !sure {
		control = ", max-age=1"
	}
	return life{scope + control, sure}
}

// sendTile sends a tile in the form that the client likes best; each form has its own strong ETag (RFC 9110, 8.8.3.3). A tag of any form that the
// client takes confirms what it has, be it made here or on another node.
func sendTile(c *fiber.Ctx, a *tiles.Answer, l life) error {
	h := &c.Response().Header
	h.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	h.Set(fiber.HeaderCacheControl, l.control)
	if a.Empty {
		return c.SendStatus(fiber.StatusNoContent)
	}
	taken := weightsOf(field(c, fiber.HeaderAcceptEncoding))
	squeezed := a.Brotli()
	coding, ok := taken.best([codings]bool{true, true, squeezed != nil})
	if !ok {
		return fiber.ErrNotAcceptable
	}
	tags := [codings]string{a.PlainTag, a.GzipTag, a.BrotliTag}
	if known := field(c, fiber.HeaderIfNoneMatch); known != "" && l.sure {
		for i := range codings {
			if one := (coding + i) % codings; taken[one] > 0 && matches(known, tags[one]) {
				h.Set(fiber.HeaderETag, tags[one])
				return c.SendStatus(fiber.StatusNotModified)
			}
		}
	}
	h.Set(fiber.HeaderETag, tags[coding])
	h.SetContentType(tileType)
	switch coding {
	case inGzip:
		h.SetContentEncoding(codingNames[inGzip])
		return c.Send(a.Body)
	case inBrotli:
		h.SetContentEncoding(codingNames[inBrotli])
		return c.Send(squeezed)
	}
	plain, err := a.Plain()
	if err != nil {
		return err
	}
	return c.Send(plain)
}

// matches tells whether an If-None-Match names the tag (RFC 9110, 13.1.2: weak comparison).
func matches(header, etag string) bool {
	if header == "*" || header == etag {
		return true
	}
	for tag := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == strings.TrimPrefix(etag, "W/") && etag != "" {
			return true
		}
	}
	return false
}
