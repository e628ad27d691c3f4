package importing

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"quartier/geo"
)

// parser applies a mapping to records. Not safe for concurrent use.
type parser struct {
	m          *Mapping
	now        time.Time
	columns    []string // that the mapping reads
	order      []int    // of the columns, by their names: the digest does not depend on the order of the mapping
	blank      map[string]bool
	categories *classifier
	buffer     []byte
	lon, lat   int // places of the columns of the position; -1: none
	dates      map[dateKey]parsedDate
}

type dateKey struct{ field, text string }

// parsedDate is kept: files repeat their days.
type parsedDate struct {
	at        time.Time
	precision string
	refused   reason
}

// newParser binds the texts of the mapping to places in a record.
func newParser(m *Mapping, now time.Time) *parser {
	p := &parser{m: m, now: now, blank: map[string]bool{}, lon: -1, lat: -1, dates: map[dateKey]parsedDate{}}
	for _, text := range m.Blank {
		p.blank[text] = true
	}
	for _, t := range m.texts() {
		t.bind(p.place)
	}
	if m.Position != nil {
		p.lon, p.lat = p.place(m.Position.Lon), p.place(m.Position.Lat)
	}
	p.order = make([]int, len(p.columns))
	for i := range p.order {
		p.order[i] = i
	}
	slices.SortFunc(p.order, func(a, b int) int { return strings.Compare(p.columns[a], p.columns[b]) })
	if m.Category != nil {
		p.categories = newClassifier(m)
	}
	return p
}

// place gives the place of a column in a record; a new one if it has none yet.
func (p *parser) place(column string) int {
	if i := slices.Index(p.columns, column); i >= 0 {
		return i
	}
	p.columns = append(p.columns, column)
	return len(p.columns) - 1
}

// texts lists every text of the mapping.
func (m *Mapping) texts() []*Text {
	list := []*Text{m.ID, m.Title, m.Description, m.Address, m.Number, m.Street, m.Postcode, m.City}
	if m.Category != nil {
		list = append(list, m.Category.Slug, m.Category.Type, m.Category.Subtype)
	}
	if m.Service != nil {
		list = append(list, m.Service.Column)
	}
	if m.Status != nil {
		list = append(list, m.Status.Column)
	}
	for _, match := range append(slices.Clone(m.Skip), deref(m.Duplicate)...) {
		list = append(list, match.Column)
	}
	for _, moment := range []*Moment{m.Created, m.Updated, m.Closed} {
		if moment != nil {
			list = append(list, moment.Column)
		}
	}
	return list
}

// clean takes texts that mean nothing for nothing.
func (p *parser) clean(r *record) {
	if len(p.blank) == 0 {
		return
	}
	for i, text := range r.values {
		if p.blank[text] {
			r.values[i] = ""
		}
	}
}

// digest identifies what the source says of a row: the text of every column that the mapping reads, and the place of a feature.
func (p *parser) digest(r *record) [sha256.Size]byte {
	b := p.buffer[:0]
	for _, i := range p.order {
		b = binary.AppendUvarint(b, uint64(len(r.values[i])))
		b = append(b, r.values[i]...)
	}
	if r.place == placePoint {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(r.lon))
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(r.lat))
	}
	p.buffer = b
	return sha256.Sum256(b)
}

// maxID is the most characters that a source's number may have.
const maxID = 200

// id gives the source's number; "" if the mapping has none.
func (p *parser) id(r *record) (string, *refusal) {
	if p.m.ID == nil {
		return "", nil
	}
	id := p.m.ID.of(r.values)
	switch {
	case id == "":
		return "", &refusal{reasonNoID, ""}
	case len(id) > maxID:
		return "", &refusal{reasonLongID, ""}
	}
	if f := checkText(&id, "id", maxID, false); f != nil {
		return "", f
	}
	return id, nil
}

// position gives where the record lies.
func (p *parser) position(r *record) (geo.Position, *refusal) {
	lon, lat := r.lon, r.lat
	switch {
	case r.place == placeOther:
		return geo.Position{}, &refusal{reasonGeometry, ""}
	case r.place == placePoint:
	case r.place == placeNone, p.lon < 0, r.values[p.lon] == "" && r.values[p.lat] == "":
		return geo.Position{}, &refusal{reasonNoPlace, ""}
	default:
		var ok, too bool
		lon, ok = number(r.values[p.lon])
		lat, too = number(r.values[p.lat])
		if !ok || !too {
			return geo.Position{}, &refusal{reasonUnreadable, r.values[p.lon] + " / " + r.values[p.lat]}
		}
	}
	at, err := geo.FromDegrees(lon, lat)
	says := func() string {
		return strconv.FormatFloat(lon, 'f', -1, 64) + " / " + strconv.FormatFloat(lat, 'f', -1, 64)
	}
	switch {
	case err == geo.ErrNullIsland:
		return at, &refusal{reasonNullIsland, ""}
	case err == geo.ErrNotFinite:
		return at, &refusal{reasonNotFinite, ""}
	case p.within(lat, lon) && !p.within(lon, lat):
		return at, &refusal{reasonSwapped, says()}
	case err != nil:
		return at, &refusal{reasonRange, says()}
	case len(p.m.Area) > 0 && !p.within(lon, lat):
		return at, &refusal{reasonOutside, says()}
	}
	return at, nil
}

// within tells whether a position lies in the area of the mapping; without an area nothing does.
func (p *parser) within(lon, lat float64) bool {
	a := p.m.Area
	return len(a) == 4 && lon >= a[0] && lon <= a[2] && lat >= a[1] && lat <= a[3]
}

// number reads a decimal number; a comma may stand for the point.
func number(text string) (float64, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		f, err = strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	}
	return f, err == nil
}

// Limits of dates: nothing before 1970 is a report that somebody filed, but a zero of some program in some time zone; a clock may be a little fast.
var earliest = time.Date(1970, 1, 3, 0, 0, 0, 0, time.UTC)

const fast = 10 * time.Minute

// maxDates bounds how many dates are kept.
const maxDates = 4096

// moment gives the date of a field; zero if the record does not say one.
func (p *parser) moment(r *record, m *Moment, field string) (time.Time, string, *refusal) {
	if m == nil {
		return time.Time{}, precisionSecond, nil
	}
	text := m.Column.of(r.values)
	if text == "" {
		return time.Time{}, precisionSecond, nil
	}
	key := dateKey{field, text}
	d, known := p.dates[key]
	if !known {
		d = p.date(text, m)
		if len(p.dates) >= maxDates {
			clear(p.dates)
		}
		p.dates[key] = d
	}
	if d.refused != "" {
		return time.Time{}, "", &refusal{d.refused, field + ": " + text}
	}
	return d.at, d.precision, nil
}

func (p *parser) date(text string, m *Moment) (d parsedDate) {
	var err error
	d.at, d.precision, err = parseMoment(text, m.layouts, p.m.location)
	switch {
	case err != nil:
		d.refused = reasonDate
	case d.at.Before(earliest):
		d.refused = reasonOld
	case d.at.After(p.now.Add(fast)):
		d.refused = reasonFuture
	}
	return d
}
