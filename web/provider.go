package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/web/page"
)

// providerBack is where the provider sends the browser back to: it is told to the provider in advance.
const providerBack = "/sign-in/provider/back"

// leaveForProvider sends the browser to the provider. It is a link and no form, because a form of ours may lead to no other site (form-action of our
// policy); what it begins is bound to this browser.
func (s *Server) leaveForProvider(c *fiber.Ctx) error {
	a := askedOf(c)
	if s.People.Provider == nil {
		return fault.Missing()
	}
	p := page.SignIn{Next: safeNext(c.Query("next"))}
	if !cameFromUs(c) {
		return c.Redirect(s.to("/sign-in?"+url.Values{"next": {p.Next}}.Encode()), fiber.StatusSeeOther)
	}
	var link *account.Entry
	if c.Query("link") != "" && a.entry.Session.ID != 0 {
		link, p.Next = &a.entry, "/me/security"
	}
	site, err := s.mailSite(a) // the provider knows one address of ours, and no other that a client names
	if err != nil {
		return s.signInFault(c, err, p)
	}
	address, step, err := s.People.LeaveForProvider(c.UserContext(), link, site+providerBack, p.Next)
	if err != nil {
		return s.signInFault(c, err, p)
	}
	setCookie(c, providerCookie, step, int(account.StepLife.Seconds()))
	return c.Redirect(address, fiber.StatusSeeOther)
}

// arriveFromProvider takes what the browser brings back.
func (s *Server) arriveFromProvider(c *fiber.Ctx) error {
	a := askedOf(c)
	step := strings.Clone(c.Cookies(a.cookie(providerCookie)))
	setCookie(c, providerCookie, "", -1)
	back := url.Values{}
	for _, name := range []string{"state", "code", "iss", "error"} {
		back.Set(name, strings.Clone(c.Query(name)))
	}
	way, identity, err := s.People.EnterByProvider(c.UserContext(), a.entry, step, back, a.language, browserOf(c, ""))
	if err != nil {
		return s.signInFault(c, err, page.SignIn{Next: "/"})
	}
	// The browser keeps the provider's token, to sign out there: we need it for nothing else, and do not keep it. One that is too long is left out: the
	// provider then asks who signs out.
	if len(identity) > longestIdentityCookie {
		identity = ""
	}
	if identity != "" && way.Session+way.Step != "" {
		setCookie(c, identityCookie, identity, int(account.SessionLife.Seconds()))
	}
	if way.Session == "" && way.Step == "" { // linked
		s.entries.forget()
	}
	return s.goOn(c, way)
}
