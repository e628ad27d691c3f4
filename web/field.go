package web

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
)

// field gives a header field whose value is a list, on however many lines it came: together they are one (RFC 9110, 5.3). The text is good for
// as long as the request is.
func field(c *fiber.Ctx, name string) string {
	lines := c.Request().Header.PeekAll(name)
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return utils.UnsafeString(lines[0])
	}
	return string(bytes.Join(lines, []byte(",")))
}
