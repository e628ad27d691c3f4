package main

import (
	"math"
	"slices"
	"sort"

	"quartier/geo"
)

// region is where made-up reports lie: towns of different sizes, dense in their middles.
type region struct {
	name  string
	towns []town
	upTo  []float64 // of the reports, the share of each town and of those before it
	zones [][][]int32
}

// town is a normal spread around its middle. Its zones are the town and 20 quarters, a grid whose lines are closer in the middle.
type town struct {
	lon, lat             float64 // degrees
	spreadLon, spreadLat float64 // standard deviations, degrees
	columns, rows        []int32 // lines of the grid, units of 1e-7 degrees
	spots                []geo.Position
}

// Lines of the quarters' grid, in standard deviations from the middle of a town.
var (
	columnLines = []float64{-2.5, -0.9, -0.3, 0.3, 0.9, 2.5}
	rowLines    = []float64{-2.5, -0.7, 0, 0.7, 2.5}
)

const (
	quarters     = 20 // of a town
	spotsOfATown = 40 // places that many reports name: a station, a town hall
	citySpread   = 4.5
	kmPerDegree  = 111.2
)

// regions are the two that everything is measured in: 60 towns, of which the largest holds a tenth, and the worst case, all in one city.
var regions = []*region{country(), city()}

// regionNamed gives a region, or nil.
func regionNamed(name string) *region {
	i := slices.IndexFunc(regions, func(r *region) bool { return r.name == name })
	if i < 0 {
		return nil
	}
	return regions[i]
}

// country scatters the towns over France in a fixed order of sizes, which fall as those of real towns do.
func country() *region {
	r := &region{name: "60 towns over France"}
	total := 0.0
	for i := range 60 {
		size := math.Pow(float64(i+1), -0.62)
		total += size
		r.upTo = append(r.upTo, total)
		// Multiples of irrational numbers lie evenly and never in a pattern (Weyl).
		east, north := fraction(0.53+float64(i)*0.7548776662), fraction(0.31+float64(i)*0.5698402910)
		r.towns = append(r.towns, newTown(-1.2+7.6*east, 43.6+6.3*north, max(1.2, citySpread*math.Sqrt(size))))
	}
	for i := range r.upTo {
		r.upTo[i] /= total
	}
	r.number()
	return r
}

// city is one city that holds everything.
func city() *region {
	r := &region{name: "all in one city", upTo: []float64{1}, towns: []town{newTown(2.3488, 48.8534, citySpread)}}
	r.number()
	return r
}

func fraction(f float64) float64 { return f - math.Floor(f) }

// newTown makes a town of a spread in km.
func newTown(lon, lat, spread float64) town {
	t := town{lon: lon, lat: lat, spreadLon: spread / kmPerDegree / math.Cos(lat*math.Pi/180), spreadLat: spread / kmPerDegree}
	for _, at := range columnLines {
		t.columns = append(t.columns, units(lon+at*t.spreadLon))
	}
	for _, at := range rowLines {
		t.rows = append(t.rows, units(lat+at*t.spreadLat))
	}
	for i := range spotsOfATown {
		turn, far := float64(i)*2.399963, math.Sqrt(float64(i)/spotsOfATown)*1.5 // a sunflower
		t.spots = append(t.spots, geo.Position{Lon: units(lon + far*math.Cos(turn)*t.spreadLon), Lat: units(lat + far*math.Sin(turn)*t.spreadLat)})
	}
	return t
}

func units(degrees float64) int32 { return int32(math.Round(degrees * 1e7)) }

// quarter gives the place of a position in the town's grid, -1 outside it. What lies on a line belongs to the quarter whose code comes first, as
// PostGIS decides it for zones.
func (t *town) quarter(p geo.Position) int {
	column, row := place(t.columns, p.Lon), place(t.rows, p.Lat)
	if column < 0 || row < 0 {
		return -1
	}
	return row*(len(columnLines)-1) + column
}

// place gives the gap between lines in which a number lies, -1 outside all.
func place(lines []int32, n int32) int {
	if n < lines[0] || n > lines[len(lines)-1] {
		return -1
	}
	return max(0, sort.Search(len(lines), func(i int) bool { return lines[i] >= n })-1)
}

// number makes the lists of zones that reports refer to: towns have the numbers from 1, then come the quarters of each. A fresh database
// numbers them alike.
func (r *region) number() {
	for i := range r.towns {
		lists := make([][]int32, quarters+1)
		lists[quarters] = []int32{} // outside the grid
		for q := range quarters {
			lists[q] = []int32{int32(i + 1), r.zone(i, q)}
		}
		r.zones = append(r.zones, lists)
	}
}

// zone is the number of a quarter of a town.
func (r *region) zone(town, quarter int) int32 {
	return int32(len(r.towns) + town*quarters + quarter + 1)
}

// nearest gives the town whose middle is nearest to a position.
func (r *region) nearest(p geo.Position) int {
	lon, lat := p.Degrees()
	best, least := 0, math.Inf(1)
	for i := range r.towns {
		if d := math.Hypot(lon-r.towns[i].lon, lat-r.towns[i].lat); d < least {
			best, least = i, d
		}
	}
	return best
}
