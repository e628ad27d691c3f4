package web

import (
	"net/url"

	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/fault"
	"quartier/reports/media"
	"quartier/reports/store"
	"quartier/web/page"
)

// respondFields are the fields whose faults are shown beside them.
var respondFields = append([]page.Input{{Name: "to"}, {Name: "message"}, {Name: "original"}, {Name: "due"}, {Name: media.Field}}, partFields()...)

// partFields are the fields of the parts that a report may be split into.
func partFields() (list []page.Input) {
	for n := 1; n <= reports.MaxParts; n++ {
		for _, name := range page.PartFields {
			list = append(list, page.Input{Name: page.PartField(name, n)})
		}
	}
	return list
}

// respondPage is the panel of who handles a report; the inbox of a service leads to it.
func (s *Server) respondPage(c *fiber.Ctx) error {
	return s.showRespond(c, fiber.StatusOK, untyped(c, url.Values{}))
}

func (s *Server) showRespond(c *fiber.Ctx, status int, t page.Typed) error {
	a := askedOf(c)
	l := a.language
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	h, err := s.Register.Handling(c.UserContext(), a.actor, id)
	if err != nil {
		return err
	}
	ids, _ := sentPhotos(c)
	d := page.Respond{Row: rowOf(h.Report, v, l), Now: h.Report.Status, Evidence: h.Evidence, Original: h.Report.Original, Undo: h.Before, Words: h.Words, Open: h.Open,
		Photos: s.keptPhotos(c, ids), Form: t}
	for _, to := range h.Next {
		if to == "duplicate" {
			d.Merges = true // a part of its own
			continue
		}
		d.Next = append(d.Next, page.Choice{Value: to, Label: l.Say("status."+to, nil)})
	}
	if h.Splits {
		d.Parts, d.Kinds = reports.MaxParts, categoryChoices(v, l, func(one *reports.Category) bool { return one.Active })
	}
	if !h.Report.Due.IsZero() {
		d.Due = h.Report.Due.In(s.TimeZone).Format(time.DateOnly)
	}
	if t.Values.Has("due") {
		d.Due = t.Value("due")
	}
	return render(c, status, page.RespondPage(s.frameOf(c, h.Report.Title, s.links.account), d))
}

// respond takes one part of the panel.
func (s *Server) respond(c *fiber.Ctx) error {
	t := typedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	token, err := s.actOn(c, id, t)
	if err != nil {
		return again(c, err, t, respondFields, func(status int, t page.Typed) error { return s.showRespond(c, status, t) })
	}
	return c.Redirect(s.to(reportPath(id)+"?"+url.Values{"said": {"respond"}, "token": {token.String()}}.Encode()), fiber.StatusSeeOther)
}

// actOn does what a part of the panel says.
func (s *Server) actOn(c *fiber.Ctx, id int64, t page.Typed) (token store.Token, err error) {
	ctx, a := c.UserContext(), askedOf(c)
	var check fault.Check
	ids, refused := sentPhotos(c)
	if refused != "" {
		t.Wrong[media.Field] = refused
		check.Add(media.Field, "error.photo.refused", nil)
	}
	if len(ids) > reports.MaxEntryPhotos {
		check.Add(media.Field, "error.photo.many", fault.Args{"n": reports.MaxEntryPhotos})
	}
	photos := media.CheckIDs(&check, media.Field, ids)
	due, err := s.dueOf(c, id, &check, t)
	if err != nil {
		return token, err
	}
	m := reports.Move{From: t.Value("from"), To: t.Value("to"), Message: t.Value("message")}
	switch act := t.Value("act"); act {
	case "merge":
		m.To = "duplicate"
		if m.Original, err = number(strings.TrimSpace(t.Value("original"))); err != nil {
			check.Add("original", "error.merge.unknown", nil)
		}
		fallthrough
	case "move", "undo":
		if act == "move" {
			m.Due, m.Photos, m.Owner = due, photos, a.owner
		}
		if err := check.Err(); err != nil {
			return token, err
		}
		return s.Register.Move(ctx, a.actor, id, m)
	case "answer", "note", "due":
		said := reports.Answer{Text: t.Value("message"), Note: act == "note"}
		if act == "due" {
			said.Text, said.Due = "", due
		}
		if err := check.Err(); err != nil {
			return token, err
		}
		return s.Register.Answer(ctx, a.actor, id, said)
	case "split":
		return s.split(c, id, t)
	}
	return token, fault.In("to", "error.choice", nil)
}

// split splits a report into the parts that were typed. Rows in which nothing stands are none.
func (s *Server) split(c *fiber.Ctx, id int64, t page.Typed) (store.Token, error) {
	split := reports.Split{From: t.Value("from")}
	for n := 1; n <= reports.MaxParts; n++ {
		split.Parts = append(split.Parts, reports.Part{Category: t.Value(page.PartField("category", n)), Title: t.Value(page.PartField("title", n)),
			Description: t.Value(page.PartField("description", n))})
	}
	_, token, err := s.Register.Split(c.UserContext(), askedOf(c).actor, s.Photos, id, split)
	return token, err
}

// dueOf reads the expected date of a part: the end of that day in the city. What stands there already is nothing new.
func (s *Server) dueOf(c *fiber.Ctx, id int64, check *fault.Check, t page.Typed) (due reports.Expected, err error) {
	if !t.Values.Has("due") {
		return due, nil
	}
	one, err := s.Register.Get(c.UserContext(), askedOf(c).actor, id)
	if err != nil {
		return due, err
	}
	text := strings.TrimSpace(t.Value("due"))
	if text == "" {
		return reports.Expected{Given: !one.Due.IsZero()}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, s.TimeZone)
	if err != nil {
		check.Add("due", "error.due", nil)
		return due, nil
	}
	end := day.AddDate(0, 0, 1).Add(-time.Second)
	if !one.Due.IsZero() && one.Due.In(s.TimeZone).Format(time.DateOnly) == text {
		return due, nil
	}
	return reports.Expected{Given: true, At: end}, nil
}
