package live

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"quartier/geo"
	"quartier/reports/store"
	"quartier/tiles"
)

// at is a cursor for the tests.
func at(t testing.TB, text string) store.Cursor {
	t.Helper()
	s, err := store.ParseSnapshot(text)
	if err != nil {
		t.Fatal(err)
	}
	return store.Cursor{Epoch: "7418529637418529637-1-1", Snapshot: s}
}

// report is a report at a position.
func report(id int64, lon, lat float64, v tiles.Visibility) *tiles.Item {
	p, err := geo.FromDegrees(lon, lat)
	if err != nil {
		panic(err)
	}
	return &tiles.Item{ID: id, Position: p, Cell: geo.CellAt(p, geo.CellResolution), Visibility: v}
}

// appears is a change: a new public report.
func appears(id int64, lon, lat float64) tiles.Changed {
	return tiles.Changed{Key: tiles.Key{ID: id}, After: report(id, lon, lat, tiles.Public)}
}

// Transactions commit in any order; nodes look at different moments. Who comes from one node to the other is told everything that the first had
// not seen, and nothing of it is forgotten unless he is told so.
func TestFromAnotherNode(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 8))
	resumed := 0
	for range 300 {
		var committed [60]bool
		began := 0 // transactions 1…began have begun
		look := func() store.Cursor {
			var running []string
			xmin := uint64(began + 1)
			for x := began; x >= 1; x-- {
				if !committed[x] {
					running, xmin = append(running, fmt.Sprint(x)), uint64(x)
				}
			}
			slices.Reverse(running)
			return at(t, fmt.Sprintf("%d:%d:%s", xmin, began+1, strings.Join(running, ",")))
		}
		var here recent
		seen := [60]bool{}
		follow := func() {
			var changed []tiles.Changed
			for x := 1; x <= began; x++ {
				if committed[x] && !seen[x] {
					seen[x], changed = true, append(changed, appears(int64(x), 2, 48))
				}
			}
			here.add(look(), changed)
		}
		here.begin(look())
		var there store.Cursor // where the client stands by another node's word
		var knew [60]bool
		for range 40 {
			switch random.IntN(4) {
			case 0, 1:
				if began < len(committed)-1 {
					began++
				}
			case 2:
				if began > 0 {
					committed[1+random.IntN(began)] = true
				}
			default:
				follow()
			}
			if random.IntN(40) == 0 || there.Epoch == "" {
				there, knew = look(), committed
			}
		}
		n := here.from(there, nil)
		if n.lost {
			t.Fatal("the beginning is not forgotten, but it was said so")
		}
		told := map[int64]bool{}
		for _, h := range n.list {
			told[h.key.ID] = true
		}
		for x := range seen {
			if seen[x] && !knew[x] && !told[int64(x)] {
				t.Fatalf("transaction %d is not told to who stands at %v", x, there.Snapshot)
			}
		}
		if len(n.list) < int(n.last)-1 {
			resumed++
		}
	}
	if resumed < 100 {
		t.Errorf("only %d times less than everything was told", resumed)
	}
}

func TestForgotten(t *testing.T) {
	var r recent
	if n := r.now(); n.cursor != "" || n.lost {
		t.Errorf("before the beginning it stands at %q", n.cursor)
	}
	first := at(t, "10:10:")
	r.begin(first)
	if n := r.from(at(t, "9:9:"), nil); !n.lost {
		t.Error("what happened before the beginning is not known, but it was not said so")
	}
	other := first
	other.Epoch = "another"
	if n := r.from(other, nil); !n.lost {
		t.Error("another history was taken for this one")
	}
	if n := r.from(at(t, "99:99:"), nil); n.lost || len(n.list) != 0 {
		t.Error("who is ahead has lost something")
	}
	// What nobody may see is not remembered, but where the node stands is.
	r.add(at(t, "11:11:"), []tiles.Changed{{Key: tiles.Key{ID: 1}, After: report(1, 2, 48, tiles.Hidden)}})
	if n := r.from(first, nil); n.lost || len(n.list) != 0 || n.cursor != at(t, "11:11:").String() {
		t.Errorf("after a hidden change: %+v", n)
	}
	var many []tiles.Changed
	for i := range remembered / 2 {
		many = append(many, appears(int64(i+1), 2, 48))
	}
	for i, want := range []bool{false, false, true} {
		r.add(at(t, fmt.Sprintf("%d:%d:", 20+i, 20+i)), many)
		n := r.from(first, nil)
		if n.lost != want || !n.lost && (len(n.list) != (i+1)*len(many) || n.number(0) != 2 || n.list[0].key.ID != 1) {
			t.Errorf("after %d changes: lost %v, %d to tell", (i+1)*len(many), n.lost, len(n.list))
		}
	}
	r.add(at(t, "30:30:"), append(many, append(many, many...)...)) // more at once than can be remembered
	if n := r.from(at(t, "22:22:"), nil); !n.lost {
		t.Error("more than is remembered happened, but it was not said so")
	}
	if n := r.from(at(t, "30:30:"), nil); n.lost || len(n.list) != 0 {
		t.Error("who has seen all of it has lost something")
	}
}
