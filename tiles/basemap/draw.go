package basemap

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"sync"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/simplify"

	"quartier/geo"
	"quartier/tiles/mvt"
)

const (
	// deepest is the last zoom with tiles of features in memory: there a step of a tile is 15 cm.
	deepest = 16
	// exact is the first zoom whose shapes are those of the features, point for point.
	exact = 14
	// buffer is how far shapes are drawn beyond the edge of their tile, in its steps: the widest street's half at z18, where tiles of z16 are magnified.
	buffer = 80
	// drawing stands in every version. Count it up when the same features come to give other tiles.
	drawing = "1"
)

// Drawn is a ground made of features in memory.
//
// Each tile looks at the bounds of all features: for 20 000 of them that is a thirtieth of what drawing a dense tile takes. Refused: an index of
// space, which would earn nothing before a ground is a country, and a country comes as an archive.
type Drawn struct {
	attribution string
	version     string
	layers      [][]thing // as in schema
	levels      [exact]func() [][]orb.Geometry
}

// thing is a feature on the unit square of the web map.
type thing struct {
	*Feature
	shape orb.Geometry // MultiPolygon or MultiLineString; nil: points
	spots []geo.Position
	bound orb.Bound
}

// Draw makes a ground of features; of those that share a layer, later ones lie on top. Features of unknown layers, and shapes that layers of this
// package do not have, are left out. The features stay in use: do not change them.
func Draw(features []Feature, attribution string) *Drawn {
	d := &Drawn{attribution: attribution, layers: make([][]thing, len(schema))}
	hash := sha256.New()
	fmt.Fprintln(hash, drawing, schema, keys)
	for i := range features {
		f := &features[i]
		at := layerOf(f.Layer)
		t, ok := place(f)
		if !ok || at < 0 {
			continue
		}
		d.layers[at] = append(d.layers[at], t)
		fmt.Fprintf(hash, "%q %q %q %d %d %t ", f.Layer, f.Class, f.Name, f.MinZoom, f.Rank, f.Bridge)
		hash.Write(wkb.MustMarshal(f.Geometry))
	}
	d.version = hex.EncodeToString(hash.Sum(nil)[:8])
	for zoom := range d.levels {
		d.levels[zoom] = sync.OnceValue(func() [][]orb.Geometry { return d.simplified(zoom) })
	}
	return d
}

// MaxZoom implements Ground.
func (d *Drawn) MaxZoom() uint8 { return deepest }

// Attribution implements Ground.
func (d *Drawn) Attribution() string { return d.attribution }

// Version implements Ground.
func (d *Drawn) Version() string { return d.version }

// place projects a feature.
func place(f *Feature) (t thing, ok bool) {
	t.Feature = f
	switch g := f.Geometry.(type) {
	case orb.Point:
		t.spots = spots(orb.MultiPoint{g})
	case orb.MultiPoint:
		t.spots = spots(g)
	case orb.LineString:
		t.shape = orb.MultiLineString{project(g)}
	case orb.MultiLineString:
		lines := make(orb.MultiLineString, len(g))
		for i, line := range g {
			lines[i] = project(line)
		}
		t.shape = lines
	case orb.Polygon:
		t.shape = orb.MultiPolygon{projectAll(g)}
	case orb.MultiPolygon:
		polygons := make(orb.MultiPolygon, len(g))
		for i, polygon := range g {
			polygons[i] = projectAll(polygon)
		}
		t.shape = polygons
	}
	if t.shape != nil {
		t.bound = t.shape.Bound()
	}
	return t, t.shape != nil || len(t.spots) > 0
}

// spots gives the positions of points; nonsense has none.
func spots(points orb.MultiPoint) (list []geo.Position) {
	for _, p := range points {
		if at, err := geo.FromDegrees(p[0], p[1]); err == nil {
			list = append(list, at)
		}
	}
	return list
}

func project(line []orb.Point) []orb.Point {
	flat := make([]orb.Point, len(line))
	for i, p := range line {
		flat[i] = geo.Project(p[0], p[1])
	}
	return flat
}

func projectAll(polygon orb.Polygon) orb.Polygon {
	flat := make(orb.Polygon, len(polygon))
	for i, ring := range polygon {
		flat[i] = project(ring)
	}
	return flat
}

// simplified gives the shapes for a zoom, without what no eye would see: a quarter of a pixel. nil: not shown there.
func (d *Drawn) simplified(zoom int) [][]orb.Geometry {
	const quarterPixel = 2.0 / mvt.Extent // of a tile of 512 px
	by := simplify.DouglasPeucker(math.Ldexp(quarterPixel, -zoom))
	level := make([][]orb.Geometry, len(d.layers))
	for i, things := range d.layers {
		level[i] = make([]orb.Geometry, len(things))
		for j, t := range things {
			if t.shape != nil && int(t.MinZoom) <= zoom {
				level[i][j] = by.Simplify(orb.Clone(t.shape))
			}
		}
	}
	return level
}

// Tile implements Ground. The bytes depend on the features and their order alone.
func (d *Drawn) Tile(ctx context.Context, t geo.Tile) ([]byte, error) {
	if err := ctx.Err(); err != nil || t.Z > deepest || !t.Valid() {
		return nil, err
	}
	var level [][]orb.Geometry
	if t.Z < exact {
		level = d.levels[t.Z]()
	}
	w := windowOf(t)
	layers := make([]*mvt.Layer, len(d.layers))
	for i, things := range d.layers {
		l := mvt.New(schema[i].id, keys...)
		for j := range things {
			one := &things[j]
			if one.MinZoom > t.Z {
				continue
			}
			shape := one.shape
			if shape != nil {
				if !w.view.Intersects(one.bound) {
					continue
				}
				if level != nil {
					shape = level[i][j]
				}
			}
			one.draw(l, w, shape)
		}
		layers[i] = l
	}
	return mvt.Append(nil, layers...), nil
}

// draw adds what of a thing is in the window.
func (t *thing) draw(l *mvt.Layer, w window, shape orb.Geometry) {
	switch shape := shape.(type) {
	case orb.MultiPolygon:
		if l.Outline(w.areas(shape)) {
			l.Polygons(mvt.NoID, t.tags(l))
		}
	case orb.MultiLineString:
		if l.Trace(w.lines(shape)) {
			l.Lines(mvt.NoID, t.tags(l))
		}
	default:
		for _, at := range t.spots {
			// A name stands in one tile only: others would say it again.
			if geo.TileAt(at, w.tile.Z) == w.tile {
				x, y := w.tile.Within(at)
				l.Point(mvt.NoID, x, y, t.tags(l))
			}
		}
	}
}

// tags gives the properties of a thing in a layer.
func (t *thing) tags(l *mvt.Layer) mvt.Tags {
	var tags mvt.Tags
	if t.Class != "" {
		tags = tags.With(classKey, l.String(t.Class))
	}
	if t.Name != "" {
		tags = tags.With(nameKey, l.String(t.Name))
	}
	if t.Rank > 0 {
		tags = tags.With(rankKey, l.Uint(uint64(t.Rank)))
	}
	if t.Bridge {
		tags = tags.With(brunnelKey, l.String("bridge"))
	}
	return tags
}
