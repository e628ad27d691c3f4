package raster

import (
	"errors"
	"iter"
	"math"

	"quartier/geo"
)

// Bounds of views.
const (
	MaxWidth, MaxHeight = 1280, 1024 // pixels of the page
	MaxScale            = 2
	MaxZoom             = geo.MaxZoom + 1.0
	minZoom             = -1.0 // of a small tile that is the world
)

// TilePixels is the side of a small tile, as most programs that show pictures of maps expect it.
const TilePixels = 256

// blockPixels is the side of a vector tile.
const blockPixels = 512

// View says what a picture shows.
type View struct {
	Lon, Lat      float64 // of the middle, degrees
	Zoom          float64 // of tiles of 512 px, −1…19; fractions magnify the tiles of the whole zoom below
	Width, Height int     // pixels of the page
	Scale         int     // pixels of the picture to one of the page: 1 or 2
	Pin           bool    // marks the middle
	ScaleBar      bool
	Attribution   bool

	small       bool // a small tile: its names are laid out over the whole block
	block       geo.Tile
	west, north float64 // of the tile in its block
}

// ErrView says that a view is out of bounds.
var ErrView = errors.New("raster: there is no such view")

// TileView gives the view of a small tile of 256 px: zoom 0…19, columns and rows as everywhere. Small tiles of one block fit together.
func TileView(z, x, y, scale int) (View, error) {
	if z < 0 || z > geo.MaxZoom+1 || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z || scale < 1 || scale > MaxScale {
		return View{}, ErrView
	}
	v := View{Zoom: float64(z - 1), Width: TilePixels, Height: TilePixels, Scale: scale}
	v.Lon, v.Lat = At(z, (float64(x)+0.5)*TilePixels, (float64(y)+0.5)*TilePixels)
	if z > 0 {
		v.small, v.block = true, geo.Tile{Z: uint8(z - 1), X: uint32(x / 2), Y: uint32(y / 2)}
		v.west, v.north = float64(x%2*TilePixels), float64(y%2*TilePixels)
	}
	return v, nil
}

// At gives the place, in degrees, of a pixel of the world of small tiles at a zoom, counted from the north-western corner.
func At(z int, px, py float64) (lon, lat float64) {
	world := math.Ldexp(TilePixels, z)
	return geo.Degrees(px/world, py/world)
}

// Pixel gives the pixel of a place in the world of small tiles at a zoom: At the other way round.
func Pixel(z int, lon, lat float64) (px, py float64) {
	at := geo.Project(lon, lat)
	world := math.Ldexp(TilePixels, z)
	return at[0] * world, at[1] * world
}

// Shifted gives the place that lies some pixels of the page to the east and south of a view's middle.
func (v View) Shifted(east, south float64) (lon, lat float64) {
	at := geo.Project(v.Lon, v.Lat)
	world := blockPixels * math.Exp2(v.Zoom)
	lon, lat = geo.Degrees(at[0]+east/world, at[1]+south/world)
	return math.Remainder(lon, 360), math.Max(-geo.MaxLat, math.Min(geo.MaxLat, lat))
}

// Tiles gives the tiles whose items a picture of the view shows: while they stand, the picture does.
func (v View) Tiles() []geo.Tile {
	f := v.frame()
	seen := map[geo.Tile]bool{}
	var list []geo.Tile
	for t := range f.tiles(f.level(geo.MaxZoom), margin) {
		if !seen[t.Tile] {
			seen[t.Tile] = true
			list = append(list, t.Tile)
		}
	}
	return list
}

// Valid tells whether the view is within bounds.
func (v View) Valid() bool {
	return v.Width > 0 && v.Width <= MaxWidth && v.Height > 0 && v.Height <= MaxHeight && v.Scale >= 1 && v.Scale <= MaxScale &&
		v.Zoom >= minZoom && v.Zoom <= MaxZoom && v.Lon >= -180 && v.Lon <= 180 && v.Lat >= -geo.MaxLat && v.Lat <= geo.MaxLat
}

// frame is the part of the world that is laid out, in pixels of the page from its north-western corner; the picture is a window in it.
type frame struct {
	zoom          float64
	west, north   float64 // of the corner, in pixels of the world
	width, height float64
	window        box
}

// frame gives what a view lays out.
func (v View) frame() frame {
	if v.small {
		return frame{zoom: v.Zoom, west: float64(v.block.X) * blockPixels, north: float64(v.block.Y) * blockPixels, width: blockPixels, height: blockPixels,
			window: box{v.west, v.north, v.west + TilePixels, v.north + TilePixels}}
	}
	at := geo.Project(v.Lon, v.Lat)
	world := blockPixels * math.Exp2(v.Zoom)
	w, h := float64(v.Width), float64(v.Height)
	// Whole pixels, so that nothing is blurred that need not be.
	return frame{zoom: v.Zoom, west: math.Round(at[0]*world - w/2), north: math.Round(at[1]*world - h/2), width: w, height: h, window: box{0, 0, w, h}}
}

// level gives the zoom of the tiles that a frame is drawn from, if there are some up to a deepest zoom.
func (f frame) level(deepest uint8) uint8 {
	return uint8(math.Max(0, math.Min(float64(deepest), math.Floor(f.zoom))))
}

// placed is a tile and where it stands in a frame.
type placed struct {
	geo.Tile
	west, north, side float64
}

// project gives the place of a position of the tile, in steps of an extent.
func (p placed) project(x, y, extent float64) point {
	return point{p.west + x/extent*p.side, p.north + y/extent*p.side}
}

// tiles gives the tiles of a zoom that a frame needs, with a margin, from north to south and west to east. The world repeats to the east.
func (f frame) tiles(zoom uint8, margin float64) iter.Seq[placed] {
	side := blockPixels * math.Exp2(f.zoom-float64(zoom))
	count := int64(1) << zoom
	return func(yield func(placed) bool) {
		top, bottom := int64(math.Floor((f.north-margin)/side)), int64(math.Floor((f.north+f.height+margin)/side))
		for y := max(0, top); y <= min(count-1, bottom); y++ {
			for x := int64(math.Floor((f.west - margin) / side)); float64(x)*side < f.west+f.width+margin; x++ {
				t := geo.Tile{Z: zoom, X: uint32(x & (count - 1)), Y: uint32(y)}
				if !yield(placed{t, float64(x)*side - f.west, float64(y)*side - f.north, side}) {
					return
				}
			}
		}
	}
}

// own gives the lines of a ring that are in the tile itself. Beyond its edges the ring is the neighbour's, or runs along where it was cut off.
func (p placed) own(ring []point) [][]point {
	var lines [][]point
	var line []point
	outside := func(a, b point) bool {
		const near = 0.01
		east, south := p.west+p.side, p.north+p.side
		return a.x < p.west-near && b.x < p.west-near || a.x > east+near && b.x > east+near ||
			a.y < p.north-near && b.y < p.north-near || a.y > south+near && b.y > south+near
	}
	for i, at := range ring {
		next := ring[(i+1)%len(ring)]
		if outside(at, next) {
			if len(line) > 0 {
				lines, line = append(lines, line), nil
			}
			continue
		}
		if len(line) == 0 {
			line = append(line, at)
		}
		line = append(line, next)
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}
