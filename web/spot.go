package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/geo"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/place"
	"quartier/tiles/raster"
	"quartier/web/live"
	"quartier/web/page"
)

// Zooms of the form's map without script, of small tiles.
const (
	deepestSpot = geo.MaxZoom + 1
	closeSpot   = 18 // where an address is shown
	enoughSpot  = 17 // from here on a press is precise; farther away it also comes closer
)

// spotMap is what the form's map without script shows: the tile in its middle.
type spotMap struct{ z, x, y int }

// around gives the map whose middle tile holds a place.
func around(z int, lon, lat float64) spotMap {
	px, py := raster.Pixel(z, lon, lat)
	last := 1<<z - 1
	tile := func(p float64) int { return max(0, min(last, int(p/raster.TilePixels))) }
	return spotMap{z, tile(px), tile(py)}
}

// String writes it for the form.
func (m spotMap) String() string { return fmt.Sprintf("%d/%d/%d", m.z, m.x, m.y) }

// spotMapOf reads it.
func spotMapOf(text, separator string) (m spotMap, ok bool) {
	parts := strings.Split(text, separator)
	if len(parts) != 3 {
		return m, false
	}
	for i, into := range []*int{&m.z, &m.x, &m.y} {
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return m, false
		}
		*into = n
	}
	return m, m.z >= 0 && m.z <= deepestSpot && m.x >= 0 && m.y >= 0 && m.x < 1<<m.z && m.y < 1<<m.z
}

// moved gives the map after a step; unknown steps move nothing.
func (m spotMap) moved(step string) spotMap {
	count := 1 << m.z
	switch step {
	case "north":
		m.y = max(0, m.y-1)
	case "south":
		m.y = min(count-1, m.y+1)
	case "west":
		m.x = (m.x + count - 1) % count
	case "east":
		m.x = (m.x + 1) % count
	case "in":
		if m.z < deepestSpot {
			m = spotMap{m.z + 1, 2*m.x + 1, 2*m.y + 1}
		}
	case "out":
		if m.z > 0 {
			m = spotMap{m.z - 1, m.x / 2, m.y / 2}
		}
	}
	return m
}

// spotPage gives what the page shows of it, with a pin at the draft's place.
func (m spotMap) page(l *language.Language, at *geo.Position) page.PlaceMap {
	p := page.PlaceMap{Centre: m.String(), In: m.z < deepestSpot, Out: m.z > 0}
	count := 1 << m.z
	where := [3][3]string{{"north_west", "north", "north_east"}, {"west", "middle", "east"}, {"south_west", "south", "south_east"}}
	for j := -1; j <= 1; j++ {
		var row []page.PlaceTile
		for i := -1; i <= 1; i++ {
			var t page.PlaceTile
			// A world of few tiles is not shown twice: two buttons would have one name.
			if y := m.y + j; y >= 0 && y < count && (count > 2 || m.x+i >= 0 && m.x+i < count) {
				x := (m.x + i + count) % count
				// What is open may be what one is about to report again; what is closed is not.
				address := fmt.Sprintf("/tiles/raster/%d/%d/%d.png?status=open", m.z, x, y)
				t = page.PlaceTile{Name: fmt.Sprintf("tile.%d.%d.%d", m.z, x, y), Light: address, LightFine: address + "&scale=2",
					Dark: address + "&theme=dark", DarkFine: address + "&scale=2&theme=dark", Where: l.Say("form.tile."+where[j+1][i+1], nil)}
			}
			row = append(row, t)
		}
		p.Rows = append(p.Rows, row)
	}
	if at != nil {
		lon, lat := at.Degrees()
		px, py := raster.Pixel(m.z, lon, lat)
		p.X = px - float64((m.x-1)*raster.TilePixels)
		if world := float64(count * raster.TilePixels); count > 2 { // the columns go around the world
			p.X = math.Mod(p.X+world, world)
		}
		p.Y = py - float64((m.y-1)*raster.TilePixels)
		p.Pin = p.X <= 3*raster.TilePixels && p.Y >= 0 && p.Y <= 3*raster.TilePixels
	}
	return p
}

// pressedTile finds the tile of the form that was pressed, and where.
func pressedTile(c *fiber.Ctx) (m spotMap, x, y float64, ok bool) {
	args := c.Context().PostArgs()
	for key := range args.All() {
		name, isX := strings.CutSuffix(string(key), ".x")
		tile, isTile := strings.CutPrefix(name, "tile.")
		if !isX || !isTile {
			continue
		}
		if m, ok = spotMapOf(tile, "."); ok {
			x, y = pressed(string(args.Peek(name+".x")), string(args.Peek(name+".y")), raster.TilePixels, raster.TilePixels)
			return m, x, y, true
		}
	}
	return m, 0, 0, false
}

// formStep is a step of the form without script: a press on its map, a move of it, a search, the check. The form comes back with all that was typed.
func (s *Server) formStep(c *fiber.Ctx) error {
	tile, x, y, press := pressedTile(c)
	step := string(c.Context().PostArgs().Peek("step"))
	if !press && step == "" {
		return c.Next()
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	d := draftOf(c)
	a := askedOf(c)
	m, known := spotMapOf(string(c.Context().PostArgs().Peek("map")), "/")
	if !known {
		m = s.spotMap(v, d)
	}
	slug, choice := strings.CutPrefix(step, "category.")
	switch {
	case step == "check", choice:
		if choice { // one that was suggested
			d.Category = strings.Clone(slug)
		}
		if err := s.check(c, v, &d); err != nil {
			return err
		}
		if at := placed(d); at != nil {
			lon, lat := at.Degrees()
			m = around(closeSpot, lon, lat)
		}
	case press:
		lon, lat := raster.At(tile.z, float64(tile.x*raster.TilePixels)+x, float64(tile.y*raster.TilePixels)+y)
		at, err := geo.FromDegrees(lon, lat)
		if err != nil {
			break // beyond the map's edge, or 0/0: nobody's place
		}
		s.put(c, &d, at)
		if m = tile; m.z < enoughSpot {
			m = around(min(m.z+2, enoughSpot), lon, lat)
		}
	case step == "search":
		if at := s.search(c, &d); at != nil {
			lon, lat := at.Degrees()
			m = around(closeSpot, lon, lat)
			d.Lat, d.Lon, d.Near = degreesText(lat), degreesText(lon), d.Address
			d.Said = a.language.Say("place.set", map[string]any{"lat": d.Lat, "lon": d.Lon})
		}
	default:
		m = m.moved(step)
	}
	return s.showForm(c, fiber.StatusOK, d, m)
}

// put sets the draft's place, and its address unless somebody typed one.
func (s *Server) put(c *fiber.Ctx, d *page.Draft, at geo.Position) {
	a := askedOf(c)
	lon, lat := at.Degrees()
	d.Lat, d.Lon = degreesText(lat), degreesText(lon)
	d.Said = a.language.Say("place.set", map[string]any{"lat": d.Lat, "lon": d.Lon})
	found, _, ok, err := place.Nearest(c.UserContext(), s.Register.DB, a.actor, at)
	if err != nil || !ok { // a place without an address is a place; so is one while the database rests
		if d.Address == d.Near {
			d.Address = ""
		}
		d.Near = ""
		return
	}
	if d.Address == "" || d.Address == d.Near {
		d.Address = found.Label()
	}
	d.Near = found.Label()
	d.Said = a.language.Say("place.near", map[string]any{"address": d.Near})
}

// search finds the place that the draft's address means; nil: none, or several to choose from.
func (s *Server) search(c *fiber.Ctx, d *page.Draft) *geo.Position {
	var check fault.Check
	at, err := s.placeByWords(c.UserContext(), askedOf(c).actor, &check, d, string(c.Context().PostArgs().Peek("place")))
	l := askedOf(c).language
	if err != nil {
		d.Problem = problemOf(err, l).Detail
		return nil
	}
	if wrong := check.Err(); wrong != nil {
		blame(d, problemOf(wrong, l))
		return nil
	}
	return &at
}

// spotMap is where the form's map begins: at the draft's place, or where the map of all reports does.
func (s *Server) spotMap(v *live.Vocabulary, d page.Draft) spotMap {
	if at := placed(d); at != nil {
		lon, lat := at.Degrees()
		return around(closeSpot, lon, lat)
	}
	lat, lon, zoom := s.view(v)
	return around(int(math.Round(zoom))+1, lon, lat)
}

// placed gives the place that the draft's coordinates name, or nil.
func placed(d page.Draft) *geo.Position {
	var check fault.Check
	lat, okLat := coordinate(&check, "lat", d.Lat)
	lon, okLon := coordinate(&check, "lon", d.Lon)
	if !okLat || !okLon {
		return nil
	}
	at, err := geo.FromDegrees(lon, lat)
	if err != nil {
		return nil
	}
	return &at
}

// degreesText writes degrees as the database keeps them.
func degreesText(degrees float64) string { return strconv.FormatFloat(degrees, 'f', 7, 64) }
