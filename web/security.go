package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/web/page"
)

// securityPage is how a person signs in, and where.
func (s *Server) securityPage(c *fiber.Ctx) error {
	return s.showSecurity(c, fiber.StatusOK, page.Security{})
}

// secured goes back to the page after a change, or shows it with what is wrong.
func (s *Server) secured(c *fiber.Ctx, err error, section string, typed page.Security) error {
	if err != nil {
		status, problem, wrong, ok := told(c, err)
		if !ok {
			return err
		}
		typed.Problem, typed.Wrong, typed.Section = problem, wrong, section
		return s.showSecurity(c, status, typed)
	}
	s.entries.forget()
	return c.Redirect(s.to("/me/security?done="+section+"#"+section), fiber.StatusSeeOther)
}

// showSecurity shows the page; p holds what was typed.
func (s *Server) showSecurity(c *fiber.Ctx, status int, p page.Security) error {
	a, ctx := askedOf(c), c.UserContext()
	person, err := s.People.Person(ctx, a.actor.Person)
	if err != nil {
		return err
	}
	p.CrossSite, p.Email, p.Password = crossSiteToken(c), person.Email, person.Password
	p.Proved, p.Withheld, p.Site = a.entry.Proved(s.People.Now()), withheldWord(a.entry), account.Site{Origin: a.origin}.Passkeys()
	p.Done = c.Query("done") != "" && status == fiber.StatusOK
	keys, err := s.People.Passkeys(ctx, a.actor)
	if err != nil {
		return err
	}
	for _, k := range keys {
		p.Passkeys = append(p.Passkeys, page.Passkey{ID: k.ID, Name: k.Name, Created: k.CreatedAt, Used: k.UsedAt})
	}
	if err := s.secondOf(c, &p); err != nil {
		return err
	}
	sessions, err := s.People.Sessions(ctx, a.actor)
	if err != nil {
		return err
	}
	for _, one := range sessions {
		p.Sessions = append(p.Sessions, page.Session{ID: one.ID, Agent: one.Agent, Method: a.language.Say("method."+string(one.Method), nil), Seen: one.SeenAt,
			Here: one.ID == a.entry.Session.ID})
	}
	tokens, err := s.People.Tokens(ctx, a.actor)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		p.Tokens = append(p.Tokens, page.Token{ID: t.ID, Name: t.Name, Writes: len(t.Scopes) > 1 || t.Scopes[0] == account.ScopeWrite, Expires: t.ExpiresAt, Used: t.UsedAt})
	}
	if err := s.providersOf(c, &p); err != nil {
		return err
	}
	f := s.frameOf(c, a.language.Say("security.title", nil), s.links.account)
	f.Path, f.Query = "/me/security", nil
	return render(c, status, page.SecurityPage(f, p))
}

// secondOf tells of the second factor.
func (s *Server) secondOf(c *fiber.Ctx, p *page.Security) error {
	town, err := s.town(c)
	if err != nil {
		return err
	}
	second, err := s.People.SecondFactor(c.UserContext(), askedOf(c).entry, town)
	if err != nil {
		return err
	}
	p.Second, p.Recovery, p.SecondSecret = second.On, second.Recovery, second.Secret
	if second.Address != "" {
		p.SecondPicture, err = page.QR(second.Address)
	}
	return err
}

// providersOf tells of the accounts at providers.
func (s *Server) providersOf(c *fiber.Ctx, p *page.Security) error {
	if s.People.Provider != nil {
		p.Provider = s.People.Provider.Name
	}
	linked, err := s.People.Identities(c.UserContext(), askedOf(c).actor)
	for _, one := range linked {
		link := page.Linked{Issuer: one.Issuer, Name: one.Issuer, Since: one.CreatedAt}
		if s.People.Provider != nil && one.Issuer == s.People.Provider.Issuer {
			link.Name, p.Provider = p.Provider, "" // there is nothing more to link
		}
		p.Linked = append(p.Linked, link)
	}
	return err
}

// setPassword gives the person a password.
func (s *Server) setPassword(c *fiber.Ctx) error {
	town, err := s.town(c)
	if err != nil {
		return err
	}
	if err = s.limits.passwords.turn(personName(askedOf(c).actor.Person)); err == nil {
		err = s.People.SetPassword(c.UserContext(), askedOf(c).entry, sent(c, "password"), town)
	}
	return s.secured(c, err, "password", page.Security{})
}

// removePassword takes it away.
func (s *Server) removePassword(c *fiber.Ctx) error {
	return s.secured(c, s.People.RemovePassword(c.UserContext(), askedOf(c).entry), "password", page.Security{})
}

// prepareSecond begins to set the second factor up.
func (s *Server) prepareSecond(c *fiber.Ctx) error {
	if err := s.People.PrepareSecondFactor(c.UserContext(), askedOf(c).entry); err != nil {
		return s.secured(c, err, "second", page.Security{})
	}
	return c.Redirect(s.to("/me/security#second"), fiber.StatusSeeOther)
}

// confirmSecond turns it on, and shows the codes for paper.
func (s *Server) confirmSecond(c *fiber.Ctx) error {
	codes, err := s.People.ConfirmSecondFactor(c.UserContext(), askedOf(c).entry, sent(c, "code"))
	return s.showRecovery(c, codes, err)
}

// renewRecovery makes new codes for paper.
func (s *Server) renewRecovery(c *fiber.Ctx) error {
	codes, err := s.People.RenewRecovery(c.UserContext(), askedOf(c).entry)
	return s.showRecovery(c, codes, err)
}

func (s *Server) showRecovery(c *fiber.Ctx, codes []string, err error) error {
	if err != nil {
		return s.secured(c, err, "second", page.Security{})
	}
	s.entries.forget()
	f := s.frameOf(c, askedOf(c).language.Say("recovery.title", nil), s.links.account)
	f.Path, f.Query = "/me/security", nil
	return render(c, fiber.StatusOK, page.Recovery(f, codes))
}

// removeSecond turns it off.
func (s *Server) removeSecond(c *fiber.Ctx) error {
	return s.secured(c, s.People.RemoveSecondFactor(c.UserContext(), askedOf(c).entry), "second", page.Security{})
}

// endSession ends one of the person's sessions; the one of this browser is signed out.
func (s *Server) endSession(c *fiber.Ctx) error {
	a := askedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	if id == a.entry.Session.ID {
		return s.leave(c)
	}
	return s.secured(c, s.People.End(c.UserContext(), a.actor, id), "sessions", page.Security{})
}

// endOthers ends all but this one.
func (s *Server) endOthers(c *fiber.Ctx) error {
	return s.secured(c, s.People.EndOthers(c.UserContext(), askedOf(c).entry), "sessions", page.Security{})
}

// makeToken makes a key for a program, and shows it.
func (s *Server) makeToken(c *fiber.Ctx) error {
	typed := page.Security{TokenName: strings.Join(strings.Fields(sent(c, "name")), " "), TokenDays: sent(c, "days"), TokenWrites: sent(c, "write") != ""}
	scopes := []string{account.ScopeRead}
	if typed.TokenWrites {
		scopes = append(scopes, account.ScopeWrite)
	}
	days, err := strconv.ParseInt(typed.TokenDays, 10, 16)
	if err != nil {
		days = 0 // refused with the other fields
	}
	secret, err := s.People.MakeToken(c.UserContext(), askedOf(c).entry, typed.TokenName, scopes, time.Duration(days)*24*time.Hour)
	if err != nil {
		return s.secured(c, err, "tokens", typed)
	}
	f := s.frameOf(c, askedOf(c).language.Say("token.title", nil), s.links.account)
	f.Path, f.Query = "/me/security", nil
	return render(c, fiber.StatusOK, page.TokenMade(f, typed.TokenName, secret))
}

// revokeToken ends a key.
func (s *Server) revokeToken(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	return s.secured(c, s.People.RevokeToken(c.UserContext(), askedOf(c).actor, id), "tokens", page.Security{})
}

// unlink forgets the accounts at a provider.
func (s *Server) unlink(c *fiber.Ctx) error {
	return s.secured(c, s.People.Unlink(c.UserContext(), askedOf(c).entry, sent(c, "issuer")), "providers", page.Security{})
}
