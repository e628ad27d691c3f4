package web

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
)

// Names of header lines that tell two servers apart.
var (
	hostLine   = []byte("host:")
	codingLine = []byte("transfer-encoding") // a space before the colon, too: fasthttp passes over such a line, where another server may heed it
)

// plainHead tells whether a request can only be meant in one way: it names one host (RFC 9112, 3.2). A request whose body comes in pieces is the last of its
// connection: fasthttp takes some pieces, and a length beside them, that a proxy before us may count otherwise, and would then answer to one what another
// asked (request smuggling; RFC 9112, 11.2).
func plainHead(c *fiber.Ctx) bool {
	hosts := 0
	for rest := c.Request().Header.RawHeaders(); len(rest) > 0; {
		line := rest
		if end := bytes.IndexByte(rest, '\n'); end >= 0 {
			line, rest = rest[:end], rest[end+1:]
		} else {
			rest = nil
		}
		switch {
		case begins(line, hostLine):
			hosts++
		case begins(line, codingLine):
			c.Context().SetConnectionClose()
		}
	}
	return hosts < 2
}

func begins(line, name []byte) bool {
	return len(line) >= len(name) && bytes.EqualFold(line[:len(name)], name)
}
