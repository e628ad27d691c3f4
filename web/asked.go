package web

import (
	"context"
	"net/netip"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/language"
	"quartier/reports/media"
)

// asked is what the guards found out about a request: who asks, in which language, and from where.
type asked struct {
	actor    account.Actor
	entry    account.Entry // by which session; zero: by none
	keyed    bool          // a program asks, with a key
	owner    media.Owner   // of photos that belong to no report yet
	browser  string        // cookie that tells the browser from others; empty: it has none
	unsure   bool          // the database could not be asked whose session it is: the actor is the public
	language *language.Language
	address  netip.Addr // of the client, behind trusted proxies
	secure   bool       // the client speaks TLS, with us or with a trusted proxy
	origin   string     // scheme and host, as the client sees them
	base     string     // the same with the base path: what absolute links begin with
	form     string     // token for forms that the answer gives the browser; empty: none yet
	// failed notes, once, an error of ours that the request met.
	failed func(status int, err error)
}

type askedKey struct{}

// asking gives it from the context that handlers get.
func asking(ctx context.Context) *asked {
	if a, ok := ctx.Value(askedKey{}).(*asked); ok {
		return a
	}
	return &asked{actor: account.Anonymous, language: language.French, failed: func(int, error) {}}
}

// askedOf gives it from a Fiber request.
func askedOf(c *fiber.Ctx) *asked { return asking(c.UserContext()) }
