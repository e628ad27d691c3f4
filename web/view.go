package web

import (
	"math"

	"github.com/paulmach/orb"

	"quartier/geo"
	"quartier/tiles"
	"quartier/web/live"
)

// nowhere is the zoom at which the map opens where there is nothing yet.
const nowhere = 5

// view gives the place and zoom at which the map opens: what holds the zones, or else the items.
func (s *Server) view(v *live.Vocabulary) (lat, lon, zoom float64) {
	bound := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
	for _, set := range v.Sets {
		if b, ok := v.Shapes(set.Slug).Bound(); ok {
			bound = bound.Union(b)
		}
	}
	if len(v.Sets) == 0 {
		// The finest cells that are few: a city has some, a continent too many.
		for resolution := 7; resolution >= 0; resolution-- {
			cells, more := s.Map.Index.Cells(resolution, nil, tiles.Filter{}, tiles.Everyone, 2000)
			if more {
				continue
			}
			for _, cell := range cells {
				bound = bound.Union(cell.Cell.Outline().Bound())
			}
			break
		}
	}
	if bound.Min[0] > bound.Max[0] { // nothing anywhere: France
		return 46.6, 2.4, nowhere
	}
	centre := bound.Center()
	// The zoom at which the larger side takes about 820 of the map's pixels (a world is 512 px wide at zoom 0).
	side := math.Max(math.Max(bound.Max[0]-bound.Min[0], 1.5*(bound.Max[1]-bound.Min[1])), 0.005)
	zoom = math.Log2(360 / side * 820 / 512)
	return centre[1], centre[0], math.Round(10*math.Max(1, math.Min(15, zoom))) / 10
}

// middle gives the middle of the town, for geocoders that know the whole world; false: nobody knows where it is.
func (s *Server) middle() (geo.Position, bool) {
	v := s.Map.Vocabulary()
	if v == nil {
		return geo.Position{}, false
	}
	lat, lon, zoom := s.view(v)
	p, err := geo.FromDegrees(lon, lat)
	return p, err == nil && zoom > nowhere
}
