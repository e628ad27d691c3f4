package notification

import (
	"testing"
	"time"
)

// When somebody is told, by the clocks on the wall of Paris.
func TestDue(t *testing.T) {
	city, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	usual := Usual
	quiet := usual
	quiet.Quiet = true
	siesta := quiet
	siesta.QuietFrom, siesta.QuietTo = 13, 15
	weekly := usual
	weekly.Weekday, weekly.Hour = 7, 18
	early := usual
	early.Hour = 2
	const form = "2006-01-02 15:04 -0700"
	for _, c := range []struct {
		name   string
		choice Choice
		rhythm Rhythm
		now    string
		want   string
	}{
		{"at once", usual, AtOnce, "2026-03-03 23:30 +0100", "2026-03-03 23:30 +0100"},
		{"not in the night", quiet, AtOnce, "2026-03-03 23:30 +0100", "2026-03-04 07:00 +0100"},
		{"nor after midnight", quiet, AtOnce, "2026-03-04 00:10 +0100", "2026-03-04 07:00 +0100"},
		{"quiet begins with its hour", quiet, AtOnce, "2026-03-03 22:00 +0100", "2026-03-04 07:00 +0100"},
		{"and ends with its hour", quiet, AtOnce, "2026-03-03 07:00 +0100", "2026-03-03 07:00 +0100"},
		{"within a day", siesta, AtOnce, "2026-03-03 14:59 +0100", "2026-03-03 15:00 +0100"},
		{"after it", siesta, AtOnce, "2026-03-03 22:00 +0100", "2026-03-03 22:00 +0100"},
		{"each day", usual, Daily, "2026-03-03 07:59 +0100", "2026-03-03 08:00 +0100"},
		{"not twice in the minute of the digest", usual, Daily, "2026-03-03 08:00 +0100", "2026-03-04 08:00 +0100"},
		{"a digest keeps to no quiet", quiet, Daily, "2026-03-03 23:30 +0100", "2026-03-04 08:00 +0100"},
		{"each week", weekly, Weekly, "2026-03-03 12:00 +0100", "2026-03-08 18:00 +0100"},
		{"each week, on its day", weekly, Weekly, "2026-03-08 17:59 +0100", "2026-03-08 18:00 +0100"},
		{"each week, after its hour", weekly, Weekly, "2026-03-08 18:00 +0100", "2026-03-15 18:00 +0100"},
		{"over a year's end", usual, Daily, "2026-12-31 09:00 +0100", "2027-01-01 08:00 +0100"},
		// 29 March 2026: at two it is three.
		{"the night that summer begins", quiet, AtOnce, "2026-03-28 23:30 +0100", "2026-03-29 07:00 +0200"},
		{"the day that summer begins", usual, Daily, "2026-03-28 09:00 +0100", "2026-03-29 08:00 +0200"},
		{"an hour that is left out", early, Daily, "2026-03-28 12:00 +0100", "2026-03-29 03:00 +0200"},
		// 25 October 2026: at three it is two.
		{"the night that winter begins", quiet, AtOnce, "2026-10-24 23:30 +0200", "2026-10-25 07:00 +0100"},
		{"between the two hours that have the same name", early, Daily, "2026-10-25 02:30 +0100", "2026-10-26 02:00 +0100"},
	} {
		now, err := time.Parse(form, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.choice.due(c.rhythm, now, city).In(city).Format(form); got != c.want {
			t.Errorf("%s: %s is due at %s, want %s", c.name, c.now, got, c.want)
		}
	}
}

// Whatever the hour, what is due comes, and not in the quiet.
func TestDueComes(t *testing.T) {
	city, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for hour := range 365 * 24 {
		now := time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC).Add(time.Duration(hour) * time.Hour)
		choice := Choice{Hour: hour % 24, Weekday: 1 + hour%7, Quiet: true, QuietFrom: hour % 24, QuietTo: (hour + 1 + hour/24%22) % 24}
		for rhythm, most := range map[Rhythm]time.Duration{AtOnce: 25 * time.Hour, Daily: 25 * time.Hour, Weekly: 7*24*time.Hour + time.Hour} {
			due := choice.due(rhythm, now, city)
			if wait := due.Sub(now); wait < 0 || wait > most {
				t.Fatalf("%+v at %s: %s is due after %s", choice, now, rhythm, wait)
			}
		}
	}
}
