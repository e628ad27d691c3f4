package geo

import (
	"fmt"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// Cell is an H3 index (h3geo.org, "H3 index bit layout"): mode 1, a resolution 0…15, a base cell and one digit for each resolution.
// Among cells of one resolution the numeric order keeps all descendants of any ancestor together.
type Cell uint64

// CellResolution is the H3 resolution at which items are stored: hexagons of about 44 m² (edge 4 m), finer than any tile needs.
const CellResolution = 13

// MaxResolution is the finest resolution that H3 defines.
const MaxResolution = 15

// CellAt gives the H3 cell of a position at a resolution of 0…15. About 1 µs, through cgo: computed once, at filing, and stored.
func CellAt(p Position, resolution int) Cell {
	lon, lat := p.Degrees()
	c, err := h3.LatLngToCell(h3.NewLatLng(lat, lon), resolution)
	if err != nil { // only for a resolution or a coordinate out of range: a fault of the caller
		panic(fmt.Sprintf("geo: H3 cell of %v at resolution %d: %v", p, resolution, err))
	}
	return Cell(c)
}

// String gives the usual hexadecimal form.
func (c Cell) String() string { return strconv.FormatUint(uint64(c), 16) }

// Resolution gives 0…15.
func (c Cell) Resolution() int { return int(c >> 52 & 0xf) }

// Parent gives the ancestor at a resolution not finer than the cell's own, by bit operations (a hundred times faster than through cgo):
// the resolution is replaced and the digits below it become 7, "unused".
func (c Cell) Parent(resolution int) Cell {
	unused := Cell(1)<<(3*(MaxResolution-resolution)) - 1
	return c&^(0xf<<52) | Cell(resolution)<<52 | unused
}

// Descendants gives the least and the greatest number that a descendant of the cell at a finer or equal resolution can have.
func (c Cell) Descendants(resolution int) (first, last Cell) {
	own := c.Resolution()
	base := c&^(0xf<<52) | Cell(resolution)<<52
	free := (Cell(1)<<(3*(resolution-own)) - 1) << (3 * (MaxResolution - resolution))
	first = base &^ free
	// The greatest digit is 6: 0b110 repeated.
	var sixes Cell
	for range resolution - own {
		sixes = sixes<<3 | 6
	}
	return first, first | sixes<<(3*(MaxResolution-resolution))
}

// Centre gives the position of the middle of the cell. Through cgo: cache it.
func (c Cell) Centre() Position {
	ll, err := h3.Cell(c).LatLng()
	if err != nil {
		panic(fmt.Sprintf("geo: centre of cell %s: %v", c, err))
	}
	// A cell near a pole can have its centre outside the square map; it counts for the outermost row.
	p := Position{Lon: round7(ll.Lng), Lat: max(-maxLat, min(maxLat, round7(ll.Lat)))}
	if p.Lon == 180*unitsPerDegree {
		p.Lon = -p.Lon
	}
	return p
}

// Outline gives the corners of the cell in degrees, closed. Where the cell crosses the 180th meridian the longitudes run on past ±180, so
// that the ring stays whole. Through cgo: cache it.
func (c Cell) Outline() orb.Ring {
	corners, err := h3.Cell(c).Boundary()
	if err != nil {
		panic(fmt.Sprintf("geo: outline of cell %s: %v", c, err))
	}
	ring := make(orb.Ring, 0, len(corners)+1)
	for _, v := range corners {
		lon := v.Lng
		if len(ring) > 0 {
			for lon-ring[0][0] > 180 {
				lon -= 360
			}
			for lon-ring[0][0] < -180 {
				lon += 360
			}
		}
		ring = append(ring, orb.Point{lon, v.Lat})
	}
	return append(ring, ring[0])
}
