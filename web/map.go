package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/web/page"
)

// closeUp is the zoom at which a street corner fills the map.
const closeUp = 17

// mapPage is the map: whole with its filters, its search and the report of a deep link, improved by the island.
func (s *Server) mapPage(c *fiber.Ctx) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	l := askedOf(c).language
	m := page.MapView{Search: strings.Clone(c.Query("q"))}
	var sel selection
	m.Filters, sel = s.filters(c, v)
	frame := s.frameOf(c, l.Say("page.map", nil), s.links.mapped)
	if m.Search != "" {
		if m.Found, m.Said = s.searched(c, m.Search); len(m.Found) == 1 {
			return c.Redirect(string(m.Found[0].Address), fiber.StatusSeeOther)
		}
	}
	i := s.islandOf(l, v)
	if id, err := number(c.Query("report")); err == nil {
		// While the database rests or hangs the map still comes, without the card.
		ctx, cancel := sparing(c)
		defer cancel()
		if one, err := s.Register.Get(ctx, askedOf(c).actor, id); err == nil {
			row := rowOf(one, v, l)
			m.Card = &row
			i.Lon, i.Lat = one.Position.Degrees()
			i.Zoom = closeUp
		}
	}
	m.Plain = s.plainMap(c, v, m.Filters, sel)
	m.Config = i.encode()
	return render(c, fiber.StatusOK, page.Map(frame, m))
}
