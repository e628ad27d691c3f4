package language

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 minute", 90 * time.Second: "2 minutes", 90 * time.Minute: "2 heures", 47 * time.Hour: "47 heures", 60 * time.Hour: "3 jours"} {
		if got := French.Duration(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
