package geo

import (
	"math"
	"sort"
	"sync"

	"github.com/paulmach/orb"
)

// MaxZoom is the deepest zoom of our tiles.
const MaxZoom = 18

// TileExtent is the number of steps along one edge of a vector tile (Mapbox Vector Tile 2.1, clause 4.1).
const TileExtent = 4096

// Tile is the address of a square of the web map: zoom 0…18, column X counted from 180° west, row Y counted from the north.
type Tile struct {
	Z    uint8
	X, Y uint32
}

// Valid tells whether zoom, column and row exist.
func (t Tile) Valid() bool {
	return t.Z <= MaxZoom && t.X < 1<<t.Z && t.Y < 1<<t.Z
}

// TileAt gives the tile of a position at a zoom of 0…18. Tiles are half-open: a tile owns its western and its northern edge. So a position is
// in exactly one tile of each zoom, and the tile at a lower zoom is the ancestor of the tile at a higher one.
func TileAt(p Position, zoom uint8) Tile {
	x := uint32((int64(p.Lon) + 180*unitsPerDegree) << MaxZoom / (360 * unitsPerDegree))
	y := uint32(row(p.Lat))
	return Tile{Z: zoom, X: x >> (MaxZoom - zoom), Y: y >> (MaxZoom - zoom)}
}

// rows is the number of tile rows at MaxZoom.
const rows = 1 << MaxZoom

// norths[y] is the northernmost latitude, in units of 1e-7 degrees, that belongs to row y of MaxZoom: the row's northern edge rounded down.
// The SQL twin of TileAt (web/live/oracle_test.go) computes the same integers.
var norths = sync.OnceValue(func() *[rows + 1]int32 {
	var t [rows + 1]int32
	for y := range t {
		_, edge := Degrees(0, float64(y)/rows)
		t[y] = int32(math.Floor(edge * unitsPerDegree))
	}
	return &t
})

// row gives the tile row of a latitude at MaxZoom.
func row(lat int32) int {
	t := norths()
	// The last row whose northernmost latitude is not south of lat.
	return sort.Search(rows, func(y int) bool { return t[y+1] < lat })
}

// Box is a closed rectangle of positions: West ≤ lon ≤ East and South ≤ lat ≤ North, in units of 1e-7 degrees.
type Box struct {
	West, South, East, North int32
}

// BoxOf gives the positions within bounds in degrees (each rounded to the nearest 1e-7), edges included.
func BoxOf(west, south, east, north float64) *Box {
	return &Box{West: round7(west), South: round7(south), East: round7(east), North: round7(north)}
}

// Contains tells whether the position lies in the box or on its edge.
func (b Box) Contains(p Position) bool {
	return p.Lon >= b.West && p.Lon <= b.East && p.Lat >= b.South && p.Lat <= b.North
}

// Box gives exactly the positions of the tile: those for which TileAt(p, t.Z) == t.
func (t Tile) Box() Box {
	shift := MaxZoom - t.Z
	n := norths()
	return Box{
		West:  firstLon(int64(t.X) << shift),
		East:  firstLon(int64(t.X+1)<<shift) - 1,
		North: n[t.Y<<shift],
		South: n[(t.Y+1)<<shift] + 1,
	}
}

// firstLon is the westernmost longitude, in units of 1e-7 degrees, of column x at MaxZoom.
func firstLon(x int64) int32 {
	const world = 360 * unitsPerDegree
	return int32((x*world+rows-1)>>MaxZoom - 180*unitsPerDegree)
}

// mercator projects a position to the unit square of the web map: x grows to the east, y to the south, both in [0, 1).
func mercator(p Position) (x, y float64) {
	at := Project(p.Degrees())
	return at[0], at[1]
}

// Project gives the place of degrees on the unit square of the web map, or beside it: shapes may reach over the edge of the
// world. Latitudes end short of the poles, well outside the square.
func Project(lon, lat float64) orb.Point {
	sin := math.Sin(max(-89, min(89, lat)) * math.Pi / 180)
	return orb.Point{lon/360 + 0.5, 0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)}
}

// Degrees gives the degrees of a place on the unit square of the web map or beside it: Project the other way round.
func Degrees(x, y float64) (lon, lat float64) {
	return x*360 - 180, math.Atan(math.Sinh(math.Pi*(1-2*y))) * 180 / math.Pi
}

// Within gives the place of a position inside the tile in steps of TileExtent, clamped to 0…4095: the tile's own positions never leave it
// by rounding, and strangers (the mean of a cell that reaches over the edge) are moved to the edge. The row is the one that Mercator's formula
// says, whose last bits thus decide on which side of an edge a position stands.
func (t Tile) Within(p Position) (x, y int32) {
	const turn = 360 * unitsPerDegree
	column := (int64(p.Lon) + turn/2) * TileExtent << t.Z / turn
	return clamp(column - int64(t.X)*TileExtent), clamp(t.line(p.Lat) - int64(t.Y)*TileExtent)
}

// line gives the row of a latitude in steps of TileExtent at the tile's zoom, counted from the northern edge of the map.
func (t Tile) line(lat int32) int64 {
	steps := float64(int64(TileExtent) << t.Z)
	if lat >= -maxLat && lat <= maxLat {
		at := southing(lat) * steps
		row := math.Floor(at)
		if margin := southingError * steps; at-row > margin && row+1-at > margin {
			return int64(row)
		}
	}
	_, y := mercator(Position{Lat: lat})
	return int64(math.Floor(y * steps))
}

func clamp(v int64) int32 { return int32(max(0, min(TileExtent-1, v))) }
