package raster

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

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
}

// margin is how far beyond a picture things stand that reach into it: half of the widest street, of the largest ring, of a pin.
const margin = 40

// readGround reads the tiles that a frame needs.
func readGround(ctx context.Context, source basemap.Ground, f frame) (*ground, error) {
	g := &ground{coats: make([][]thing, len(basemap.Coats))}
	near := box{f.window.west - margin, f.window.north - margin, f.window.east + margin, f.window.south + margin}
	for t := range f.tiles(f.level(source.MaxZoom()), 0) {
		raw, err := source.Tile(ctx, t.Tile)
		if err != nil {
			return nil, fmt.Errorf("raster: ground: %w", err)
		}
		layers, err := mvt.Unmarshal(raw)
		if err != nil {
			return nil, fmt.Errorf("raster: ground: tile %v: %w", t.Tile, err)
		}
		for _, l := range layers {
			for _, one := range l.Features {
				g.take(t, l, one.Geometry, one.Properties, near)
			}
		}
	}
	return g, nil
}

// take takes a feature of a tile.
func (g *ground) take(t placed, l *mvt.Layer, shape orb.Geometry, properties map[string]any, near box) {
	word := func(key string) string {
		text, _ := properties[key].(string)
		return text
	}
	extent := float64(l.Extent)
	class := word("class")
	switch l.Name {
	case "transportation_name", "water_name", "place", "poi":
		g.call(t, l.Name, class, properties, shape, extent)
		return
	case "waterway": // some tools give the lines their names
		g.call(t, "water_name", class, properties, shape, extent)
	}
	_, area := shape.(orb.Polygon)
	_, areas := shape.(orb.MultiPolygon)
	one, brunnel := thing{class: class, area: area || areas}, word("brunnel")
	var into *[]thing
	if l.Name == "transportation" && !one.area {
		if one.class = basemap.RoadOf(class); one.class == "" && brunnel != "tunnel" {
			return
		}
		into = &g.streets[levelOf(brunnel)]
	} else {
		of := basemap.CoatOf(l.Name, class)
		if of < 0 || basemap.Coats[of].Open && brunnel == "tunnel" {
			return
		}
		into = &g.coats[of]
	}
	bound := shape.Bound()
	if corners := [2]point{t.project(bound.Min[0], bound.Min[1], extent), t.project(bound.Max[0], bound.Max[1], extent)}; !around(corners[:]).meets(near) {
		return
	}
	one.lines = outlines(t, shape, extent)
	one.lines = slices.DeleteFunc(one.lines, func(line []point) bool { return len(line) < 2 || !around(line).meets(near) })
	if len(one.lines) == 0 {
		return
	}
	if l.Name == "building" {
		for _, ring := range one.lines {
			g.walls = append(g.walls, t.own(ring)...)
		}
	}
	*into = append(*into, one)
}

// call takes the name of a feature, if it has one.
func (g *ground) call(t placed, layer, class string, properties map[string]any, shape orb.Geometry, extent float64) {
	n := name{layer: layer, class: class}
	for _, key := range []string{"name", "name:latin"} {
		if text, _ := properties[key].(string); n.words == "" {
			n.words = text
		}
	}
	if n.words == "" {
		return
	}
	if rank, ok := properties["rank"].(float64); ok {
		n.rank = int(rank)
	}
	switch shape := shape.(type) {
	case orb.Point:
		n.at = t.project(shape[0], shape[1], extent)
		g.names = append(g.names, n)
	case orb.LineString, orb.MultiLineString:
		for _, line := range outlines(t, shape, extent) {
			n.line = line
			g.names = append(g.names, n)
		}
	}
}

// outlines gives the lines and rings of a shape in a frame.
func outlines(t placed, shape orb.Geometry, extent float64) [][]point {
	move := func(line []orb.Point) []point {
		moved := make([]point, len(line))
		for i, p := range line {
			moved[i] = t.project(p[0], p[1], extent)
		}
		return moved
	}
	var lines [][]point
	switch shape := shape.(type) {
	case orb.LineString:
		lines = append(lines, move(shape))
	case orb.MultiLineString:
		for _, line := range shape {
			lines = append(lines, move(line))
		}
	case orb.Polygon:
		for _, ring := range shape {
			lines = append(lines, move(ring))
		}
	case orb.MultiPolygon:
		for _, polygon := range shape {
			for _, ring := range polygon {
				lines = append(lines, move(ring))
			}
		}
	}
	return lines
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
