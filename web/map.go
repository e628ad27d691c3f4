package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/web/live"
	"quartier/web/page"
)

// closeUp is the zoom at which a street corner fills the map.
const closeUp = 17

// firstRows is how many reports the map page lists by itself: what a desk shows at once.
const firstRows = 10

// newestIn gives the newest reports of the view that the address asks for, or of everywhere; none while the database rests or hangs.
func (s *Server) newestIn(c *fiber.Ctx, v *live.Vocabulary, sel selection) []page.Row {
	a := askedOf(c)
	if c.Query("z") != "" {
		sel.record.Box = boxOf(s.plainView(c, v))
	}
	ctx, cancel := sparing(c)
	defer cancel()
	list, _, err := s.Register.List(ctx, a.actor, sel.record, reports.Page{Limit: firstRows})
	if err != nil {
		return nil
	}
	rows := make([]page.Row, len(list))
	for i, one := range list {
		rows[i] = rowOf(one, v, a.language)
	}
	return rows
}

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
			return c.Redirect(s.to(m.Found[0].Address), fiber.StatusSeeOther)
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
	m.Newest = s.newestIn(c, v, sel)
	m.Plain = s.plainMap(c, v, m.Filters, sel)
	m.Config = i.encode()
	return render(c, fiber.StatusOK, page.Map(frame, m))
}
