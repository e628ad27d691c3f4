package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Cookies. Under TLS their names begin with __Host-, which no site of a neighbouring name can set and no unencrypted answer (RFC 6265bis, 4.1.3.2). That
// asks for the path "/", so the base path stands in the name instead: two sites of ours on one host do not take each other's. Refused: a cookie's Path,
// which keeps nothing from a neighbour on the same host, whose scripts are of the same origin anyway.

// cookie is the full name of a cookie of ours.
func (a *asked) cookie(name string) string {
	name = "quartier_" + name + strings.ReplaceAll(strings.TrimPrefix(a.base, a.origin), "/", ".")
	if a.secure {
		return "__Host-" + name
	}
	return name
}

// setCookie gives the browser a cookie that no script reads and no other site's form sends; seconds: for how long it stays; 0: until the browser
// ends, negative: no more.
func setCookie(c *fiber.Ctx, name, value string, seconds int) {
	a := askedOf(c)
	cookie := fiber.Cookie{Name: a.cookie(name), Value: value, Path: "/", MaxAge: seconds, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, Secure: a.secure}
	if seconds < 0 {
		cookie.MaxAge, cookie.Expires = 0, fasthttp.CookieExpireDelete
	}
	c.Cookie(&cookie)
}
