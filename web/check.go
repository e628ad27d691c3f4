package web

import (
	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/web/live"
	"quartier/web/page"
)

// check looks at a draft before it is sent, as the form's script does by itself: how others will see it, and what may be better otherwise.
func (s *Server) check(c *fiber.Ctx, v *live.Vocabulary, d *page.Draft) error {
	l := askedOf(c).language
	if placed(*d) == nil && d.Address != "" { // its place is what the address means
		if at := s.search(c, d); at != nil {
			lon, lat := at.Degrees()
			d.Lat, d.Lon = degreesText(lat), degreesText(lon)
		}
	}
	d.Check = &page.Check{}
	if category := v.CategoryNamed(d.Category); category != nil {
		d.Check.Kind = page.Kind{Label: category.Name(l.Tag), Icon: category.Icon, Colour: category.Colour}
		d.Check.Private = category.Private
	}
	if at := placed(*d); at != nil {
		spot := placeMap(l, *at)
		d.Check.Spot = &spot
	}
	for _, kind := range reports.PersonalIn(d.Title + "\n" + d.Description) {
		d.Check.Personal = append(d.Check.Personal, string(kind))
	}
	if unasked(c, v, *d) { // of what was chosen only now
		d.Problem = l.Say("form.attributes.more", nil)
	}
	return nil
}
