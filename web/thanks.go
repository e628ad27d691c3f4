package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
	"quartier/web/page"
)

// thanksPage follows a filing. Its address names the number and the write, so that reloading it files nothing.
func (s *Server) thanksPage(c *fiber.Ctx) error {
	id, err := number(c.Query("id"))
	if err != nil {
		return c.Redirect(s.to("/reports/new"), fiber.StatusSeeOther)
	}
	a := askedOf(c)
	one, err := s.Register.Get(c.UserContext(), a.actor, id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	f := s.frameOf(c, a.language.Say("thanks.title", map[string]any{"id": strconv.FormatInt(id, 10)}), s.links.thanks)
	if token, wrong := store.ParseToken(c.Query("token")); wrong == nil {
		f.Token = token.String()
	}
	next := page.Next{Seen: err == nil, Public: err == nil && one.Visibility == account.Public, Asked: c.Query("asked") != "", Confirm: c.Query("waits") == waitsConfirm, Looked: c.Query("waits") == waitsModerator}
	if next.Seen {
		next.Due, next.TakePart = one.Due, s.takePart(c, one)
	}
	return render(c, fiber.StatusOK, page.Thanks(f, id, next))
}

// thanksFor gives the address of the page that follows a filing.
func thanksFor(r reports.Receipt) string {
	query := url.Values{"id": {strconv.FormatInt(r.ID, 10)}, "token": {r.Token.String()}}
	if r.Report.Status == "pending" {
		query.Set("waits", waitsFor(r))
	} else if r.Asked {
		query.Set("asked", "1")
	}
	return "/reports/new/thanks?" + query.Encode()
}

// What a report that is pending waits for, in the address of the page that follows.
const (
	waitsConfirm   = "confirm"
	waitsModerator = "moderator"
)

func waitsFor(r reports.Receipt) string {
	if r.Asked {
		return waitsConfirm
	}
	return waitsModerator
}
