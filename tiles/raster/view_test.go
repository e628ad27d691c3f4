package raster

import (
	"math"
	"testing"

	"quartier/geo"
)

func TestPixelAndAt(t *testing.T) {
	for _, z := range []int{0, 1, 12, 19} {
		for _, at := range [][2]float64{{0, 0}, {2.35, 48.85}, {-179.9, 85}, {179.9, -85}} {
			lon, lat := At(z, first(Pixel(z, at[0], at[1])), second(Pixel(z, at[0], at[1])))
			if math.Abs(lon-at[0]) > 1e-9 || math.Abs(lat-at[1]) > 1e-9 {
				t.Errorf("zoom %d: %v comes back as %v %v", z, at, lon, lat)
			}
		}
	}
	// The pixel's tile is the tile of the position.
	p, err := geo.FromDegrees(2.3522, 48.8566)
	if err != nil {
		t.Fatal(err)
	}
	x, y := Pixel(16, 2.3522, 48.8566)
	if at := geo.TileAt(p, 16); uint32(x/TilePixels) != at.X || uint32(y/TilePixels) != at.Y {
		t.Errorf("the pixel lies in %v %v, the position in %v", x/TilePixels, y/TilePixels, at)
	}
}

func first(a, _ float64) float64  { return a }
func second(_, b float64) float64 { return b }

func TestTileViewRefuses(t *testing.T) {
	for _, c := range [][4]int{{-1, 0, 0, 1}, {20, 0, 0, 1}, {3, 8, 0, 1}, {3, 0, 8, 1}, {3, -1, 0, 1}, {3, 0, 0, 0}, {3, 0, 0, 3}} {
		if _, err := TileView(c[0], c[1], c[2], c[3]); err == nil {
			t.Errorf("%v is a view", c)
		}
	}
	for _, c := range [][4]int{{0, 0, 0, 1}, {1, 1, 1, 2}, {19, 1<<19 - 1, 1<<19 - 1, 1}} {
		if v, err := TileView(c[0], c[1], c[2], c[3]); err != nil || !v.Valid() {
			t.Errorf("%v is no view: %v", c, err)
		}
	}
}

// The tiles of a view are those whose items it can show: every one that it touches, each once.
func TestTilesOfAView(t *testing.T) {
	for _, c := range []struct {
		view View
		want int
	}{
		{View{Zoom: 0, Width: 1280, Height: 1024, Scale: 1}, 1}, // the world, several times
		{View{Lon: 2.35, Lat: 48.85, Zoom: 12, Width: 800, Height: 600, Scale: 1}, 6},
		{View{Lon: 2.35, Lat: 48.85, Zoom: 18.9, Width: 800, Height: 600, Scale: 1}, 4},
		{View{Lon: 180, Lat: 0, Zoom: 3, Width: 300, Height: 300, Scale: 1}, 4},
		{View{Lon: 0, Lat: geo.MaxLat, Zoom: 3, Width: 300, Height: 300, Scale: 1}, 2},
	} {
		list := c.view.Tiles()
		seen := map[geo.Tile]bool{}
		for _, one := range list {
			if seen[one] || !one.Valid() {
				t.Errorf("%+v: tile %v comes twice or is none", c.view, one)
			}
			seen[one] = true
		}
		if len(list) != c.want {
			t.Errorf("%+v has %d tiles, want %d: %v", c.view, len(list), c.want, list)
		}
	}
}

func TestShifted(t *testing.T) {
	v := View{Lon: 2.35, Lat: 48.85, Zoom: 15}
	x, y := Pixel(16, v.Lon, v.Lat) // the same size as zoom 15 of larger tiles
	lon, lat := v.Shifted(100, -50)
	gotX, gotY := Pixel(16, lon, lat)
	if math.Abs(gotX-x-100) > 1e-6 || math.Abs(gotY-y+50) > 1e-6 {
		t.Errorf("moved by %v %v", gotX-x, gotY-y)
	}
	if lon, _ := (View{Lon: 179.99, Zoom: 2}).Shifted(100, 0); lon > 0 {
		t.Errorf("beyond the 180th meridian it is %v", lon)
	}
}
