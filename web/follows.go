package web

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/web/live"
	"quartier/web/page"
)

// followsPage lists what a person follows.
func (s *Server) followsPage(c *fiber.Ctx) error { return s.showFollows(c, fiber.StatusOK, 0, "", nil) }

// showFollows shows the list; of the follow that was sent with something wrong, what is wrong.
func (s *Server) showFollows(c *fiber.Ctx, status int, sentID int64, problem string, wrong map[string]string) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	a := askedOf(c)
	list, err := s.Register.Follows(c.UserContext(), a.actor, nil)
	if err != nil {
		return err
	}
	p := page.Follows{CrossSite: crossSiteToken(c), Problem: problem}
	if done := c.Query("done"); done == "begun" || done == "changed" || done == "ended" {
		p.Done = strings.Clone(done)
	}
	for _, f := range list {
		row := page.FollowRow{ID: f.ID, Report: f.Item, What: followWords(f, v, a.language), Name: f.Name, Rhythm: f.Rhythm, ByMail: f.ByMail, ByPush: f.ByPush, Since: f.CreatedAt,
			Seen: f.Title != ""}
		if f.ID == sentID {
			t := typedOf(c)
			row.Wrong, row.Name, row.Rhythm, row.ByMail, row.ByPush = wrong, t.Value("name"), t.Value("rhythm"), t.Value("by_mail") != "", t.Value("by_push") != ""
		}
		p.Rows = append(p.Rows, row)
	}
	f := s.frameOf(c, a.language.Say("follow.mine", nil), s.links.account)
	f.Path, f.Query = "/me/follows", nil
	return render(c, status, page.FollowsPage(f, p))
}

// followWords says what is followed.
func followWords(f reports.Followed, v *live.Vocabulary, l *language.Language) string {
	if f.Item != 0 {
		if f.Title == "" {
			return l.Say("follow.gone", map[string]any{"id": strconv.FormatInt(f.Item, 10)})
		}
		return f.Title
	}
	var parts []string
	if c := v.Category(f.Category); c != nil {
		parts = append(parts, c.Name(l.Tag))
	}
	if z := v.Zone(f.Zone); z != nil {
		parts = append(parts, z.Name)
	}
	switch {
	case f.Area == nil:
	case f.Area.Radius != 0:
		lon, lat := f.Area.Centre.Degrees()
		parts = append(parts, l.Say("follow.around", map[string]any{"n": f.Area.Radius, "place": fmt.Sprintf("%.4f, %.4f", lat, lon)}))
	default:
		parts = append(parts, l.Say("follow.drawn", nil))
	}
	return strings.Join(parts, " · ")
}

// changeFollow takes the form of one follow.
func (s *Server) changeFollow(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	err = s.Register.ChangeFollow(c.UserContext(), askedOf(c).actor, id, settingsOf(typedOf(c).Values))
	var f *fault.Error
	switch {
	case err == nil:
		return c.Redirect(s.to("/me/follows?done=changed"), fiber.StatusSeeOther)
	case errors.As(err, &f) && f.Kind == fault.Invalid:
		status, problem, wrong, _ := told(c, err)
		return s.showFollows(c, status, id, problem, wrong)
	}
	return err
}

// endFollow ends one.
func (s *Server) endFollow(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	if err := s.Register.EndFollow(c.UserContext(), askedOf(c).actor, id, nil); err != nil {
		return err
	}
	return c.Redirect(s.to("/me/follows?done=ended"), fiber.StatusSeeOther)
}

// endFollowHere ends one of a browser without an account.
func (s *Server) endFollowHere(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	device, err := s.browserDevice(c)
	if err == nil {
		err = s.Register.EndFollow(c.UserContext(), askedOf(c).actor, id, device)
	}
	if err != nil {
		return err
	}
	return c.Redirect(s.to("/follow?done=ended"), fiber.StatusSeeOther)
}

// rowsHere gives what a browser without an account follows, and notes it on what the form offers it.
func (s *Server) rowsHere(c *fiber.Ctx, v *live.Vocabulary, h *page.Here) error {
	a := askedOf(c)
	device, err := s.pushDevice(c.UserContext(), a)
	if err != nil || device == nil {
		return err
	}
	list, err := s.Register.Follows(c.UserContext(), a.actor, device)
	for _, f := range list {
		h.Rows = append(h.Rows, page.FollowRow{ID: f.ID, Report: f.Item, What: followWords(f, v, a.language), Name: f.Name, Rhythm: f.Rhythm, Since: f.CreatedAt, Seen: f.Title != ""})
	}
	return err
}
