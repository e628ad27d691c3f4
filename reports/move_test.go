package reports

import (
	"slices"
	"strings"
	"testing"
)

// The table of DOMAIN.md, over all pairs: what is not allowed here is refused.
func TestEveryPairOfStates(t *testing.T) {
	allowed := map[string]string{
		"pending":      "new rejected withdrawn",
		"new":          "acknowledged planned in_progress resolved rejected duplicate referred withdrawn",
		"acknowledged": "planned in_progress waiting resolved rejected duplicate referred withdrawn",
		"planned":      "in_progress waiting resolved rejected duplicate referred",
		"in_progress":  "planned waiting resolved rejected duplicate referred",
		"waiting":      "planned resolved rejected withdrawn",
		"resolved":     "reopened",
		"rejected":     "reopened",
		"duplicate":    "planned reopened",
		"referred":     "reopened",
		"withdrawn":    "",
		"reopened":     "planned in_progress waiting resolved rejected duplicate referred withdrawn",
	}
	for _, from := range Statuses {
		list, known := nextStates(from.Name, "planned"), strings.Fields(allowed[from.Name])
		staff := staffMoves(from.Name, list)
		for _, to := range Statuses {
			want := slices.Contains(known, to.Name)
			if got := slices.Contains(list, to.Name); got != want {
				t.Errorf("%s → %s is allowed: %t, want %t", from.Name, to.Name, got, want)
			}
			// Who filed it withdraws it, and moderators let it out of quarantine: neither is the service's.
			wantStaff := want && to.Name != "withdrawn" && from.Name != "pending"
			if got := slices.Contains(staff, to.Name); got != wantStaff {
				t.Errorf("%s → %s is allowed to the service: %t, want %t", from.Name, to.Name, got, wantStaff)
			}
		}
	}
	if got := nextStates("waiting", ""); !slices.Contains(got, "acknowledged") {
		t.Errorf("a report that waits since nobody knows when goes on to %v", got)
	}
}
