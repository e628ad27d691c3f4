package web

import (
	"github.com/gofiber/fiber/v2"
)

// Headers that keep a browser safe. They go with every answer that it can show: pages, errors, redirects, files, exports. Tiles of the map, which no
// browser shows, say only that they are what they say.

// contentPolicy is what a page may load and do (FRONTEND: no inline script, no inline style; Content Security Policy Level 3). Hosts are those of an outside
// basemap, separated by spaces.
func contentPolicy(hosts string) string {
	if hosts != "" {
		hosts = " " + hosts
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:" + hosts +
		"; font-src 'self'; connect-src 'self'" + hosts + "; manifest-src 'self'; worker-src 'self' blob:; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// protect gives every answer the headers.
func (s *Server) protect(c *fiber.Ctx) error {
	s.shield(c)
	return c.Next()
}

// shield sets the headers; what a handler said before of the same stays.
func (s *Server) shield(c *fiber.Ctx) {
	h := &c.Response().Header
	h.Set("Content-Security-Policy", s.content)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", referrer(c))
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if len(h.Peek("Cross-Origin-Resource-Policy")) == 0 { // not opened to everybody (open)
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
	h.Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=()")
	if s.identified(c).secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// secrets are the parameters of our addresses that let somebody in.
var secrets = []string{"token", "code"}

// referrer is what a page may tell of its address to what it links to: nothing to other sites, and nothing to anybody, proxies' logs included, where the
// address holds a secret.
func referrer(c *fiber.Ctx) string {
	for _, name := range secrets {
		if c.Context().QueryArgs().Has(name) {
			return "no-referrer"
		}
	}
	return "same-origin"
}
