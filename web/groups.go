package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/web/page"
)

// groupsPage lists groups.
func (s *Server) groupsPage(c *fiber.Ctx) error {
	return s.showGroups(c, fiber.StatusOK, untyped(c, url.Values{}))
}

func (s *Server) showGroups(c *fiber.Ctx, status int, t page.Typed) error {
	groups, err := s.People.Groups(c.UserContext(), askedOf(c).actor)
	if err != nil {
		return err
	}
	var rows []page.GroupRow
	for _, g := range groups {
		rows = append(rows, page.GroupRow{ID: g.ID, Name: g.Name, Size: g.Size})
	}
	return render(c, status, page.Groups(s.adminFrame(c, "admin.groups"), doneOf(c), rows, t))
}

// makeGroup makes a group.
func (s *Server) makeGroup(c *fiber.Ctx) error {
	t := typedOf(c)
	id, err := s.People.MakeGroup(c.UserContext(), askedOf(c).actor, t.Value("name"), t.Value("about"))
	if err != nil {
		return again(c, err, t, page.GroupInputs, func(status int, t page.Typed) error { return s.showGroups(c, status, t) })
	}
	return s.done(c, "/admin/groups/"+strconv.FormatInt(id, 10), "made")
}

// groupPage shows one group.
func (s *Server) groupPage(c *fiber.Ctx) error {
	return s.showGroup(c, fiber.StatusOK, nil, untyped(c, url.Values{}))
}

// showGroup shows a group; edit nil: as it stands.
func (s *Server) showGroup(c *fiber.Ctx, status int, edit *page.Typed, admit page.Typed) error {
	id, err := idAt(c, "id")
	if err != nil {
		return err
	}
	g, members, err := s.People.Group(c.UserContext(), askedOf(c).actor, id)
	if err != nil {
		return err
	}
	view := page.GroupView{GroupRow: page.GroupRow{ID: g.ID, Name: g.Name, Size: g.Size}, Admit: admit, CrossSite: crossSiteToken(c)}
	if edit != nil {
		view.Edit = *edit
	} else {
		view.Edit = untyped(c, url.Values{"name": {g.Name}, "about": {g.About}, "version": {strconv.Itoa(g.Version)}})
	}
	for _, m := range members {
		view.Members = append(view.Members, page.MemberRow{ID: m.ID, Email: m.Email, Name: m.Name, Lead: m.Lead})
	}
	f := s.adminFrame(c, "admin.groups")
	f.Title, f.Path = g.Name, "/admin/groups/"+strconv.FormatInt(id, 10)
	return render(c, status, page.GroupAdmin(f, doneOf(c), view))
}

// changeGroup changes what a group says of itself.
func (s *Server) changeGroup(c *fiber.Ctx) error {
	id, err := idAt(c, "id")
	if err != nil {
		return err
	}
	t := typedOf(c)
	err = s.People.ChangeGroup(c.UserContext(), askedOf(c).actor, id, versionOf(t), t.Value("name"), t.Value("about"))
	if err != nil {
		return again(c, err, t, page.GroupInputs, func(status int, t page.Typed) error {
			return s.showGroup(c, status, &t, untyped(c, url.Values{}))
		})
	}
	return s.done(c, "/admin/groups/"+strconv.FormatInt(id, 10), "saved")
}

// changeMembers takes a person into a group or out of it, or says whether they lead it.
func (s *Server) changeMembers(c *fiber.Ctx) error {
	id, err := idAt(c, "id")
	if err != nil {
		return err
	}
	a, ctx, t := askedOf(c), c.UserContext(), typedOf(c)
	if t.Value("do") == "add" {
		if err := s.People.AddMember(ctx, a.actor, id, t.Value("email"), t.Value("lead") != ""); err != nil {
			return again(c, err, t, page.AdmitInputs, func(status int, t page.Typed) error { return s.showGroup(c, status, nil, t) })
		}
		return s.done(c, "/admin/groups/"+strconv.FormatInt(id, 10), "added")
	}
	person, err := number(t.Value("person"))
	if err != nil {
		return err
	}
	done := "saved"
	switch t.Value("do") {
	case "lead", "follow":
		err = s.People.SetLead(ctx, a.actor, id, person, t.Value("do") == "lead")
	case "remove":
		done, err = "removed", s.People.RemoveMember(ctx, a.actor, id, person)
	default:
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	return s.done(c, "/admin/groups/"+strconv.FormatInt(id, 10), done)
}
