package notification

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// What is told of a report, and in which order reports come.
func TestArrange(t *testing.T) {
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	status := func(id int64, minute int, to, body string) entry {
		return entry{id: id, kind: "status", from: "new", to: to, body: body, at: at(minute), watched: true}
	}
	near := func(id int64, minute int) entry { return entry{id: id, kind: "filed", to: "new", at: at(minute)} }
	for _, c := range []struct {
		name    string
		stories []story
		want    string
	}{
		{"states that were passed through without a word",
			[]story{{report: 1, news: []entry{status(1, 1, "acknowledged", ""), status(2, 2, "planned", ""), status(3, 3, "resolved", "")}}}, "1: 3"},
		{"a state with a word stays",
			[]story{{report: 1, news: []entry{status(1, 1, "planned", "En mai."), status(2, 2, "in_progress", ""), status(3, 3, "resolved", "")}}}, "1: 1 3"},
		{"what was said between stays, in the order of time",
			[]story{{report: 1, news: []entry{{id: 9, kind: "answer", body: "Oui.", at: at(2), watched: true}, status(3, 3, "resolved", ""), status(1, 1, "planned", "")}}}, "1: 9 3"},
		{"one's own first, then the latest",
			[]story{{report: 1, news: []entry{near(1, 9)}}, {report: 2, news: []entry{status(2, 1, "planned", "")}}, {report: 3, news: []entry{near(3, 10)}}}, "2: 2; 3: 3; 1: 1"},
		{"a merge is told once",
			[]story{
				{report: 1, original: 2, status: "duplicate", news: []entry{status(1, 1, "duplicate", "")}},
				{report: 2, news: []entry{{id: 2, kind: "merge", at: at(1), watched: true}}},
			}, "1: 1"},
		{"a split is told once, with the state that came of it",
			[]story{{report: 1, news: []entry{{id: 1, kind: "split", at: at(1), watched: true}, {id: 2, kind: "split", at: at(1), watched: true}, status(3, 1, "in_progress", "")}}}, "1: 2 3"},
		{"a merge of another report is told",
			[]story{{report: 2, news: []entry{{id: 2, kind: "merge", at: at(1), watched: true}}}}, "2: 2"},
	} {
		var got []string
		for _, s := range arrange(c.stories) {
			text := fmt.Sprintf("%d:", s.report)
			for _, e := range s.news {
				text += fmt.Sprintf(" %d", e.id)
			}
			got = append(got, text)
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: told %q, want %q", c.name, text, c.want)
		}
	}
}
