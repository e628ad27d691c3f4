package importing

import (
	"testing"
	"time"
)

func TestParseMoment(t *testing.T) {
	for _, c := range []struct {
		name, form, zone, text string
		want                   string // RFC 3339 in UTC; empty: refused
		precision              string
	}{
		{"a day is its beginning", "YYYY-MM-DD", "Europe/Paris", "2024-07-14", "2024-07-13T22:00:00Z", "day"},
		{"in winter", "YYYY-MM-DD", "Europe/Paris", "2024-01-14", "2024-01-13T23:00:00Z", "day"},
		{"a second", "YYYY-MM-DD hh:mm:ss", "America/New_York", "2011-07-01 01:32:33", "2011-07-01T05:32:33Z", "second"},
		{"clock of twelve", "MM/DD/YYYY hh:mm:ss AM", "America/New_York", "05/01/2022 12:00:03 AM", "2022-05-01T04:00:03Z", "second"},
		{"noon", "MM/DD/YYYY hh:mm:ss AM", "America/New_York", "05/01/2022 12:00:03 PM", "2022-05-01T16:00:03Z", "second"},
		{"no leading zeros", "D/M/YYYY", "UTC", "3/4/2024", "2024-04-03T00:00:00Z", "day"},
		{"own offset", "YYYY-MM-DDThh:mm:ssZZ", "Europe/Paris", "2024-07-14T10:00:00-05:00", "2024-07-14T15:00:00Z", "second"},
		{"fraction", "YYYY-MM-DD hh:mm:ss", "UTC", "2024-07-14 10:00:00.1234567", "2024-07-14T10:00:00.123456Z", "second"},
		// Clocks go from 2:00 to 3:00: 2:30 is taken as if they had not.
		{"skipped in spring", "YYYY-MM-DD hh:mm:ss", "Europe/Paris", "2024-03-31 02:30:00", "2024-03-31T01:30:00Z", "second"},
		{"before it", "YYYY-MM-DD hh:mm:ss", "Europe/Paris", "2024-03-31 01:59:59", "2024-03-31T00:59:59Z", "second"},
		{"after it", "YYYY-MM-DD hh:mm:ss", "Europe/Paris", "2024-03-31 03:00:00", "2024-03-31T01:00:00Z", "second"},
		// Clocks go from 3:00 to 2:00: the first 2:30.
		{"twice in autumn", "YYYY-MM-DD hh:mm:ss", "Europe/Paris", "2024-10-27 02:30:00", "2024-10-27T00:30:00Z", "second"},
		{"after both", "YYYY-MM-DD hh:mm:ss", "Europe/Paris", "2024-10-27 03:00:00", "2024-10-27T02:00:00Z", "second"},
		{"twice in New York", "YYYY-MM-DD hh:mm:ss", "America/New_York", "2011-11-06 01:30:00", "2011-11-06T05:30:00Z", "second"},
		// In Cairo clocks change at midnight: the day begins at one o'clock.
		{"a day without midnight", "YYYY-MM-DD", "Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00Z", "day"},
		{"no such day", "YYYY-MM-DD", "UTC", "2024-02-30", "", ""},
		{"another form", "YYYY-MM-DD", "UTC", "14/07/2024", "", ""},
		{"more than a day", "YYYY-MM-DD", "UTC", "2024-07-14 10:00", "", ""},
		{"usual: instant", "", "Europe/Paris", "2024-07-14T10:00:00Z", "2024-07-14T10:00:00Z", "second"},
		{"usual: local", "", "Europe/Paris", "2024-07-14T10:00:00", "2024-07-14T08:00:00Z", "second"},
		{"usual: day", "", "Europe/Paris", "2024-07-14", "2024-07-13T22:00:00Z", "day"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var forms []string
			if c.form != "" {
				forms = []string{c.form}
			}
			layouts, err := parseForms(forms)
			if err != nil {
				t.Fatal(err)
			}
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			at, precision, err := parseMoment(c.text, layouts, zone)
			if c.want == "" {
				if err == nil {
					t.Errorf("%v was read", at)
				}
				return
			}
			if err != nil || at.Format(time.RFC3339Nano) != c.want || precision != c.precision {
				t.Errorf("%v %s %v, want %s %s", at.Format(time.RFC3339Nano), precision, err, c.want, c.precision)
			}
		})
	}
}

// Whatever the form and the text: what is read shows the same wall clock again, unless the clocks skipped it.
func FuzzParseMoment(f *testing.F) {
	f.Add("YYYY-MM-DD hh:mm:ss", "2024-03-31 02:30:00")
	f.Add("MM/DD/YYYY hh:mm:ss AM", "05/01/2022 12:00:03 AM")
	f.Add("", "2024-07-14T10:00:00+02:00")
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, form, text string) {
		var forms []string
		if form != "" {
			forms = []string{form}
		}
		layouts, err := parseForms(forms)
		if err != nil {
			return
		}
		at, _, err := parseMoment(text, layouts, zone)
		if err != nil {
			return
		}
		for _, l := range layouts {
			wall, err := time.Parse(l.text, text)
			if err != nil {
				continue
			}
			if !l.zoned {
				shown := at.In(zone)
				moved := wall.Sub(time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), shown.Second(), shown.Nanosecond(), time.UTC))
				if moved.Abs() > time.Hour+time.Microsecond {
					t.Fatalf("%s by %s is shown as %v", text, form, shown)
				}
			}
			return
		}
	})
}
