package web

import (
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/web/live"
	"quartier/web/page"
)

// mineOnPage is how many of one's own reports stand on a page.
const mineOnPage = 25

// minePage lists what the reader filed: also what was filed with their address before they had an account, which signing in claims.
func (s *Server) minePage(c *fiber.Ctx) error {
	a := askedOf(c)
	l := a.language
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	below, _ := strconv.ParseInt(c.Query("below"), 10, 64)
	list, err := s.Register.Mine(c.UserContext(), a.actor, max(below, 0), mineOnPage+1)
	if err != nil {
		return err
	}
	next := ""
	if len(list) > mineOnPage {
		list = list[:mineOnPage]
		next = "/me/reports?below=" + strconv.FormatInt(list[mineOnPage-1].ID, 10)
	}
	rows := make([]page.MineRow, len(list))
	for i, m := range list {
		rows[i] = page.MineRow{Row: rowOf(m.Report, v, l), Edit: m.Edit, Withdraw: m.Withdraw, Public: m.Visibility == account.Public, Asks: m.Status == "resolved",
			News: l.Say("timeline.filed", nil), NewsAt: m.CreatedAt}
		if m.Last.ID != 0 {
			e := entryOf(m.Last, v, l)
			rows[i].News, rows[i].NewsAt = e.Sentence, e.At
		}
	}
	return render(c, fiber.StatusOK, page.MinePage(s.frameOf(c, l.Say("life.mine", nil), s.links.account), rows, next))
}

// editFields and withdrawFields are the fields whose faults are shown beside them.
var (
	editFields     = []page.Input{{Name: "title"}, {Name: "description"}, {Name: "category"}}
	withdrawFields = []page.Input{{Name: "reason"}}
)

// editPage is the form by which who filed a report corrects it.
func (s *Server) editPage(c *fiber.Ctx) error {
	m, err := s.ownOf(c)
	if err != nil {
		return err
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	values := url.Values{"title": {m.Title}, "description": {m.Description}, "before": {m.UpdatedAt.UTC().Format(time.RFC3339Nano)}}
	if category := v.Category(m.Category); category != nil {
		values.Set("category", category.Slug)
	}
	return s.showEdit(c, fiber.StatusOK, m, v, untyped(c, values))
}

// ownOf gives the report of a request to who filed it; others may sign in.
func (s *Server) ownOf(c *fiber.Ctx) (m reports.Mine, err error) {
	id, err := number(c.Params("id"))
	if err != nil {
		return m, err
	}
	by, err := s.by(c)
	if err != nil {
		return m, err
	}
	return s.Register.Own(c.UserContext(), by, id)
}

func (s *Server) showEdit(c *fiber.Ctx, status int, m reports.Mine, v *live.Vocabulary, t page.Typed) error {
	l := askedOf(c).language
	e := page.EditForm{ID: m.ID, Minutes: int(reports.EditFor.Minutes()), Typed: t}
	for _, one := range v.Categories {
		if one.Active || one.ID == m.Category {
			e.Categories = append(e.Categories, page.Choice{Value: one.Slug, Label: one.Name(l.Tag), Below: one.Parent != 0})
		}
	}
	return render(c, status, page.EditPage(s.frameOf(c, l.Say("life.edit.title", nil), s.links.page), e))
}

// edit takes the form.
func (s *Server) edit(c *fiber.Ctx) error {
	ctx, a, t := c.UserContext(), askedOf(c), typedOf(c)
	m, err := s.ownOf(c)
	if err != nil {
		return err
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	by, err := s.by(c)
	if err != nil {
		return err
	}
	e := reports.Edit{Title: t.Value("title"), Description: t.Value("description"), Category: t.Value("category")}
	e.Before, _ = time.Parse(time.RFC3339Nano, t.Value("before")) // what is none is the state of no time
	if s.blocks(ctx).HasWord(e.Title, e.Description) {
		e.Doubts = []reports.Doubt{reports.DoubtWord}
	}
	var token store.Token
	if err = s.limits.comments.check(c); err == nil {
		token, err = s.Register.Edit(ctx, by, m.ID, e)
	}
	if err != nil {
		return again(c, err, t, editFields, func(status int, t page.Typed) error { return s.showEdit(c, status, m, v, t) })
	}
	return s.changedOwn(c, a, m.ID, "edit", url.Values{"token": {token.String()}})
}

// changedOwn leads on from a change: to the report, or to a word about it for who does not see it any more.
func (s *Server) changedOwn(c *fiber.Ctx, a *asked, id int64, word string, query url.Values) error {
	if _, err := s.Register.Get(c.UserContext(), a.actor, id); err != nil {
		return render(c, fiber.StatusOK, page.Told(s.frameOf(c, a.language.Say("life."+word+".title", nil), s.links.page),
			a.language.Say("life.done."+word, nil), "/", a.language.Say("page.map", nil)))
	}
	query.Set("said", word)
	return c.Redirect(s.to(reportPath(id)+"?"+query.Encode()), fiber.StatusSeeOther)
}

// withdrawPage asks why a report is taken back.
func (s *Server) withdrawPage(c *fiber.Ctx) error {
	m, err := s.ownOf(c)
	if err != nil {
		return err
	}
	return s.showWithdraw(c, fiber.StatusOK, m, untyped(c, nil))
}

func (s *Server) showWithdraw(c *fiber.Ctx, status int, m reports.Mine, t page.Typed) error {
	f := s.frameOf(c, askedOf(c).language.Say("life.withdraw.title", nil), s.links.page)
	return render(c, status, page.WithdrawPage(f, m.ID, m.Title, t))
}

// withdraw takes a report back.
func (s *Server) withdraw(c *fiber.Ctx) error {
	ctx, a, t := c.UserContext(), askedOf(c), typedOf(c)
	m, err := s.ownOf(c)
	if err != nil {
		return err
	}
	by, err := s.by(c)
	if err != nil {
		return err
	}
	reason := t.Value("reason")
	var token store.Token
	if err = s.limits.comments.check(c); err == nil {
		token, err = s.Register.Withdraw(ctx, by, m.ID, reason, s.doubtsOf(ctx, a, reason))
	}
	if err != nil {
		return again(c, err, t, withdrawFields, func(status int, t page.Typed) error { return s.showWithdraw(c, status, m, t) })
	}
	return s.changedOwn(c, a, m.ID, "withdraw", url.Values{"token": {token.String()}})
}

// mayBeOwn lets in who has filed the report of a request; who is not known is offered to sign in.
func (s *Server) mayBeOwn(c *fiber.Ctx) error {
	if _, err := s.ownOf(c); err != nil {
		return s.orSignIn(c, err)
	}
	return c.Next()
}
