package raster

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The pieces of a street become one line, in whatever order and direction they come; what only crosses it, turns back or has another name does not.
func TestJoined(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		var pieces []name
		piece := func(words string, line ...point) {
			if random.IntN(2) == 0 {
				line[0], line[1] = line[1], line[0]
			}
			pieces = append(pieces, name{layer: "transportation_name", class: "minor", words: words, line: line})
		}
		for i := range 40 {
			x := float64(i) * 10
			piece("Rue Longue", point{x + 0.1*random.Float64(), 0.1}, point{x + 10 + 0.1*random.Float64(), 0.1})
		}
		piece("Rue Haute", point{100, 0}, point{100, 50})
		piece("Rue Longue", point{400, 90}, point{300, 90})
		random.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
		points := map[string][]int{}
		for _, n := range joined(pieces) {
			points[n.words] = append(points[n.words], len(n.line))
			if len(n.line) != 41 {
				continue
			}
			for i := range n.line[1:] {
				if step := math.Abs(n.line[i+1].x - n.line[i].x); math.Abs(step-10) > 0.2 {
					t.Fatalf("the line steps by %v at %d", step, i)
				}
			}
		}
		if long := points["Rue Longue"]; len(long) != 2 || long[0]+long[1] != 43 || len(points["Rue Haute"]) != 1 {
			t.Fatalf("the lines have %v points", points)
		}
	}
	back := []name{{words: "A", line: []point{{0, 0}, {10, 0}}}, {words: "A", line: []point{{10, 0}, {1, 1}}}}
	if got := joined(back); len(got) != 2 {
		t.Errorf("a hairpin is %v", got)
	}
}
