package web

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/mail"
	"quartier/reports/store"
	"quartier/web/page"
)

// jobsPage lists the jobs of a group; those that failed for good, if nothing else was asked for.
func (s *Server) jobsPage(c *fiber.Ctx) error {
	p := lenientParameters(c, "state", "before")
	before, _ := number(p["before"]) // none: from the newest
	group := groupOf(p["state"])
	db := s.Register.DB
	list, err := db.Jobs(c.UserContext(), group, before, linesOnPage+1)
	if err != nil {
		return err
	}
	counts, err := db.JobCounts(c.UserContext())
	if err != nil {
		return err
	}
	j := page.Jobs{Group: string(group), Later: before != 0, CrossSite: crossSiteToken(c)}
	for _, g := range store.JobGroups {
		j.Groups = append(j.Groups, page.Tab{Name: string(g), Count: counts[g]})
	}
	if len(list) > linesOnPage {
		list = list[:linesOnPage]
		j.Next = list[linesOnPage-1].ID
	}
	for _, one := range list {
		j.Jobs = append(j.Jobs, jobOf(one))
	}
	return render(c, fiber.StatusOK, page.JobList(s.adminFrame(c, "jobs.title"), doneOf(c), j))
}

func groupOf(text string) store.JobGroup {
	if g := store.JobGroup(text); slices.Contains(store.JobGroups, g) {
		return g
	}
	return store.JobsDead
}

func jobOf(one store.Job) page.Job {
	j := page.Job{ID: one.ID, Kind: one.Kind, Args: one.Args, Mail: mail.OfJob(one), Attempts: one.Attempts, Most: one.MaxAttempts, Created: one.Created, Due: one.Next}
	if !one.Ended.IsZero() {
		j.Due = one.Ended
	}
	for _, f := range one.Failures {
		j.Failures = append(j.Failures, page.JobFailure{At: f.At, Reason: f.Reason})
	}
	return j
}

// jobAct tries a job again, or gives it up.
func (s *Server) jobAct(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	field := func(name string) string { return string(c.Context().PostArgs().Peek(name)) }
	act, done := field("act"), "retried"
	ctx := c.UserContext()
	err = s.Register.DB.Write(ctx, func(tx pgx.Tx) error {
		switch act {
		case "retry":
			err = store.RetryJob(ctx, tx, id)
		case "discard":
			done, err = "discarded", store.DiscardJob(ctx, tx, id)
		default:
			err = fiber.ErrBadRequest
		}
		if err != nil {
			return err
		}
		return account.Audit(ctx, tx, askedOf(c).actor, "job."+act, fmt.Sprintf("job/%d", id), nil)
	})
	if err != nil {
		return err
	}
	query := url.Values{"state": {string(groupOf(field("state")))}, "done": {done}}
	return c.Redirect(s.to("/admin/jobs?"+query.Encode()), fiber.StatusSeeOther)
}
