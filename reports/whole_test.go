package reports

import "testing"

// What the whole of a split becomes from every state, while a part is open and once none is.
func TestWholeStatus(t *testing.T) {
	for now, want := range map[string][2]string{
		"pending":      {"pending", "pending"}, // nobody is to see it by way of its parts
		"new":          {"in_progress", "new"},
		"acknowledged": {"in_progress", "acknowledged"},
		"planned":      {"in_progress", "planned"},
		"in_progress":  {"in_progress", "resolved"},
		"waiting":      {"in_progress", "waiting"},
		"reopened":     {"in_progress", "reopened"},
		"resolved":     {"in_progress", "resolved"},
		"rejected":     {"in_progress", "rejected"},
		"referred":     {"in_progress", "referred"},
		"duplicate":    {"duplicate", "duplicate"},
		"withdrawn":    {"withdrawn", "withdrawn"},
	} {
		if got := [2]string{wholeStatus(now, true), wholeStatus(now, false)}; got != want {
			t.Errorf("%s becomes %v, want %v", now, got, want)
		}
	}
}
