package geo

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// MaxLat is the latitude, in degrees, beyond which the square web map has no tiles. 85.0511° is the customary limit of the Mercator square.
const MaxLat = 85.0511

// unitsPerDegree is the resolution of a Position: 1e-7 degrees.
const unitsPerDegree = 10_000_000

// maxLat is MaxLat in units of 1e-7 degrees.
const maxLat = 850_511_000

// Position is a place on the ground: WGS 84 longitude and latitude in units of 1e-7 degrees.
// Lon is in [-180°, 180°) (180 is written −180), Lat in [-85.0511°, 85.0511°].
type Position struct {
	Lon, Lat int32
}

// The ways in which coordinates can be nonsense. Their texts are for programmers; people read the sentences of reports/language.
var (
	ErrNotFinite  = errors.New("coordinates are not finite numbers")
	ErrOutOfRange = errors.New("coordinates are outside longitude ±180 and latitude ±85.0511")
	ErrNullIsland = errors.New("coordinates are 0/0")
)

// FromDegrees rounds WGS 84 degrees to the nearest Position.
// It fails with ErrNotFinite, ErrOutOfRange or ErrNullIsland (0/0 is what broken software sends for "unknown").
func FromDegrees(lon, lat float64) (Position, error) {
	switch {
	case math.IsNaN(lon) || math.IsNaN(lat) || math.IsInf(lon, 0) || math.IsInf(lat, 0):
		return Position{}, ErrNotFinite
	case lon < -180 || lon > 180 || lat < -MaxLat || lat > MaxLat:
		return Position{}, ErrOutOfRange
	case lon == 0 && lat == 0:
		return Position{}, ErrNullIsland
	}
	p := Position{Lon: round7(lon), Lat: round7(lat)}
	if p.Lon == 180*unitsPerDegree {
		p.Lon = -p.Lon
	}
	return p, nil
}

// round7 rounds degrees to the nearest 1e-7, halves away from zero, as PostgreSQL's round(numeric) does.
func round7(degrees float64) int32 { return int32(math.Round(degrees * unitsPerDegree)) }

// Degrees gives longitude and latitude in degrees; each is the float64 nearest to its seven decimals.
func (p Position) Degrees() (lon, lat float64) {
	return float64(p.Lon) / unitsPerDegree, float64(p.Lat) / unitsPerDegree
}

// Point is the position as an orb point, longitude first.
func (p Position) Point() orb.Point {
	lon, lat := p.Degrees()
	return orb.Point{lon, lat}
}

// Valid tells whether the position lies within the ranges that Position promises.
func (p Position) Valid() bool {
	return p.Lon >= -180*unitsPerDegree && p.Lon < 180*unitsPerDegree && p.Lat >= -maxLat && p.Lat <= maxLat
}

// String writes longitude,latitude with seven decimals.
func (p Position) String() string {
	lon, lat := p.Degrees()
	return fmt.Sprintf("%.7f,%.7f", lon, lat)
}

// AppendDegrees appends one coordinate of a position, in units of 1e-7 degrees, as degrees with seven decimals.
func AppendDegrees(b []byte, units int32) []byte {
	u := int64(units)
	if u < 0 {
		b = append(b, '-')
		u = -u
	}
	b = appendInt(b, u/unitsPerDegree, 1)
	b = append(b, '.')
	return appendInt(b, u%unitsPerDegree, 7)
}

// appendInt appends n ≥ 0 in decimal, padded with zeros to at least width digits.
func appendInt(b []byte, n int64, width int) []byte {
	var digits [20]byte
	i := len(digits)
	for n > 0 || width > 0 {
		i--
		digits[i] = byte('0' + n%10)
		n /= 10
		width--
	}
	return append(b, digits[i:]...)
}
