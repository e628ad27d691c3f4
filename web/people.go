package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/web/page"
)

// peoplePerPage is how many accounts a page lists.
const peoplePerPage = 50

// zonesAsBoxes is how many zones are offered as boxes to tick; more are typed.
const zonesAsBoxes = 400

// peoplePage lists accounts.
func (s *Server) peoplePage(c *fiber.Ctx) error {
	return s.showPeople(c, fiber.StatusOK, untyped(c, url.Values{"language": {"fr"}}))
}

func (s *Server) showPeople(c *fiber.Ctx, status int, invite page.Typed) error {
	a := askedOf(c)
	p := lenientParameters(c, "q", "role", "before")
	filter := account.PeopleFilter{Search: strings.TrimSpace(p["q"]), Limit: peoplePerPage}
	if role := account.Role(p["role"]); slices.Contains(account.StaffRoles, role) {
		filter.Role = role
	}
	filter.Before, _ = strconv.ParseInt(p["before"], 10, 64) // what is no number begins at the newest
	people, more, err := s.People.People(c.UserContext(), a.actor, filter)
	if err != nil {
		return err
	}
	find := url.Values{"q": {p["q"]}, "role": {string(filter.Role)}}
	list := page.PeopleList{Find: untyped(c, find), Invite: invite, Roles: []page.Choice{{Value: "", Label: a.language.Say("admin.people.any", nil)}}}
	for _, r := range account.StaffRoles {
		list.Roles = append(list.Roles, page.Choice{Value: string(r), Label: a.language.Say("admin.role."+string(r), nil)})
	}
	for _, one := range people {
		list.Rows = append(list.Rows, personRow(a.language, one.Person, one.Roles))
	}
	if more {
		find.Set("before", strconv.FormatInt(people[len(people)-1].ID, 10))
		list.Next = "/admin/people?" + find.Encode()
	}
	f := s.adminFrame(c, "admin.people")
	f.Path = "/admin/people"
	return render(c, status, page.People(f, doneOf(c), list))
}

func personRow(l *language.Language, p account.Person, roles []account.Role) page.PersonRow {
	row := page.PersonRow{ID: p.ID, Email: p.Email, Name: p.Name, Blocked: p.Blocked, Seen: p.SeenAt}
	for _, r := range account.StaffRoles {
		if slices.Contains(roles, r) {
			row.Roles = append(row.Roles, l.Say("admin.role."+string(r), nil))
		}
	}
	return row
}

// invitePerson adds a person and mails the link for the first sign-in.
func (s *Server) invitePerson(c *fiber.Ctx) error {
	a, t := askedOf(c), typedOf(c)
	site, err := s.mailSite(a)
	if err != nil {
		return err
	}
	p, _, err := s.People.Add(c.UserContext(), a.actor, t.Value("email"), t.Value("name"), language.Of(t.Value("language")).Tag)
	if err == nil {
		err = s.People.InviteByMail(c.UserContext(), a.actor, p.ID, site)
	}
	if err != nil {
		return again(c, err, t, page.InviteInputs, func(status int, t page.Typed) error { return s.showPeople(c, status, t) })
	}
	return s.done(c, "/admin/people/"+strconv.FormatInt(p.ID, 10), "invited")
}

// personPage shows one account.
func (s *Server) personPage(c *fiber.Ctx) error {
	return s.showPerson(c, fiber.StatusOK, untyped(c, url.Values{}))
}

func (s *Server) showPerson(c *fiber.Ctx, status int, grant page.Typed) error {
	a, ctx := askedOf(c), c.UserContext()
	id, err := idAt(c, "id")
	if err != nil {
		return err
	}
	p, err := s.People.Person(ctx, id)
	if err != nil {
		return err
	}
	grants, err := s.People.Grants(ctx, id)
	if err != nil {
		return err
	}
	groups, err := s.People.GroupsOf(ctx, a.actor, id)
	if err != nil {
		return err
	}
	scopes, err := s.scopes(c)
	if err != nil {
		return err
	}
	view := page.PersonView{PersonRow: personRow(a.language, p, nil), Language: language.Of(p.Language).Say("language.name", nil), Verified: p.Verified,
		Created: p.CreatedAt, Self: id == a.actor.Person, CrossSite: crossSiteToken(c), Grant: grant, Inputs: scopes.inputs(a.language)}
	for _, g := range grants {
		view.Grants = append(view.Grants, page.GrantRow{ID: g.ID, Role: a.language.Say("admin.role."+string(g.Role), nil), Limits: scopes.limits(g)})
	}
	for _, g := range groups {
		view.Groups = append(view.Groups, page.GroupLink{ID: g.ID, Name: g.Name})
	}
	f := s.adminFrame(c, "admin.people")
	f.Title, f.Path = p.Email, "/admin/people/"+strconv.FormatInt(id, 10)
	return render(c, status, page.Person(f, doneOf(c), view))
}

// scopes are what roles can be limited to.
type scopes struct {
	services, categories, zones []page.Choice // services and categories by id, zones by reference
	zoneIDs                     map[string]int32
}

func (s *Server) scopes(c *fiber.Ctx) (*scopes, error) {
	a, ctx := askedOf(c), c.UserContext()
	var all scopes
	services, err := s.Register.Services(ctx, a.actor)
	if err != nil {
		return nil, err
	}
	for _, one := range services {
		all.services = append(all.services, idChoice(one.ID, namedIn(a.language, one.NameFR, one.NameEN).Name))
	}
	categories, err := s.Register.Categories(ctx, a.actor)
	if err != nil {
		return nil, err
	}
	for _, one := range categories {
		choice := idChoice(one.ID, namedIn(a.language, one.NameFR, one.NameEN).Name)
		choice.Below = one.Parent != 0
		all.categories = append(all.categories, choice)
	}
	v, err := s.vocabulary()
	if err != nil {
		return nil, err
	}
	all.zoneIDs = map[string]int32{}
	for _, set := range v.Sets {
		for _, z := range set.Zones {
			all.zones = append(all.zones, page.Choice{Value: z.Ref(), Label: z.Name + " (" + z.Ref() + ")"})
			all.zoneIDs[z.Ref()] = z.ID
		}
	}
	return &all, nil
}

func idChoice(id int32, label string) page.Choice {
	return page.Choice{Value: strconv.Itoa(int(id)), Label: label}
}

// inputs are the fields of a grant.
func (s *scopes) inputs(l *language.Language) []page.Input {
	var roles []page.Choice
	for _, r := range account.StaffRoles {
		roles = append(roles, page.Choice{Value: string(r), Label: l.Say("admin.role."+string(r), nil)})
	}
	zones := page.Input{Name: "zones", Type: "area", Word: "zones_typed"}
	if len(s.zones) <= zonesAsBoxes {
		zones = page.Input{Name: "zones", Type: "checks", Choices: s.zones}
	}
	return []page.Input{{Name: "role", Type: "radio", Choices: roles}, {Name: "services", Type: "checks", Choices: s.services},
		{Name: "categories", Type: "checks", Choices: s.categories}, zones}
}

// limits says in words what a grant is limited to. What is there no more is shown by its number.
func (s *scopes) limits(g account.Grant) (words []string) {
	named := func(ids []int32, choices []page.Choice) {
		for _, id := range ids {
			text := strconv.Itoa(int(id))
			if i := slices.IndexFunc(choices, func(c page.Choice) bool { return c.Value == text }); i >= 0 {
				text = choices[i].Label
			}
			words = append(words, text)
		}
	}
	named(g.Services, s.services)
	named(g.Categories, s.categories)
	for _, id := range g.Zones {
		text := strconv.Itoa(int(id))
		for _, z := range s.zones {
			if s.zoneIDs[z.Value] == id {
				text = z.Label
			}
		}
		words = append(words, text)
	}
	return words
}

// grantRole gives a person a role.
func (s *Server) grantRole(c *fiber.Ctx) error {
	id, err := idAt(c, "id")
	if err != nil {
		return err
	}
	a, t := askedOf(c), typedOf(c)
	scopes, err := s.scopes(c)
	if err != nil {
		return err
	}
	g := account.Grant{Role: account.Role(t.Value("role")), Services: idsOf(t, "services"), Categories: idsOf(t, "categories")}
	var check fault.Check
	for _, text := range t.Values["zones"] {
		for ref := range strings.FieldsSeq(text) {
			zone, known := scopes.zoneIDs[ref]
			if !known {
				check.Add("zones", "error.zone.unknown", fault.Args{"ref": fault.Short(ref)})
			}
			g.Zones = append(g.Zones, zone)
		}
	}
	if err = check.Err(); err == nil {
		err = s.People.Grant(c.UserContext(), a.actor, id, g)
	}
	if err != nil {
		return again(c, err, t, scopes.inputs(a.language), func(status int, t page.Typed) error { return s.showPerson(c, status, t) })
	}
	s.entries.forget()
	return s.done(c, "/admin/people/"+strconv.FormatInt(id, 10), "granted")
}

// actOnPerson does to a person's account what one of its buttons says.
func (s *Server) actOnPerson(c *fiber.Ctx) error {
	id, err := idAt(c, "id")
	if err != nil {
		return err
	}
	a, ctx, t := askedOf(c), c.UserContext(), typedOf(c)
	var done string
	switch c.Params("act") {
	case "withdraw":
		var grant int64
		if grant, err = number(t.Value("grant")); err == nil {
			done, err = "withdrawn", s.People.Withdraw(ctx, a.actor, id, grant)
		}
	case "block":
		done, err = "blocked", s.People.Block(ctx, a.actor, id)
	case "unblock":
		done, err = "unblocked", s.People.Unblock(ctx, a.actor, id)
	case "end":
		done, err = "ended", s.People.EndSessions(ctx, a.actor, id)
	case "reset":
		done, err = "reset", s.People.Reset(ctx, a.actor, id)
	case "invite":
		var site string
		if site, err = s.mailSite(a); err == nil {
			done, err = "invited", s.People.InviteByMail(ctx, a.actor, id, site)
		}
	default:
		err = fault.Missing()
	}
	if err != nil {
		return again(c, err, page.Typed{CrossSite: t.CrossSite, Wrong: map[string]string{}}, nil,
			func(status int, t page.Typed) error { return s.showPerson(c, status, t) })
	}
	s.entries.forget()
	return s.done(c, "/admin/people/"+strconv.FormatInt(id, 10), done)
}
