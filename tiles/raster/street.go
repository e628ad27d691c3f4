package raster

import (
	"math"

	"quartier/tiles/basemap"
)

// level is how high a street runs.
type level uint8

const (
	tunnels level = iota
	onGround
	bridges
	levels
)

// levelOf gives the level that tiles call a bridge, a tunnel or nothing.
func levelOf(brunnel string) level {
	switch brunnel {
	case "tunnel":
		return tunnels
	case "bridge":
		return bridges
	}
	return onGround
}

// tunnels hints at what runs below.
func (c *canvas) tunnels(things []thing, t Theme, zoom float64) {
	if zoom < 14 {
		return
	}
	for _, one := range things {
		for _, line := range one.lines {
			for _, dash := range dashes(line, 4, 3) {
				c.stroke(dash, 0.8+(zoom-14)*0.55, flat)
			}
		}
	}
	c.fill(hex(t.Ground.Casing), 1)
}

// streets draws streets of one level: first all edges, so that crossings are open, then the lanes. The edges end as told: round at crossings,
// flat where a bridge ends.
func (c *canvas) streets(things []thing, edges ends, t Theme, zoom float64) {
	if len(things) == 0 {
		return
	}
	c.lines(things, edges, func(one thing) float64 { _, casing := basemap.RoadWidth(one.class, zoom); return casing })
	c.fill(hex(t.Ground.Casing), 1)
	for _, class := range basemap.Roads() {
		width, _ := basemap.RoadWidth(class, zoom)
		if width == 0 {
			continue
		}
		for _, one := range things {
			if one.class != class {
				continue
			}
			for _, line := range one.lines {
				if class != "path" {
					c.stroke(line, width, round)
					continue
				}
				for _, dash := range dashes(line, 2.5*width+1, 1.5*width+1) {
					c.stroke(dash, width, round)
				}
			}
		}
		c.fill(hex(t.Ground.RoadColour(class)), 1)
	}
}

// streamWidth is how wide a line of water is drawn: half at each second zoom.
func streamWidth(class string, zoom float64) float64 {
	if zoom < 8 {
		return 0
	}
	at18 := 6.0
	if class == "river" || class == "canal" {
		at18 = 18
	}
	return max(0.5, at18*math.Exp2((zoom-18)*0.6))
}
