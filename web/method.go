package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// refuseMethods answers requests by methods that the router does not know, as other errors are answered; it would say so in bare words.
func (s *Server) refuseMethods(server *fasthttp.Server) {
	handle := server.Handler
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			handle(ctx)
			return
		}
		c := s.app.AcquireCtx(ctx)
		defer s.app.ReleaseCtx(c)
		endUnread(ctx)
		c.Set(fiber.HeaderAllow, "GET, HEAD")
		_ = s.fail(c, fiber.ErrMethodNotAllowed)
	}
}
