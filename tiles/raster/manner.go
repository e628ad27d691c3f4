package raster

// manner is how a name is written.
type manner struct {
	face     *face
	size     float64
	grown    float64 // how much larger it is four zooms closer than where it begins
	space    float64
	upper    bool
	tint     tint
	from, to float64 // zooms that show it: from ≤ zoom < to
	first    int     // names of a smaller number are placed first
}

// at tells whether a zoom shows such names.
func (m manner) at(zoom float64) bool { return zoom >= m.from && zoom < m.to }

// tint is the colour of a name.
type tint uint8

const (
	strong tint = iota
	quiet
	blue
	leafy
	tints
)

// quarter is how parts of a town are written.
var quarter = manner{face: medium, size: 11, grown: 3, space: 0.1, tint: quiet, from: namesFrom, to: 16.5, first: 2, upper: true}

// mannerOf gives how a name is written by its layer and class (OpenMapTiles 3; "zone" is ours); false: not at all.
func mannerOf(layer, class string) (manner, bool) {
	switch layer {
	case "zone":
		return quarter, true
	case "place":
		switch class {
		case "city", "town":
			return manner{face: medium, size: 14, grown: 7, tint: strong, from: 8, to: 15, first: 0}, true
		case "island":
			return manner{face: medium, size: 15, tint: strong, from: 8, to: 13, first: 1}, true
		case "village":
			return manner{face: medium, size: 14, tint: strong, from: 9, to: 15, first: 1}, true
		case "suburb", "quarter":
			return quarter, true
		case "hamlet", "isolated_dwelling", "neighbourhood":
			return manner{face: regular, size: 12, tint: quiet, from: 13, to: 17, first: 4}, true
		}
	case "water_name":
		switch class {
		case "ocean", "sea", "bay":
			return manner{face: italic, size: 14, space: 0.08, tint: blue, from: 5, to: 18, first: 3}, true
		}
		return manner{face: italic, size: 12, space: 0.06, tint: blue, from: 12, to: 19, first: 3}, true
	case "transportation_name":
		switch class {
		case "motorway", "trunk", "primary", "secondary":
			return manner{face: regular, size: 12, tint: strong, from: 13, to: 20, first: 5}, true
		case "tertiary":
			return manner{face: regular, size: 11.5, tint: strong, from: 14, to: 20, first: 6}, true
		case "minor", "residential":
			return manner{face: regular, size: 11, tint: strong, from: 15, to: 20, first: 7}, true
		case "service", "path", "track", "pier", "rail":
			return manner{face: regular, size: 10.5, tint: quiet, from: 16, to: 20, first: 9}, true
		}
	case "poi":
		if class == "park" {
			return manner{face: regular, size: 11.5, tint: leafy, from: 14.5, to: 20, first: 4}, true
		}
		return manner{face: regular, size: 11, tint: quiet, from: 16, to: 20, first: 8}, true
	}
	return manner{}, false
}
