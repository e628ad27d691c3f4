package basemap

import "cmp"

// The fonts of names: weights and slants of one family, as MapLibre reads them from a name, and what the machine has if that is missing.
var (
	regular = list{"Atkinson Hyperlegible Next", "sans-serif"}
	medium  = list{"Atkinson Hyperlegible Next Medium", "Atkinson Hyperlegible Next", "sans-serif"}
	strong  = list{"Atkinson Hyperlegible Next SemiBold", "Atkinson Hyperlegible Next", "sans-serif"}
	slanted = list{"Atkinson Hyperlegible Next Italic", "Atkinson Hyperlegible Next", "sans-serif"}
)

// called is the name of a feature: some tools write it for Latin letters only.
var called = list{"coalesce", list{"get", "name"}, list{"get", "name:latin"}}

// named lets features with a name through.
var named = list{"any", list{"has", "name"}, list{"has", "name:latin"}}

// lettering is how names of one sort are set.
type lettering struct {
	font          list
	size          list
	colour        string
	spacing       float64 // between letters, em
	width         float64 // before a line breaks, em; 0: MapLibre's 10
	halo          string  // empty: the palette's
	upper, byRank bool
}

// label sets the names of points.
func (t lettering) label(id, layer string, filter list, p Palette) StyleLayer {
	l := StyleLayer{ID: id, Type: "symbol", SourceLayer: layer, Filter: all(filter, named),
		Layout: map[string]any{"text-field": called, "text-font": t.font, "text-size": t.size},
		Paint:  map[string]any{"text-color": t.colour, "text-halo-color": cmp.Or(t.halo, p.Halo), "text-halo-width": 1.4, "text-halo-blur": 0.4}}
	if t.spacing != 0 {
		l.Layout["text-letter-spacing"] = t.spacing
	}
	if t.width != 0 {
		l.Layout["text-max-width"] = t.width
	}
	if t.upper {
		l.Layout["text-transform"] = "uppercase"
	}
	if t.byRank {
		l.Layout["symbol-sort-key"] = list{"coalesce", list{"get", "rank"}, 99}
	}
	return l
}

// along sets the names of lines; a street's name is said again after so many pixels.
func (t lettering) along(id, layer string, filter list, again int, p Palette) StyleLayer {
	l := t.label(id, layer, filter, p)
	l.Layout["symbol-placement"] = "line"
	l.Layout["symbol-spacing"] = again
	l.Layout["text-max-angle"] = 35
	l.Layout["text-padding"] = 2
	return l
}

// names are what is written, the most important last: MapLibre gives place to later layers first.
func names(p Palette) []StyleLayer {
	point := list{"==", list{"geometry-type"}, "Point"}
	line := list{"==", list{"geometry-type"}, "LineString"}
	water := lettering{font: slanted, size: zoomed(10, 11, 17, 14), colour: p.WaterLabel, spacing: 0.06, width: 7, halo: p.Water}
	lake := water
	lake.halo = ""
	sea := lettering{font: slanted, size: zoomed(7, 12, 12, 13, 16, 18), colour: p.WaterLabel, spacing: 0.14, width: 12, halo: p.Sea, byRank: true}
	lane := lettering{font: regular, size: zoomed(14.5, 10.5, 18, 14), colour: p.QuietLabel}
	street := lettering{font: regular, size: zoomed(13.5, 11, 18, 15), colour: p.Label}
	avenue := lettering{font: medium, size: zoomed(12.5, 11, 18, 16), colour: p.Label}
	green, wet, built := []string{"park", "garden", "zoo"}, []string{"harbor", "lighthouse", "ferry_terminal"}, []string{"school", "college", "hospital", "town_hall",
		"place_of_worship", "library", "stadium", "museum", "railway", "theatre"}
	place := lettering{font: medium, size: zoomed(13, 11, 18, 13), colour: p.QuietLabel, width: 8, byRank: true}
	hamlet := lettering{font: regular, size: zoomed(12, 12, 16, 14), colour: p.QuietLabel, width: 8, byRank: true}
	quarter := lettering{font: strong, size: zoomed(11.5, 10.5, 16, 14), colour: p.QuietLabel, spacing: 0.1, width: 8, upper: true, byRank: true}
	island := lettering{font: slanted, size: zoomed(8, 12, 14, 20), colour: p.QuietLabel, spacing: 0.1, byRank: true}
	town := lettering{font: strong, size: zoomed(8, 13, 15, 21), colour: p.Label, byRank: true}
	village := lettering{font: medium, size: zoomed(10, 12, 15, 17), colour: p.Label, byRank: true}
	return []StyleLayer{
		lane.along("name-path", "transportation_name", of("path", "track", "service", "pier", "rail"), 300, p).from(16.5),
		lane.along("name-minor", "transportation_name", of("minor", "residential"), 260, p).from(15),
		street.along("name-tertiary", "transportation_name", of("tertiary"), 350, p).from(14),
		avenue.along("name-main", "transportation_name", of("motorway", "trunk", "primary", "secondary"), 400, p).from(13),
		water.along("name-waterway", "waterway", line, 400, p).from(13),
		water.along("name-water-line", "water_name", line, 400, p).from(11),
		dots("poi-dot-built", built, p.QuietLabel, p), place.poi("poi-built", built, p),
		dots("poi-dot-green", green, p.GreenLabel, p), place.in(p.GreenLabel).poi("poi-green", green, p),
		dots("poi-dot-water", wet, p.WaterLabel, p), place.in(p.WaterLabel).poi("poi-water", wet, p),
		lake.label("name-water", "water_name", all(point, of("lake", "river", "dock", "pond", "reservoir")), p).from(12),
		sea.label("name-sea", "water_name", all(point, of("ocean", "sea", "bay", "strait")), p),
		hamlet.label("place-hamlet", "place", of("hamlet", "isolated_dwelling", "neighbourhood"), p).from(12.5).until(17),
		quarter.label("place-quarter", "place", of("quarter", "suburb"), p).from(11.5).until(16.5),
		village.label("place-village", "place", of("village"), p).from(9).until(16),
		aside(island.label("place-island", "place", of("island"), p)).until(12),
		town.label("place-town", "place", of("city", "town"), p).until(15),
	}
}

// aside lets a name step out of the way of others.
func aside(l StyleLayer) StyleLayer {
	l.Layout["text-variable-anchor"] = list{"center", "bottom", "top"}
	l.Layout["text-radial-offset"] = 1.6
	return l
}

// in gives the same letters in another colour.
func (t lettering) in(colour string) lettering {
	t.colour = colour
	return t
}

// dots mark places of interest: they stay where the name finds no room.
func dots(id string, classes []string, colour string, p Palette) StyleLayer {
	return StyleLayer{ID: id, Type: "circle", SourceLayer: "poi", MinZoom: 14.5, Filter: of(classes...), Paint: map[string]any{
		"circle-color": colour, "circle-radius": zoomed(14.5, 2.2, 18, 4), "circle-stroke-color": p.Halo, "circle-stroke-width": 1.2}}
}

// poi names places of interest below their dots.
func (t lettering) poi(id string, classes []string, p Palette) StyleLayer {
	l := t.label(id, "poi", of(classes...), p)
	l.MinZoom = 14.5
	l.Layout["text-anchor"] = "top"
	l.Layout["text-offset"] = list{0, 0.5}
	return l
}
