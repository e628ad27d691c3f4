package web

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/reports/media"
)

// photo answers one size of a photo to who sees its report. What is public today may be hidden tomorrow: it is kept by browsers and proxies, and asked for anew
// each time by its tag.
func (s *Server) photo(c *fiber.Ctx) error {
	name, isJPEG := strings.CutSuffix(c.Params("file"), ".jpg")
	id, err := media.ParseID(c.Params("id"))
	if err != nil || !isJPEG {
		return fault.Missing()
	}
	size, err := media.ParseSize(name)
	if err != nil {
		return err
	}
	a := askedOf(c)
	p, public, err := s.Register.Photo(c.UserContext(), a.actor, a.owner, id)
	if err != nil {
		return err
	}
	// Whatever stands in it, a browser takes it for a picture and for nothing else, and runs nothing.
	c.Set(fiber.HeaderContentType, "image/jpeg")
	c.Set(fiber.HeaderContentDisposition, "inline")
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	keep, embed := "private, no-cache", "same-origin"
	if public {
		keep, embed = "public, no-cache", "cross-origin" // open data: other sites may show it
	}
	c.Set(fiber.HeaderCacheControl, keep)
	c.Vary(fiber.HeaderCookie, fiber.HeaderAuthorization)
	c.Set("Cross-Origin-Resource-Policy", embed)
	tag := `"` + hex.EncodeToString(p.Digest[:12]) + "-" + string(size) + `"`
	c.Set(fiber.HeaderETag, tag)
	if matches(field(c, fiber.HeaderIfNoneMatch), tag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	content, err := s.Photos.Read(c.UserContext(), media.ID(strings.Clone(string(id))), size)
	if errors.Is(err, fs.ErrNotExist) { // it was erased in this moment, or its file is lost: Sweep counts those
		return fault.Missing()
	}
	if err != nil {
		return err
	}
	return c.Send(content)
}
