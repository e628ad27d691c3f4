package main

import (
	"errors"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = 100 - i
	}
	for _, c := range []struct {
		name string
		of   []int
		p    int
		want int
	}{
		{"of nothing", nil, 99, 0},
		{"of one", []int{7}, 1, 7},
		{"the middle of three", []int{9, 1, 5}, 50, 5},
		{"the lower middle of four", []int{4, 3, 2, 1}, 50, 2},
		{"99 of a hundred", hundred, 99, 99},
		{"all of a hundred", hundred, 100, 100},
		{"99 of ten is the greatest", []int{3, 1, 2, 10, 4, 5, 6, 7, 8, 9}, 99, 10},
	} {
		if got := percentile(c.of, c.p); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestSideBySideTakesTurns(t *testing.T) {
	turns := ""
	ours, baseline, err := sideBySide(3, func() error { turns += "o"; return nil }, func() error { turns += "b"; time.Sleep(time.Millisecond); return nil })
	if err != nil || turns != "obobob" {
		t.Errorf("turns %q, %v", turns, err)
	}
	if ours >= baseline || baseline < time.Millisecond {
		t.Errorf("ours took %v, the baseline that waits a millisecond %v", ours, baseline)
	}
	broken := errors.New("broken")
	if _, _, err := sideBySide(3, func() error { return nil }, func() error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a side that fails gives %v", err)
	}
}
