package web

import (
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
	"quartier/web/page"
)

// atDesk tells whether the actor files for others.
func atDesk(a account.Actor) bool { return !a.ReadOnly && a.Has(account.RoleAgent) }

// deskPage is the form for staff who file for somebody at the desk, on the telephone or from paper; what is known may stand in its address, as of formPage.
func (s *Server) deskPage(c *fiber.Ctx) error {
	p := lenientParameters(c, "channel", "category", "lat", "lon", "address")
	d := page.Draft{UUID: uuid.NewString(), Category: p["category"], Lat: p["lat"], Lon: p["lon"], Address: p["address"], Desk: &page.Desk{Channel: p["channel"]}}
	if d.Desk.Channel == "" {
		d.Desk.Channel = page.DeskChannels[0]
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	return s.showForm(c, fiber.StatusOK, d, s.spotMap(v, d))
}

// deskOf reads what a form says of the person for whom staff file; nil: who sent it files for themselves.
func deskOf(c *fiber.Ctx) *page.Desk {
	field := func(name string) string { return string(c.Context().PostArgs().Peek(name)) }
	if field("desk") == "" || !atDesk(askedOf(c).actor) {
		return nil
	}
	return &page.Desk{Channel: field("channel"), Name: field("name"), Phone: field("phone")}
}

// receiptFor gives the address of the receipt of a report that was filed at the desk.
func receiptFor(r reports.Receipt) string {
	query := url.Values{"id": {strconv.FormatInt(r.ID, 10)}}
	if r.Asked {
		query.Set("asked", "1")
	}
	return "/desk/receipt?" + query.Encode()
}

// receiptPage is what the person takes home.
func (s *Server) receiptPage(c *fiber.Ctx) error {
	id, err := number(c.Query("id"))
	if err != nil {
		return c.Redirect(s.to("/desk/new"), fiber.StatusSeeOther)
	}
	a := askedOf(c)
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	r := page.DeskReceipt{Number: id, Asked: c.Query("asked") != ""}
	one, err := s.Register.Get(c.UserContext(), a.actor, id)
	switch {
	case fault.KindOf(err) == fault.NotFound: // another service's, or it waits for its address
	case err != nil:
		return err
	default:
		r.Title, r.Address, r.Filed = one.Title, one.Address, one.CreatedAt
		updates, err := s.Register.Timeline(c.UserContext(), a.actor, id)
		if err != nil {
			return err
		}
		for _, u := range updates {
			if u.Due.Given {
				r.Due = u.Due.At
			}
		}
		if category := v.Category(one.Category); category != nil {
			r.Category = category.Name(a.language.Tag)
		}
		if one.Visibility == account.Public {
			r.Link = a.base + "/reports/" + strconv.FormatInt(id, 10)
			if r.Code, err = page.QR(r.Link); err != nil {
				return err
			}
		}
	}
	return render(c, fiber.StatusOK, page.Receipt(s.frameOf(c, a.language.Say("thanks.title", map[string]any{"id": strconv.FormatInt(id, 10)}), s.links.account), r))
}

// posterPage makes a poster for a place: an address, or degrees.
func (s *Server) posterPage(c *fiber.Ctx) error {
	a := askedOf(c)
	l := a.language
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	p := lenientParameters(c, "lat", "lon", "category", "address")
	view := page.PosterView{Address: strings.TrimSpace(p["address"]), Lat: strings.TrimSpace(p["lat"]), Lon: strings.TrimSpace(p["lon"]), Makers: s.attribution(),
		Choices: categoryChoices(v, l, func(one *reports.Category) bool { return one.Active })}
	if category := v.CategoryNamed(p["category"]); category != nil {
		view.Category, view.CategoryName = category.Slug, category.Name(l.Tag)
	}
	if view.Address != "" || view.Lat != "" || view.Lon != "" {
		if err := s.placePoster(c, &view); err != nil {
			return err
		}
	}
	if view.Town, err = s.town(c); err != nil {
		return err
	}
	return render(c, fiber.StatusOK, page.Poster(s.frameOf(c, l.Say("poster.title", nil), s.links.account), view))
}

// placePoster finds the place of a poster and draws its code and its map; what is wrong with the place is said.
func (s *Server) placePoster(c *fiber.Ctx, view *page.PosterView) error {
	a := askedOf(c)
	var check fault.Check
	d := page.Draft{Lat: view.Lat, Lon: view.Lon, Address: view.Address, Wrong: map[string]string{}}
	var at geo.Position
	var err error
	if d.Lat != "" || d.Lon != "" {
		at = positionTyped(&check, &d)
	} else if at, err = s.positionOfAddress(c.UserContext(), a.actor, &check, &d); err != nil {
		return err
	}
	if check.Err() != nil {
		view.Wrong = problemOf(check.Err(), a.language).Errors[0].Detail
		if len(d.Places) > 0 {
			view.Wrong = a.language.Say("poster.several", map[string]any{"first": d.Places[0].Label})
		}
		return nil
	}
	if view.Address == "" {
		found, _, known, err := place.Nearest(c.UserContext(), s.Register.DB, a.actor, at)
		if err != nil {
			return err
		}
		if known {
			view.Address = found.Label()
		}
	}
	lon, lat := at.Degrees()
	view.Lat, view.Lon = decimals(lat, 5), decimals(lon, 5)
	query := url.Values{"lat": {view.Lat}, "lon": {view.Lon}}
	if view.Category != "" {
		query.Set("category", view.Category)
	}
	view.Link = a.base + "/reports/new?" + query.Encode()
	_, view.LinkText, _ = strings.Cut(a.base+"/reports/new", "://")
	view.Map = placeMap(a.language, at)
	view.Code, err = page.QR(view.Link)
	return err
}
