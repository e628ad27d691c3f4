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
	class string
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
	things [coats][]thing
	walls  [][]point // the edges of houses
	names  []name
}

// margin is how far beyond a picture things stand that reach into it: half of the widest street, of the largest ring, of a pin.
const margin = 40

// readGround reads the tiles that a frame needs.
func readGround(ctx context.Context, source basemap.Ground, f frame) (*ground, error) {
	g := &ground{}
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
		n := name{layer: l.Name, class: class, words: cmp.Or(word("name"), word("name:latin"))}
		if rank, ok := properties["rank"].(float64); ok {
			n.rank = int(rank)
		}
		if n.words == "" {
			return
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
		return
	}
	of, drawn := coatOf(l.Name, class, word("brunnel"))
	if !drawn {
		return
	}
	bound := shape.Bound()
	if corners := [2]point{t.project(bound.Min[0], bound.Min[1], extent), t.project(bound.Max[0], bound.Max[1], extent)}; !around(corners[:]).meets(near) {
		return
	}
	lines := outlines(t, shape, extent)
	lines = slices.DeleteFunc(lines, func(line []point) bool { return len(line) < 2 || !around(line).meets(near) })
	if len(lines) == 0 {
		return
	}
	_, area := shape.(orb.Polygon)
	_, areas := shape.(orb.MultiPolygon)
	if of == house {
		for _, ring := range lines {
			g.walls = append(g.walls, t.own(ring)...)
		}
	}
	g.things[of] = append(g.things[of], thing{class: class, lines: lines, area: area || areas})
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
	colours := t.colours()
	for of := residential; of <= pier; of++ {
		switch of {
		case stream:
			c.lines(g.things[of], round, func(one thing) float64 { return streamWidth(one.class, zoom) })
		case pier:
			c.areas(g.things[of])
			c.lines(g.things[of], round, func(one thing) float64 { fill, _ := basemap.RoadWidth(one.class, zoom); return fill })
		default:
			c.areas(g.things[of])
		}
		opacity := 1.0
		switch of {
		case reserve: // it tints what lies beneath and hides nothing
			opacity = 0.35
		case house:
			opacity = max(0, min(1, 0.7*(zoom-13), 0.7+0.3*(zoom-14)))
		}
		c.fill(colours[of], opacity)
		if of == house && zoom >= 14.5 {
			for _, line := range g.walls {
				c.stroke(line, 0.8, round)
			}
			c.fill(hex(t.Ground.BuildingEdge), min(1, (zoom-14)/2))
		}
	}
	c.tunnels(g.things[tunnels], t, zoom)
	c.streets(g.things[streets], round, t, zoom)
	c.streets(g.things[bridges], flat, t, zoom)
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
