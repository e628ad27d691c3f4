package language

import "time"

// Duration writes how long something took, in its largest unit: minutes, hours or days.
func (l *Language) Duration(d time.Duration) string {
	switch {
	case d < time.Hour:
		return l.Say("duration.minutes", map[string]any{"n": int(d.Round(time.Minute) / time.Minute)})
	case d < 48*time.Hour:
		return l.Say("duration.hours", map[string]any{"n": int(d.Round(time.Hour) / time.Hour)})
	}
	return l.Say("duration.days", map[string]any{"n": int(d.Round(24*time.Hour) / (24 * time.Hour))})
}
