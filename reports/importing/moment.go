package importing

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Precisions of a moment, as the reports' table has them.
const (
	precisionSecond = "second"
	precisionDay    = "day"
)

// layout is a form of dates, in Go's words.
type layout struct {
	text  string
	day   bool // says only the day
	zoned bool // says its distance from UTC
}

// usual are the forms taken when a mapping names none: ISO 8601 with and without a time and an offset.
var usual = []layout{
	{time.RFC3339Nano, false, true}, {"2006-01-02T15:04:05", false, false}, {"2006-01-02 15:04:05", false, false},
	{"2006-01-02T15:04", false, false}, {"2006-01-02 15:04:05Z07:00", false, true}, {"2006-01-02", true, false},
}

// formWords are what stands in a form for a part of a date, longest first, and Go's reference for it.
var formWords = []struct{ word, reference string }{
	{"YYYY", "2006"}, {"MM", "01"}, {"DD", "02"}, {"hh", "15"}, {"mm", "04"}, {"ss", "05"}, {"AM", "PM"}, {"ZZ", "Z07:00"}, {"M", "1"}, {"D", "2"},
}

// parseForms turns forms such as "MM/DD/YYYY hh:mm:ss AM" into layouts. With AM the hours are those of a clock of twelve; ZZ is Z or an offset
// such as +02:00; M and D are months and days without a leading zero. A fraction of a second is taken wherever seconds are.
func parseForms(forms []string) ([]layout, error) {
	if len(forms) == 0 {
		return usual, nil
	}
	var list []layout
	for _, form := range forms {
		var l layout
		rest, got := form, ""
	parts:
		for rest != "" {
			for _, w := range formWords {
				if after, ok := strings.CutPrefix(rest, w.word); ok {
					reference := w.reference
					if w.word == "hh" && strings.Contains(form, "AM") {
						reference = "03"
					}
					l.text += reference
					got += w.word + " "
					rest = after
					continue parts
				}
			}
			if c := rest[0]; c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' && c != 'T' {
				return nil, fmt.Errorf("form %q: %q is not one of YYYY MM DD M D hh mm ss AM ZZ", form, rest)
			}
			l.text += rest[:1]
			rest = rest[1:]
		}
		if !strings.Contains(got, "YYYY") || !strings.Contains(got, "M") || !strings.Contains(got, "D") {
			return nil, fmt.Errorf("form %q: year, month and day are needed", form)
		}
		l.day = !strings.Contains(got, "hh")
		l.zoned = strings.Contains(got, "ZZ")
		list = append(list, l)
	}
	return list, nil
}

var errNoDate = errors.New("not a date of the forms of the mapping")

// parseMoment reads a date by the first layout that fits. A day is its beginning in the time zone. A local time that the change to summer time
// skips is taken as if the clocks had not been changed yet; one that comes twice in autumn is the first of the two.
func parseMoment(text string, layouts []layout, zone *time.Location) (time.Time, string, error) {
	for _, l := range layouts {
		t, err := time.Parse(l.text, text)
		if err != nil {
			continue
		}
		precision := precisionSecond
		if l.day {
			precision = precisionDay
		}
		if !l.zoned {
			t = local(t, zone)
		}
		return t.UTC().Truncate(time.Microsecond), precision, nil
	}
	return time.Time{}, "", errNoDate
}

// local gives the instant at which the clocks of a zone show what t shows.
func local(t time.Time, zone *time.Location) time.Time {
	wall := t.Unix()
	// A time zone has at most two candidates around a change of its clocks: by the offset before and by the one after.
	_, before := time.Unix(wall-86400, 0).In(zone).Zone()
	first := time.Unix(wall-int64(before), int64(t.Nanosecond()))
	if _, now := first.In(zone).Zone(); now == before {
		return first // also the first of two
	}
	_, after := time.Unix(wall+86400, 0).In(zone).Zone()
	second := time.Unix(wall-int64(after), int64(t.Nanosecond()))
	if _, now := second.In(zone).Zone(); now == after {
		return second
	}
	return first // skipped: by the offset before, which shows an hour later
}
