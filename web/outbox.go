package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/mail"
	"quartier/web/page"
)

// linesOnPage is the length of a page of mails or jobs.
const linesOnPage = 50

// outboxPage lists the mails of a state. A search is posted: addresses of people stand in no address of a page, which proxies write down.
func (s *Server) outboxPage(c *fiber.Ctx) error {
	p := lenientParameters(c, "state", "before")
	if c.Method() == fiber.MethodPost {
		for _, name := range []string{"state", "before", "to"} {
			p[name] = string(c.Context().PostArgs().Peek(name))
		}
	}
	state := mail.State(p["state"])
	if !slices.Contains(mail.States, state) {
		state = mail.StateWaiting
	}
	before, _ := number(p["before"]) // none: from the newest
	to := fault.Short(strings.TrimSpace(p["to"]))
	db := s.Register.DB
	list, err := mail.List(c.UserContext(), db, mail.Filter{State: state, To: to, Before: before, Limit: linesOnPage + 1})
	if err != nil {
		return err
	}
	waiting, failed, err := mail.Counts(c.UserContext(), db)
	if err != nil {
		return err
	}
	o := page.Outbox{Server: s.MailServer, State: string(state), To: to, Later: before != 0, CrossSite: crossSiteToken(c),
		States: []page.Tab{{Name: string(mail.StateWaiting), Count: waiting}, {Name: string(mail.StateFailed), Count: failed}, {Name: string(mail.StateSent), Count: -1}}}
	if len(list) > linesOnPage {
		list = list[:linesOnPage]
		o.Next = list[linesOnPage-1].ID
	}
	for _, e := range list {
		o.Mails = append(o.Mails, mailOf(e, ""))
	}
	return render(c, fiber.StatusOK, page.OutboxList(s.adminFrame(c, "outbox.title"), doneOf(c), o))
}

func mailOf(e mail.Entry, text string) page.Mail {
	return page.Mail{ID: e.ID, State: string(e.State), Purpose: e.Purpose, To: e.To, Subject: e.Subject, Reason: e.Reason, Text: text, Secret: e.Secret,
		Forgotten: e.Secret && text == "", Attempts: e.Attempts, Created: e.Created, Ended: e.Ended, Expires: e.Expires}
}

// mailPage shows a mail. That somebody read it is written down first.
func (s *Server) mailPage(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	var m page.Mail
	ctx := c.UserContext()
	err = s.Register.DB.Write(ctx, func(tx pgx.Tx) error {
		e, text, err := mail.Read(ctx, tx, id)
		if err != nil {
			return err
		}
		m = mailOf(e, text)
		return account.Audit(ctx, tx, askedOf(c).actor, "mail.read", fmt.Sprintf("mail/%d", id), nil)
	})
	if err != nil {
		return err
	}
	return render(c, fiber.StatusOK, page.OutboxMail(s.adminFrame(c, "outbox.title"), doneOf(c), m, crossSiteToken(c)))
}

// mailAct sends a mail again, or gives it up.
func (s *Server) mailAct(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	act, done := string(c.Context().PostArgs().Peek("act")), "queued"
	ctx := c.UserContext()
	err = s.Register.DB.Write(ctx, func(tx pgx.Tx) error {
		switch act {
		case "again":
			err = mail.Again(ctx, tx, id, s.Register.Now())
		case "give_up":
			done, err = "given_up", mail.GiveUp(ctx, tx, id, s.Register.Now())
		default:
			err = fiber.ErrBadRequest
		}
		if err != nil {
			return err
		}
		return account.Audit(ctx, tx, askedOf(c).actor, "mail."+act, fmt.Sprintf("mail/%d", id), nil)
	})
	if err != nil {
		return err
	}
	return s.done(c, fmt.Sprintf("/admin/mail/%d", id), done)
}
