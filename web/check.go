package web

import (
	"math"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/web/live"
	"quartier/web/page"
)

// surely is the share from which a text speaks against the category that was chosen.
const surely = 0.6

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
	text := strings.TrimSpace(d.Title + "\n" + d.Description)
	suggested, err := s.suggested(askedOf(c), text)
	if err != nil {
		return err
	}
	for _, one := range suggested {
		if one.Category != d.Category && (d.Category == "" || one.Share >= surely) {
			d.Check.Suggested = append(d.Check.Suggested, page.Choice{Value: one.Category, Label: one.Name})
		}
	}
	if d.Check.Alike, err = s.alikeCards(c, v, *d, text); err != nil {
		return err
	}
	for _, kind := range reports.PersonalIn(text) {
		d.Check.Personal = append(d.Check.Personal, string(kind))
	}
	if unasked(c, v, *d) { // of what was chosen only now
		d.Problem = l.Say("form.attributes.more", nil)
	}
	return nil
}

// alikeCards gives the open reports nearby that may tell of the same as a draft.
func (s *Server) alikeCards(c *fiber.Ctx, v *live.Vocabulary, d page.Draft, text string) (cards []page.Alike, err error) {
	at := placed(d)
	if at == nil || d.Category == "" && text == "" {
		return nil, nil
	}
	a := askedOf(c)
	found, err := s.Register.Similar(c.UserContext(), a.actor, reports.Alike{Position: *at, Category: d.Category, Text: text}, reports.MaxAlike)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(found))
	for i, one := range found {
		ids[i] = one.ID
	}
	photos, err := s.Register.Photos(c.UserContext(), ids...)
	if err != nil {
		return nil, err
	}
	for _, one := range found {
		card := page.Alike{Row: rowOf(one.Report, v, a.language), Distance: a.language.Number(int64(math.Round(one.Distance))) + " m"}
		if list := photos[one.ID]; len(list) > 0 {
			card.Photo = string(list[0].ID)
		}
		cards = append(cards, card)
	}
	return cards, nil
}
