package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/web/live"
)

const (
	// entriesOfFeed bounds a feed: who reads it once a day misses nothing in a town, and an answer stays small.
	entriesOfFeed = 50
	// feedKept is for how long a feed is not asked for again, in seconds. What moderators hide is in nobody's cache for longer.
	feedKept = 60
	feedType = "application/atom+xml; charset=utf-8"
	// feedSince is the date of our tag URIs (RFC 4151): whoever owned the site's name on that day coined them. It never changes, or every entry would be new.
	feedSince = "2026-01-01"
)

// Atom feeds (RFC 4287). They tell what the public sees, whoever asks: a reader of feeds is a program that keeps what it gets.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  atomAuthor  `xml:"author"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomAuthor struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID         string         `xml:"id"`
		Title      string         `xml:"title"`
		Updated    string         `xml:"updated"`
		Published  string         `xml:"published"`
		Link       atomLink       `xml:"link"`
		Categories []atomCategory `xml:"category"`
		Content    *atomText      `xml:"content"`
	}
	atomCategory struct {
		Term  string `xml:"term,attr"`
		Label string `xml:"label,attr"`
	}
	atomText struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
)

// atomTime writes a time (RFC 4287, 3.3).
func atomTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// tagOf names something of ours for ever, whatever its address becomes (RFC 4151).
func (a *asked) tagOf(path string) string {
	host := "localhost"
	if origin, err := url.Parse(a.origin); err == nil && origin.Hostname() != "" {
		host = origin.Hostname()
	}
	return "tag:" + host + "," + feedSince + ":" + strings.TrimPrefix(a.base, a.origin) + path
}

// sendFeed answers a feed; a reader that has it already is told so.
func (s *Server) sendFeed(c *fiber.Ctx, path, pageAddress, title string, since time.Time, entries []atomEntry) error {
	a := askedOf(c)
	town, err := s.town(c)
	if err != nil {
		return err
	}
	self := a.base + strings.TrimPrefix(string(c.Request().URI().RequestURI()), s.BasePath)
	feed := atomFeed{Lang: a.language.Tag, ID: a.tagOf(path), Title: title, Author: atomAuthor{town}, Entries: entries,
		Links: []atomLink{{"self", feedType, self}, {"alternate", fiber.MIMETextHTML, a.base + pageAddress}}}
	latest := atomTime(since)
	for _, e := range entries {
		latest = max(latest, e.Updated)
	}
	feed.Updated = latest
	body, err := xml.Marshal(feed)
	if err != nil {
		return fmt.Errorf("write a feed: %w", err)
	}
	body = append([]byte(xml.Header), body...)
	sum := sha256.Sum256(body)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"` // of the feed, whatever its coding
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, "public, max-age="+strconv.Itoa(feedKept))
	c.Vary(fiber.HeaderAcceptLanguage, fiber.HeaderCookie) // the language
	if matches(field(c, fiber.HeaderIfNoneMatch), tag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, feedType)
	return c.Send(body)
}

// reportEntry is a report in a feed. It counts as changed with its state and its timeline, not with who supports it.
func reportEntry(a *asked, one reports.Report, v *live.Vocabulary) atomEntry {
	l := a.language
	e := atomEntry{ID: a.tagOf(reportPath(one.ID)), Title: one.Title, Updated: atomTime(one.UpdatedAt), Published: atomTime(one.CreatedAt),
		Link: atomLink{"alternate", fiber.MIMETextHTML, a.base + reportPath(one.ID)}}
	lines := []string{l.Say("status."+one.Status, nil)}
	if c := v.Category(one.Category); c != nil {
		e.Categories = []atomCategory{{c.Slug, c.Name(l.Tag)}}
		lines[0] += " · " + c.Name(l.Tag)
	}
	for _, text := range []string{one.Address, one.Description} {
		if text != "" {
			lines = append(lines, text)
		}
	}
	e.Content = &atomText{"text", strings.Join(lines, "\n")}
	return e
}

// reportFeed answers the newest reports that a filter chooses.
func (s *Server) reportFeed(c *fiber.Ctx, v *live.Vocabulary, path, pageAddress, title string, filter reports.Filter) error {
	list, _, err := s.Register.List(c.UserContext(), account.Anonymous, filter, reports.Page{Limit: entriesOfFeed})
	if err != nil {
		return err
	}
	entries := make([]atomEntry, len(list))
	for i, one := range list {
		entries[i] = reportEntry(askedOf(c), one, v)
	}
	return s.sendFeed(c, path, pageAddress, title, time.Unix(0, 0), entries)
}

// feedTitle joins what a feed is of with the name of the town's service.
func feedTitle(l *language.Language, of ...string) string {
	return strings.Join(append([]string{l.Say("list.title", nil)}, slices.DeleteFunc(of, func(s string) bool { return s == "" })...), " · ")
}

// reportsFeed is the feed of the list, with its filters.
func (s *Server) reportsFeed(c *fiber.Ctx) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	p := lenientParameters(c, append(filterNames, "bbox")...)
	sel, err := s.selects(p, v)
	if err == nil {
		sel.record.Box, err = box(p)
	}
	if err != nil {
		return err
	}
	path := "/reports"
	if len(p) > 0 {
		path += "?" + p.encode()
	}
	var names []string
	for _, id := range sel.record.Categories {
		if len(sel.record.Categories) <= 3 {
			names = append(names, v.Category(id).Name(askedOf(c).language.Tag))
		}
	}
	for _, id := range sel.record.Zones {
		names = append(names, v.Zone(id).Name)
	}
	return s.reportFeed(c, v, path, path, feedTitle(askedOf(c).language, names...), sel.record)
}

// zoneFeed is the feed of a zone.
func (s *Server) zoneFeed(c *fiber.Ctx) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	code, ours := strings.CutSuffix(pathPart(c, "*"), ".atom")
	slug := pathPart(c, "set")
	if !ours || v.Set(slug) == nil {
		return fault.Missing()
	}
	z, err := v.Find("zone", slug+"/"+code)
	if err != nil || z.Set.Slug != slug {
		return fault.Missing()
	}
	return s.reportFeed(c, v, zonePath(z), zonePath(z), feedTitle(askedOf(c).language, z.Name), reports.Filter{Zones: []int32{z.ID}})
}

// categoryFeed is the feed of a category, with those below it.
func (s *Server) categoryFeed(c *fiber.Ctx) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	one := v.CategoryNamed(pathPart(c, "slug"))
	if one == nil {
		return fault.Missing()
	}
	return s.reportFeed(c, v, "/categories/"+one.Slug, "/reports?"+url.Values{"category": {one.Slug}}.Encode(), feedTitle(askedOf(c).language, one.Name(askedOf(c).language.Tag)),
		reports.Filter{Categories: v.Family(one)})
}

// timelineFeed is the feed of what happens to one report, the newest first.
func (s *Server) timelineFeed(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	one, err := s.Register.Get(c.UserContext(), account.Anonymous, id)
	if err != nil {
		return err
	}
	updates, err := s.Register.Timeline(c.UserContext(), account.Anonymous, id)
	if err != nil {
		return err
	}
	a := askedOf(c)
	var entries []atomEntry
	for _, e := range slices.Backward(timelineOf(one, updates, v, a.language)) {
		if len(entries) == entriesOfFeed {
			break
		}
		part := "filed"
		if e.ID != 0 {
			part = strconv.FormatInt(e.ID, 10)
		}
		entry := atomEntry{ID: a.tagOf(reportPath(id) + "/" + part), Title: e.Sentence, Updated: atomTime(e.At), Published: atomTime(e.At),
			Link: atomLink{"alternate", fiber.MIMETextHTML, a.base + reportPath(id)}}
		lines := []string{e.By}
		switch {
		case e.Redacted:
			lines = append(lines, a.language.Say("moderation.redacted", nil))
		case e.Body != "":
			lines = append(lines, e.Body)
		}
		entry.Content = &atomText{"text", strings.Join(lines, "\n")}
		entries = append(entries, entry)
	}
	return s.sendFeed(c, reportPath(id)+"/timeline", reportPath(id), one.Title, one.CreatedAt, entries)
}
