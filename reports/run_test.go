package reports_test

import (
	"fmt"
	"testing"

	"quartier/reports"
)

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		name    string
		runs    []reports.Run
		want    string
		numbers int64
	}{
		{"none", nil, "[]", 0},
		{"one number again and again", []reports.Run{{7, 7}, {7, 7}, {7, 7}}, "[{7 7}]", 1},
		{"neighbours", []reports.Run{{3, 3}, {1, 1}, {2, 2}}, "[{1 3}]", 3},
		{"apart", []reports.Run{{9, 9}, {1, 2}}, "[{1 2} {9 9}]", 3},
		{"one within another", []reports.Run{{1, 10}, {4, 5}, {12, 12}}, "[{1 10} {12 12}]", 11},
		{"overlapping", []reports.Run{{5, 9}, {1, 6}}, "[{1 9}]", 9},
	} {
		joined, numbers := reports.Join(c.runs)
		if got := fmt.Sprint(joined); got != c.want || numbers != c.numbers {
			t.Errorf("%s: %s with %d numbers, want %s with %d", c.name, got, numbers, c.want, c.numbers)
		}
	}
}

func TestMissing(t *testing.T) {
	runs := []reports.Run{{1, 4}, {7, 7}, {9, 10}}
	for _, c := range []struct {
		some []int64
		want string
	}{
		{nil, "[1 2 3 4 7 9 10]"},
		{[]int64{1, 3, 7}, "[2 4 9 10]"},
		{[]int64{1, 2, 3, 4, 7, 9, 10}, "[]"},
		{[]int64{10}, "[1 2 3 4 7 9]"},
	} {
		if got := fmt.Sprint(reports.Missing(runs, c.some)); got != c.want {
			t.Errorf("without %v: %s, want %s", c.some, got, c.want)
		}
	}
}
