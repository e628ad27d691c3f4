package reports

import (
	"testing"
	"time"

	"quartier/reports/fault"
)

// A cursor that is read names a time that PostgreSQL knows, and is written as another one that is read alike.
func FuzzCursor(f *testing.F) {
	f.Add(cursor(Report{ID: 12, CreatedAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}))
	f.Add("OTk5OTk5OTk5OTk5OTk5OTk5OS4x")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		created, id, ok := parseCursor(text)
		if !ok {
			return
		}
		if created.Year() < 1 || created.Year() > 9999 {
			t.Errorf("%q names the year %d", text, created.Year())
		}
		again, same, ok := parseCursor(cursor(Report{ID: id, CreatedAt: created}))
		if !ok || !again.Equal(created) || same != id {
			t.Errorf("%q reads %v %d, then %v %d", text, created, id, again, same)
		}
	})
}

func FuzzCheckText(f *testing.F) {
	f.Add(" Trou\r\n profond ", true)
	f.Add("a\x00b", false)
	f.Fuzz(func(t *testing.T, text string, lines bool) {
		var check fault.Check
		got := CheckText(&check, "text", text, MaxTitle, lines)
		if check.Err() != nil {
			return
		}
		var again fault.Check
		if twice := CheckText(&again, "text", got, MaxTitle, lines); again.Err() != nil || twice != got {
			t.Errorf("%q became %q and then %q, %v", text, got, twice, again.Err())
		}
	})
}
