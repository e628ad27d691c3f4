package web

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"quartier/reports/fault"
)

// The base path. A site may share its host with others: its reverse proxy then passes on what stands below a path of ours, path and all. The path is
// taken off at the door, so that routes and handlers know nothing of it, and put in front of every address that leaves us: Frame.To on pages, Server.to
// in headers and in what scripts are told, asked.base in absolute links. Refused: a proxy that takes it off (our links would need it all the same, and
// the two settings could disagree), and links relative to the page (a page is shown at several depths, and JSON is read by programs that resolve nothing).

// everywhere are the paths that answer without the base too: whoever watches over a node asks it directly.
var everywhere = map[string]bool{"/healthz": true, "/readyz": true, "/metrics": true}

// astray marks a request for what does not stand below the base path.
type astray struct{}

// putBelow makes a server take what stands below a base path as if it stood at the root, requests that it cannot read to their end among them.
func putBelow(server *fasthttp.Server, base string) {
	strip := func(ctx *fasthttp.RequestCtx) {
		path := ctx.URI().PathOriginal()
		rest, ours := bytes.CutPrefix(path, []byte(base))
		switch {
		case ours && len(rest) > 0 && rest[0] == '/':
			ctx.URI().SetPathBytes(rest)
		case !everywhere[string(path)]:
			ctx.SetUserValue(astray{}, true)
		}
	}
	handle, fail := server.Handler, server.ErrorHandler
	server.Handler = func(ctx *fasthttp.RequestCtx) { strip(ctx); handle(ctx) }
	server.ErrorHandler = func(ctx *fasthttp.RequestCtx, err error) { strip(ctx); fail(ctx, err) }
}

// home answers requests that went astray: the base path without its slash leads to the map, all else is not ours.
func (s *Server) home(c *fiber.Ctx) error {
	if c.Context().UserValue(astray{}) == nil {
		return c.Next()
	}
	s.shield(c)
	if c.Path() == s.BasePath {
		return c.Redirect(s.to("/"), fiber.StatusPermanentRedirect)
	}
	return fault.Missing()
}
