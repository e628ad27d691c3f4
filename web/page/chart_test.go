package page

import "testing"

// The highest line is a round number not far above the highest column, and its half is whole.
func TestColumnsTop(t *testing.T) {
	for most, want := range map[int]int{0: 2, 1: 2, 3: 4, 5: 6, 7: 8, 11: 20, 25: 30, 41: 50, 265: 300, 1001: 2000} {
		if got := (Columns{Columns: []Column{{Value: most}}}).top(); got != want {
			t.Errorf("above %d: %d, want %d", most, got, want)
		}
	}
}
