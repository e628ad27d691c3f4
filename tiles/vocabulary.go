package tiles

import "fmt"

// Group is the coarse state by which clusters count their members.
type Group uint8

// The groups, each with the property that carries its count.
const (
	GroupNew         Group = iota // "new"
	GroupActive                   // "active": somebody works on it, or waits for an answer
	GroupResolved                 // "resolved"
	GroupClosedOther              // "closed_other": closed without being resolved
	groups
)

// Status is one state of one or several kinds.
type Status struct {
	Name  string // as written into tiles: "in_progress"
	Open  bool   // counts as open
	Group Group
}

// Vocabulary holds the names that stand in tiles. Items carry numbers only. Do not change it after handing it over.
type Vocabulary struct {
	Kinds      []string         // at most 32; the first one's feature ids equal its item ids
	Statuses   []Status         // at most 256
	Categories map[int32]string // by database number; a category without a name is left out of tiles
}

// check refuses what items could not refer to.
func (v *Vocabulary) check() error {
	if len(v.Kinds) == 0 || len(v.Kinds) > maxKind+1 {
		return fmt.Errorf("tiles: %d kinds, want 1 to %d", len(v.Kinds), maxKind+1)
	}
	if len(v.Statuses) == 0 || len(v.Statuses) > 256 {
		return fmt.Errorf("tiles: %d statuses, want 1 to 256", len(v.Statuses))
	}
	for _, s := range v.Statuses {
		if s.Group >= groups {
			return fmt.Errorf("tiles: status %q is in no group", s.Name)
		}
	}
	return nil
}
