package language

import "time"

// Ago writes how long before now a time was, as people say it: "il y a 5 min", "hier". What is older than a week is a date, and so is what
// lies in the future. Of a day alone (the source knows no hour) it says no more than the day. Both times are taken in now's zone.
func (l *Language) Ago(t time.Time, day bool, now time.Time) string {
	t = t.In(now.Location())
	age := now.Sub(t)
	days := daysBetween(t, now)
	switch {
	case age < 0 && !day || days < 0 || days > 7:
		return l.Date(t)
	case day && days == 0:
		return l.words["ago.today"]
	case days == 1 && (day || age >= 24*time.Hour):
		return l.words["ago.yesterday"]
	case day || age >= 24*time.Hour:
		return l.Say("ago.days", map[string]any{"n": days})
	case age < time.Minute:
		return l.words["ago.now"]
	case age < time.Hour:
		return l.Say("ago.minutes", map[string]any{"n": int(age / time.Minute)})
	}
	return l.Say("ago.hours", map[string]any{"n": int(age / time.Hour)})
}

// daysBetween counts the midnights between two times of one zone.
func daysBetween(from, to time.Time) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(to).Sub(midnight(from)) / (24 * time.Hour))
}
