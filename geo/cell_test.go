package geo

import (
	"math/rand/v2"
	"testing"

	"github.com/uber/h3-go/v4"
)

// The bit operations say what the H3 library says.
func TestParentsAndDescendants(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 2_000 {
		p := Position{Lon: int32(random.Int64N(3_600_000_000) - 1_800_000_000), Lat: int32(random.Int64N(2*maxLat+1) - maxLat)}
		c := CellAt(p, CellResolution)
		if !h3.Cell(c).IsValid() || c.Resolution() != CellResolution {
			t.Fatalf("%v has the cell %s", p, c)
		}
		for resolution := range CellResolution {
			want, err := h3.Cell(c).Parent(resolution)
			if err != nil {
				t.Fatal(err)
			}
			parent := c.Parent(resolution)
			if parent != Cell(want) {
				t.Fatalf("the parent of %s at %d is %s, want %s", c, resolution, parent, want)
			}
			if first, last := parent.Descendants(CellResolution); c < first || c > last {
				t.Fatalf("%s is not between the descendants %s and %s of %s", c, first, last, parent)
			}
		}
	}
}

func TestDescendantsHoldOnlyDescendants(t *testing.T) {
	parent := CellAt(Position{23_522_219, 488_566_140}, 8)
	first, last := parent.Descendants(10)
	for _, neighbour := range mustDisk(t, parent) {
		low, high := neighbour.Descendants(10)
		if neighbour != parent && !(high < first || low > last) {
			t.Errorf("the descendants of %s and %s overlap", parent, neighbour)
		}
	}
}

func mustDisk(t *testing.T, c Cell) (cells []Cell) {
	t.Helper()
	disk, err := h3.Cell(c).GridDisk(2)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range disk {
		cells = append(cells, Cell(one))
	}
	return cells
}

// An outline across the 180th meridian stays in one piece.
func TestOutlineAcrossTheDateLine(t *testing.T) {
	ring := CellAt(Position{-1_799_999_000, 650_000_000}, 3).Outline()
	for i := 1; i < len(ring); i++ {
		if d := ring[i][0] - ring[i-1][0]; d > 90 || d < -90 {
			t.Fatalf("the outline jumps from %v to %v", ring[i-1], ring[i])
		}
	}
	if ring[0] != ring[len(ring)-1] {
		t.Error("the outline is not closed")
	}
}
