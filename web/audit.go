package web

import (
	"bufio"
	"context"
	"encoding/csv"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/web/page"
)

// Pages of the audit: on the screen, and of the file.
const (
	eventsPerPage  = 50
	eventsPerBatch = 1000
)

// trail reads the filter of the audit's page; what is wrong with it is told, and does not filter.
func (s *Server) trail(c *fiber.Ctx) (f account.TrailFilter, find page.Typed) {
	a, p := askedOf(c), lenientParameters(c, "actor", "action", "subject", "from", "to", "cursor")
	find = untyped(c, url.Values{})
	for name, value := range p {
		find.Values.Set(name, value)
	}
	f = account.TrailFilter{Action: p["action"], Subject: strings.TrimSpace(p["subject"]), After: p["cursor"], Limit: eventsPerPage}
	wrong := func(field string, err error) {
		if err != nil {
			_ = again(c, err, find, page.AuditInputs(nil), func(_ int, t page.Typed) error { find = t; return nil })
			if find.Wrong[field] == "" {
				find.Wrong[field] = problemOf(err, a.language).Detail
			}
		}
	}
	var err error
	if f.From, err = s.moment(p, "from"); err != nil {
		wrong("from", err)
	}
	if f.To, err = s.moment(p, "to"); err != nil {
		wrong("to", err)
	} else if !f.To.IsZero() { // the day is meant to its end
		f.To = f.To.In(s.TimeZone).AddDate(0, 0, 1)
	}
	if who := strings.TrimSpace(p["actor"]); who != "" {
		if f.Person, err = number(who); err != nil {
			person, unknown := s.People.Called(c.UserContext(), a.actor, who)
			if fault.KindOf(unknown) == fault.Invalid {
				find.Wrong["actor"] = a.language.Say("error.person.unknown", nil)
			}
			f.Person = person.ID
		}
	}
	return f, find
}

// auditPage shows who did what.
func (s *Server) auditPage(c *fiber.Ctx) error {
	a, ctx := askedOf(c), c.UserContext()
	filter, find := s.trail(c)
	events, next, err := s.People.Trail(ctx, a.actor, filter)
	if err != nil {
		return err
	}
	actions, err := s.People.Actions(ctx, a.actor)
	if err != nil {
		return err
	}
	choices := []page.Choice{{Value: "", Label: a.language.Say("admin.audit.any", nil)}}
	for _, one := range actions {
		choices = append(choices, page.Choice{Value: one, Label: actionName(a.language, one)})
	}
	var rows []page.EventRow
	for _, e := range events {
		rows = append(rows, page.EventRow{At: e.At, Role: a.language.Say("admin.role."+string(e.Role), nil), Email: e.Email, Person: e.Person,
			Action: actionName(a.language, e.Action), Subject: e.Subject, Link: subjectPage(e.Subject), Detail: e.Detail})
	}
	query := url.Values{}
	for name, values := range find.Values {
		query[name] = values
	}
	query.Del("cursor")
	file := "/admin/audit.csv?" + query.Encode()
	if next != "" {
		query.Set("cursor", next)
		next = "/admin/audit?" + query.Encode()
	}
	return render(c, fiber.StatusOK, page.Audit(s.adminFrame(c, "admin.audit"), find, choices, rows, next, file))
}

// actionName says what was done in words, or as the audit does if there are none.
func actionName(l *language.Language, action string) string {
	if word := "admin.did." + action; l.Has(word) {
		return l.Say(word, nil)
	}
	return action
}

// subjectPage gives the address of the page about a subject of the audit; empty: there is none.
func subjectPage(subject string) string {
	kind, id, _ := strings.Cut(subject, "/")
	at, known := map[string]string{"person": "/admin/people/", "group": "/admin/groups/", "service": "/admin/services/", "category": "/admin/categories/",
		"zone-set": "/admin/zones/", "report": "/reports/"}[kind]
	if !known || id == "" {
		return ""
	}
	return at + url.PathEscape(id)
}

// auditFile sends what the page shows as a file: people by their numbers only.
func (s *Server) auditFile(c *fiber.Ctx) error {
	a := askedOf(c)
	filter, find := s.trail(c)
	for _, detail := range find.Wrong {
		return fault.New(fault.Invalid, "error.audit.filter", fault.Args{"detail": detail})
	}
	filter.After, filter.Limit = "", eventsPerBatch
	leave, err := s.exports.enter(a.address)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8; header=present")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="audit.csv"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	filter.Action, filter.Subject = strings.Clone(filter.Action), strings.Clone(filter.Subject)
	s.stream(c, "audit.csv", leave, func(ctx context.Context, out *bufio.Writer) error {
		return s.writeTrail(ctx, csv.NewWriter(out), a.actor, filter)
	})
	return nil
}

func (s *Server) writeTrail(ctx context.Context, out *csv.Writer, actor account.Actor, f account.TrailFilter) error {
	if err := out.Write([]string{"id", "at", "role", "person", "action", "subject", "detail"}); err != nil {
		return err
	}
	for {
		events, next, err := s.People.Trail(ctx, actor, f)
		if err != nil {
			return err
		}
		for _, e := range events {
			err := out.Write([]string{strconv.FormatInt(e.ID, 10), e.At.UTC().Format(time.RFC3339), string(e.Role), strconv.FormatInt(e.Person, 10),
				e.Action, e.Subject, e.Detail})
			if err != nil {
				return err
			}
		}
		if out.Flush(); out.Error() != nil || next == "" {
			return out.Error()
		}
		f.After = next
	}
}
