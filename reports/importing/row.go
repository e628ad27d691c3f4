package importing

import (
	"crypto/sha256"
	"strings"
	"time"
	"unicode/utf8"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/fault"
)

// row is a report as a file tells it.
type row struct {
	externalID       string // "": the source has no numbers
	digest           [sha256.Size]byte
	kind             int    // number of its kind of category: classifier.kinds
	service          string // slug; "": of the category
	title            string
	description      string
	address          string
	position         geo.Position
	status           string
	created          time.Time
	createdPrecision string
	updated          time.Time
	closed           time.Time // zero: not
	closedPrecision  string
}

// rowParser parses reports.
type rowParser struct{ *parser }

func newRowParser(m *Mapping, now time.Time) *rowParser {
	return &rowParser{newParser(m, now)}
}

// parse makes a report of a record, or says why not. A record that the mapping skips gives skip.
func (p *rowParser) parse(r *record) (row row, skip bool, no *refusal) {
	if r.reason != "" {
		return row, false, &refusal{r.reason, r.detail}
	}
	p.clean(r)
	for i := range p.m.Skip {
		if p.m.Skip[i].is(r.values) {
			return row, true, nil
		}
	}
	row.digest = p.digest(r)
	if row.externalID, no = p.id(r); no != nil {
		return row, false, no
	}
	if row.position, no = p.position(r); no != nil {
		return row, false, no
	}
	if row.status, no = p.status(r.values); no != nil {
		return row, false, no
	}
	if no = p.times(r, &row); no != nil {
		return row, false, no
	}
	if row.kind, no = p.categories.of(r.values); no != nil {
		return row, false, no
	}
	if p.m.Service != nil {
		row.service = p.service(r.values)
	}
	return row, false, p.words(r.values, &row)
}

// is tells whether a record is one of those that are picked.
func (m *Match) is(values []string) bool {
	text := m.Column.of(values)
	for _, v := range m.Values {
		if strings.EqualFold(text, v) {
			return true
		}
	}
	return false
}

func (p *rowParser) status(values []string) (string, *refusal) {
	if p.m.Duplicate != nil && p.m.Duplicate.is(values) {
		return "duplicate", nil
	}
	s := p.m.Status
	if s.Always != "" {
		return s.Always, nil
	}
	text := s.Column.of(values)
	status, known := s.Values[text]
	if len(s.Values) == 0 {
		status, known = text, reports.StatusNumber(text) >= 0 && text != "pending"
	}
	if !known {
		return "", &refusal{reasonStatus, text}
	}
	return status, nil
}

// times reads the three dates and checks them against each other and the state. The last change is never before the others.
func (p *rowParser) times(r *record, row *row) (no *refusal) {
	if row.created, row.createdPrecision, no = p.moment(r, p.m.Created, "created"); no != nil {
		return no
	}
	if row.created.IsZero() {
		return &refusal{reasonNoDate, ""}
	}
	if row.updated, _, no = p.moment(r, p.m.Updated, "updated"); no != nil {
		return no
	}
	row.closedPrecision = precisionSecond
	open := reports.Statuses[reports.StatusNumber(row.status)].Phase == "open"
	if p.m.Closed != nil && !(open && p.m.Closed.IfClosed) {
		if row.closed, row.closedPrecision, no = p.moment(r, p.m.Closed, "closed"); no != nil {
			return no
		}
	}
	if !row.closed.IsZero() {
		if open {
			return &refusal{reasonClosedOpen, row.status}
		}
		if p.earlier(row.closed, row.closedPrecision, row.created, row.createdPrecision) {
			return &refusal{reasonClosedEarly, row.closed.Format(time.RFC3339) + " < " + row.created.Format(time.RFC3339)}
		}
	}
	for _, t := range []time.Time{row.created, row.closed} {
		if t.After(row.updated) {
			row.updated = t
		}
	}
	return nil
}

// earlier tells whether a is before b; days are compared as days.
func (p *rowParser) earlier(a time.Time, aPrecision string, b time.Time, bPrecision string) bool {
	if aPrecision == precisionSecond && bPrecision == precisionSecond {
		return a.Before(b)
	}
	day := func(t time.Time) string { return t.In(p.m.location).Format(time.DateOnly) }
	return day(a) < day(b)
}

func (p *rowParser) service(values []string) string {
	text := p.m.Service.Column.of(values)
	if len(p.m.Service.Values) == 0 {
		return text
	}
	return p.m.Service.Values[text]
}

// words takes the texts, by the rules of filings. White space in what is one line is made single.
func (p *rowParser) words(values []string, row *row) *refusal {
	row.title = oneLine(p.m.Title.of(values))
	row.description = p.m.Description.of(values)
	if row.description == row.title {
		row.description = "" // said already
	}
	row.address = oneLine(p.m.Address.of(values))
	if no := checkText(&row.title, "title", reports.MaxTitle, false); no != nil {
		return no
	}
	if no := checkText(&row.description, "description", reports.MaxDescription, true); no != nil {
		return no
	}
	return checkText(&row.address, "address", reports.MaxAddress, false)
}

func oneLine(text string) string {
	if !strings.ContainsAny(text, "\n\r\t") && !strings.Contains(text, "  ") {
		return text
	}
	return strings.Join(strings.Fields(text), " ")
}

// checkText applies the rules of package reports to a text.
func checkText(text *string, field string, longest int, lines bool) *refusal {
	if plain(*text) && len(*text) <= longest {
		return nil // nearly all
	}
	var check fault.Check
	checked := reports.CheckText(&check, field, *text, longest, lines)
	if check.Err() != nil {
		if utf8.RuneCountInString(*text) > longest {
			return &refusal{reasonLong, field}
		}
		return &refusal{reasonControl, field}
	}
	*text = checked
	return nil
}

// plain tells whether a text is ASCII without control characters: nothing that the rules could object to.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
