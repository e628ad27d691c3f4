package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/fault"
	"quartier/web/page"
)

// servicesPage lists services.
func (s *Server) servicesPage(c *fiber.Ctx) error {
	a := askedOf(c)
	list, err := s.Register.Services(c.UserContext(), a.actor)
	if err != nil {
		return err
	}
	var rows []page.ServiceRow
	for _, one := range list {
		rows = append(rows, page.ServiceRow{ID: one.ID, Name: namedIn(a.language, one.NameFR, one.NameEN).Name, Email: one.Email, Active: one.Active})
	}
	return render(c, fiber.StatusOK, page.Services(s.adminFrame(c, "admin.services"), doneOf(c), rows))
}

// smallIDAt reads the id of a service or a category in an address; "new" is 0.
func smallIDAt(c *fiber.Ctx) (int32, error) {
	if c.Params("id") == "new" {
		return 0, nil
	}
	n, err := strconv.ParseInt(c.Params("id"), 10, 32)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != c.Params("id") {
		return 0, fault.Missing()
	}
	return int32(n), nil
}

// serviceAt gives the service of an address; a new one is empty.
func (s *Server) serviceAt(c *fiber.Ctx) (e reports.ServiceEdit, err error) {
	id, err := smallIDAt(c)
	if err != nil || id == 0 {
		return reports.ServiceEdit{Active: true}, err
	}
	return s.Register.Service(c.UserContext(), askedOf(c).actor, id)
}

// servicePage is the form of one service, or of a new one.
func (s *Server) servicePage(c *fiber.Ctx) error {
	e, err := s.serviceAt(c)
	if err != nil {
		return err
	}
	return s.showService(c, fiber.StatusOK, e, untyped(c, url.Values{"name_fr": {e.NameFR}, "name_en": {e.NameEN}, "email": {e.Email},
		"active": flag(e.Active), "version": {strconv.Itoa(e.Version)}}))
}

// flag is what a box to tick says.
func flag(ticked bool) []string {
	if ticked {
		return []string{"1"}
	}
	return nil
}

func (s *Server) showService(c *fiber.Ctx, status int, e reports.ServiceEdit, t page.Typed) error {
	f := s.adminFrame(c, "admin.services.new")
	f.Path = "/admin/services/new"
	if e.ID != 0 {
		f.Title, f.Path = namedIn(f.Language, e.NameFR, e.NameEN).Name, "/admin/services/"+strconv.Itoa(int(e.ID))
	}
	return render(c, status, page.Service(f, doneOf(c), f.Path, e.ID != 0, t))
}

// saveService makes a service, or changes it.
func (s *Server) saveService(c *fiber.Ctx) error {
	e, err := s.serviceAt(c)
	if err != nil {
		return err
	}
	t := typedOf(c)
	typed := reports.ServiceEdit{ID: e.ID, Slug: t.Value("slug"), NameFR: t.Value("name_fr"), NameEN: t.Value("name_en"), Email: t.Value("email"),
		Active: t.Value("active") != "", Version: versionOf(t)}
	if _, err := s.Register.SaveService(c.UserContext(), askedOf(c).actor, typed); err != nil {
		return again(c, err, t, page.ServiceInputs(e.ID != 0), func(status int, t page.Typed) error { return s.showService(c, status, e, t) })
	}
	return s.done(c, "/admin/services", "saved")
}
