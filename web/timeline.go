package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/media"
	"quartier/web/live"
	"quartier/web/page"
)

// timelineOf tells what happened. An imported report has no entry for its filing: its own creation time tells it.
func timelineOf(one reports.Report, updates []reports.Update, v *live.Vocabulary, l *language.Language) []page.Entry {
	var entries []page.Entry
	if len(updates) == 0 || updates[0].Type != "filed" {
		entries = append(entries, page.Entry{At: one.CreatedAt, Day: one.CreatedDay, Status: "new", Sentence: l.Say("timeline.filed", nil), By: one.Source})
	}
	for _, u := range updates {
		e := entryOf(u, v, l)
		if u.Type == "status" {
			e.Day = one.ClosedDay && u.At.Equal(one.ClosedAt)
		}
		entries = append(entries, e)
	}
	return entries
}

// entryOf puts an entry into words.
func entryOf(u reports.Update, v *live.Vocabulary, l *language.Language) page.Entry {
	e := page.Entry{At: u.At, Sentence: l.Say("timeline."+u.Type, nil), By: u.By, Body: u.Body, ID: u.ID, Redacted: u.Redacted && len(u.Doubts) == 0, Other: u.Other,
		Due: u.Due.At, DueGone: u.Due.Given && u.Due.At.IsZero(), Photos: photosOf(u.Photos), Official: u.Type == "answer", Internal: u.Type == "note",
		Waits: len(u.Doubts) > 0 && !u.Redacted, Refused: len(u.Doubts) > 0 && u.Redacted}
	switch u.Type {
	case "filed":
		e.Status = "new"
		if u.Other != 0 {
			e.Sentence = l.Say("timeline.part", nil)
		}
	case "status":
		e.Status = u.To
		e.Sentence = l.Say("timeline.status", map[string]any{"status": l.Say("status."+u.To, nil)})
		e.Official = u.Body != "" && u.Role != account.RoleResident
	}
	switch service := v.ServiceCalled(u.By); {
	case service != nil:
		e.By = service.Name(l.Tag)
	case u.By == "":
		e.By = l.Say("role."+string(u.Role), nil)
	}
	return e
}

func photosOf(list []media.Photo) []page.Photo {
	photos := make([]page.Photo, len(list))
	for i, p := range list {
		photos[i] = page.Photo{ID: string(p.ID), Width: p.Width, Height: p.Height}
	}
	return photos
}

// by gives who acts on what may be theirs. The browser counts by its own cookie only: a network is nobody.
func (s *Server) by(c *fiber.Ctx) (by reports.By, err error) {
	by.Actor = askedOf(c).actor
	by.Device, err = s.browserDevice(c)
	return by, err
}

// lifeOf gives what the page of a report says of what becomes of it, to this reader or as everybody sees it.
func (s *Server) lifeOf(c *fiber.Ctx, actor account.Actor, one reports.Report, updates []reports.Update, repeats []reports.Report, asPublic bool, v *live.Vocabulary) (life page.Life, err error) {
	ctx, a := c.UserContext(), askedOf(c)
	by := reports.By{Actor: actor}
	if !asPublic {
		if by, err = s.by(c); err != nil {
			return life, err
		}
		own, err := s.Register.Own(ctx, by, one.ID)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return life, err
		}
		life.Mine, life.Edit, life.Withdraw = err == nil, own.Edit, own.Withdraw
	}
	life.Public, life.Done = asPublic, lifeDone(c.Query("said"))
	life.Comments = one.Status != "pending" && !asPublic && !a.actor.ReadOnly
	life.Comment = page.CommentForm{Typed: untyped(c, nil), Unknown: a.actor.Person == 0}
	if i := reports.StatusNumber(one.Status); reports.Statuses[i].Phase == "open" && !one.Due.IsZero() {
		life.Due, life.Overdue = one.Due, one.Due.Before(s.Register.Now())
	}
	if one.Status == "resolved" && !asPublic {
		outcome, err := s.Register.Outcome(ctx, by, one.ID)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return life, err
		}
		life.Asks = err == nil && outcome.Mine.Fixed == nil
	}
	said, err := s.Register.Contentment(ctx, one.ID)
	if err != nil {
		return life, err
	}
	life.Fixed, life.NotFixed, life.Low, life.Middle, life.High = said.Fixed, said.NotFixed, said.Low, said.Middle, said.High
	for _, u := range slices.Backward(updates) {
		if u.Type == "status" && u.To == "resolved" && one.Status == "resolved" {
			life.After = photosOf(u.Photos)
			break
		}
	}
	category := v.Category(one.Category)
	answers, err := s.Register.Answers(ctx, by, one, category)
	if err != nil {
		return life, err
	}
	life.Answers = answered(answers, category, a.language, s.TimeZone)
	life.Others, err = s.othersPhotos(c, repeats)
	return life, err
}

// lifeDone gives the word of what was just done about a report, if it is one of ours.
func lifeDone(word string) string {
	switch word {
	case "comment", "waits", "edit", "withdraw", "respond":
		return strings.Clone(word)
	}
	return ""
}

// answered puts the answers to the extra questions of a category into words, in its order.
func answered(answers map[string]string, category *reports.Category, l *language.Language, city *time.Location) (list []page.Answered) {
	if category == nil {
		return nil
	}
	for _, q := range category.Attributes {
		text := answers[q.Code]
		if text == "" {
			continue
		}
		if t, err := time.Parse(time.RFC3339, text); err == nil && q.Type == "datetime" {
			text = l.Moment(t.In(city))
		}
		if len(q.Values) > 0 {
			var names []string
			for _, value := range q.Values {
				if slices.Contains(strings.Split(text, ","), value.Key) {
					names = append(names, value.Name(l.Tag))
				}
			}
			text = strings.Join(names, ", ")
		}
		list = append(list, page.Answered{Question: q.Label(l.Tag), Text: text, Private: q.Private})
	}
	return list
}

// othersPhotos gives the photos of what repeats a report and the reader sees.
func (s *Server) othersPhotos(c *fiber.Ctx, repeats []reports.Report) (list []page.OtherPhotos, err error) {
	if len(repeats) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(repeats))
	for i, other := range repeats {
		ids[i] = other.ID
	}
	photos, err := s.Register.Photos(c.UserContext(), ids...)
	for _, id := range ids {
		if len(photos[id]) > 0 {
			list = append(list, page.OtherPhotos{ID: id, Photos: photosOf(photos[id])})
		}
	}
	return list, err
}

// unseenByPublic tells who sees a report that the public does not.
func (s *Server) unseenByPublic(c *fiber.Ctx, id int64) error {
	a := askedOf(c)
	by, err := s.by(c)
	if err == nil {
		_, err = s.Register.Get(c.UserContext(), a.actor, id)
	}
	if fault.KindOf(err) == fault.NotFound { // filed in this browser, perhaps
		_, err = s.Register.Own(c.UserContext(), by, id)
	}
	if err != nil {
		return err
	}
	return render(c, fiber.StatusOK, page.Told(s.frameOf(c, a.language.Say("life.as_public", nil), s.links.page), a.language.Say("life.unseen", nil),
		"/reports/"+strconv.FormatInt(id, 10), a.language.Say("life.public.back", nil)))
}
