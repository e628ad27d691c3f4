package web

import (
	"math"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"quartier/geo"
	"quartier/reports/language"
	"quartier/tiles"
	"quartier/tiles/raster"
	"quartier/web/live"
	"quartier/web/page"
)

// Sizes of pictures on pages, in pixels of the page. The page cuts the large ones to the screen, it does not shrink them: a press must tell its pixel.
const (
	plainWidth, plainHeight = 1280, 900
	plainNarrow, plainTall  = 640, 720 // for telephones
	placeWidth, placeHeight = 352, 240
	zoneWidth, zoneHeight   = 1168, 420
)

// staticMap gives what shows a picture of a view with a filter (nil: no filter).
func staticMap(view raster.View, filter url.Values, alt string) page.Static {
	address := func(theme string, scale int) string {
		query := url.Values{"lat": {decimals(view.Lat, 7)}, "lon": {decimals(view.Lon, 7)}, "w": {strconv.Itoa(view.Width)}, "h": {strconv.Itoa(view.Height)}}
		for _, name := range filterNames {
			if value := filter.Get(name); value != "" {
				query.Set(name, value)
			}
		}
		if view.Pin { // a place alone, without what else is around, from where it is recognised
			query.Set("pin", "1")
			query.Set("items", "0")
		} else {
			query.Set("z", decimals(view.Zoom, 2))
		}
		if theme != "light" {
			query.Set("theme", theme)
		}
		if scale > 1 {
			query.Set("scale", strconv.Itoa(scale))
		}
		return "/maps/static.png?" + query.Encode()
	}
	return page.Static{Light: address("light", 1), LightFine: address("light", 2), Dark: address("dark", 1), DarkFine: address("dark", 2),
		Width: view.Width, Height: view.Height, Alt: alt}
}

// placeMap is the picture of one place.
func placeMap(l *language.Language, at geo.Position) page.Static {
	lon, lat := at.Degrees()
	return staticMap(raster.View{Lon: lon, Lat: lat, Width: placeWidth, Height: placeHeight, Pin: true}, nil, l.Say("static.place", nil))
}

// closest is the zoom that shows a street corner.
const closest = 16

// placeZoom is the zoom from which a place is recognised: where no street is drawn, the zones around it with their names are seen.
func (s *Server) placeZoom() float64 {
	if s.Ground == nil {
		return 13.5
	}
	return closest
}

// decimals writes a number with at most so many decimals.
func decimals(n float64, places int) string {
	power := math.Pow(10, float64(places))
	return strconv.FormatFloat(math.Round(n*power)/power, 'f', -1, 64)
}

// plainView is what the map page's address asks to see; without one, or where it makes no sense, all there is.
func (s *Server) plainView(c *fiber.Ctx, v *live.Vocabulary) raster.View {
	p := lenientParameters(c, "z", "lat", "lon")
	zoom, okZoom := decimal(p["z"])
	lat, okLat := decimal(p["lat"])
	lon, okLon := decimal(p["lon"])
	view := raster.View{Lon: lon, Lat: lat, Zoom: math.Max(0, math.Min(raster.MaxZoom, zoom)), Width: plainWidth, Height: plainHeight, Scale: 1}
	if okZoom && okLat && okLon && view.Valid() {
		return view
	}
	view.Lat, view.Lon, view.Zoom = s.view(v)
	return view
}

// plainMap is the map page's map without script.
func (s *Server) plainMap(c *fiber.Ctx, v *live.Vocabulary, filters page.Filters, sel selection) page.PlainMap {
	l := askedOf(c).language
	view := s.plainView(c, v)
	sel.index.Box = boxOf(view)
	count := s.Map.Index.Total(sel.index, tiles.Everyone)
	narrow := view
	narrow.Width, narrow.Height = plainNarrow, plainTall
	m := page.PlainMap{Wide: staticMap(view, filters.Query, l.Say("static.count", map[string]any{"n": count})), Narrow: staticMap(narrow, filters.Query, ""),
		Makers: s.attribution()}
	for _, name := range []string{"z", "lat", "lon"} {
		m.Here = append(m.Here, page.Hidden{Name: name, Value: mapQuery(view, nil).Get(name)})
	}
	for _, name := range filterNames {
		if value := filters.Query.Get(name); value != "" {
			m.Here = append(m.Here, page.Hidden{Name: name, Value: value})
		}
	}
	moved := func(east, south, closer float64) string {
		next := view
		if east != 0 || south != 0 {
			next.Lon, next.Lat = view.Shifted(east, south)
		}
		next.Zoom = math.Max(0, math.Min(raster.MaxZoom, view.Zoom+closer))
		if next == view {
			return ""
		}
		return "/?" + mapQuery(next, filters.Query).Encode()
	}
	const step = 240 // pixels: a good part of what a telephone shows
	m.North, m.South, m.West, m.East = moved(0, -step, 0), moved(0, step, 0), moved(-step, 0, 0), moved(step, 0, 0)
	m.In, m.Out = moved(0, 0, 1), moved(0, 0, -1)
	return m
}

// boxOf gives the positions in a view. A view across the 180th meridian is cut there.
func boxOf(view raster.View) *geo.Box {
	w, h := float64(view.Width)/2, float64(view.Height)/2
	_, north := view.Shifted(0, -h)
	_, south := view.Shifted(0, h)
	half := w * 360 / (512 * math.Exp2(view.Zoom))
	return geo.BoxOf(math.Max(-180, view.Lon-half), south, math.Min(180, view.Lon+half), north)
}

// mapQuery is the query of the map page's address, as the script writes it (web/ui/src/map/state.ts).
func mapQuery(view raster.View, filter url.Values) url.Values {
	digits := int(math.Max(2, math.Min(6, math.Ceil(view.Zoom/3))))
	query := url.Values{"z": {decimals(view.Zoom, 2)}, "lat": {decimals(view.Lat, digits)}, "lon": {decimals(view.Lon, digits)}}
	for name, values := range filter {
		query[name] = values
	}
	return query
}

// mapPress leads a press on the map without script to the map around that place, one zoom closer.
func (s *Server) mapPress(c *fiber.Ctx) error {
	p := lenientParameters(c, "at.x", "at.y")
	if p["at.x"] == "" && p["at.y"] == "" {
		return c.Next()
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	filters, _ := s.filters(c, v)
	return c.Redirect(s.to("/?"+mapQuery(closer(s.plainView(c, v), p), filters.Query).Encode()), fiber.StatusSeeOther)
}

// closer gives the view around the place of a press on the wide picture of a view.
func closer(view raster.View, press parameters) raster.View {
	x, y := pressed(press["at.x"], press["at.y"], plainWidth, plainHeight)
	view.Lon, view.Lat = view.Shifted(x-plainWidth/2, y-plainHeight/2)
	view.Zoom = math.Min(raster.MaxZoom, view.Zoom+1)
	return view
}

// pressed reads where on a picture of a size a press was: the middle of a pixel. The keyboard presses at 0, 0, which no hand hits: that and
// nonsense are the middle of the picture.
func pressed(textX, textY string, width, height int) (x, y float64) {
	px, errX := strconv.Atoi(textX)
	py, errY := strconv.Atoi(textY)
	if errX != nil || errY != nil || px < 0 || py < 0 || px >= width || py >= height || px == 0 && py == 0 {
		return float64(width) / 2, float64(height) / 2
	}
	return float64(px) + 0.5, float64(py) + 0.5
}
