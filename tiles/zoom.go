package tiles

import "quartier/geo"

// byZoom gives the H3 resolution whose hexagons are 30 to 71 px wide at each zoom, in tiles of 512 px at the equator.
var byZoom = [geo.MaxZoom + 1]int{0, 1, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 8, 9, 10, 11, 11, 12, 13}

// Resolution gives the H3 resolution by which tiles of a zoom of 0…18 cluster.
func Resolution(zoom int) int { return byZoom[zoom] }
