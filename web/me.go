package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/web/page"
)

// personName names a person where turns are counted.
func personName(person int64) string { return fmt.Sprintf("person/%d", person) }

// browserOnly refuses programs: a key does what its scopes say, and changes nothing of the account.
func browserOnly(c *fiber.Ctx) error {
	if askedOf(c).keyed {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	return c.Next()
}

// proven lets in who has proved lately to be who they are; others are led to do it, and come back to the page where they were.
func (s *Server) proven(back string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if !askedOf(c).entry.Proved(s.People.Now()) {
			return c.Redirect(s.to("/sign-in?"+url.Values{"next": {back}}.Encode()), fiber.StatusSeeOther)
		}
		return c.Next()
	}
}

// withheldWord says why the person's roles are withheld; empty: they are not.
func withheldWord(e account.Entry) string {
	switch {
	case e.Lacks:
		return "error.second_factor.lacks"
	case e.Withheld:
		return "error.second_factor"
	}
	return ""
}

// mePage is a person's account.
func (s *Server) mePage(c *fiber.Ctx) error {
	return s.showMe(c, fiber.StatusOK, func(*page.Me) {})
}

// showMe shows the account, with what was typed.
func (s *Server) showMe(c *fiber.Ctx, status int, change func(*page.Me)) error {
	a := askedOf(c)
	p, err := s.People.Person(c.UserContext(), a.actor.Person)
	if err != nil {
		return err
	}
	groups, err := s.People.Memberships(c.UserContext(), a.actor)
	if err != nil {
		return err
	}
	m := page.Me{CrossSite: crossSiteToken(c), Email: p.Email, Name: p.Name, NameShown: p.NameShown, Language: p.Language, Proved: a.entry.Proved(s.People.Now()),
		Withheld: withheldWord(a.entry), Done: meDone(c)}
	for _, g := range a.actor.Grants {
		m.Roles = append(m.Roles, a.language.Say("role."+string(g.Role), nil))
	}
	for _, g := range groups {
		m.Groups = append(m.Groups, page.Group{Name: g.Group, Lead: g.Lead})
	}
	if m.Refused, err = s.notices.Refused(c.UserContext(), a.actor); err != nil {
		return err
	}
	change(&m)
	f := s.frameOf(c, a.language.Say("account.mine", nil), s.links.account)
	f.Path, f.Query = "/me", nil
	return render(c, status, page.MePage(f, m))
}

// meDone names what was just done, if it is something of ours.
func meDone(c *fiber.Ctx) string {
	if done := c.Query("done"); done == "saved" || done == "email" {
		return done
	}
	return ""
}

// changeMe changes name and language.
func (s *Server) changeMe(c *fiber.Ctx) error {
	name, shown, tag := sent(c, "name"), sent(c, "name_shown") != "", language.Of(sent(c, "language")).Tag
	err := s.People.Rename(c.UserContext(), askedOf(c).actor, name, shown, tag)
	if err != nil {
		status, problem, wrong, ok := told(c, err)
		if !ok {
			return err
		}
		return s.showMe(c, status, func(m *page.Me) {
			m.Name, m.NameShown, m.Language, m.Problem, m.Wrong = name, shown, tag, problem, wrong
		})
	}
	setCookie(c, languageCookie, tag, 365*24*3600)
	s.entries.forget()
	return c.Redirect(s.to("/me?done=saved"), fiber.StatusSeeOther)
}

// changeEmail mails a link to a new address.
func (s *Server) changeEmail(c *fiber.Ctx) error {
	a := askedOf(c)
	address := sent(c, "email")
	site, err := s.mailSite(a)
	if _, good := account.Email(address); !good {
		err = fault.In("email", "error.email", nil)
	}
	if err == nil {
		err = s.limits.mails.turn(personName(a.actor.Person))
	}
	if err == nil {
		err = s.People.AskEmail(c.UserContext(), a.entry, address, a.language, site)
	}
	if err != nil {
		status, problem, wrong, ok := told(c, err)
		if !ok {
			return err
		}
		return s.showMe(c, status, func(m *page.Me) { m.NewEmail, m.Problem, m.Wrong = address, problem, wrong })
	}
	return c.Redirect(s.to("/me?done=email"), fiber.StatusSeeOther)
}

// meAnswer tells a program for whom it speaks.
type meAnswer struct {
	Body struct {
		ID     int64    `json:"id"`
		Name   string   `json:"name" doc:"What the person calls themselves; empty: nothing"`
		Roles  []string `json:"roles" doc:"resident, and what was granted"`
		Scopes []string `json:"scopes" doc:"What the key lets a program do; of a browser's session: all"`
	}
}

// registerMe adds the call about who asks.
func (s *Server) registerMe(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/me", "get-me", "For whom the program speaks, and what it may do"),
		func(ctx context.Context, _ *struct{}) (*meAnswer, error) {
			a := asking(ctx)
			switch {
			case a.unsure:
				return nil, &fault.Error{Kind: fault.Unavailable, Word: "error.database_resting", After: 5 * time.Second}
			case a.actor.Person == 0:
				return nil, fault.New(fault.Unauthenticated, "error.sign_in", nil)
			}
			answer := &meAnswer{}
			b := &answer.Body
			b.ID, b.Name, b.Roles, b.Scopes = a.actor.Person, a.entry.Name, []string{string(account.RoleResident)}, []string{account.ScopeRead}
			for _, role := range account.StaffRoles {
				for _, g := range a.actor.Grants {
					if g.Role == role {
						b.Roles = append(b.Roles, string(role))
						break
					}
				}
			}
			if !a.actor.ReadOnly {
				b.Scopes = append(b.Scopes, account.ScopeWrite)
			}
			return answer, nil
		})
}
