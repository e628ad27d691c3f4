package basemap

import "testing"

// Streets never become thinner as one comes closer, an edge is seen on both sides, and a main street is wider than a lane: the
// hierarchy of the town reads at every zoom.
func TestRoadWidth(t *testing.T) {
	for _, r := range roads {
		before := 0.0
		for zoom := 0.0; zoom <= 20; zoom += 0.125 {
			fill, casing := RoadWidth(r.class, zoom)
			if fill < before {
				t.Errorf("%s at %v: %v px, and %v a little farther", r.class, zoom, fill, before)
			}
			if casing != 0 && casing < fill+0.6 {
				t.Errorf("%s at %v: an edge of %v px around %v", r.class, zoom, casing-fill, fill)
			}
			before = fill
		}
		if before == 0 {
			t.Errorf("%s is never drawn", r.class)
		}
	}
	order := []string{"path", "service", "minor", "tertiary", "secondary", "primary", "trunk", "motorway"}
	for zoom := 5.0; zoom <= 19; zoom += 0.25 {
		for i := range order[1:] {
			less, _ := RoadWidth(order[i], zoom)
			more, _ := RoadWidth(order[i+1], zoom)
			if less > more {
				t.Errorf("at %v a %s has %v px, a %s %v", zoom, order[i], less, order[i+1], more)
			}
		}
	}
	if fill, casing := RoadWidth("ufo", 16); fill != 0 || casing != 0 {
		t.Error("an unknown class is drawn")
	}
}
