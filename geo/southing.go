package geo

import "math"

// A southing is how far south a latitude lies on the unit square of the web map. The formula (Project) costs a sine and a logarithm, which a tile of
// thousands of points feels; here it is replaced, wherever that cannot matter, by polynomials of degree 4 around a latitude every
// 0.05°. Refused: polynomials over one tile, which would have to be made for each.

// seriesBits is the width of a series in units of 1e-7 degrees, as a power of two.
const seriesBits = 19

// southingError bounds the difference between a series and the formula, on the unit square; a step of the deepest zoom is 9.3e-10. Half a width is
// h = 4.6e-4 rad, the fifth derivative is at most 24·sec⁵/2π = 8.0e5 at 85.08°, so what the series leaves out is below h⁵/120 of that:
// 1.4e-13. Both are computed with an error below 1e-14: near the edge of the map the formula loses two digits in 1 − sin.
const southingError = 1e-12

// series is the Taylor series of the southing around a latitude, by powers of units of 1e-7 degrees.
type series [5]float64

// southernmost is the first latitude of the first series, a whole number of widths.
const southernmost = -(maxLat>>seriesBits + 1) << seriesBits

// southings are made at start, in less than a millisecond.
var southings = func() (all [-2 * (southernmost >> seriesBits)]series) {
	for i := range all {
		lat := float64(southernmost+i<<seriesBits+1<<(seriesBits-1)) / unitsPerDegree
		const unit = math.Pi / 180 / unitsPerDegree
		sec, tan := 1/math.Cos(lat*math.Pi/180), math.Tan(lat*math.Pi/180)
		scale := -unit / (2 * math.Pi)
		all[i] = series{
			Project(0, lat)[1],
			scale * sec,
			scale * unit / 2 * sec * tan,
			scale * unit * unit / 6 * sec * (2*sec*sec - 1),
			scale * unit * unit * unit / 24 * sec * tan * (6*sec*sec - 1),
		}
	}
	return all
}()

// southing gives the southing of a latitude within the map, wrong by less than southingError.
func southing(lat int32) float64 {
	from := uint32(lat - southernmost)
	s := &southings[from>>seriesBits]
	d := float64(int32(from&(1<<seriesBits-1)) - 1<<(seriesBits-1))
	return s[0] + d*s[1] + d*d*(s[2]+d*s[3]+d*d*s[4])
}
