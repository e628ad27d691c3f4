package raster

import (
	"math/rand/v2"
	"testing"
)

// Few colours are kept as they are; of many, those that cover ground.
func TestReduce(t *testing.T) {
	few := []uint32{0x112233, 0x112233, 0xFFFFFF, 0x000000, 0x112234}
	chosen, places := reduce(few)
	for _, p := range few {
		if got := chosen[places.values[places.find(p)]]; distance(got, p) > 12 {
			t.Errorf("%06X becomes %06X", p, got)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	many := make([]uint32, 200_000)
	grounds := []uint32{0xF4F1EA, 0xEEEAE0, 0xE8E4E6, 0xC3DCE1, 0xB9D6DC, 0xFFFFFF, 0x000000}
	for i := range many {
		if many[i] = grounds[i/100%len(grounds)]; i%5 == 0 {
			many[i] = random.Uint32N(1 << 24)
		}
	}
	chosen, places = reduce(many)
	if len(chosen) > mostColours {
		t.Fatalf("%d colours", len(chosen))
	}
	for _, p := range grounds {
		if got := chosen[places.values[places.find(p)]]; got != p {
			t.Errorf("%06X, which covers much, becomes %06X", p, got)
		}
	}
	worst := int32(0)
	for _, p := range many {
		worst = max(worst, distance(chosen[places.values[places.find(p)]], p))
	}
	if worst > 12_000 { // of every colour there is
		t.Errorf("a colour is changed by %d", worst)
	}
}
