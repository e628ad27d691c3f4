package raster

import (
	"context"
	"time"

	"quartier/tiles"
	"quartier/tiles/basemap"
)

// Sheet is what is on a map.
type Sheet struct {
	Ground basemap.Ground // nil: a calm background
	Zones  []*tiles.ZoneSet
	Items  *tiles.Index // nil: none. The public ones are shown
	Filter tiles.Filter // of the items
	Theme  Theme
	// Attribution names who made what the sheet shows, in plain text, where a view asks for it; empty: nobody need be named.
	Attribution string
}

// drawTime is how long a picture may take that has no deadline. A town's takes a tenth of it on a slow machine.
const drawTime = 3 * time.Second

// Draw draws a view as a PNG. It fails with ErrView, when the ground cannot be read, or when the context ends; one without a deadline is given one.
func (s *Sheet) Draw(ctx context.Context, v View) ([]byte, error) {
	if _, bound := ctx.Deadline(); !bound {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, drawTime)
		defer cancel()
	}
	c, err := s.draw(ctx, v)
	if err != nil {
		return nil, err
	}
	return c.encode()
}

// draw draws a view.
func (s *Sheet) draw(ctx context.Context, v View) (*canvas, error) {
	if !v.Valid() {
		return nil, ErrView
	}
	f, bare := v.frame(), s.Ground == nil
	earth := &ground{}
	var err error
	if !bare {
		if earth, err = readGround(ctx, s.Ground, f); err != nil {
			return nil, err
		}
	}
	zones, err := readZones(s.Zones, f)
	if err != nil {
		return nil, err
	}
	var spots []spot
	if s.Items != nil {
		if spots, err = readItems(s.Items, s.Filter, f); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	names := newLayout(f)
	for _, one := range spots {
		names.reserve(one.at, one.radius())
	}
	for _, cover := range s.covers(v) {
		names.block(cover)
	}
	if err := names.names(ctx, append(zones.names, earth.names...), f.zoom, bare); err != nil {
		return nil, err
	}

	backdrop := hex(s.Theme.Ground.Land)
	if bare {
		backdrop = s.Theme.bare
	}
	w := f.window
	c := newCanvas(ctx, w.west, w.north, w.east-w.west, w.south-w.north, float64(v.Scale), backdrop)
	earth.paint(c, s.Theme, f.zoom)
	zones.paint(c, s.Theme, f.zoom, bare)
	names.paint(c, s.Theme)
	c.paintItems(s.Theme, spots)
	if v.Pin {
		c.pin(s.Theme, point{f.width / 2, f.height / 2})
	}
	if v.ScaleBar {
		c.scaleBar(s.Theme, v)
	}
	if v.Attribution && s.Attribution != "" {
		c.attribution(s.Theme, v, s.Attribution)
	}
	return c, ctx.Err()
}

// covers gives what the pin, the scale bar and the attribution cover.
func (s *Sheet) covers(v View) []box {
	var list []box
	w, h := float64(v.Width), float64(v.Height)
	if v.Pin {
		list = append(list, box{w/2 - 14, h/2 - 38, w/2 + 14, h/2 + 4})
	}
	if v.ScaleBar {
		list = append(list, box{0, h - 34, 124, h})
	}
	if v.Attribution && s.Attribution != "" {
		list = append(list, box{w - 18 - attributionLine(v, s.Attribution).width(), h - 22, w, h})
	}
	return list
}
