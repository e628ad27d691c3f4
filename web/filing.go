package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/place"
	"quartier/reports/store"
	"quartier/web/page"
)

// formPage is the empty form; category, lat, lon and address may be given in its address, so that the map can lead here.
func (s *Server) formPage(c *fiber.Ctx) error {
	p := lenientParameters(c, "category", "lat", "lon", "address")
	d := page.Draft{UUID: uuid.NewString(), Category: p["category"], Lat: p["lat"], Lon: p["lon"], Address: p["address"]}
	return s.showForm(c, fiber.StatusOK, d)
}

func (s *Server) showForm(c *fiber.Ctx, status int, d page.Draft) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	l := askedOf(c).language
	d.CrossSite = crossSiteToken(c)
	d.Categories = categoryChoices(v, l, func(one *reports.Category) bool { return one.Active })
	f := s.frameOf(c, l.Say("form.title.page", nil), s.links.mapped)
	f.Path, f.Query = "/reports/new", nil // also where a refused form is shown again
	return render(c, status, page.Form(f, d, s.island(l, v)))
}

// filePage takes the form. What is wrong is said beside the fields, and nothing that was typed is lost.
func (s *Server) filePage(c *fiber.Ctx) error {
	field := func(name string) string { return string(c.Context().PostArgs().Peek(name)) }
	d := page.Draft{UUID: field("uuid"), Category: field("category"), Title: field("title"), Description: field("description"),
		Address: field("address"), Lat: strings.TrimSpace(field("lat")), Lon: strings.TrimSpace(field("lon")), Email: field("email"), Wrong: map[string]string{}}
	if field("website") != "" { // the trap that no person sees: what fills it in is told nothing
		return c.Redirect("/reports/new/thanks", fiber.StatusSeeOther)
	}
	a := askedOf(c)
	receipt, err := s.fileDraft(c.UserContext(), a, &d, field("place"))
	var f *fault.Error
	switch {
	case err == nil:
		query := url.Values{"id": {strconv.FormatInt(receipt.ID, 10)}, "token": {receipt.Token.String()}}
		return c.Redirect("/reports/new/thanks?"+query.Encode(), fiber.StatusSeeOther)
	case errors.As(store.Explain(err), &f) && f.Kind != fault.Internal:
		p := problemOf(f, a.language)
		for _, e := range p.Errors {
			name := formField(e.Field)
			if d.Wrong[name] == "" {
				d.Wrong[name] = e.Detail
			}
		}
		if len(p.Errors) == 0 {
			d.Problem = p.Detail
		}
		a.failed(p.Status, err)
		return s.showForm(c, p.Status, d)
	}
	return err
}

// formField gives the field of the form for a field of a filing.
func formField(name string) string {
	switch {
	case name == "location" || strings.HasPrefix(name, "location."):
		return "lat"
	case name == "uuid" || name == "attributes":
		return "title"
	}
	return name
}

// fileDraft files what the form says.
func (s *Server) fileDraft(ctx context.Context, a *asked, d *page.Draft, chosen string) (reports.Receipt, error) {
	f := reports.Filing{Category: d.Category, Title: d.Title, Description: d.Description, Address: d.Address, Email: d.Email, Channel: "web"}
	var err error
	if f.UUID, err = uuid.Parse(d.UUID); err != nil || f.UUID == uuid.Nil {
		f.UUID = uuid.New()
		d.UUID = f.UUID.String()
	}
	if chosen != "" { // one of the places that were offered for the address
		place, label, _ := strings.Cut(chosen, " ")
		d.Lat, d.Lon, _ = strings.Cut(place, ",")
		if label != "" {
			d.Address, f.Address = label, label
		}
	}
	switch {
	case d.Lat != "" || d.Lon != "":
		lat, latOK := coordinate(&f.Wrong, "lat", d.Lat)
		lon, lonOK := coordinate(&f.Wrong, "lon", d.Lon)
		if latOK && lonOK {
			f.Position = positionOf(&f.Wrong, "lat", lon, lat)
		}
	case strings.TrimSpace(d.Address) != "":
		if f.Position, err = s.positionOfAddress(ctx, a.actor, &f.Wrong, d); err != nil {
			return reports.Receipt{}, err
		}
	default:
		f.Wrong.Add("address", "error.place_missing", nil)
	}
	return s.Register.File(ctx, a.actor, f)
}

// coordinate reads degrees as people write them, with a point or a comma.
func coordinate(check *fault.Check, field, text string) (degrees float64, ok bool) {
	if degrees, ok = decimal(strings.Replace(text, ",", ".", 1)); !ok {
		check.Add(field, "error.position.number", nil)
	}
	return degrees, ok
}

// positionOfAddress finds the place that an address means. If it can mean several, they are offered for choice.
func (s *Server) positionOfAddress(ctx context.Context, actor account.Actor, check *fault.Check, d *page.Draft) (geo.Position, error) {
	found, err := place.Search(ctx, s.Register.DB, actor, d.Address, place.MaxFound)
	if err != nil {
		return geo.Position{}, err
	}
	switch {
	case len(found) == 0:
		check.Add("address", "error.address_unknown", nil)
	case len(found) == 1 || found[0].Exact && !found[1].Exact:
		return found[0].Position, nil
	default:
		for _, one := range found {
			lon, lat := one.Position.Degrees()
			d.Places = append(d.Places, page.Choice{Value: fmt.Sprintf("%.7f,%.7f %s", lat, lon, one.Label), Label: one.Label})
		}
		check.Add("place", "error.address_several", fault.Args{"n": len(found)})
	}
	return geo.Position{}, nil
}

// thanksPage follows a filing. Its address names the number and the write, so that reloading it files nothing.
func (s *Server) thanksPage(c *fiber.Ctx) error {
	id, err := number(c.Query("id"))
	if err != nil {
		return c.Redirect("/reports/new", fiber.StatusSeeOther)
	}
	a := askedOf(c)
	_, err = s.Register.Get(c.UserContext(), a.actor, id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	f := s.frameOf(c, a.language.Say("thanks.title", map[string]any{"id": strconv.FormatInt(id, 10)}), s.links.page)
	if token, wrong := store.ParseToken(c.Query("token")); wrong == nil {
		f.Token = token.String()
	}
	return render(c, fiber.StatusOK, page.Thanks(f, id, err == nil))
}
