package demo

import (
	"testing"
	"time"
)

// Whoever looks at the weeks of a year sees its seasons: August and Christmas are quiet, spring and autumn are not, storms stand out.
func TestSeasonsShow(t *testing.T) {
	all := filed()
	first := all[0].created
	perDay := func(y int, from, to string) float64 {
		a, _ := time.Parse("2006-01-02", from)
		b, _ := time.Parse("2006-01-02", to)
		a, b = a.AddDate(y-a.Year(), 0, 0), b.AddDate(y-b.Year(), 0, 0)
		n := 0
		for _, r := range all {
			if !r.created.Before(a) && r.created.Before(b) {
				n++
			}
		}
		return float64(n) / (b.Sub(a).Hours() / 24)
	}
	for y := first.Year() + 1; y < today.Year(); y++ {
		summer := perDay(y, "2000-08-01", "2000-09-01")
		if spring := perDay(y, "2000-04-01", "2000-06-01"); spring < 1.3*summer {
			t.Errorf("in %d a day of spring brings %.1f reports, one of August %.1f", y, spring, summer)
		}
		autumn := perDay(y, "2000-10-01", "2000-12-01")
		if autumn < 1.3*summer {
			t.Errorf("in %d a day of autumn brings %.1f reports, one of August %.1f", y, autumn, summer)
		}
		if christmas := perDay(y, "2000-12-24", "2000-12-31"); christmas > 0.75*autumn {
			t.Errorf("in %d a day of Christmas brings %.1f reports, one of autumn %.1f", y, christmas, autumn)
		}
	}
	weeks := map[float64]int{}
	for _, r := range all {
		weeks[week(r.created.In(paris()))]++
	}
	storms := 0
	for w, n := range weeks {
		day := time.Unix(int64(w)*7*86400, 0)
		if !storm(day) || day.Before(first.AddDate(0, 0, 14)) {
			continue
		}
		storms++
		if n*100 < 112*(weeks[w-1]+weeks[w+1])/2 {
			t.Errorf("in the stormy week of %v there are %d reports, before %d, after %d", day, n, weeks[w-1], weeks[w+1])
		}
	}
	if storms < 3 || storms > 20 {
		t.Errorf("%d storms in three years", storms)
	}
}
