package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/web/page"
)

// questionsShown bounds how many questions the form of a category has; a category may have fewer.
const questionsShown = 30

// categoriesPage lists categories.
func (s *Server) categoriesPage(c *fiber.Ctx) error {
	a, ctx := askedOf(c), c.UserContext()
	list, err := s.Register.Categories(ctx, a.actor)
	if err != nil {
		return err
	}
	services, err := s.serviceChoices(c)
	if err != nil {
		return err
	}
	var rows []page.CategoryRow
	for _, one := range list {
		row := page.CategoryRow{ID: one.ID, Name: namedIn(a.language, one.NameFR, one.NameEN).Name, Icon: one.Icon, Colour: one.Colour, Below: one.Parent != 0,
			Private: one.Private, Active: one.Active, Questions: len(one.Attributes)}
		for _, service := range services {
			if one.Service != 0 && service.Value == strconv.Itoa(int(one.Service)) {
				row.Service = service.Label
			}
		}
		switch {
		case one.DeadlineHours > 0 && one.DeadlineWorking:
			row.Deadline = a.language.Say("admin.categories.working", map[string]any{"n": one.DeadlineHours})
		case one.DeadlineHours > 0:
			row.Deadline = a.language.Say("admin.categories.hours", map[string]any{"n": one.DeadlineHours})
		}
		rows = append(rows, row)
	}
	return render(c, fiber.StatusOK, page.Categories(s.adminFrame(c, "admin.categories"), doneOf(c), rows))
}

// serviceChoices lists services for a form, after none.
func (s *Server) serviceChoices(c *fiber.Ctx) ([]page.Choice, error) {
	l := askedOf(c).language
	services, err := s.Register.Services(c.UserContext(), askedOf(c).actor)
	list := []page.Choice{{Value: "0", Label: l.Say("admin.categories.inherit", nil)}}
	for _, one := range services {
		list = append(list, idChoice(one.ID, namedIn(l, one.NameFR, one.NameEN).Name))
	}
	return list, err
}

// categoryAt gives the category of an address; a new one has the defaults.
func (s *Server) categoryAt(c *fiber.Ctx) (reports.CategoryEdit, error) {
	id, err := smallIDAt(c)
	if err != nil || id == 0 {
		return reports.CategoryEdit{Icon: "marker", Colour: "#0B5D66", DeadlineWorking: true, DuplicateRadius: 50, Active: true}, err
	}
	return s.Register.Category(c.UserContext(), askedOf(c).actor, id)
}

// categoryPage is the form of one category, or of a new one.
func (s *Server) categoryPage(c *fiber.Ctx) error {
	e, err := s.categoryAt(c)
	if err != nil {
		return err
	}
	number := func(n int) []string { return []string{strconv.Itoa(n)} }
	values := url.Values{"name_fr": {e.NameFR}, "name_en": {e.NameEN}, "parent": number(int(e.Parent)), "service": number(int(e.Service)), "rank": number(e.Rank),
		"active": flag(e.Active), "colour": {strings.ToLower(e.Colour)}, "icon": {s.links.icons.Known(e.Icon)}, "deadline_hours": number(e.DeadlineHours),
		"deadline_working": flag(e.DeadlineWorking), "duplicate_radius": number(e.DuplicateRadius), "evidence_needed": flag(e.EvidenceNeeded),
		"private": flag(e.Private), "version": number(e.Version), "questions": number(len(e.Attributes))}
	for i, a := range e.Attributes {
		name := func(field string) string { return fmt.Sprintf("attribute.%d.%s", i, field) }
		values[name("code")], values[name("label_fr")], values[name("label_en")] = []string{a.Code}, []string{a.LabelFR}, []string{a.LabelEN}
		values[name("datatype")] = []string{cmp.Or(a.Type, "string")}
		values[name("required")], values[name("private")], values[name("order")] = flag(a.Required), flag(a.Private), number(i+1)
		var lines []string
		for _, v := range a.Values {
			lines = append(lines, v.Key+" | "+v.NameFR+" | "+v.NameEN)
		}
		values[name("values")] = []string{strings.Join(lines, "\n")}
	}
	return s.showCategory(c, fiber.StatusOK, e, untyped(c, values))
}

// questionsOf tells how many questions a form has.
func questionsOf(t page.Typed) int {
	n, err := strconv.Atoi(t.Value("questions"))
	if err != nil || n < 0 {
		return 0
	}
	return min(n, questionsShown)
}

// categoryForm is the form of a category with what can be chosen in it.
func (s *Server) categoryForm(c *fiber.Ctx, e reports.CategoryEdit, t page.Typed) (form page.CategoryForm, err error) {
	l := askedOf(c).language
	form = page.CategoryForm{Typed: t, Address: "/admin/categories/new", Made: e.ID != 0, Icons: s.links.icons.Names, Questions: questionsOf(t),
		Parents: []page.Choice{{Value: "0", Label: l.Say("admin.categories.first", nil)}}}
	if e.ID != 0 {
		form.Address = "/admin/categories/" + strconv.Itoa(int(e.ID))
	}
	if form.Services, err = s.serviceChoices(c); err != nil {
		return form, err
	}
	list, err := s.Register.Categories(c.UserContext(), askedOf(c).actor)
	for _, one := range list {
		if one.Parent == 0 && one.ID != e.ID {
			form.Parents = append(form.Parents, idChoice(one.ID, namedIn(l, one.NameFR, one.NameEN).Name))
		}
	}
	for _, kind := range reports.AttributeTypes {
		form.Types = append(form.Types, page.Choice{Value: kind, Label: l.Say("admin.field.type."+kind, nil)})
	}
	return form, err
}

func (s *Server) showCategory(c *fiber.Ctx, status int, e reports.CategoryEdit, t page.Typed) error {
	form, err := s.categoryForm(c, e, t)
	if err != nil {
		return err
	}
	f := s.adminFrame(c, "admin.categories.new")
	f.Path = form.Address
	if e.ID != 0 {
		f.Title = namedIn(f.Language, e.NameFR, e.NameEN).Name
	}
	return render(c, status, page.Category(f, doneOf(c), form))
}

// saveCategory makes a category, or changes it; or gives the form room for another question.
func (s *Server) saveCategory(c *fiber.Ctx) error {
	e, err := s.categoryAt(c)
	if err != nil {
		return err
	}
	t := typedOf(c)
	if t.Value("more") != "" {
		n := questionsOf(t)
		t.Values.Set("questions", strconv.Itoa(n+1))
		t.Values.Set(fmt.Sprintf("attribute.%d.order", n), strconv.Itoa(n+1))
		return s.showCategory(c, fiber.StatusOK, e, t)
	}
	typed, order, err := s.categoryTyped(t, e.ID)
	if err == nil {
		_, err = s.Register.SaveCategory(c.UserContext(), askedOf(c).actor, typed)
		err = atPlaces(err, order)
	}
	if err != nil {
		form, wrong := s.categoryForm(c, e, t)
		if wrong != nil {
			return wrong
		}
		return again(c, err, t, form.All(), func(status int, t page.Typed) error { return s.showCategory(c, status, e, t) })
	}
	return s.done(c, "/admin/categories", "saved")
}

// categoryTyped reads the form of a category. order tells at which place of the form each of its questions stands.
func (s *Server) categoryTyped(t page.Typed, id int32) (e reports.CategoryEdit, order []int, err error) {
	var check fault.Check
	choice := func(field string) int32 {
		n, err := strconv.ParseInt(t.Value(field), 10, 32)
		if err != nil {
			check.Add(field, "error.choice", nil)
		}
		return int32(n)
	}
	e = reports.CategoryEdit{ID: id, Parent: choice("parent"), Slug: t.Value("slug"), NameFR: t.Value("name_fr"), NameEN: t.Value("name_en"), Icon: t.Value("icon"),
		Colour: t.Value("colour"), Service: choice("service"), DeadlineHours: numbered(&check, t, "deadline_hours", 0, reports.MaxDeadline),
		DeadlineWorking: t.Value("deadline_working") != "", Private: t.Value("private") != "",
		DuplicateRadius: numbered(&check, t, "duplicate_radius", 0, reports.MaxDuplicate), EvidenceNeeded: t.Value("evidence_needed") != "",
		Active: t.Value("active") != "", Rank: numbered(&check, t, "rank", 0, reports.MaxRank), Version: versionOf(t)}
	if !slices.Contains(s.links.icons.Names, e.Icon) {
		check.Add("icon", "error.choice", nil)
	}
	places := map[int]int{}
	for n := range questionsOf(t) {
		name := func(field string) string { return fmt.Sprintf("attribute.%d.%s", n, field) }
		if t.Value(name("remove")) != "" {
			continue
		}
		places[n] = numbered(&check, t, name("order"), 0, 999)
		order = append(order, n)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(places[a], places[b]) })
	for _, n := range order {
		e.Attributes = append(e.Attributes, questionTyped(t, n))
	}
	return e, order, check.Err()
}

// questionTyped reads one question of the form. A code that was left empty is made of the French question.
func questionTyped(t page.Typed, n int) reports.Attribute {
	value := func(field string) string { return strings.TrimSpace(t.Value(fmt.Sprintf("attribute.%d.%s", n, field))) }
	a := reports.Attribute{Code: value("code"), LabelFR: value("label_fr"), LabelEN: value("label_en"), Type: value("datatype"),
		Required: value("required") != "", Private: value("private") != ""}
	if a.Code == "" {
		a.Code = language.Slug(a.LabelFR, 40)
	}
	for line := range strings.Lines(value("values")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		parts := strings.Split(line, "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		v := reports.AttributeValue{}
		switch len(parts) {
		case 1: // one word for all three
			v = reports.AttributeValue{Key: language.Slug(parts[0], 40), NameFR: parts[0], NameEN: parts[0]}
		case 2:
			v = reports.AttributeValue{Key: language.Slug(parts[0], 40), NameFR: parts[0], NameEN: parts[1]}
		case 3:
			v = reports.AttributeValue{Key: parts[0], NameFR: parts[1], NameEN: parts[2]}
		}
		a.Values = append(a.Values, v)
	}
	return a
}

// atPlaces names the fields of questions by their places in the form: what is wrong was found in the order in which they are asked.
func atPlaces(err error, order []int) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	moved := *f
	moved.Fields = slices.Clone(f.Fields)
	for i, field := range moved.Fields {
		var n int
		var rest string
		if _, wrong := fmt.Sscanf(strings.Replace(field.Name, ".", " ", 2), "attribute %d %s", &n, &rest); wrong == nil && n < len(order) {
			moved.Fields[i].Name = fmt.Sprintf("attribute.%d.%s", order[n], rest)
		}
	}
	return &moved
}
