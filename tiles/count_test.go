package tiles_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"quartier/tiles"
)

// The totals are those of counting by hand, under every filter, before and after changes.
func TestCounts(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("no time zones on this machine: ", err)
	}
	now := now.In(paris)
	r := rand.New(rand.NewPCG(16, 17))
	m := newModel(population(r, 1000))
	x := loaded(t, m.list())
	for range 40 {
		x.Apply(m.batch(r, 30))
		f, a := randomFilter(r), randomAudience(r)
		got := x.Count(f, a, now)

		kinds, statuses := map[tiles.Kind]int{}, map[uint8]int{}
		categories, services, zones, zonesOpen := map[int32]int{}, map[int32]int{}, map[int32]int{}, map[int32]int{}
		weeks := map[string]int{}
		var total, open, overdue int
		var took []time.Duration
		for _, i := range m.list() {
			if !selects(f, a, i) {
				continue
			}
			total++
			isOpen := vocabulary.Statuses[i.Status].Open
			if isOpen {
				open++
				if i.Due != 0 && time.Unix(i.Due, 0).Before(now) {
					overdue++
				}
			}
			kinds[i.Kind]++
			statuses[i.Status]++
			categories[i.Category]++
			services[i.Service]++
			slices.Sort(i.Zones)
			for _, z := range slices.Compact(slices.Clone(i.Zones)) {
				zones[z]++
				if isOpen {
					zonesOpen[z]++
				}
			}
			day := time.Unix(i.Created, 0).In(paris)
			for day.Weekday() != time.Monday {
				day = day.AddDate(0, 0, -1)
			}
			weeks[day.Format(time.DateOnly)]++
			if i.Closed >= i.Created {
				took = append(took, time.Duration(i.Closed-i.Created)*time.Second)
			}
		}
		if n := x.Total(f, a); n != total {
			t.Fatalf("%q: the total alone is %d, want %d", f.Canonical(), n, total)
		}
		if got.Total != total || got.Open != open || got.Overdue != overdue {
			t.Fatalf("%q: total, open, overdue %d %d %d, want %d %d %d", f.Canonical(), got.Total, got.Open, got.Overdue, total, open, overdue)
		}
		if !maps.Equal(got.Kinds, kinds) || !maps.Equal(got.Statuses, statuses) || !maps.Equal(got.Categories, categories) ||
			!maps.Equal(got.Services, services) || !maps.Equal(got.Zones, zones) {
			t.Fatalf("%q: got %+v", f.Canonical(), got)
		}
		if all, open := x.CountZones(f, a); !maps.Equal(all, zones) || !maps.Equal(open, zonesOpen) {
			t.Fatalf("%q: in zones %v, open %v, want %v, %v", f.Canonical(), all, open, zones, zonesOpen)
		}
		byWeek := map[string]int{}
		for i, w := range got.Weeks {
			if w.Monday.Weekday() != time.Monday || w.Monday.Hour() != 0 || i > 0 && !got.Weeks[i-1].Monday.Before(w.Monday) {
				t.Fatalf("week %v", w.Monday)
			}
			byWeek[w.Monday.Format(time.DateOnly)] = w.Count
		}
		if !maps.Equal(byWeek, weeks) {
			t.Fatalf("weeks %v, want %v", byWeek, weeks)
		}
		slices.Sort(took)
		if n := len(took); n != got.Handling.Count || n > 0 && (took[(n+1)/2-1] != got.Handling.Median || took[(9*n+9)/10-1] != got.Handling.P90) {
			t.Fatalf("handling %+v of %d", got.Handling, n)
		}
	}
}

// An item created in the night from Sunday to Monday counts in the week of the city's calendar, also where the clocks change.
func TestWeeksBeginAtTheCitysMidnight(t *testing.T) {
	for _, zone := range []string{"Europe/Paris", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Skip("no time zones on this machine: ", err)
		}
		for _, monday := range []time.Time{
			time.Date(2024, 4, 1, 0, 0, 0, 0, location), // after the night of summer time
			time.Date(2024, 10, 28, 0, 0, 0, 0, location),
			time.Date(1969, 12, 29, 0, 0, 0, 0, location),
		} {
			before, after := item(1, at(2, 48)), item(2, at(2, 48))
			before.Created, after.Created = monday.Unix()-1, monday.Unix()
			x := loaded(t, []tiles.Item{before, after})
			weeks := x.Count(tiles.Filter{}, tiles.Everyone, monday).Weeks
			if len(weeks) != 2 || !weeks[0].Monday.Equal(monday.AddDate(0, 0, -7)) || !weeks[1].Monday.Equal(monday) {
				t.Errorf("%s: weeks %v around %v", zone, weeks, monday)
			}
		}
	}
}
