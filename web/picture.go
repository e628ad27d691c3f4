package web

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/geo"
	"quartier/reports/fault"
	"quartier/tiles"
	"quartier/tiles/raster"
	"quartier/web/live"
)

// Bounds of drawing: pictures cost a hundred times what a vector tile does, and their addresses are without number.
const (
	picturesAtOnce     = 256 // drawn or waiting for their turn
	picturesPerAddress = 16  // a browser asks for a page's tiles all at once
	picturesKept       = 48 << 20
)

// studio draws pictures: as many at a time as half the machine's cores, so that the other half goes on answering.
type studio struct {
	cache  *tiles.Cache
	places *places
	easels *turns
}

func newStudio(index *tiles.Index) *studio {
	return &studio{cache: tiles.NewCache(index, picturesKept), places: newPlaces(picturesAtOnce, picturesPerAddress, "error.pictures_busy"),
		easels: newTurns(max(1, runtime.GOMAXPROCS(0)/2))}
}

// themes of pictures, by their names in addresses.
var themes = map[string]raster.Theme{"light": raster.Light, "dark": raster.Dark}

// Parameters of pictures beside those of the filter.
var (
	smallTileNames = append([]string{"theme", "items", "scale"}, filterNames...)
	pictureNames   = append([]string{"z", "lat", "lon", "w", "h", "pin"}, smallTileNames...)
)

// smallTile answers a picture of 256 px in the usual grid, for readers and programs that draw no vectors.
func (s *Server) smallTile(c *fiber.Ctx) error {
	at, err := gridAt(c, ".png", geo.MaxZoom+1)
	if err != nil {
		return err
	}
	p, err := strictParameters(c, smallTileNames...)
	if err != nil {
		return err
	}
	scale, err := whole(p, "scale", 1, 1, raster.MaxScale)
	if err != nil {
		return err
	}
	view, err := raster.TileView(at[0], at[1], at[2], scale)
	if err != nil {
		return fault.Parameter("z/x/y", "error.tile", fault.Args{"zoom": geo.MaxZoom + 1})
	}
	return s.sendPicture(c, p, view)
}

// staticPicture answers a picture of any view. One with a pin may leave out the zoom.
func (s *Server) staticPicture(c *fiber.Ctx) error {
	p, err := strictParameters(c, pictureNames...)
	if err != nil {
		return err
	}
	if p["z"] == "" && p["pin"] == "1" {
		p["z"] = decimals(s.placeZoom(), 1)
	}
	view := raster.View{ScaleBar: true, Attribution: true}
	for _, n := range []struct {
		name        string
		into        *float64
		least, most float64
	}{{"z", &view.Zoom, 0, raster.MaxZoom}, {"lat", &view.Lat, -geo.MaxLat, geo.MaxLat}, {"lon", &view.Lon, -180, 180}} {
		v, ok := decimal(p[n.name])
		if !ok || v < n.least || v > n.most {
			return fault.Parameter(n.name, "error.parameter.decimal", fault.Args{"least": fmt.Sprint(n.least), "most": fmt.Sprint(n.most)})
		}
		*n.into = v
	}
	pin := 0
	for _, n := range []struct {
		name                string
		into                *int
		absent, least, most int
	}{{"w", &view.Width, 600, 16, raster.MaxWidth}, {"h", &view.Height, 400, 16, raster.MaxHeight}, {"scale", &view.Scale, 1, 1, raster.MaxScale},
		{"pin", &pin, 0, 0, 1}} {
		if *n.into, err = whole(p, n.name, n.absent, n.least, n.most); err != nil {
			return err
		}
	}
	view.Pin = pin == 1
	return s.sendPicture(c, p, view)
}

// sendPicture draws a view for everyone, whoever asks, and sends it.
func (s *Server) sendPicture(c *fiber.Ctx, p parameters, view raster.View) error {
	theme := p["theme"]
	if theme == "" {
		theme = "light"
	}
	if _, known := themes[theme]; !known {
		return fault.Parameter("theme", "error.parameter.value", fault.Args{"value": fault.Short(theme)})
	}
	items, err := whole(p, "items", 1, 0, 1)
	if err != nil {
		return err
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	sel, err := s.selects(p, v)
	if err != nil {
		return err
	}
	sheet := &raster.Sheet{Ground: s.Ground, Zones: shapesOf(v), Theme: themes[theme], Attribution: s.attribution()}
	if items == 1 {
		sheet.Items, sheet.Filter = s.Map.Index, sel.index
	}
	name := fmt.Sprintf("%s %d %+v", theme, items, view)
	answer, err := s.studio.draw(c.UserContext(), askedOf(c), name, sheet, view)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=0, must-revalidate")
	c.Set(fiber.HeaderETag, answer.PlainTag)
	if matches(field(c, fiber.HeaderIfNoneMatch), answer.PlainTag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, "image/png")
	return c.Send(answer.Body)
}

// shapesOf gives the zones to draw: those of the first set, as the browser's map does. Several sets would lie on each other.
func shapesOf(v *live.Vocabulary) []*tiles.ZoneSet {
	if len(v.Sets) == 0 {
		return nil
	}
	return []*tiles.ZoneSet{v.Shapes(v.Sets[0].Slug)}
}

// draw gives the kept picture or draws it, when it is its turn.
func (s *studio) draw(ctx context.Context, a *asked, name string, sheet *raster.Sheet, view raster.View) (*tiles.Answer, error) {
	var of []geo.Tile
	if sheet.Items != nil {
		of = view.Tiles()
	}
	picture, err := s.cache.Picture(name, of, sheet.Zones, sheet.Filter)
	if err != nil {
		return nil, err
	}
	if kept := picture.Kept(); kept != nil {
		return kept, nil
	}
	leave, err := s.places.enter(a.address)
	if err != nil {
		return nil, err
	}
	defer leave()
	answer, err := picture.Draw(ctx, func() ([]byte, error) {
		// Others may wait for this drawing: it has a deadline of its own and goes on when the request that began it is over.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), quick)
		defer cancel()
		leave, err := s.easels.take(ctx, a.address)
		if err != nil {
			return nil, err
		}
		defer leave()
		return sheet.Draw(ctx, view)
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, &fault.Error{Kind: fault.Unavailable, Word: "error.pictures_busy", After: 10 * time.Second, Cause: err}
	}
	return answer, err
}
