package web

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/setting"
	"quartier/reports/store"
	"quartier/web/page"
)

// privacyPage is the notice about personal data.
func (s *Server) privacyPage(c *fiber.Ctx) error {
	n, err := s.People.Notice(c.UserContext())
	if err != nil {
		return err
	}
	settings, err := setting.Read(c.UserContext(), s.Register.DB)
	if err != nil {
		return err
	}
	l := askedOf(c).language
	f := s.frameOf(c, l.Say("privacy.title", nil), s.links.account)
	view := page.NoticeView{Version: n.Version, Published: n.PublishedAt, Text: filledIn(n, settings, l)}
	return render(c, fiber.StatusOK, page.Privacy(f, view, c.Query("erased") != ""))
}

// filledIn gives the notice with what the settings say.
func filledIn(n account.Notice, settings setting.Settings, l *language.Language) string {
	town, contact := settings.Town, settings.Contact
	if town == "" {
		town = l.Say("privacy.town", nil)
	}
	if contact == "" {
		contact = l.Say("privacy.contact", nil)
	}
	text := strings.NewReplacer("{town}", town, "{contact}", contact, "{years}", strconv.Itoa(settings.RetentionYears)).Replace(n.Text(l.Tag))
	if l == language.French {
		text = language.FrenchSpaces(text)
	}
	return text
}

// agree notes that the reader agreed to the version that they saw.
func (s *Server) agree(c *fiber.Ctx) error {
	version, err := number(sent(c, "version"))
	if err != nil || version > maxVersion {
		return fault.Missing()
	}
	if err := s.People.Agree(c.UserContext(), askedOf(c).actor, int(version)); err != nil {
		return err
	}
	s.entries.forget()
	return c.Redirect(s.to("/privacy"), fiber.StatusSeeOther)
}

// maxVersion is beyond any number of notices.
const maxVersion = 1 << 30

// noticePage lets administrators put another notice in force.
func (s *Server) noticePage(c *fiber.Ctx) error {
	n, err := s.People.Notice(c.UserContext())
	if err != nil {
		return err
	}
	return s.showNotice(c, fiber.StatusOK, page.NoticeDraft{Before: n.Version, FR: n.FR, EN: n.EN})
}

func (s *Server) showNotice(c *fiber.Ctx, status int, d page.NoticeDraft) error {
	f := s.frameOf(c, askedOf(c).language.Say("privacy.edit", nil), s.links.account)
	return render(c, status, page.NoticeEdit(f, d))
}

// publishNotice takes the form.
func (s *Server) publishNotice(c *fiber.Ctx) error {
	before, err := number(sent(c, "before"))
	if err != nil || before > maxVersion {
		return fault.Missing()
	}
	a := askedOf(c)
	d := page.NoticeDraft{Before: int(before), FR: sent(c, "fr"), EN: sent(c, "en"), Wrong: map[string]string{}}
	err = s.People.Publish(c.UserContext(), a.actor, d.Before, d.FR, d.EN)
	var f *fault.Error
	switch {
	case err == nil:
		s.entries.forget()
		return c.Redirect(s.to("/privacy"), fiber.StatusSeeOther)
	case errors.As(store.Explain(err), &f) && (f.Kind == fault.Invalid || f.Kind == fault.Conflict):
		p := problemOf(f, a.language)
		for _, e := range p.Errors {
			d.Wrong[e.Field] = e.Detail
		}
		if d.Problem = p.Detail; f.Kind == fault.Conflict { // what was typed can be sent again, after the one that was faster was looked at
			n, err := s.People.Notice(c.UserContext())
			if err != nil {
				return err
			}
			d.Before = n.Version
		}
		return s.showNotice(c, p.Status, d)
	}
	return err
}
