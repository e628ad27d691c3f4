package geo

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestTileAt(t *testing.T) {
	const zoom = 16
	for _, c := range []struct {
		name     string
		lon, lat float64
		zoom     uint8
		want     Tile
	}{
		{"the world is one tile", 2.35, 48.85, 0, Tile{0, 0, 0}},
		{"Paris", 2.3522, 48.8566, zoom, Tile{zoom, 33196, 22546}},
		{"the crossing of equator and Greenwich belongs to the south-east", 0, 0, 1, Tile{1, 1, 1}},
		{"just west of Greenwich", -1e-7, 10, 1, Tile{1, 0, 0}},
		{"just north of the equator", 10, 1e-7, 1, Tile{1, 1, 0}},
		{"the western edge of the world", -180, 10, 1, Tile{1, 0, 0}},
		{"the far north", 10, MaxLat, 18, Tile{18, 138353, 0}},
		{"the far south", 10, -MaxLat, 18, Tile{18, 138353, 1<<18 - 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Position{Lon: round7(c.lon), Lat: round7(c.lat)}
			if got := TileAt(p, c.zoom); got != c.want {
				t.Errorf("TileAt(%v, %d) = %v, want %v", p, c.zoom, got, c.want)
			}
		})
	}
}

func TestEastIsWest(t *testing.T) {
	p, err := FromDegrees(180, 12)
	if err != nil {
		t.Fatal(err)
	}
	if west, _ := FromDegrees(-180, 12); p != west {
		t.Errorf("180° is %v, −180° is %v", p, west)
	}
}

// Every position is in the box of its tile and in no neighbour's, and the tiles of lower zooms are the ancestors.
func TestTileBoxes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		p := Position{Lon: int32(random.Int64N(3_600_000_000) - 1_800_000_000), Lat: int32(random.Int64N(2*maxLat+1) - maxLat)}
		for zoom := uint8(0); zoom <= MaxZoom; zoom++ {
			tile := TileAt(p, zoom)
			if !tile.Valid() || !tile.Box().Contains(p) {
				t.Fatalf("%v is in %v, whose box is %v", p, tile, tile.Box())
			}
			if zoom > 0 {
				if up := TileAt(p, zoom-1); up.X != tile.X/2 || up.Y != tile.Y/2 {
					t.Fatalf("%v: %v is not below %v", p, tile, up)
				}
			}
			if x, y := tile.Within(p); x < 0 || x >= TileExtent || y < 0 || y >= TileExtent {
				t.Fatalf("%v in %v stands at %d, %d", p, tile, x, y)
			}
		}
	}
}

// The positions on both sides of every edge are in neighbouring tiles: no gap and no overlap.
func TestTileEdges(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 5_000 {
		zoom := uint8(1 + random.IntN(MaxZoom))
		tile := Tile{zoom, uint32(random.IntN(1<<zoom - 1)), uint32(random.IntN(1<<zoom - 1))}
		box := tile.Box()
		if east := TileAt(Position{box.East + 1, box.North}, zoom); east.X != tile.X+1 {
			t.Fatalf("east of %v is %v", tile, east)
		}
		if south := TileAt(Position{box.East, box.South - 1}, zoom); south.Y != tile.Y+1 {
			t.Fatalf("south of %v is %v", tile, south)
		}
	}
}

// The table of rows says what the formula of the web map says, wherever that is not a matter of the last bits.
func TestRowsFollowMercator(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 100_000 {
		p := Position{Lat: int32(random.Int64N(2*maxLat+1) - maxLat)}
		_, y := mercator(p)
		exact := y * rows
		if math.Abs(exact-math.Round(exact)) < 1e-6 {
			continue
		}
		if got := row(p.Lat); got != int(exact) {
			t.Fatalf("latitude %d is in row %d, the formula says %f", p.Lat, got, exact)
		}
	}
}

// Project and Degrees undo each other, on the square and beside it.
func TestProjectAndDegrees(t *testing.T) {
	for _, at := range [][2]float64{{0, 0}, {2.35, 48.85}, {-180, MaxLat}, {180, -MaxLat}, {200, 88}, {-200, -88}} {
		p := Project(at[0], at[1])
		if lon, lat := Degrees(p[0], p[1]); math.Abs(lon-at[0]) > 1e-9 || math.Abs(lat-at[1]) > 1e-9 {
			t.Errorf("%v comes back as %v %v", at, lon, lat)
		}
	}
	if lon, lat := Degrees(0, 0); lon != -180 || math.Abs(lat-MaxLat) > 1e-4 {
		t.Errorf("the north-western corner is %v %v", lon, lat)
	}
}
