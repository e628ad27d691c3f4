package web

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/reports/store"
	"quartier/web/page"
)

// adminPage is the way in to the administration.
func (s *Server) adminPage(c *fiber.Ctx) error {
	return render(c, fiber.StatusOK, page.Admin(s.adminFrame(c, "admin.title")))
}

// adminFrame begins a page of the administration.
func (s *Server) adminFrame(c *fiber.Ctx, title string) page.Frame {
	return s.frameOf(c, askedOf(c).language.Say(title, nil), s.links.account)
}

// dones are the words of what a form of the administration did; they stand in the address that follows it.
var dones = []string{"saved", "made", "added", "removed", "granted", "withdrawn", "blocked", "unblocked", "ended", "invited", "staged", "activated", "dropped", "listed", "unlisted",
	"queued", "given_up", "retried", "discarded"}

// doneOf gives the word of what was just done, or nothing.
func doneOf(c *fiber.Ctx) string {
	if done := c.Query("done"); slices.Contains(dones, done) {
		return strings.Clone(done)
	}
	return ""
}

// done leads from a form to a page that says what it did.
func (s *Server) done(c *fiber.Ctx, address, done string) error {
	return c.Redirect(s.to(address)+"?"+url.Values{"done": {done}}.Encode(), fiber.StatusSeeOther)
}

// typedOf reads a form as it was typed.
func typedOf(c *fiber.Ctx) page.Typed {
	values := url.Values{}
	for name, value := range c.Context().PostArgs().All() {
		values.Add(string(name), string(value))
	}
	return page.Typed{CrossSite: crossSiteToken(c), Values: values, Wrong: map[string]string{}}
}

// untyped is a form that nobody has typed into, with what stands in it.
func untyped(c *fiber.Ctx, values url.Values) page.Typed {
	return page.Typed{CrossSite: crossSiteToken(c), Values: values, Wrong: map[string]string{}}
}

// again shows a form again with what is wrong, if that is the typer's to mend; it lists as the form's problem what is wrong with none of its fields.
func again(c *fiber.Ctx, err error, t page.Typed, fields []page.Input, show func(status int, t page.Typed) error) error {
	var f *fault.Error
	if !errors.As(store.Explain(err), &f) || !slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict, fault.TooLarge, fault.TooMany}, f.Kind) {
		return err
	}
	p := problemOf(f, askedOf(c).language)
	p.sayWhen(c)
	if len(p.Errors) == 0 {
		t.Problem = p.Detail
	}
	for _, e := range p.Errors {
		if !slices.ContainsFunc(fields, func(i page.Input) bool { return i.Name == e.Field }) {
			t.Problem = e.Detail
		} else if t.Wrong[e.Field] == "" {
			t.Wrong[e.Field] = e.Detail
		}
	}
	return show(p.Status, t)
}

// numbered reads a number that a form's field says, between two bounds; what is none is noted.
func numbered(check *fault.Check, t page.Typed, field string, least, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(t.Value(field)))
	if err != nil || n < least || n > most {
		check.Add(field, "error.parameter.number", fault.Args{"least": least, "most": most})
		return least
	}
	return n
}

// versionOf reads which state of a thing a form was filled in on. One that cannot be read is none: the change is refused as stale.
func versionOf(t page.Typed) int {
	n, _ := strconv.Atoi(t.Value("version"))
	return n
}

// idsOf reads the ids that were chosen in a form. What is none is none that exists.
func idsOf(t page.Typed, field string) []int32 {
	var ids []int32
	for _, text := range t.Values[field] {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			n = -1
		}
		ids = append(ids, int32(n))
	}
	return ids
}

// idAt reads the number in an address.
func idAt(c *fiber.Ctx, name string) (int64, error) { return number(c.Params(name)) }
