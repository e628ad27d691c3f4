package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/web/live"
	"quartier/web/page"
)

// rowsOnPage is the length of a page of the list.
const rowsOnPage = 50

// rowOf puts a report into the words of a reader.
func rowOf(one reports.Report, v *live.Vocabulary, l *language.Language) page.Row {
	row := page.Row{ID: one.ID, Title: one.Title, Status: one.Status, StatusName: l.Say("status."+one.Status, nil), Address: one.Address,
		Supports: one.Supports, Created: one.CreatedAt, CreatedDay: one.CreatedDay}
	if c := v.Category(one.Category); c != nil {
		row.Category, row.Icon, row.Colour = c.Name(l.Tag), c.Icon, c.Colour
	}
	return row
}

// listPage is the list: the map's equal, from the record.
func (s *Server) listPage(c *fiber.Ctx) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	a := askedOf(c)
	filters, sel := s.filters(c, v, "bbox")
	list, next, err := s.Register.List(c.UserContext(), a.actor, sel.record, reports.Page{Limit: rowsOnPage, After: strings.Clone(c.Query("cursor"))})
	if fault.KindOf(err) == fault.Invalid { // a cursor that somebody cut short: begin anew
		list, next, err = s.Register.List(c.UserContext(), a.actor, sel.record, reports.Page{Limit: rowsOnPage})
	}
	if err != nil {
		return err
	}
	rows := make([]page.Row, len(list))
	for i, one := range list {
		rows[i] = rowOf(one, v, a.language)
	}
	total := s.Map.Index.Total(sel.index, audienceOf(a.actor))
	f := s.frameOf(c, a.language.Say("list.title", nil), s.links.page)
	f.Feed = filters.At("/feeds/reports.atom")
	return render(c, fiber.StatusOK, page.List(f, filters, rows, total, next))
}

// reportScreen is the page of one report with its timeline.
func (s *Server) reportScreen(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	a := askedOf(c)
	l, actor := a.language, a.actor
	asPublic := c.Query("as") == "public"
	if asPublic {
		actor = account.Anonymous
	}
	one, err := s.Register.Get(c.UserContext(), actor, id)
	if asPublic && fault.KindOf(err) == fault.NotFound {
		return s.unseenByPublic(c, id)
	}
	if err != nil {
		return err
	}
	updates, err := s.Register.Timeline(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	lon, lat := one.Position.Degrees()
	view := page.ReportView{Row: rowOf(one, v, l), Description: one.Description, Source: one.Source,
		Coordinates: fmt.Sprintf("%.5f, %.5f", lat, lon), MapAddress: fmt.Sprintf("/?z=17&lat=%.6f&lon=%.6f&report=%d", lat, lon, one.ID), Map: placeMap(l, one.Position)}
	view.Handled = actor.Handles(one.Service, one.Category, one.Zones)
	if service := v.Service(one.Service); service != nil {
		view.Service = service.Name(l.Tag)
	}
	for other, shown := range map[int64]*int64{one.Original: &view.Original, one.Parent: &view.Parent} { // named only to those who may see them
		if other == 0 {
			continue
		}
		switch _, err := s.Register.Get(c.UserContext(), actor, other); {
		case err == nil:
			*shown = other
		case fault.KindOf(err) != fault.NotFound:
			return err
		}
	}
	for _, id := range one.Zones {
		if z := v.Zone(id); z != nil {
			view.Zones = append(view.Zones, page.Link{Label: z.Name, Address: zonePath(z)})
		}
	}
	repeats, err := s.Register.Repeats(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	for _, other := range repeats {
		view.Repeats = append(view.Repeats, rowOf(other, v, l))
	}
	parts, err := s.Register.Parts(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	for _, part := range parts {
		view.Parts = append(view.Parts, rowOf(part, v, l))
	}
	photos, err := s.Register.Photos(c.UserContext(), id)
	if err != nil {
		return err
	}
	view.Photos = photosOf(photos[id])
	island := s.islandOf(l, v)
	island.Lon, island.Lat, island.Zoom = lon, lat, closest
	view.Config = island.encode()
	view.Timeline = timelineOf(one, updates, v, l)
	if view.Life, err = s.lifeOf(c, actor, one, updates, repeats, asPublic, v); err != nil {
		return err
	}
	view.TakePart = s.takePart(c, one)
	f := s.frameOf(c, one.Title, s.links.mapped)
	if one.Visibility == account.Public {
		f.Feed = "/feeds/reports/" + strconv.FormatInt(id, 10) + ".atom"
	}
	return render(c, fiber.StatusOK, page.Report(f, view))
}
