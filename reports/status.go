package reports

import (
	"slices"

	"quartier/tiles"
)

// Kind is the kind of item that this package owns on the map.
const Kind = "report"

// Status is a state of a report's life.
type Status struct {
	Name string
	// Phase is "open" or "closed"; a pending report is neither.
	Phase string
	// Group is the part of a cluster's ring that the state counts for.
	Group tiles.Group
}

// Statuses lists the states of a report in the order of its life; the place in the list is the state's number in the index.
var Statuses = []Status{
	{"pending", "", tiles.GroupNew},
	{"new", "open", tiles.GroupNew},
	{"acknowledged", "open", tiles.GroupActive},
	{"planned", "open", tiles.GroupActive},
	{"in_progress", "open", tiles.GroupActive},
	{"waiting", "open", tiles.GroupActive},
	{"reopened", "open", tiles.GroupActive},
	{"resolved", "closed", tiles.GroupResolved},
	{"rejected", "closed", tiles.GroupClosedOther},
	{"duplicate", "closed", tiles.GroupClosedOther},
	{"referred", "closed", tiles.GroupClosedOther},
	{"withdrawn", "closed", tiles.GroupClosedOther},
}

// StatusNumber gives the place of a state in Statuses, or -1.
func StatusNumber(name string) int {
	return slices.IndexFunc(Statuses, func(s Status) bool { return s.Name == name })
}

// StatusesNamed gives the names of states for one word of a filter: a state itself, or "open" or "closed" for all such states. Nothing if
// there is no such word.
func StatusesNamed(word string) []string {
	if word == "" {
		return nil
	}
	var names []string
	for _, s := range Statuses {
		if s.Name == word || s.Phase == word {
			names = append(names, s.Name)
		}
	}
	return names
}
