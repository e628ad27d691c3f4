package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/language"
	"quartier/web/live"
	"quartier/web/page"
	"quartier/web/ui"
)

// render sends a page. A browser that has the same page already is told so (weakly: the tag is of the page, whatever its coding).
func render(c *fiber.Ctx, status int, component templ.Component) error {
	c.Status(status)
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderVary, "Accept-Language, Cookie")
	if len(c.Response().Header.Peek(fiber.HeaderCacheControl)) == 0 {
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
	}
	// The page is in memory at once; it is written even when the deadline of the route has passed (then it says so).
	body := c.Response().BodyWriter()
	if err := component.Render(context.WithoutCancel(c.UserContext()), body); err != nil || status != fiber.StatusOK || c.Method() == fiber.MethodPost {
		return err
	}
	sum := sha256.Sum256(c.Response().Body())
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	c.Set(fiber.HeaderETag, tag)
	if matches(field(c, fiber.HeaderIfNoneMatch), tag) {
		c.Response().ResetBody()
		c.Status(fiber.StatusNotModified)
	}
	return nil
}

// switchLanguage remembers the language that ?lang= chooses, and goes on to the same page without it.
func (s *Server) switchLanguage(c *fiber.Ctx) error {
	chosen := c.Query("lang")
	if chosen == "" || c.Method() != fiber.MethodGet {
		return c.Next()
	}
	setCookie(c, languageCookie, language.Of(chosen).Tag, 365*24*3600)
	query := pageQuery(c)
	query.Del("lang")
	address := c.Path()
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return c.Redirect(s.to(safeNext(address)), fiber.StatusSeeOther)
}

// pageQuery copies the query of a page's address.
func pageQuery(c *fiber.Ctx) url.Values {
	values, err := url.ParseQuery(string(c.Context().URI().QueryString()))
	if err != nil {
		return url.Values{}
	}
	return values
}

// frameOf begins a page.
func (s *Server) frameOf(c *fiber.Ctx, title string, entries []ui.Entry) page.Frame {
	a := askedOf(c)
	reader := page.Reader{Known: a.actor.Person != 0, Moderates: a.actor.Has(account.RoleModerator), Administers: a.actor.Has(account.RoleAdministrator), Desk: atDesk(a.actor)}
	if reader.Known {
		reader.Name, reader.CrossSite, reader.Asked = a.entry.Name, crossSiteToken(c), a.entry.Asked
		if reader.Name == "" {
			reader.Name = a.entry.Email
		}
	}
	if !a.unsure {
		reader.Writer, _ = s.writer(c.UserContext(), a.actor.Person) // while the database rests the browser goes by what it was told last
	}
	return page.Frame{Reader: reader, Language: a.language, Title: title, Base: s.BasePath, Path: strings.Clone(c.Path()), Query: pageQuery(c), Entries: entries,
		Icons: s.links.icons, Words: s.words[a.language.Tag].address, TimeZone: s.TimeZone, Now: s.Register.Now()}
}

// failPage answers an error as a page.
func (s *Server) failPage(c *fiber.Ctx, p *Problem) error {
	var fields []string
	if len(p.Errors) > 1 {
		for _, field := range p.Errors {
			fields = append(fields, field.Field+" : "+field.Detail)
		}
	}
	return render(c, p.Status, page.Failure(s.frameOf(c, p.Title, s.links.page), p.Detail, fields))
}

// filters reads the filter of a page's address into what its form shows. A wrong value is told and does not filter. Only the list can be cut
// to a box: the map is one itself.
func (s *Server) filters(c *fiber.Ctx, v *live.Vocabulary, more ...string) (page.Filters, selection) {
	l := askedOf(c).language
	p := lenientParameters(c, append(more, filterNames...)...)
	sel, err := s.selects(p, v)
	if err == nil {
		sel.record.Box, err = box(p)
		sel.index.Box = sel.record.Box
	}
	f := page.Filters{From: p["from"], To: p["to"], Query: url.Values{}, Periods: s.periods(l)}
	if err != nil {
		sel = selection{}
		f.Wrong = problemOf(err, l).Detail
		p = parameters{}
	}
	for name, value := range p {
		f.Query.Set(name, value)
	}
	chosen := func(name, value string) bool { return slices.Contains(strings.Split(p[name], ","), value) }
	for _, word := range []string{"open", "closed"} {
		f.Statuses = append(f.Statuses, page.Choice{Value: word, Label: l.Say("status."+word, nil), Chosen: chosen("status", word)})
	}
	for _, status := range reports.Statuses {
		if status.Phase != "" {
			f.Statuses = append(f.Statuses, page.Choice{Value: status.Name, Label: l.Say("status."+status.Name, nil), Chosen: chosen("status", status.Name), Below: true})
		}
	}
	f.Categories = categoryChoices(v, l, func(c *reports.Category) bool { return true })
	for i := range f.Categories {
		f.Categories[i].Chosen = chosen("category", f.Categories[i].Value)
	}
	for _, set := range v.Sets {
		group := page.ChoiceGroup{Label: namedIn(l, set.NameFR, set.NameEN).Name}
		for _, z := range set.Zones {
			group.Choices = append(group.Choices, page.Choice{Value: z.Ref(), Label: z.Name, Chosen: chosen("zone", z.Ref()) || chosen("zone", z.Code)})
		}
		f.Zones = append(f.Zones, group)
	}
	return f, sel
}

// periods are the quick choices of dates, counted back from today in the city.
func (s *Server) periods(l *language.Language) []page.Period {
	now := s.Register.Now().In(s.TimeZone)
	return []page.Period{
		{Label: l.Say("filter.days", map[string]any{"n": 7}), From: now.AddDate(0, 0, -6).Format(time.DateOnly)},
		{Label: l.Say("filter.days", map[string]any{"n": 30}), From: now.AddDate(0, 0, -29).Format(time.DateOnly)},
		{Label: l.Say("filter.year", nil), From: now.Format("2006") + "-01-01"},
	}
}

// categoryChoices lists categories for a form.
func categoryChoices(v *live.Vocabulary, l *language.Language, wanted func(*reports.Category) bool) []page.Choice {
	var list []page.Choice
	for _, c := range v.Categories {
		if wanted(c) {
			list = append(list, page.Choice{Value: c.Slug, Label: c.Name(l.Tag), Below: c.Parent != 0})
		}
	}
	return list
}

// docsPage is the readable page of the API.
func (s *Server) docsPage(api huma.API) fiber.Handler {
	return func(c *fiber.Ctx) error {
		document := api.OpenAPI()
		var calls []page.Call
		for path, item := range document.Paths {
			for _, one := range []struct {
				method string
				op     *huma.Operation
			}{{"GET", item.Get}, {"POST", item.Post}, {"PUT", item.Put}, {"DELETE", item.Delete}} {
				if one.op == nil {
					continue
				}
				call := page.Call{Method: one.method, Path: path, Summary: one.op.Summary}
				for _, p := range one.op.Parameters {
					call.Parameters = append(call.Parameters, page.Parameter{Name: p.Name, Description: p.Description})
				}
				calls = append(calls, call)
			}
		}
		slices.SortFunc(calls, func(a, b page.Call) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
		f := s.frameOf(c, askedOf(c).language.Say("docs.title", nil), s.links.page)
		return render(c, fiber.StatusOK, page.Docs(f, document.Info.Description, calls))
	}
}
