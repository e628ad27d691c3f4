package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/follow"
	"quartier/reports/language"
	"quartier/web/page"
)

// casesOnPage is how many things that wait stand on a page.
const casesOnPage = 25

// casesPage is the queue of what waits for moderators, oldest first.
func (s *Server) casesPage(c *fiber.Ctx) error {
	a := askedOf(c)
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	unconfirmed := c.Query("of") == "unconfirmed"
	list, next, err := s.Register.Cases(c.UserContext(), a.actor, unconfirmed, reports.Page{Limit: casesOnPage, After: strings.Clone(c.Query("cursor"))})
	if err != nil {
		return err
	}
	rows := make([]page.Waiting, len(list))
	for i, one := range list {
		rows[i] = page.Waiting{Report: one.Report, Title: one.Title, Since: one.Since, What: a.language.Say("moderation.case."+one.Of, map[string]any{"n": one.Count})}
		if one.Entry != 0 {
			rows[i].What += " · " + a.language.Say("moderation.case.entry", nil)
		}
		if category := v.Category(one.Category); category != nil {
			rows[i].Category, rows[i].Icon, rows[i].Colour = category.Name(a.language.Tag), category.Icon, category.Colour
		}
		word := flagWord
		if one.Of == reports.CaseQuarantine {
			word = doubtWord
		}
		rows[i].Why = said(a.language, word, one.Reasons)
	}
	if next != "" {
		query := url.Values{"cursor": {next}}
		if unconfirmed {
			query.Set("of", "unconfirmed")
		}
		next = "/moderation?" + query.Encode()
	}
	f := s.frameOf(c, a.language.Say("moderation.title", nil), s.links.account)
	return render(c, fiber.StatusOK, page.Cases(f, rows, unconfirmed, next, c.Query("done") != ""))
}

func flagWord(reason string) string { return "moderation.flag." + reason + "_reason" }

func doubtWord(doubt string) string { return "moderation.doubt." + doubt }

// said lists names in words.
func said[T ~string](l *language.Language, word func(string) string, names []T) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = l.Say(word(string(name)), nil)
	}
	return strings.Join(words, ", ")
}

// casePage is one report before a moderator.
func (s *Server) casePage(c *fiber.Ctx) error { return s.showCase(c, fiber.StatusOK, typedOf(c)) }

func (s *Server) showCase(c *fiber.Ctx, status int, t page.Typed) error {
	a := askedOf(c)
	l := a.language
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	file, err := s.Register.Case(c.UserContext(), a.actor, id)
	if err != nil {
		return err
	}
	one := file.Report
	d := page.CaseView{Row: rowOf(one, v, l), Description: one.Description, Form: t, Public: one.Visibility == account.Public,
		Visibility: l.Say("moderation.visibility."+strconv.Itoa(int(one.Visibility)), nil), Doubts: said(l, doubtWord, file.Doubts)}
	photos, err := s.Register.Photos(c.UserContext(), id)
	if err != nil {
		return err
	}
	for _, p := range photos[id] {
		d.Photos = append(d.Photos, page.Photo{ID: string(p.ID), Width: p.Width, Height: p.Height})
	}
	flags := map[int64][]page.Raised{}
	for _, flag := range file.Flags {
		flags[flag.Entry] = append(flags[flag.Entry], raisedOf(l, flag))
	}
	d.Flags = flags[0]
	for _, e := range timelineOf(one, file.Timeline, v, l) {
		entry := page.CaseEntry{Entry: e}
		if e.ID != 0 {
			entry.Flags = flags[e.ID]
		}
		d.Timeline = append(d.Timeline, entry)
	}
	for _, verdict := range one.Verdicts() {
		d.Verdicts = append(d.Verdicts, page.Choice{Value: string(verdict), Label: l.Say("moderation.verdict."+string(verdict), nil)})
	}
	for _, ruled := range file.Decisions {
		d.Decisions = append(d.Decisions, page.Ruled{ID: ruled.ID, At: ruled.At, Sentence: l.Say("moderation.ruled."+string(ruled.Verdict), nil), Reason: ruled.Reason,
			Appeal: ruled.Appeal, Outcome: outcome(l, ruled), Answer: ruled.Answer})
	}
	return render(c, status, page.Case(s.frameOf(c, one.Title, s.links.account), d))
}

func raisedOf(l *language.Language, f follow.Flag) page.Raised {
	return page.Raised{At: f.At, Reason: l.Say(flagWord(f.Reason), nil), Words: f.Words}
}

// outcome says what came of the appeal; empty: it waits, or there is none.
func outcome(l *language.Language, d reports.Decision) string {
	switch {
	case d.Settled.IsZero():
		return ""
	case d.Upheld:
		return l.Say("moderation.appeal.upheld", nil)
	}
	return l.Say("moderation.appeal.undone", nil)
}

// caseFields are the fields whose faults are shown beside them.
var caseFields = []page.Input{{Name: "reason"}, {Name: "answer"}, {Name: "verdict"}}

// decide takes a moderator's verdict.
func (s *Server) decide(c *fiber.Ctx) error {
	a, t := askedOf(c), typedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	ruling := reports.Ruling{Report: id, Verdict: reports.Verdict(t.Value("verdict")), Reason: t.Value("reason"), Site: s.mailHome(a)}
	if text := t.Value("entry"); text != "" {
		if ruling.Entry, err = number(text); err != nil {
			return err
		}
	}
	if _, err := s.Register.Decide(c.UserContext(), a.actor, ruling); err != nil {
		return again(c, err, t, caseFields, func(status int, t page.Typed) error { return s.showCase(c, status, t) })
	}
	return c.Redirect(s.to("/moderation?done=1"), fiber.StatusSeeOther)
}

// settle takes what a moderator says to an appeal.
func (s *Server) settle(c *fiber.Ctx) error {
	a, t := askedOf(c), typedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	decision, err := number(t.Value("decision"))
	if err != nil {
		return err
	}
	upheld := t.Value("outcome") != "undone"
	if _, err := s.Register.SettleAppeal(c.UserContext(), a.actor, id, decision, upheld, t.Value("answer"), s.mailHome(a)); err != nil {
		return again(c, err, t, caseFields, func(status int, t page.Typed) error { return s.showCase(c, status, t) })
	}
	return c.Redirect(s.to("/moderation?done=1"), fiber.StatusSeeOther)
}

// mailHome gives the address of our pages for the links of mails; empty where it is not sure: then no mail goes out rather than one that leads elsewhere.
func (s *Server) mailHome(a *asked) string {
	site, err := s.mailSite(a)
	if err != nil {
		return ""
	}
	return site
}
