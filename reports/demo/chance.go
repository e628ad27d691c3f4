package demo

import (
	"math"
	"math/rand/v2"
)

// seed is the town's: another one is another town.
const seed = 0x51756172

// chance is a source of decisions that is the same everywhere. Each maker of things has one of its own, so that one more house does not change the
// streets.
type chance struct{ *rand.Rand }

func newChance(of uint64) *chance { return &chance{rand.New(rand.NewPCG(seed, of))} }

// in tells yes with a likelihood of so many in a hundred.
func (c *chance) in(percent int) bool { return c.IntN(100) < percent }

// between gives a number from low to high.
func (c *chance) between(low, high float64) float64 { return low + float64((high-low)*c.Float64()) }

func pick[T any](c *chance, of []T) T { return of[c.IntN(len(of))] }

// noise is a smooth field of heights of −1…1 with hills of about one unit.
func noise(x, y float64, of uint64) float64 {
	i, j := math.Floor(x), math.Floor(y)
	u, v := ease(x-i), ease(y-j)
	a := height(i, j, of) + float64((height(i+1, j, of)-height(i, j, of))*u)
	b := height(i, j+1, of) + float64((height(i+1, j+1, of)-height(i, j+1, of))*u)
	return a + float64((b-a)*v)
}

func ease(t float64) float64 { return float64(t * t * (3 - 2*t)) }

// height of a lattice point, by a multiplicative hash.
func height(i, j float64, of uint64) float64 {
	h := uint64(int64(i))*0x9E3779B97F4A7C15 ^ uint64(int64(j))*0xC2B2AE3D27D4EB4F ^ of*0x165667B19E3779F9
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	h ^= h >> 32
	return float64(h>>11)/(1<<52) - 1
}
