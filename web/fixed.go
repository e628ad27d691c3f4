package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/fault"
	"quartier/web/page"
)

// orSignIn offers who is not known to sign in, where somebody else may have a report: the same for what there is not.
func (s *Server) orSignIn(c *fiber.Ctx, err error) error {
	if fault.KindOf(err) == fault.NotFound && askedOf(c).actor.Person == 0 {
		return s.signedIn(c)
	}
	return err
}

// fixedFields are the fields whose faults are shown beside them.
var fixedFields = []page.Input{{Name: "words"}, {Name: "score"}}

// fixedPage asks who filed or follows a report whether it is fixed, and how content they are. It changes nothing: programs that look at mails open links.
func (s *Server) fixedPage(c *fiber.Ctx) error {
	return s.showFixed(c, fiber.StatusOK, untyped(c, nil))
}

func (s *Server) showFixed(c *fiber.Ctx, status int, t page.Typed) error {
	a := askedOf(c)
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	by, err := s.by(c)
	if err != nil {
		return err
	}
	o, err := s.Register.Outcome(c.UserContext(), by, id)
	if err != nil {
		return s.orSignIn(c, err)
	}
	d := page.Fixed{Row: rowOf(o.Report, v, a.language), Asks: o.MayAsk, Scores: o.MayScore, Reopens: o.Reopens, Days: int(reports.ReopenFor.Hours() / 24), Score: o.Mine.Score,
		Form: t}
	if o.Mine.Fixed != nil {
		d.Said = "no"
		if *o.Mine.Fixed {
			d.Said = "yes"
		}
	}
	switch done := c.Query("said"); done {
	case "yes", "no", "reopened", "score":
		d.Done = strings.Clone(done)
	}
	return render(c, status, page.FixedPage(s.frameOf(c, a.language.Say("life.fixed.ask", nil), s.links.account), d))
}

// fixed takes the answer.
func (s *Server) fixed(c *fiber.Ctx) error {
	ctx, a, t := c.UserContext(), askedOf(c), typedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	by, err := s.by(c)
	if err != nil {
		return err
	}
	f := reports.Feedback{Words: t.Value("words")}
	done := "score"
	switch t.Value("fixed") {
	case "yes", "no":
		yes := t.Value("fixed") == "yes"
		f.Fixed, done = &yes, strings.Clone(t.Value("fixed"))
	}
	switch t.Value("score") {
	case "1", "2", "3":
		f.Score = int(t.Value("score")[0] - '0')
	}
	err = s.limits.comments.check(c)
	var reopened bool
	if err == nil {
		_, reopened, err = s.Register.Tell(ctx, by, id, f, s.doubtsOf(ctx, a, f.Words), s.mailHome(a))
	}
	if err != nil {
		return again(c, s.orSignIn(c, err), t, fixedFields, func(status int, t page.Typed) error { return s.showFixed(c, status, t) })
	}
	if reopened {
		done = "reopened"
	}
	return c.Redirect(s.to(reportPath(id)+"/fixed?said="+done), fiber.StatusSeeOther)
}
