package language

import (
	"testing"
	"time"
)

func TestAgo(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 30, 0, 30, 0, 0, paris) // half an hour after midnight; the night before had 23 hours
	at := func(d time.Duration) time.Time { return now.Add(d).UTC() }
	for _, c := range []struct {
		language *Language
		t        time.Time
		day      bool
		want     string
	}{
		{French, at(-20 * time.Second), false, "à l’instant"},
		{French, at(-5 * time.Minute), false, "il y a 5 min"},
		{English, at(-time.Minute), false, "1 min ago"},
		{French, at(-3 * time.Hour), false, "il y a 3 h"},
		{English, at(-23 * time.Hour), false, "23 h ago"},
		{French, at(-24 * time.Hour), false, "il y a 2 jours"}, // Saturday, half past eleven in the evening: two midnights ago
		{French, at(-48 * time.Hour), false, "il y a 3 jours"},
		{French, time.Date(2026, 3, 30, 0, 0, 0, 0, paris), true, "aujourd’hui"},
		{English, time.Date(2026, 3, 29, 0, 0, 0, 0, paris), true, "yesterday"},
		{French, time.Date(2026, 3, 27, 0, 0, 0, 0, paris), true, "il y a 3 jours"},
		{French, at(-9 * 24 * time.Hour), false, "20 mars 2026"},
		{English, at(time.Hour), false, "30 March 2026"},
	} {
		if got := c.language.Ago(c.t, c.day, now); got != c.want {
			t.Errorf("%s, day only %v, in %s: %q, want %q", c.t, c.day, c.language.Tag, got, c.want)
		}
	}
}

func TestYesterday(t *testing.T) {
	noon := time.Date(2026, 3, 30, 12, 0, 0, 0, time.UTC)
	if got := French.Ago(noon.Add(-25*time.Hour), false, noon); got != "hier" {
		t.Errorf("25 hours before noon: %q", got)
	}
}
