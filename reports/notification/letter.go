package notification

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"quartier/reports/account"
	"quartier/reports/language"
	"quartier/reports/mail"
)

// Bounds of a letter.
const (
	mostStories = 30  // that are told of; the rest are counted
	longestBody = 600 // characters of what somebody wrote; the page has all of it
	// undated is the year of an expected date that was taken back.
	undated = 9999
)

// letter is what a mail says, in words and once more as a page.
type letter struct {
	say     *language.Language
	site    string // address of our pages
	city    *time.Location
	town    string
	stories []story
	ends    string // address that ends such mails
}

// letterView is a letter with everything said. Text and page are made of it alone, so that the one says what the other does.
type letterView struct {
	Lang, Title, Town, Lead string
	Stories                 []storyView
	More                    string // how many are left out; empty: none
	Ends, EndsLabel         string
	Settings, SettingsLabel string
	WhySent                 string
}

type storyView struct {
	Around                 string // why it is told: the name of a follow; empty: it is the recipient's own
	Number, Title, Facts   string
	Link, LinkLabel        string
	Fixed, FixedLabel      string // where to say whether it is fixed; empty: is not asked
	Original, OriginalWord string
	Picture, Alt           string // address of a picture; empty: none
	News                   []newsView
}

type newsView struct{ Sentence, By, When, Body string }

//go:embed letter.html
var pageText string

var letterPage = template.Must(template.New("letter").Parse(pageText))

// message writes the mail, without its address.
func (l letter) message() mail.Message {
	v := l.view()
	m := mail.Message{Subject: v.Title, Text: v.text()}
	var page strings.Builder
	if err := letterPage.Execute(&page, v); err == nil { // it fails for no view; a mail without a page is whole
		m.HTML = page.String()
	}
	if len(l.stories) == 1 {
		m.Thread = fmt.Sprintf("report-%d", l.stories[0].report)
	}
	return m
}

func (l letter) view() letterView {
	say := func(key string, pairs ...any) string { return l.say.Say(key, pairsOf(pairs)) }
	v := letterView{Lang: l.say.Tag, Town: l.town, Lead: say("notice.lead"), Ends: l.ends, EndsLabel: say("notice.ends"), WhySent: say("notice.why"),
		Settings: l.site + "/me/notifications", SettingsLabel: say("notice.settings"), Title: say("notice.subject", "n", len(l.stories), "town", l.town)}
	if len(l.stories) == 1 {
		one := &l.stories[0]
		v.Title = say("notice.subject.single", "title", one.title, "what", whatOf(l.say, l.city, one.last()))
	}
	for i := range l.stories[:min(len(l.stories), mostStories)] {
		v.Stories = append(v.Stories, l.storyView(&l.stories[i]))
	}
	if more := len(l.stories) - mostStories; more > 0 {
		v.More = say("notice.more", "n", more)
	}
	return v
}

func (l letter) storyView(s *story) storyView {
	say := func(key string, pairs ...any) string { return l.say.Say(key, pairsOf(pairs)) }
	category := s.category[0]
	if l.say == language.English {
		category = s.category[1]
	}
	number := fmt.Sprint(s.report)
	v := storyView{Number: say("report.number", "id", number), Title: s.title, Facts: category, Link: l.site + "/reports/" + number, LinkLabel: say("notice.read")}
	if s.address != "" {
		v.Facts += " · " + s.address
	}
	if !s.own() {
		v.Around = say("notice.around")
		if name := s.last().around; name != "" {
			v.Around = say("notice.around.named", "name", name)
		}
	}
	if s.asksIfFixed() {
		v.Fixed, v.FixedLabel = v.Link+"/fixed", say("notice.fixed")
	}
	if s.status == "duplicate" && s.original != 0 {
		original := fmt.Sprint(s.original)
		v.Original, v.OriginalWord = l.site+"/reports/"+original, say("notice.duplicate", "id", original)
	}
	switch {
	case s.photo != "":
		v.Picture, v.Alt = l.site+"/media/"+s.photo+"/card.jpg", say("notice.photo")
	case s.public:
		v.Picture, v.Alt = fmt.Sprintf("%s/maps/static.png?z=16&lat=%.6f&lon=%.6f&w=560&h=200&pin=1", l.site, s.lat, s.lon), say("notice.map")
	}
	for _, e := range s.news {
		body := e.body
		if runes := []rune(body); len(runes) > longestBody {
			body = string(runes[:longestBody]) + "…"
		}
		v.News = append(v.News, newsView{Sentence: sentenceOf(l.say, l.city, e), By: byOf(l.say, e), When: l.say.Moment(e.at.In(l.city)), Body: body})
	}
	return v
}

// text writes the view as plain text: what the page says, in the same order.
func (v letterView) text() string {
	var b strings.Builder
	line := func(text string) { b.WriteString(text + "\n") }
	line(v.Lead)
	for _, s := range v.Stories {
		line("\n----------------------------------------")
		if s.Around != "" {
			line(s.Around)
		}
		line(s.Title)
		line(s.Number + " · " + s.Facts)
		for _, n := range s.News {
			line("\n" + n.When + " · " + n.Sentence)
			if n.By != "" {
				line(n.By)
			}
			for text := range strings.SplitSeq(n.Body, "\n") {
				if n.Body != "" {
					line("  " + text)
				}
			}
		}
		line("")
		if s.Original != "" {
			line(s.OriginalWord + "\n" + s.Original)
		}
		if s.Fixed != "" {
			line(s.FixedLabel + "\n" + s.Fixed)
		}
		line(s.LinkLabel + "\n" + s.Link)
	}
	if v.More != "" {
		line("\n" + v.More)
	}
	line("\n----------------------------------------\n" + v.Town + "\n" + v.WhySent)
	line(v.EndsLabel + "\n" + v.Ends)
	line(v.SettingsLabel + "\n" + v.Settings)
	return b.String()
}

// sentenceOf says what happened.
func sentenceOf(l *language.Language, city *time.Location, e entry) string {
	switch {
	case e.kind == "filed", e.kind == "status" && e.from == "pending":
		return l.Say("notice.new", nil)
	case e.kind == "status":
		return l.Say("timeline.status", map[string]any{"status": l.Say("status."+e.to, nil)})
	case e.kind == "due" && (e.due.IsZero() || e.due.Year() == undated):
		return l.Say("notice.due.none", nil)
	case e.kind == "due":
		return l.Say("notice.due", map[string]any{"date": l.Date(e.due.In(city))})
	case e.kind == "merge":
		return l.Say("notice.merge", nil)
	case e.kind == "split":
		return l.Say("notice.split", nil)
	}
	return l.Say("timeline."+e.kind, nil)
}

// whatOf says it in a word or two.
func whatOf(l *language.Language, city *time.Location, e entry) string {
	if e.kind == "status" && e.from != "pending" {
		return l.Say("status."+e.to, nil)
	}
	return sentenceOf(l, city, e)
}

// byOf says who did it: a service by its name, staff by their role; residents are not named unless they want to be.
func byOf(l *language.Language, e entry) string {
	if e.by != "" || e.role == account.RoleResident || e.role == account.RoleSystem || e.role == account.RoleSource {
		return e.by
	}
	return l.Say("role."+string(e.role), nil)
}

func pairsOf(pairs []any) map[string]any {
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return args
}
