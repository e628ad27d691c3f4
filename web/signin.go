package web

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/setting"
	"quartier/reports/store"
	"quartier/web/page"
)

// How often somebody may try to sign in. The first bounds are of a network, wide enough for an office behind one address; the others of one account,
// wherever it is tried from: who is kept out of the password by somebody's guesses has the link and the passkey left.
const (
	signInsPerTenMinutes  = 100
	linksPerTenMinutes    = 20
	passwordsPerQuarter   = 10
	mailsPerQuarter       = 5
	codesPerHour          = 10
	secondFactorCookie    = "code"
	providerCookie        = "provider"
	passkeyCookie         = "passkey"
	identityCookie        = "identity"
	longestIdentityCookie = 3000 // bytes; a browser keeps 4096 of a cookie with its name
)

// turn takes a turn of whom a text names, such as an account.
func (l *limiter) turn(name string) error {
	if wait := l.take(string(account.Digest(name))); wait > 0 { // its digest: addresses of people are not kept in memory
		return &fault.Error{Kind: fault.TooMany, Word: "error.sign_in.many", Args: fault.Args{"n": int(wait.Minutes()) + 1}, After: wait}
	}
	return nil
}

// secluded keeps a page in nobody's store: it is of who is signed in, or lets somebody in.
func secluded(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Next()
}

// sent gives a field of the form that was sent.
func sent(c *fiber.Ctx, name string) string { return string(c.Context().PostArgs().Peek(name)) }

// browserOf tells where somebody signs in.
func browserOf(c *fiber.Ctx, next string) account.Browser {
	return account.Browser{Agent: agentOf(strings.Clone(c.Get(fiber.HeaderUserAgent))), Before: strings.Clone(c.Cookies(askedOf(c).cookie(sessionCookie))), Next: next}
}

// mailSite gives the address of the site for links in mails. It is the setting's, because the client may name any host, and the mail would lead there; only
// on this machine itself, where a service is tried out, the client's word is enough.
func (s *Server) mailSite(a *asked) (string, error) {
	origin, err := url.Parse(a.origin)
	if err != nil {
		return "", err
	}
	local, _ := netip.ParseAddr(origin.Hostname())
	if s.PublicURL == "" && origin.Hostname() != "localhost" && !local.IsLoopback() {
		return "", &fault.Error{Kind: fault.Unavailable, Word: "error.public_url", Cause: errors.New("QUARTIER_PUBLIC_URL is not set: no mail can lead here")}
	}
	return a.base, nil
}

// town gives the name of the town, for what other programs show of us.
func (s *Server) town(c *fiber.Ctx) (string, error) {
	settings, err := setting.Read(c.UserContext(), s.Register.DB)
	if err != nil || settings.Town == "" {
		return "Quartier", err
	}
	return settings.Town, nil
}

// signInPage offers the ways to sign in; who is signed in already proves it anew.
func (s *Server) signInPage(c *fiber.Ctx) error {
	return s.showSignIn(c, fiber.StatusOK, page.SignIn{Next: safeNext(c.Query("next"))})
}

func (s *Server) showSignIn(c *fiber.Ctx, status int, p page.SignIn) error {
	a := askedOf(c)
	p.CrossSite, p.Passkeys = crossSiteToken(c), account.Site{Origin: a.origin}.Passkeys()
	if s.People.Provider != nil {
		p.Provider = s.People.Provider.Name
	}
	if a.actor.Person != 0 && !a.keyed {
		p.Again = a.entry.Email
	}
	if p.Email == "" {
		p.Email = p.Again
	}
	title := "sign_in.title"
	if p.Again != "" {
		title = "sign_in.again"
	}
	f := s.frameOf(c, a.language.Say(title, nil), s.links.account)
	f.Path, f.Query = "/sign-in", url.Values{"next": {p.Next}}
	return render(c, status, page.SignInPage(f, p))
}

// told turns an error into what a form says of it; !ok: the form is not to be shown for it. What is wrong with a field stands beside it.
func told(c *fiber.Ctx, err error) (status int, problem string, wrong map[string]string, ok bool) {
	var f *fault.Error
	if !errors.As(store.Explain(err), &f) || f.Kind == fault.Internal || f.Kind == fault.NotFound {
		return 0, "", nil, false
	}
	a := askedOf(c)
	p := problemOf(f, a.language)
	a.failed(p.Status, err)
	p.sayWhen(c)
	wrong = map[string]string{}
	for _, e := range p.Errors {
		wrong[e.Field] = e.Detail
	}
	if len(wrong) == 0 {
		problem = p.Detail
	}
	return p.Status, problem, wrong, true
}

// signInFault shows the sign-in again with what is wrong.
func (s *Server) signInFault(c *fiber.Ctx, err error, p page.SignIn) error {
	status, problem, wrong, ok := told(c, err)
	if !ok {
		return err
	}
	p.Problem, p.Wrong = problem, wrong
	return s.showSignIn(c, status, p)
}

// goOn follows a proof: the session begins, or the second factor is asked.
func (s *Server) goOn(c *fiber.Ctx, way account.Way) error {
	if way.Step != "" {
		setCookie(c, secondFactorCookie, way.Step, int(account.StepLife.Seconds()))
		return c.Redirect(s.to("/sign-in/code"), fiber.StatusSeeOther)
	}
	next := safeNext(way.Next)
	if way.Session != "" {
		s.signIn(c, way.Session)
		next = s.arrived(c, way.Session, way.Next)
	}
	return c.Redirect(s.to(next), fiber.StatusSeeOther)
}

// askLink mails a link to sign in.
func (s *Server) askLink(c *fiber.Ctx) error {
	a := askedOf(c)
	p := page.SignIn{Next: safeNext(sent(c, "next")), Email: sent(c, "email")}
	if sent(c, "website") != "" { // the trap that no person sees
		return c.Redirect(s.to("/sign-in/sent"), fiber.StatusSeeOther)
	}
	err := s.mailLink(c, p.Email, func(site string) error { return s.People.AskLink(c.UserContext(), p.Email, p.Next, a.language, site) })
	if err != nil {
		return s.signInFault(c, err, p)
	}
	return c.Redirect(s.to("/sign-in/sent"), fiber.StatusSeeOther)
}

// mailLink has a link mailed to an address, unless its owner is shut out or has been mailed enough of them.
func (s *Server) mailLink(c *fiber.Ctx, address string, post func(site string) error) error {
	a := askedOf(c)
	email, good := account.Email(address)
	if !good {
		return fault.In("email", "error.email", nil)
	}
	site, err := s.mailSite(a)
	if err == nil {
		err = s.shutOut(c.UserContext(), a, email)
	}
	if err == nil {
		err = s.limits.mails.turn(email)
	}
	if err == nil {
		err = post(site)
	}
	return err
}

// linkSentPage says to look at the mail. It says the same to everybody.
func (s *Server) linkSentPage(c *fiber.Ctx) error {
	return render(c, fiber.StatusOK, page.LinkSent(s.frameOf(c, askedOf(c).language.Say("sign_in.sent", nil), s.links.account)))
}

// linkPage is what a link of a mail opens. It uses nothing: programs that look for bad links open them all.
func (s *Server) linkPage(c *fiber.Ctx) error {
	secret := strings.Clone(c.Query("token"))
	a := askedOf(c)
	l, err := s.People.ReadLink(c.UserContext(), a.entry, secret)
	if err != nil {
		return err
	}
	f := s.frameOf(c, a.language.Say("link.title."+string(l.Purpose), nil), s.links.account)
	return render(c, fiber.StatusOK, page.LinkPage(f, page.LinkUse{CrossSite: crossSiteToken(c), Secret: secret, Purpose: string(l.Purpose), Email: l.Email}))
}

// followLink uses a link: the button of its page was pressed.
func (s *Server) followLink(c *fiber.Ctx) error {
	secret, a := sent(c, "token"), askedOf(c)
	l, err := s.People.ReadLink(c.UserContext(), a.entry, secret)
	if err != nil {
		return err
	}
	if l.Purpose == account.ToEmail {
		if err := s.People.ChangeEmail(c.UserContext(), a.entry, secret); err != nil {
			return err
		}
		s.signOut(c)
		return c.Redirect(s.to("/sign-in?next=%2Fme"), fiber.StatusSeeOther)
	}
	way, err := s.People.EnterByLink(c.UserContext(), l.Purpose, secret, a.language, browserOf(c, ""))
	if err != nil {
		return err
	}
	return s.goOn(c, way)
}

// byPassword signs in by address and password.
func (s *Server) byPassword(c *fiber.Ctx) error {
	p := page.SignIn{Next: safeNext(sent(c, "next")), Email: sent(c, "email"), ByPassword: true}
	email, _ := account.Email(p.Email)
	err := s.shutOut(c.UserContext(), askedOf(c), email)
	if err == nil {
		err = s.limits.passwords.turn(email)
	}
	var way account.Way
	if err == nil {
		way, err = s.People.EnterByPassword(c.UserContext(), p.Email, sent(c, "password"), browserOf(c, p.Next))
	}
	if err != nil {
		return s.signInFault(c, err, p)
	}
	return s.goOn(c, way)
}

// codePage asks for the second factor.
func (s *Server) codePage(c *fiber.Ctx) error { return s.showCode(c, fiber.StatusOK, "", nil) }

func (s *Server) showCode(c *fiber.Ctx, status int, problem string, wrong map[string]string) error {
	f := s.frameOf(c, askedOf(c).language.Say("code.title", nil), s.links.account)
	f.Path = "/sign-in/code"
	return render(c, status, page.Code(f, page.CodeAsk{CrossSite: crossSiteToken(c), Problem: problem, Wrong: wrong}))
}

// byCode takes the second factor.
func (s *Server) byCode(c *fiber.Ctx) error {
	step := strings.Clone(c.Cookies(askedOf(c).cookie(secondFactorCookie)))
	person, err := s.People.StepPerson(c.UserContext(), step)
	if err == nil {
		err = s.limits.codes.turn(personName(person))
	}
	var way account.Way
	if err == nil {
		way, err = s.People.EnterByCode(c.UserContext(), step, sent(c, "code"), browserOf(c, ""))
	}
	if err != nil {
		status, problem, wrong, ok := told(c, err)
		if !ok {
			return err
		}
		return s.showCode(c, status, problem, wrong)
	}
	setCookie(c, secondFactorCookie, "", -1)
	return s.goOn(c, way)
}

// leave signs out. Who came by the provider is offered to sign out there too.
func (s *Server) leave(c *fiber.Ctx) error {
	if a := askedOf(c); a.entry.Session.ID != 0 {
		if err := s.People.End(c.UserContext(), a.actor, a.entry.Session.ID); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	s.signOut(c)
	return c.Redirect(s.to("/sign-out"), fiber.StatusSeeOther)
}

// signedOutPage follows.
func (s *Server) signedOutPage(c *fiber.Ctx) error {
	a := askedOf(c)
	var name, there string
	if identity := c.Cookies(a.cookie(identityCookie)); identity != "" && a.actor.Person == 0 && s.People.Provider != nil {
		name, there = s.People.Provider.Name, s.People.Provider.EndAddress(c.UserContext(), strings.Clone(identity), a.base+"/sign-out")
		setCookie(c, identityCookie, "", -1)
	}
	return render(c, fiber.StatusOK, page.SignedOut(s.frameOf(c, a.language.Say("sign_out.title", nil), s.links.account), name, there))
}
