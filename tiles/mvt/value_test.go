package mvt

import (
	"math/rand/v2"
	"testing"
)

// A number is found where it was put, however many there are and however often the table was used before; places count up without a gap.
func TestNumbersAreFoundAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	l := New("l")
	for use, n := range []int{3, 5000, 10, 0, 300} {
		l.values.uints.use += uint32(use) * 1_431_655_764 // the count of uses comes around
		l.Reset("l")
		places := map[uint64]uint32{}
		for range 3 * n {
			number := r.Uint64N(uint64(2*n)) << (r.IntN(5) * 11)
			place, known := places[number]
			if !known {
				place = uint32(len(places))
				places[number] = place
			}
			if got := l.Uint(number); got != place {
				t.Fatalf("use %d: %d is at %d, was put at %d", use, number, got, place)
			}
		}
	}
}
