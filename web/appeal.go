package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/web/page"
)

// confirmPage asks whoever opened the link in a mail to press the button.
func (s *Server) confirmPage(c *fiber.Ctx) error {
	a, secret := askedOf(c), strings.Clone(c.Query("token"))
	id, done, err := s.Register.Confirmable(c.UserContext(), secret)
	if err != nil {
		return err
	}
	f := s.frameOf(c, a.language.Say("moderation.confirm.title", nil), s.links.account)
	f.Query = nil
	if done {
		return s.confirmed(c, f, id)
	}
	return render(c, fiber.StatusOK, page.Confirm(f, id, crossSiteToken(c), secret))
}

// confirm takes the press of the button.
func (s *Server) confirm(c *fiber.Ctx) error {
	receipt, err := s.Register.Confirm(c.UserContext(), typedOf(c).Value("token"))
	if err != nil {
		return err
	}
	f := s.frameOf(c, askedOf(c).language.Say("moderation.confirm.title", nil), s.links.account)
	f.Token = receipt.Token.String()
	return s.confirmed(c, f, receipt.ID)
}

func (s *Server) confirmed(c *fiber.Ctx, f page.Frame, id int64) error {
	number := strconv.FormatInt(id, 10)
	return render(c, fiber.StatusOK, page.Told(f, f.Say("moderation.confirm.done", "id", number), "/reports/"+number, f.Say("thanks.read")))
}

// appealFields are those of the form.
var appealFields = []page.Input{{Name: "words", Word: "appeal_words", Type: "area", Longest: 2000}}

// appealPage shows an author a decision, with the form to object: by the link in the notice, or by its number to who is signed in.
func (s *Server) appealPage(c *fiber.Ctx) error {
	t := typedOf(c)
	t.Values = url.Values{"token": {strings.Clone(c.Query("token"))}, "decision": {strings.Clone(c.Query("decision"))}}
	return s.showAppeal(c, fiber.StatusOK, t)
}

func (s *Server) showAppeal(c *fiber.Ctx, status int, t page.Typed) error {
	a := askedOf(c)
	l := a.language
	id, _ := strconv.ParseInt(t.Value("decision"), 10, 64)
	d, err := s.Register.Appealable(c.UserContext(), a.actor, t.Value("token"), id)
	if err != nil {
		return err
	}
	view := page.AppealView{Report: d.Report, Decision: l.Say("moderation.ruled."+string(d.Verdict), nil), Reason: d.Reason, Token: t.Value("token"),
		Number: t.Value("decision"), Appealed: !d.Appealed.IsZero(), Outcome: outcome(l, d), Answer: d.Answer}
	f := s.frameOf(c, l.Say("moderation.appeal.title", nil), s.links.account)
	return render(c, status, page.Appeal(f, view, appealFields, t))
}

// appeal takes the form.
func (s *Server) appeal(c *fiber.Ctx) error {
	a, t := askedOf(c), typedOf(c)
	id, _ := strconv.ParseInt(t.Value("decision"), 10, 64)
	err := s.limits.flags.check(c)
	if err == nil {
		err = s.Register.Appeal(c.UserContext(), a.actor, t.Value("token"), id, t.Value("words"))
	}
	if err != nil {
		return again(c, err, t, appealFields, func(status int, t page.Typed) error { return s.showAppeal(c, status, t) })
	}
	return s.showAppeal(c, fiber.StatusOK, t)
}
