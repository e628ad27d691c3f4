package web

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
)

// entryKept is for how long a node remembers who a secret is, so that the dozens of tiles of one look at the map cost one question. A session that was ended
// on another node, or a role that was taken away there, is gone so soon; on this node at once.
const entryKept = 5 * time.Second

// entryWait is how long a request waits to learn who asks. While the database hangs everybody is the public.
const entryWait = 2 * time.Second

// entriesKept bounds what is remembered; when there are more, all are forgotten.
const entriesKept = 10_000

// entries remembers who the secrets of sessions and programs are.
type entries struct {
	mu     sync.Mutex
	list   map[string]entered // by the digest of the secret
	forgot int                // how often all were forgotten because something changed
}

type entered struct {
	account.Entry
	until  time.Time
	unsure bool // the database did not say
}

// of gives who has a secret, asked for anew when it was too long ago.
func (e *entries) of(secret string, now time.Time, ask func() (account.Entry, error)) entered {
	key := string(account.Digest(secret))
	e.mu.Lock()
	known, found := e.list[key]
	forgot := e.forgot
	e.mu.Unlock()
	if found && now.Before(known.until) {
		return known
	}
	known = entered{until: now.Add(entryKept)}
	var err error
	if known.Entry, err = ask(); err != nil {
		known.Entry = account.Entry{Actor: account.Anonymous}
		if known.unsure = fault.KindOf(err) != fault.NotFound; known.unsure {
			known.until = now.Add(time.Second)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.forgot != forgot { // what was answered may be older than the change: it is good for this request, and for no other
		return known
	}
	if e.list == nil || len(e.list) >= entriesKept {
		e.list = map[string]entered{}
	}
	e.list[key] = known
	return known
}

// forget makes the next request of everybody ask anew: somebody's sessions or rights have changed.
func (e *entries) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = nil
	e.forgot++
}

// enter finds out who asks: by the key of a program if there is one, or else by the session of the browser. While the database rests everybody is the public,
// and unsure says so.
func (s *Server) enter(c *fiber.Ctx, a *asked) {
	secret, find := c.Cookies(a.cookie(sessionCookie)), s.People.Enter
	if scheme, key, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " "); strings.EqualFold(scheme, "Bearer") { // RFC 9110, 11.1
		secret, find, a.keyed = key, s.People.EnterByToken, true
	}
	if len(secret) < account.SecretLength { // none, or none of ours
		return
	}
	e := s.entries.of(secret, time.Now(), func() (account.Entry, error) {
		ctx, cancel := context.WithTimeout(c.UserContext(), entryWait)
		defer cancel()
		return find(ctx, strings.Clone(secret))
	})
	a.actor, a.entry, a.unsure = e.Actor, e.Entry, e.unsure
}

// sessionCookie keeps the secret of a session.
const sessionCookie = "session"

// signIn gives the browser the secret of a session that was begun, and a new token for its forms.
func (s *Server) signIn(c *fiber.Ctx, secret string) {
	setCookie(c, sessionCookie, secret, int(account.SessionLife.Seconds()))
	newCrossSiteToken(c)
	s.entries.forget()
}

// signOut takes the secret of the session from the browser.
func (s *Server) signOut(c *fiber.Ctx) {
	setCookie(c, sessionCookie, "", -1)
	newCrossSiteToken(c)
	s.entries.forget()
}

// signedIn lets people with an account in; others are led to the sign-in, and come back here afterwards.
func (s *Server) signedIn(c *fiber.Ctx) error {
	a := askedOf(c)
	switch {
	case a.unsure:
		return &fault.Error{Kind: fault.Unavailable, Word: "error.database_resting", After: 5 * time.Second}
	case a.actor.Person != 0:
		return c.Next()
	case wantsPage(c) && c.Method() == fiber.MethodGet:
		here := url.URL{Path: c.Path(), RawQuery: pageQuery(c).Encode()}
		return c.Redirect(s.to("/sign-in?"+url.Values{"next": {here.String()}}.Encode()), fiber.StatusSeeOther)
	}
	return fault.New(fault.Unauthenticated, "error.sign_in", nil)
}

// only lets in who has one of the roles. Others who are signed in learn that this is not for them, without what it is.
func (s *Server) only(roles ...account.Role) fiber.Handler {
	return func(c *fiber.Ctx) error {
		a := askedOf(c)
		switch {
		case a.actor.Person == 0:
			return s.signedIn(c)
		case a.entry.Withheld && !a.keyed && wantsPage(c) && c.Method() == fiber.MethodGet: // where a second factor is set up
			return c.Redirect(s.to("/me/security"), fiber.StatusSeeOther)
		case a.entry.Withheld:
			return fault.New(fault.Forbidden, "error.second_factor", nil)
		case !a.actor.Has(roles...):
			return fault.New(fault.Forbidden, "error.forbidden", nil)
		}
		return c.Next()
	}
}

// goodKey refuses programs whose key is none of ours, or none any more: they would take what the public gets for what they asked for, and file in nobody's
// name (RFC 6750, 3.1).
func goodKey(c *fiber.Ctx) error {
	switch a := askedOf(c); {
	case !a.keyed || a.actor.Person != 0:
		return c.Next()
	case a.unsure:
		return &fault.Error{Kind: fault.Unavailable, Word: "error.database_resting", After: 5 * time.Second}
	}
	return fault.New(fault.Unauthenticated, "error.key", nil)
}

// onlyReads tells whether a method changes nothing (RFC 9110, 9.2.1).
func onlyReads(method string) bool {
	return method == fiber.MethodGet || method == fiber.MethodHead || method == fiber.MethodOptions
}

// writes refuses changes by programs whose key only reads.
func writes(c *fiber.Ctx) error {
	if askedOf(c).actor.ReadOnly && !onlyReads(c.Method()) {
		return fault.New(fault.Forbidden, "error.read_only", nil)
	}
	return c.Next()
}

// ownPage refuses changes that a page of another site makes in the name of who is signed in: a browser says where a call comes from. A program with a key
// sends no cookie.
func ownPage(c *fiber.Ctx) error {
	a := askedOf(c)
	if a.keyed || a.actor.Person == 0 || onlyReads(c.Method()) || cameFromUs(c) {
		return c.Next()
	}
	return fault.New(fault.Forbidden, "error.cross_site", nil)
}
