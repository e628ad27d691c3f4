package raster

import (
	"math"

	"quartier/tiles/basemap"
)

// main tells which streets have the colour of main streets.
func main(class string) bool {
	return class == "motorway" || class == "trunk" || class == "primary" || class == "secondary"
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
	lane := func(class string) float64 { fill, _ := basemap.RoadWidth(class, zoom); return fill }
	c.lines(things, edges, func(one thing) float64 { _, casing := basemap.RoadWidth(one.class, zoom); return casing })
	c.fill(hex(t.Ground.Casing), 1)
	for _, one := range things {
		if one.class == "path" || one.class == "track" {
			if w := lane("path"); w > 0 {
				for _, line := range one.lines {
					for _, dash := range dashes(line, 2.5*w+1, 1.5*w+1) {
						c.stroke(dash, w, round)
					}
				}
			}
		}
	}
	c.fill(hex(t.Ground.Path), 1)
	c.lines(things, round, func(one thing) float64 {
		switch one.class {
		case "minor", "tertiary", "service":
			return lane(one.class)
		}
		return 0
	})
	c.fill(hex(t.Ground.Road), 1)
	c.lines(things, round, func(one thing) float64 {
		if main(one.class) {
			return lane(one.class)
		}
		return 0
	})
	c.fill(hex(t.Ground.MainRoad), 1)
	c.lines(things, round, func(one thing) float64 {
		if one.class == "rail" || one.class == "transit" {
			return lane("rail")
		}
		return 0
	})
	c.fill(hex(t.Ground.Rail), 1)
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
