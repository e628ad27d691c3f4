package raster

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"quartier/tiles/basemap"
)

// thing is an area or line of the ground in a frame.
type thing struct {
	class string // of a street: that of basemap.Roads which it is drawn as
	lines [][]point
	area  bool
}

// name is something that the ground calls by a name: a spot, or a line along which the name stands.
type name struct {
	layer, class, words string
	rank                int
	at                  point
	line                []point
}

// ground is what of a ground a frame shows.
type ground struct {
	coats   [][]thing // by their places in basemap.Coats
	streets [levels][]thing
	walls   [][]point // the edges of houses
	names   []name

	zoom   float64
	near   box     // what the picture shows, with a margin
	points int     // of things
	length float64 // of their lines, in pixels
}

// margin is how far beyond a picture things stand that reach into it: half of the widest street, of the largest ring, of a pin.
const margin = 40

// Bounds of names, which may come from anybody's file.
const (
	maxWords  = 250    // bytes of one
	maxPieces = 50_000 // in a frame, before those of one street are joined
)

// readGround reads the tiles that a frame needs.
func readGround(ctx context.Context, source basemap.Ground, f frame) (*ground, error) {
	g := &ground{coats: make([][]thing, len(basemap.Coats)), zoom: f.zoom, near: f.window.grown(margin)}
	// Small tiles of one block are cut alike, so that they fit together.
	whole := box{0, 0, f.width, f.height}
	for t := range f.tiles(f.level(source.MaxZoom()), 0) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		raw, err := source.Tile(ctx, t.Tile)
		if err != nil {
			return nil, fmt.Errorf("raster: ground: %w", err)
		}
		layers, err := decode(raw)
		if err != nil {
			return nil, fmt.Errorf("raster: ground: tile %v: %w", t.Tile, err)
		}
		for _, l := range layers {
			extent := float64(l.Extent)
			// A name stands in the middle of what is seen of its line.
			to, named := newCut(t, extent, whole.grown(margin)), newCut(t, extent, whole)
			for _, one := range l.Features {
				g.take(to, named, l.Name, one.Geometry, one.Properties)
			}
		}
		if g.points > maxPoints || g.length > maxLength {
			return nil, errDense
		}
	}
	return g, nil
}

// take takes a feature of a layer.
func (g *ground) take(to, named cut, layer string, shape orb.Geometry, properties map[string]any) {
	word := func(key string) string {
		text, _ := properties[key].(string)
		return text
	}
	class := word("class")
	switch layer {
	case "transportation_name", "water_name", "place", "poi":
		g.call(named, layer, class, properties, shape)
		return
	case "waterway": // some tools give the lines their names
		g.call(named, "water_name", class, properties, shape)
	}
	_, area := shape.(orb.Polygon)
	_, areas := shape.(orb.MultiPolygon)
	one, brunnel := thing{class: class, area: area || areas}, word("brunnel")
	var into *[]thing
	if layer == "transportation" && !one.area {
		if one.class = basemap.RoadOf(class); one.class == "" && brunnel != "tunnel" {
			return
		}
		into = &g.streets[levelOf(brunnel)]
	} else {
		of := basemap.CoatOf(layer, class)
		if of < 0 || basemap.Coats[of].Open && brunnel == "tunnel" {
			return
		}
		into = &g.coats[of]
	}
	one.lines = slices.DeleteFunc(to.lines(shape), func(line []point) bool { return !around(line).meets(g.near) })
	if len(one.lines) == 0 {
		return
	}
	for _, line := range one.lines {
		g.points += len(line)
		g.length += lengths(line)[len(line)-1]
	}
	if layer == "building" {
		for _, ring := range one.lines {
			g.walls = append(g.walls, to.own(ring)...)
		}
	}
	*into = append(*into, one)
}

// call takes the name of a feature, if it has one that is written at this zoom.
func (g *ground) call(to cut, layer, class string, properties map[string]any, shape orb.Geometry) {
	if m, ok := mannerOf(layer, class); !ok || !m.at(g.zoom) {
		return
	}
	n := name{layer: layer, class: class}
	for _, key := range []string{"name", "name:latin"} {
		if text, _ := properties[key].(string); n.words == "" {
			n.words = text
		}
	}
	if n.words == "" || len(n.words) > maxWords {
		return
	}
	if rank, ok := properties["rank"].(float64); ok {
		n.rank = int(rank)
	}
	switch shape := shape.(type) {
	case orb.Point:
		at, seen := to.point(shape)
		if n.at = at; seen && len(g.names) < maxPieces {
			g.names = append(g.names, n)
		}
	case orb.LineString, orb.MultiLineString:
		for _, line := range to.lines(shape) {
			if n.line = thinned(line); len(g.names) < maxPieces {
				g.names = append(g.names, n)
			}
		}
	}
}

// paint draws the ground, without its names.
func (g *ground) paint(c *canvas, t Theme, zoom float64) {
	for i, things := range g.coats {
		coat := &basemap.Coats[i]
		if len(things) == 0 || zoom < coat.From {
			continue
		}
		c.areas(things)
		opacity := cmp.Or(coat.Opacity, 1)
		switch coat.Layer {
		case "waterway":
			c.lines(things, round, func(one thing) float64 { return streamWidth(one.class, zoom) })
		case "building":
			opacity = max(0, min(1, 0.7*(zoom-13), 0.7+0.3*(zoom-14)))
		}
		c.fill(hex(coat.Colour(t.Ground)), opacity)
		if coat.Layer == "building" && zoom >= 14.5 {
			for _, line := range g.walls {
				c.stroke(line, 0.8, round)
			}
			c.fill(hex(t.Ground.BuildingEdge), min(1, (zoom-14)/2))
		}
	}
	c.tunnels(g.streets[tunnels], t, zoom)
	c.streets(g.streets[onGround], round, t, zoom)
	c.streets(g.streets[bridges], flat, t, zoom)
}

// areas adds all areas.
func (c *canvas) areas(things []thing) {
	for _, one := range things {
		if one.area {
			for _, ring := range one.lines {
				c.outline(ring)
			}
		}
	}
}

// lines adds all lines whose width is not 0.
func (c *canvas) lines(things []thing, by ends, width func(thing) float64) {
	for _, one := range things {
		if one.area {
			continue
		}
		if w := width(one); w > 0 {
			for _, line := range one.lines {
				c.stroke(line, w, by)
			}
		}
	}
}
