package notification

import "time"

// Rhythm is how often somebody is told.
type Rhythm string

const (
	AtOnce Rhythm = "now"
	Daily  Rhythm = "daily"
	Weekly Rhythm = "weekly"
)

// Rhythms are all, the most urgent first.
var Rhythms = []Rhythm{AtOnce, Daily, Weekly}

// Choice is when and how a person wants to be told.
type Choice struct {
	Rhythm     Rhythm // of what the person filed; a follow has its own
	Mail, Push bool   // not by the one, or the other, at all
	Hour       int    // 0…23: of digests, in the city's time zone
	Weekday    int    // 1 (Monday)…7: of weekly digests
	Quiet      bool   // nothing at once from QuietFrom to QuietTo
	QuietFrom  int    // hour 0…23
	QuietTo    int    // hour 0…23, another one
}

// Usual is the choice of who has made none.
var Usual = Choice{Rhythm: AtOnce, Mail: true, Push: true, Hour: 8, Weekday: 1, QuietFrom: 22, QuietTo: 7}

// due gives the moment at which somebody is to be told of what is known since now: never before it. Hours are those of the clocks on the wall: one that is
// left out when summer begins comes an hour later or earlier, and of the hour that comes twice in autumn one counts.
func (c Choice) due(r Rhythm, now time.Time, city *time.Location) time.Time {
	local := now.In(city)
	switch r {
	case Daily:
		return next(local, c.Hour, 0)
	case Weekly:
		return next(local, c.Hour, c.Weekday)
	}
	if c.Quiet && c.quietAt(local.Hour()) {
		return next(local, c.QuietTo, 0)
	}
	return now
}

// quietAt tells whether an hour is quiet; the quiet may reach over midnight.
func (c Choice) quietAt(hour int) bool {
	if c.QuietFrom < c.QuietTo {
		return hour >= c.QuietFrom && hour < c.QuietTo
	}
	return hour >= c.QuietFrom || hour < c.QuietTo
}

// next gives the first moment after a local time at which an hour begins, on a weekday (1: Monday) or on any (0).
func next(local time.Time, hour, weekday int) time.Time {
	for day := 0; ; day++ {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, hour, 0, 0, 0, local.Location())
		if at.After(local) && (weekday == 0 || (int(at.Weekday())+6)%7+1 == weekday) {
			return at.UTC()
		}
	}
}
