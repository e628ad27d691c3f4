package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/language"
	"quartier/reports/zone"
	"quartier/tiles"
	"quartier/web/live"
	"quartier/web/page"
)

// weeksDrawn is the greatest number of weeks that are drawn one by one; more are drawn as months.
const weeksDrawn = 170

// figures counts what a filter chooses, in the words of a page. It asks the index alone: it works while the database rests.
type figures struct {
	l          *language.Language
	v          *live.Vocabulary
	query      url.Values // the filter, for links to the rows behind a number
	counts     tiles.Counts
	categories bool // single categories were chosen: the chart names them, not those above
}

// figures counts.
func (s *Server) figures(c *fiber.Ctx, v *live.Vocabulary, query url.Values, f tiles.Filter) figures {
	a := askedOf(c)
	return figures{l: a.language, v: v, query: query, categories: len(f.Categories) > 0,
		counts: s.Map.Index.Count(f, audienceOf(a.actor), s.Register.Now().In(s.TimeZone))}
}

// rows gives the address of the list behind a number: the filter with one value more, in the place of several of its kind.
func (f figures) rows(name, value string) string {
	return page.Filters{Query: f.query}.With("/reports", name, value)
}

// stats puts everything together. ownSet is a zone set that need not be drawn, because the page is about one of its zones; "": none.
func (f figures) stats(ownSet string) page.Stats {
	s := page.Stats{Figures: f.heads(), Weeks: f.weeks(), Charts: []page.Bars{f.statuses(), f.kinds(), f.services()}}
	for _, set := range f.v.Sets {
		if set.Slug == ownSet {
			continue
		}
		chart := page.Bars{Title: f.l.Say("stats.zone", map[string]any{"set": namedIn(f.l, set.NameFR, set.NameEN).Name}),
			Of: f.l.Say("report.zone", nil), Unit: f.l.Say("stats.count", nil)}
		for _, z := range set.Zones {
			if n := f.counts.Zones[z.ID]; n > 0 {
				chart.Rows = append(chart.Rows, page.Bar{Label: z.Name, Value: n, Link: f.zone(z)})
			}
		}
		descending(chart.Rows)
		s.Charts = append(s.Charts, chart)
	}
	return s
}

// zone leads to a zone's page, or with a filter to the list of what the number counts. Where the filter names zones already there is no such list:
// an item lies in several.
func (f figures) zone(z *zone.Zone) string {
	switch {
	case len(f.query) == 0:
		return zonePath(z)
	case f.query.Has("zone"):
		return ""
	}
	return f.rows("zone", z.Ref())
}

func descending(rows []page.Bar) {
	slices.SortStableFunc(rows, func(a, b page.Bar) int { return cmp.Compare(b.Value, a.Value) })
}

// heads are the numbers worth a glance.
func (f figures) heads() []page.Figure {
	c, l := f.counts, f.l
	list := []page.Figure{
		{Label: l.Say("stats.total", nil), Value: l.Number(int64(c.Total)), Link: page.Filters{Query: f.query}.At("/reports")},
		{Label: l.Say("stats.open", nil), Value: l.Number(int64(c.Open))},
	}
	if !f.query.Has("status") {
		list[1].Link = f.rows("status", "open")
	}
	if c.Overdue > 0 {
		list = append(list, page.Figure{Label: l.Say("stats.overdue", nil), Value: l.Number(int64(c.Overdue))})
	}
	if c.Handling.Count > 0 {
		list = append(list,
			page.Figure{Label: l.Say("stats.median", nil), Value: l.Duration(c.Handling.Median)},
			page.Figure{Label: l.Say("stats.p90", nil), Value: l.Duration(c.Handling.P90)})
	}
	return list
}

// weeks draws the times of creation: by the week, or by the month (of the weeks' Mondays) when there are very many.
func (f figures) weeks() page.Columns {
	chart := page.Columns{ID: "weeks", Title: f.l.Say("stats.weeks", nil), Of: f.l.Say("stats.week", nil), Unit: f.l.Say("stats.count", nil)}
	weeks := f.counts.Weeks
	if len(weeks) == 0 {
		return chart
	}
	first, last := weeks[0].Monday, weeks[len(weeks)-1].Monday
	label := func(t time.Time) string { return f.l.Say("stats.week_of", map[string]any{"date": t}) }
	start := func(t time.Time) time.Time { return t }
	months, days := 0, 7 // from one column to the next
	if last.Sub(first) > weeksDrawn*7*24*time.Hour {
		chart.Title, chart.Of = f.l.Say("stats.months", nil), f.l.Say("stats.month", nil)
		label = func(t time.Time) string { return f.l.Month(t) + " " + strconv.Itoa(t.Year()) }
		start = func(t time.Time) time.Time { return t.AddDate(0, 0, 1-t.Day()) }
		months, days = 1, 0
	}
	// Days are counted on a calendar without changes of the clock, where every midnight exists.
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	sums := map[time.Time]int{}
	for _, w := range weeks {
		sums[start(day(w.Monday))] += w.Count
	}
	for t := start(day(first)); !t.After(day(last)); t = t.AddDate(0, months, days) {
		chart.Columns = append(chart.Columns, page.Column{From: t, Label: label(t), Value: sums[t]})
	}
	return chart
}

func (f figures) statuses() page.Bars {
	chart := page.Bars{Title: f.l.Say("stats.status", nil), Of: f.l.Say("filter.status", nil), Unit: f.l.Say("stats.count", nil)}
	for i, status := range reports.Statuses {
		if n := f.counts.Statuses[uint8(i)]; n > 0 {
			chart.Rows = append(chart.Rows, page.Bar{Label: f.l.Say("status."+status.Name, nil), Value: n, State: status.Name, Link: f.rows("status", status.Name)})
		}
	}
	return chart
}

// kinds counts by category: those of the upper level, each with those below it; single ones where the filter names them. A single one of the upper
// level has no list of its own: its list has those below it too.
func (f figures) kinds() page.Bars {
	chart := page.Bars{Title: f.l.Say("stats.category", nil), Of: f.l.Say("filter.category", nil), Unit: f.l.Say("stats.count", nil)}
	for _, one := range f.v.Categories {
		n := f.counts.Categories[one.ID]
		if !f.categories {
			if one.Parent != 0 {
				continue
			}
			n = 0
			for _, id := range f.v.Family(one) {
				n += f.counts.Categories[id]
			}
		}
		if n == 0 {
			continue
		}
		bar := page.Bar{Label: one.Name(f.l.Tag), Value: n, Icon: one.Icon, Tint: one.Colour}
		if !f.categories || len(f.v.Family(one)) == 1 {
			bar.Link = f.rows("category", one.Slug)
		}
		chart.Rows = append(chart.Rows, bar)
	}
	descending(chart.Rows)
	return chart
}

func (f figures) services() page.Bars {
	chart := page.Bars{Title: f.l.Say("stats.service", nil), Of: f.l.Say("report.service", nil), Unit: f.l.Say("stats.count", nil)}
	for _, one := range f.v.Services {
		if n := f.counts.Services[one.ID]; n > 0 {
			chart.Rows = append(chart.Rows, page.Bar{Label: one.Name(f.l.Tag), Value: n, Link: f.rows("service", one.Slug)})
		}
	}
	if n := f.counts.Services[0]; n > 0 {
		chart.Rows = append(chart.Rows, page.Bar{Label: f.l.Say("stats.without", nil), Value: n})
	}
	descending(chart.Rows)
	return chart
}

// statsPage is the page of numbers.
func (s *Server) statsPage(c *fiber.Ctx) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	filters, sel := s.filters(c, v)
	f := s.figures(c, v, filters.Query, sel.index)
	return render(c, fiber.StatusOK, page.Statistics(s.frameOf(c, f.l.Say("stats.title", nil), s.links.page), filters, f.stats("")))
}
