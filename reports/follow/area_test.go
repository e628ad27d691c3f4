package follow

import (
	"math"
	"testing"

	orbgeo "github.com/paulmach/orb/geo"

	"quartier/geo"
	"quartier/reports/fault"
)

// around gives corners from offsets of about a tenth of a kilometre, near Paris.
func around(offsets ...[2]int32) (list []geo.Position) {
	for _, o := range offsets {
		list = append(list, geo.Position{Lon: 23_500_000 + 13_600*o[0], Lat: 488_500_000 + 9_000*o[1]})
	}
	return list
}

func TestAreaCheck(t *testing.T) {
	many := make([][2]int32, 0, MaxCorners+1)
	for i := range int32(MaxCorners + 1) {
		many = append(many, [2]int32{i, i * i})
	}
	for name, c := range map[string]struct {
		area Area
		word string
	}{
		"a square":               {Area{Corners: around([2]int32{0, 0}, [2]int32{10, 0}, [2]int32{10, 10}, [2]int32{0, 10})}, ""},
		"the other way round":    {Area{Corners: around([2]int32{0, 0}, [2]int32{0, 10}, [2]int32{10, 10}, [2]int32{10, 0})}, ""},
		"hollow":                 {Area{Corners: around([2]int32{0, 0}, [2]int32{10, 0}, [2]int32{5, 5}, [2]int32{10, 10}, [2]int32{0, 10})}, ""},
		"a corner on a line":     {Area{Corners: around([2]int32{0, 0}, [2]int32{5, 0}, [2]int32{10, 0}, [2]int32{10, 10})}, ""},
		"a bow":                  {Area{Corners: around([2]int32{0, 0}, [2]int32{10, 10}, [2]int32{10, 0}, [2]int32{0, 10})}, "error.follow.crossing"},
		"there and back":         {Area{Corners: around([2]int32{0, 0}, [2]int32{10, 0}, [2]int32{5, 0}, [2]int32{5, 10})}, "error.follow.crossing"},
		"a thorn at its end":     {Area{Corners: around([2]int32{0, 0}, [2]int32{10, 0}, [2]int32{10, 10}, [2]int32{5, 0})}, "error.follow.crossing"},
		"a corner twice":         {Area{Corners: around([2]int32{0, 0}, [2]int32{0, 0}, [2]int32{10, 0}, [2]int32{10, 10})}, "error.follow.crossing"},
		"touching itself":        {Area{Corners: around([2]int32{0, 0}, [2]int32{10, 0}, [2]int32{10, 10}, [2]int32{5, 0}, [2]int32{0, 10})}, "error.follow.crossing"},
		"two corners":            {Area{Corners: around([2]int32{0, 0}, [2]int32{10, 0})}, "error.follow.small"},
		"a line":                 {Area{Corners: around([2]int32{0, 0}, [2]int32{10, 0}, [2]int32{20, 0})}, "error.follow.crossing"},
		"a doormat":              {Area{Corners: []geo.Position{{Lon: 23_500_000, Lat: 488_500_000}, {Lon: 23_501_000, Lat: 488_500_000}, {Lon: 23_500_000, Lat: 488_501_000}}}, "error.follow.small"},
		"larger than a big town": {Area{Corners: around([2]int32{0, 0}, [2]int32{101, 0}, [2]int32{101, 101}, [2]int32{0, 101})}, "error.follow.large"},
		"half a world":           {Area{Corners: []geo.Position{{Lon: -1_700_000_000, Lat: -800_000_000}, {Lon: 1_700_000_000, Lat: 0}, {Lon: 0, Lat: 800_000_000}}}, "error.follow.large"},
		"too many corners":       {Area{Corners: around(many...)}, "error.follow.corners"},
		"a circle":               {Area{Centre: around([2]int32{0, 0})[0], Radius: 500}, ""},
		"a circle without":       {Area{}, "error.follow.radius"},
		"a circle too wide":      {Area{Radius: MaxRadius + 1}, "error.follow.radius"},
	} {
		var check fault.Check
		c.area.Check(&check, "area")
		word := ""
		if err := check.Err(); err != nil {
			word = err.(*fault.Error).Fields[0].Word
		}
		if word != c.word {
			t.Errorf("%s: %q, want %q", name, word, c.word)
		}
	}
}

// A circle's polygon keeps within the circle, and fills it to a hundredth, at every latitude.
func TestCirclePolygon(t *testing.T) {
	for _, centre := range []geo.Position{{Lon: 23_522_000, Lat: 488_566_000}, {Lon: -615_000_000, Lat: 146_000_000}, {Lon: 0, Lat: 840_000_000}, {Lon: 1_799_999_000, Lat: 100_000_000}} {
		a := Area{Centre: centre, Radius: 1000}
		ring := a.Polygon()[0]
		if ring[0] != ring[len(ring)-1] {
			t.Errorf("the ring around %v is open", centre)
		}
		for _, p := range ring {
			if far := orbgeo.DistanceHaversine(centre.Point(), p); far > 1001 || p[0] > 180 {
				t.Errorf("a corner of the circle around %v lies %f m away at %v", centre, far, p)
			}
		}
		if size := math.Abs(orbgeo.Area(a.Polygon())); centre.Lon < 1_799_000_000 && math.Abs(size/(math.Pi*1e6)-1) > 0.01 {
			t.Errorf("the circle around %v has %f m²", centre, size)
		}
	}
}

// What the rule takes for one outline PostGIS holds for valid, and the other way round: no area fails at the table's door. TestFollowPlaces stores some; here the
// rule is asked about outlines of every kind, in both directions, and must not depend on where they begin.
func TestCrossingDoesNotDependOnTheBeginning(t *testing.T) {
	for _, corners := range [][]geo.Position{
		around([2]int32{0, 0}, [2]int32{10, 10}, [2]int32{10, 0}, [2]int32{0, 10}),
		around([2]int32{0, 0}, [2]int32{10, 0}, [2]int32{10, 10}, [2]int32{5, 0}),
		around([2]int32{0, 0}, [2]int32{10, 0}, [2]int32{5, 5}, [2]int32{10, 10}, [2]int32{0, 10}),
		around([2]int32{0, 0}, [2]int32{5, 0}, [2]int32{10, 0}, [2]int32{10, 10}),
	} {
		want := (&Area{Corners: corners}).crosses()
		for i := range corners {
			turned := append(append([]geo.Position{}, corners[i:]...), corners[:i]...)
			if (&Area{Corners: turned}).crosses() != want {
				t.Errorf("%v crosses %v, from its corner %d on it does not agree", corners, want, i)
			}
		}
	}
}
