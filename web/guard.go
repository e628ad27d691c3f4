package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
)

// languageCookie remembers the language that somebody chose by hand.
const languageCookie = "language"

// wellFormed refuses requests that name no place, or none that could be written into a link.
func wellFormed(c *fiber.Ctx) error {
	path, err := url.PathUnescape(c.Path())
	if err != nil || strings.ContainsFunc(path, unicode.IsControl) || !goodHost(c) || !plainHead(c) {
		return fiber.ErrBadRequest
	}
	return c.Next()
}

// identify finds out who asks and in which language.
func (s *Server) identify(c *fiber.Ctx) error {
	s.identified(c)
	return c.Next()
}

// identified gives who asks, found out when it is first wanted: requests for tiles end without it, unless something goes wrong.
func (s *Server) identified(c *fiber.Ctx) *asked {
	if a, ok := c.UserContext().Value(askedKey{}).(*asked); ok {
		return a
	}
	a := &asked{
		actor:    account.Anonymous,
		language: language.Accepted(field(c, fiber.HeaderAcceptLanguage)),
		secure:   c.Protocol() == "https",
		failed:   func(status int, err error) { s.logFailure(c.Method(), c.Route().Path, status, err) },
	}
	if goodHost(c) {
		a.origin = strings.Clone(c.BaseURL())
	}
	s.client(c, a)
	if s.PublicURL != "" {
		a.origin = s.PublicURL
	}
	a.base = a.origin + s.BasePath
	if chosen := c.Cookies(a.cookie(languageCookie)); chosen != "" {
		a.language = language.Of(strings.Clone(chosen))
	}
	s.enter(c, a)
	a.owner = ownerOf(c, a)
	if cookie := c.Cookies(a.cookie(deviceCookie)); len(cookie) == account.SecretLength && !a.keyed {
		a.browser = strings.Clone(cookie)
	}
	c.SetUserContext(context.WithValue(c.UserContext(), askedKey{}, a))
	return a
}

// reader gives who asks for a tile. Who brings nothing to be known by is nobody, and to find that out would cost as much as the tile.
func (s *Server) reader(c *fiber.Ctx) account.Actor {
	h := &c.Request().Header
	if len(h.Peek(fiber.HeaderCookie)) == 0 && len(h.Peek(fiber.HeaderAuthorization)) == 0 {
		return account.Anonymous
	}
	return s.identified(c).actor
}

// client finds out the address of the client and how it reached us. X-Forwarded-For, -Proto and -Host count only when they come from a
// trusted proxy, and of -For the last address that is not a trusted proxy itself: what stands before it was written by the client. If that
// cannot be read, the client is a stranger without an address, and not the proxy.
func (s *Server) client(c *fiber.Ctx, a *asked) {
	peer, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return
	}
	peer = peer.Unmap()
	a.address = peer
	if !s.trusted(peer) {
		return
	}
	if len(c.Request().Header.PeekAll(fiber.HeaderXForwardedFor)) > 0 { // else the proxy itself asks
		a.address = s.forwarded(field(c, fiber.HeaderXForwardedFor))
	}
	a.secure = a.secure || c.Get(fiber.HeaderXForwardedProto) == "https"
	host := c.Hostname()
	if forwarded := c.Get(fiber.HeaderXForwardedHost); isHost(forwarded) {
		host = forwarded
	} else if !isHost(host) {
		return
	}
	scheme := "http://"
	if a.secure {
		scheme = "https://"
	}
	a.origin = scheme + strings.Clone(host)
}

// forwarded gives the last address of an X-Forwarded-For that is not a trusted proxy; the zero Addr: it cannot be read.
func (s *Server) forwarded(hops string) (hop netip.Addr) {
	for more := true; more; {
		end := strings.LastIndexByte(hops, ',')
		hop = hopOf(strings.TrimSpace(hops[end+1:]))
		if more = end >= 0 && s.trusted(hop); more {
			hops = hops[:end]
		}
	}
	return hop
}

// hopOf reads an address as proxies write it: with a port or without, of IPv6 then in brackets.
func hopOf(text string) netip.Addr {
	hop, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		port, err := netip.ParseAddrPort(text)
		if err != nil {
			return netip.Addr{}
		}
		hop = port.Addr()
	}
	return hop.Unmap().WithZone("")
}

func (s *Server) trusted(a netip.Addr) bool {
	for _, p := range s.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// perReader says that answers depend on the reader and the language, and that they are asked for anew each time unless a handler says otherwise.
func perReader(c *fiber.Ctx) error {
	control := "no-cache"
	if askedOf(c).actor.Person != 0 { // what a shared cache must not hand to others
		control = "private, no-cache"
	}
	c.Set(fiber.HeaderCacheControl, control)
	c.Vary(fiber.HeaderAcceptLanguage, fiber.HeaderCookie, fiber.HeaderAuthorization)
	return c.Next()
}

// local lets only this machine and trusted networks in: others are told that there is nothing. A proxy of this machine that nobody told us to trust speaks
// for everybody.
func (s *Server) local(c *fiber.Ctx) error {
	peer, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	posing := len(c.Request().Header.Peek(fiber.HeaderXForwardedFor)) > 0 && !s.trusted(peer.Unmap())
	if a := askedOf(c).address; posing || !a.IsLoopback() && !s.trusted(a) {
		return fault.Missing()
	}
	return c.Next()
}

// open lets pages of other origins read public data, as what it says it is: it is open data, and no cookie goes with it. It answers a browser that
// asks in advance whether a page may send more than usual with a request (a preflight; Fetch, 3.2.2): what one reads with, not what one files with.
func open(c *fiber.Ctx) error {
	h := &c.Response().Header
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "ETag, Link, Quartier-Token, Quartier-Behind")
	if len(c.Request().Header.Peek(fiber.HeaderCookie)) == 0 { // what a neighbour may embed holds nothing of who is signed in
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	h.Set("X-Content-Type-Options", "nosniff")
	if c.Method() == fiber.MethodOptions && c.Get(fiber.HeaderAccessControlRequestMethod) != "" {
		h.Set("Access-Control-Allow-Headers", "Quartier-Token, Last-Event-ID, If-None-Match")
		h.Set("Access-Control-Max-Age", "86400") // seconds; browsers have limits of their own
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Next()
}

// within gives a group of routes a deadline. A client that goes away is not seen by fasthttp, so nothing may run without one.
func within(limit time.Duration) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), limit)
		defer cancel()
		c.SetUserContext(ctx)
		return c.Next()
	}
}

// sparingly is how long a page waits for what it can do without: it comes while the database hangs, as it does while the database refuses.
const sparingly = time.Second

// sparing gives the context for what a page can do without.
func sparing(c *fiber.Ctx) (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.UserContext(), sparingly)
}

// plainBody refuses compressed bodies: a few kilobytes of them can unpack to gigabytes.
func plainBody(c *fiber.Ctx) error {
	if coding := c.Get(fiber.HeaderContentEncoding); coding != "" && coding != "identity" {
		return &Problem{Type: "/problems/unsupported-media-type", Title: askedOf(c).language.Say("problem.415", nil),
			Status: fiber.StatusUnsupportedMediaType, Detail: askedOf(c).language.Say("error.coding", nil)}
	}
	return c.Next()
}

// readableBody refuses a body that is no UTF-8, before a parser would quietly repair it.
func readableBody(c *fiber.Ctx) error {
	good := utf8.Valid(c.BodyRaw())
	for name, value := range c.Context().PostArgs().All() { // of a form, decoded; of anything else there are none
		good = good && utf8.Valid(name) && utf8.Valid(value)
	}
	if !good {
		return fault.Parameter("body", "error.text.encoding", nil)
	}
	return c.Next()
}

// crossSite refuses forms that another site sends in a visitor's name. A form with photos has been read before (takeForm).
func crossSite(c *fiber.Ctx) error {
	if !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationForm) && !isMultipart(c) {
		return fiber.ErrUnsupportedMediaType
	}
	if err := formIsOurs(c); err != nil {
		return err
	}
	return c.Next()
}

// formIsOurs tells whether a form is from a page of ours: its token must be the cookie's (double submit), and the browser's own word on where the form came
// from is heard first.
func formIsOurs(c *fiber.Ctx) error {
	cookie := c.Cookies(askedOf(c).cookie(crossSiteCookie))
	sent := string(c.Context().PostArgs().Peek("csrf"))
	ours := cameFromUs(c) || c.Get("Sec-Fetch-Site") == "" && c.Get(fiber.HeaderOrigin) == "null" // what an old browser says of pages that send no referrer
	if !ours || !crossSiteForm.MatchString(cookie) || subtle.ConstantTimeCompare([]byte(sent), []byte(cookie)) == 0 {
		return fault.New(fault.Forbidden, "error.cross_site", nil)
	}
	return nil
}

// cameFromUs hears the browser's own word on where a request came from.
func cameFromUs(c *fiber.Ctx) bool {
	switch strings.ToLower(c.Get("Sec-Fetch-Site")) {
	case "same-origin", "none":
		return true
	case "": // an old browser, or none: its Origin speaks if it is there
		origin := c.Get(fiber.HeaderOrigin)
		return origin == "" || origin == askedOf(c).origin
	}
	return false
}

// crossSiteForm is what our tokens look like: 32 random bytes in hexadecimal.
var crossSiteForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// crossSiteCookie keeps the token of forms.
const crossSiteCookie = "form"

// crossSiteToken gives the token for a form on a page, and sets the cookie if the browser has none yet.
func crossSiteToken(c *fiber.Ctx) string {
	a := askedOf(c)
	if a.form != "" { // the browser is given one with this answer
		return a.form
	}
	if token := c.Cookies(a.cookie(crossSiteCookie)); crossSiteForm.MatchString(token) {
		return strings.Clone(token)
	}
	return newCrossSiteToken(c)
}

// newCrossSiteToken gives the browser another token for forms: what somebody may have planted before a sign-in is worth nothing after it.
func newCrossSiteToken(c *fiber.Ctx) string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails (crypto/rand)
	token := hex.EncodeToString(random)
	askedOf(c).form = token
	setCookie(c, crossSiteCookie, token, 0)
	return token
}
