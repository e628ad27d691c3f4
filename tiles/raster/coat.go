package raster

// coat is one fill of the ground: every area or line of it has one colour.
type coat uint8

// The coats, from the ground up.
const (
	residential coat = iota
	industrial
	rock
	sand
	green
	wood
	reserve
	civic
	pitch
	sea
	water
	stream // lines of water
	house
	pier
	tunnels
	streets
	bridges
	coats
)

// colours gives the colour of the coats that are areas.
func (t Theme) colours() [coats]colour {
	g := t.Ground
	return [coats]colour{
		residential: hex(g.Residential), industrial: hex(g.Industrial), rock: hex(g.Rock), sand: hex(g.Sand), green: hex(g.Green), wood: hex(g.Wood),
		reserve: hex(g.Wood), civic: hex(g.Civic), pitch: hex(g.Pitch), sea: hex(g.Sea), water: hex(g.Water), stream: hex(g.Water), pier: hex(g.Pier), house: hex(g.Building),
	}
}

// coatOf gives the coat of an area or line by its layer and class (OpenMapTiles 3); false: not drawn. The style of the browser's map says the same
// (tiles/basemap/style.go).
func coatOf(layer, class, brunnel string) (coat, bool) {
	switch layer {
	case "water":
		if class == "ocean" {
			return sea, true
		}
		return water, brunnel != "tunnel"
	case "waterway":
		return stream, brunnel != "tunnel"
	case "park":
		switch class {
		case "nature_reserve", "national_park", "protected_area":
			return reserve, true
		}
		return green, true
	case "building":
		return house, true
	case "landcover":
		switch class {
		case "grass", "wetland":
			return green, true
		case "wood":
			return wood, true
		case "sand":
			return sand, true
		case "rock":
			return rock, true
		}
	case "landuse":
		switch class {
		case "residential", "suburb", "quarter", "neighbourhood":
			return residential, true
		case "industrial", "commercial", "retail", "railway", "garages", "quarry":
			return industrial, true
		case "school", "university", "college", "kindergarten", "hospital", "cemetery", "library", "stadium", "military", "zoo", "theme_park":
			return civic, true
		case "pitch", "playground", "track":
			return pitch, true
		}
	case "transportation":
		switch {
		case class == "pier":
			return pier, true
		case brunnel == "bridge":
			return bridges, true
		case brunnel == "tunnel":
			return tunnels, true
		}
		return streets, true
	}
	return 0, false
}
