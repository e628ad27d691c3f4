package basemap

import "slices"

// Coat is one paint of what lies flat on a ground: some classes of a layer, of one colour. Styles (style.go) and pictures (tiles/raster) are both
// made from Coats, so that they show the same.
type Coat struct {
	Name    string // of the style's layer
	Layer   string
	Classes []string // none: all that no other coat of the layer names
	Colour  func(Palette) string
	From    float64 // the first zoom that shows it
	Opacity float64 // 0: it hides what lies beneath
	Open    bool    // what runs through a tunnel is not seen
}

// Coats are painted in this order. They are areas, those of the layer waterway lines.
var Coats = []Coat{
	{Name: "landuse-residential", Layer: "landuse", Classes: []string{"residential", "suburb", "quarter", "neighbourhood"},
		Colour: func(p Palette) string { return p.Residential }},
	{Name: "landuse-industrial", Layer: "landuse", Classes: []string{"industrial", "commercial", "retail", "railway", "garages", "quarry"},
		Colour: func(p Palette) string { return p.Industrial }},
	{Name: "landcover-rock", Layer: "landcover", Classes: []string{"rock"}, Colour: func(p Palette) string { return p.Rock }},
	{Name: "landcover-sand", Layer: "landcover", Classes: []string{"sand"}, Colour: func(p Palette) string { return p.Sand }},
	{Name: "landcover-green", Layer: "landcover", Classes: []string{"grass", "wetland"}, Colour: func(p Palette) string { return p.Green }},
	{Name: "landcover-wood", Layer: "landcover", Classes: []string{"wood"}, Colour: func(p Palette) string { return p.Wood }},
	{Name: "park", Layer: "park", Colour: func(p Palette) string { return p.Green }},
	// A reserve lies over woods and meadows: it tints them and hides none.
	{Name: "reserve", Layer: "park", Classes: []string{"nature_reserve", "national_park", "protected_area"},
		Colour: func(p Palette) string { return p.Wood }, Opacity: 0.35},
	{Name: "landuse-civic", Layer: "landuse", Classes: []string{"school", "university", "college", "kindergarten", "hospital", "cemetery", "library", "stadium", "military",
		"zoo", "theme_park"}, Colour: func(p Palette) string { return p.Civic }},
	{Name: "landuse-pitch", Layer: "landuse", Classes: []string{"pitch", "playground", "track"}, Colour: func(p Palette) string { return p.Pitch }, From: 13},
	{Name: "waterway", Layer: "waterway", Colour: func(p Palette) string { return p.Water }, From: 8, Open: true},
	{Name: "sea", Layer: "water", Classes: []string{"ocean"}, Colour: func(p Palette) string { return p.Sea }},
	{Name: "water", Layer: "water", Colour: func(p Palette) string { return p.Water }, Open: true},
	{Name: "building", Layer: "building", Colour: func(p Palette) string { return p.Building }, From: 13},
	{Name: "pier-area", Layer: "transportation", Classes: []string{"pier"}, Colour: func(p Palette) string { return p.Pier }, From: 13},
}

// CoatOf gives the place in Coats of what a feature that is no street is painted with; -1: it is not painted.
func CoatOf(layer, class string) int {
	rest := -1
	for i := range Coats {
		switch c := &Coats[i]; {
		case c.Layer != layer:
		case slices.Contains(c.Classes, class):
			return i
		case len(c.Classes) == 0:
			rest = i
		}
	}
	return rest
}

// filter lets the features of a coat through.
func (c *Coat) filter() list {
	var conditions list
	if c.Layer == "transportation" { // whose lines are streets
		conditions = append(conditions, list{"==", list{"geometry-type"}, "Polygon"})
	}
	if len(c.Classes) > 0 {
		conditions = append(conditions, of(c.Classes...))
	} else if others := c.others(); len(others) > 0 {
		conditions = append(conditions, but(others...))
	}
	if c.Open {
		conditions = append(conditions, list{"!=", list{"get", "brunnel"}, "tunnel"})
	}
	switch len(conditions) {
	case 0:
		return nil
	case 1:
		return conditions[0].(list)
	}
	return all(conditions...)
}

// others are the classes of the same layer that other coats name.
func (c *Coat) others() []string {
	var list []string
	for _, other := range Coats {
		if other.Layer == c.Layer {
			list = append(list, other.Classes...)
		}
	}
	return list
}
