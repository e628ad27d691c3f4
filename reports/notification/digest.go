package notification

import (
	"cmp"
	"slices"
	"time"

	"quartier/reports/account"
)

// entry is one thing to be told of a report, as the recipient may see it.
type entry struct {
	id       int64
	kind     string // type of the timeline
	from, to string // states
	body     string
	due      time.Time // the expected date that it tells; zero: none
	role     account.Role
	by       string // a service, or what a person chose to show
	at       time.Time
	filed    bool   // the recipient filed the report
	watched  bool   // the recipient follows the report itself
	around   string // what the recipient calls the follow of a zone, an area or a category
}

// story is a report with what is told of it.
type story struct {
	report   int64
	original int64 // the report that it repeats; 0: none
	title    string
	address  string
	category [2]string // in French and in English
	status   string
	lon, lat float64
	photo    string // id; empty: none
	public   bool
	news     []entry
}

// own tells whether the recipient filed or follows this very report.
func (s *story) own() bool {
	return slices.ContainsFunc(s.news, func(e entry) bool { return e.filed || e.watched })
}

// last is the last thing that happened.
func (s *story) last() entry { return s.news[len(s.news)-1] }

// asksIfFixed tells whether the recipient may say whether it is really fixed: of what is the recipient's own, once it is resolved.
func (s *story) asksIfFixed() bool {
	return s.own() && s.status == "resolved" && slices.ContainsFunc(s.news, func(e entry) bool { return e.to == "resolved" })
}

// arrange puts stories in the order in which they are told, what is the recipient's own first, each with its news collapsed; of the rest the latest first.
func arrange(stories []story) []story {
	for i := range stories {
		stories[i].news = collapse(stories[i].news)
	}
	stories = slices.DeleteFunc(stories, func(s story) bool { return s.absorbed(stories) })
	slices.SortStableFunc(stories, func(a, b story) int {
		if a.own() != b.own() {
			if a.own() {
				return -1
			}
			return 1
		}
		return cmp.Or(b.last().at.Compare(a.last().at), cmp.Compare(b.report, a.report))
	})
	return stories
}

// collapse puts news in order and leaves out states that were passed through without a word: what counts is where it stands now. That it
// was split is told once, however many its parts are.
func collapse(news []entry) []entry {
	slices.SortStableFunc(news, func(a, b entry) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	passed, split := false, false // a later state, or part, is told
	var kept []entry
	for _, e := range slices.Backward(news) {
		moves := e.kind == "status"
		if moves && passed && e.body == "" {
			continue
		}
		if e.kind == "split" && split {
			continue
		}
		passed, split = passed || moves, split || e.kind == "split"
		kept = append(kept, e)
	}
	slices.Reverse(kept)
	return kept
}

// absorbed tells whether nothing is told of a report but that another was joined to it, while that other's own story says the same and leads here.
func (s *story) absorbed(all []story) bool {
	return !slices.ContainsFunc(s.news, func(e entry) bool { return e.kind != "merge" }) &&
		slices.ContainsFunc(all, func(o story) bool { return o.original == s.report && o.last().to == "duplicate" })
}
