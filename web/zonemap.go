package web

import (
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"

	"quartier/geo"
	"quartier/reports/language"
	"quartier/reports/zone"
	"quartier/tiles/raster"
	"quartier/web/page"
)

// Size of the map on which revisions are compared, in pixels.
const compareWidth, compareHeight = 768, 512

// zoneMap draws a revision, and the one in force if it is another, over a picture of the map that shows them whole.
func zoneMap(l *language.Language, p zone.Preview) page.ZoneMap {
	all := p.Outlines
	if !p.InForce {
		all = append(append([]zone.Outline{}, p.Outlines...), p.NowInMap...)
	}
	view := viewOf(all)
	m := page.ZoneMap{Picture: staticMap(view, nil, l.Say("admin.zones.map", nil)), After: outlinePath(view, p.Outlines)}
	if !p.InForce {
		m.Before = outlinePath(view, p.NowInMap)
	}
	return m
}

// viewOf is the view that some outlines fill.
func viewOf(list []zone.Outline) raster.View {
	const margin = 0.92 // of the picture that they may take
	view := raster.View{Width: compareWidth, Height: compareHeight, Scale: 1}
	var bound orb.Bound
	for i, o := range list {
		if i == 0 {
			bound = o.Geometry.Bound()
		}
		bound = bound.Union(o.Geometry.Bound())
	}
	low, high := geo.Project(bound.Min[0], bound.Min[1]), geo.Project(bound.Max[0], bound.Max[1])
	view.Lon, view.Lat = geo.Degrees((low[0]+high[0])/2, (low[1]+high[1])/2)
	wide, tall := math.Max(high[0]-low[0], 1e-7), math.Max(low[1]-high[1], 1e-7) // the square's second axis points south
	zoom := math.Log2(margin / tilePixels * math.Min(compareWidth/wide, compareHeight/tall))
	view.Zoom = math.Floor(20*math.Max(0, math.Min(closest, zoom))) / 20
	return view
}

// tilePixels is the side of the world at zoom 0, in pixels.
const tilePixels = 512

// outlinePath writes outlines as an SVG path in the pixels of a view, simplified to half of one.
func outlinePath(view raster.View, list []zone.Outline) string {
	scale := tilePixels * math.Exp2(view.Zoom)
	middle := geo.Project(view.Lon, view.Lat)
	by := simplify.DouglasPeucker(0.5)
	var b strings.Builder
	for _, o := range list {
		for _, polygon := range o.Geometry {
			for _, ring := range polygon {
				line := make(orb.LineString, len(ring))
				for i, p := range ring {
					at := geo.Project(p[0], p[1])
					line[i] = orb.Point{(at[0]-middle[0])*scale + compareWidth/2, (at[1]-middle[1])*scale + compareHeight/2}
				}
				for i, p := range by.LineString(line) {
					b.WriteByte("ML"[min(i, 1)])
					b.WriteString(strconv.FormatFloat(p[0], 'f', 1, 64))
					b.WriteByte(' ')
					b.WriteString(strconv.FormatFloat(p[1], 'f', 1, 64))
				}
				b.WriteByte('Z')
			}
		}
	}
	return b.String()
}
