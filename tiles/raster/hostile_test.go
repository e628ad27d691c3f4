package raster

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"quartier/geo"
	"quartier/tiles/basemap"
)

// file is a ground whose every tile has the same bytes, whatever they are.
type file struct {
	basemap.Ground
	tile []byte
}

func (f file) MaxZoom() uint8                                 { return 0 }
func (f file) Tile(context.Context, geo.Tile) ([]byte, error) { return f.tile, nil }

// part appends a field with a length (Protocol Buffers, "Encoding").
func part(b []byte, number uint64, content ...byte) []byte {
	b = binary.AppendUvarint(b, number<<3|2)
	return append(binary.AppendUvarint(b, uint64(len(content))), content...)
}

// feature is one of type point, line or area (1, 2, 3) of a hostile layer: its class is "path" and its name "A". nil: without a geometry.
func feature(kind byte, geometry []uint32) []byte {
	b := part(nil, 2, 0, 0, 1, 1)
	b = append(b, 3<<3, kind)
	if geometry == nil {
		return b
	}
	var g []byte
	for _, v := range geometry {
		g = binary.AppendUvarint(g, uint64(v))
	}
	return part(b, 4, g...)
}

// path is the geometry of a line, from the tile's corner by steps (Mapbox Vector Tile 2.1, clause 4.3).
func path(steps ...[2]int32) []uint32 {
	g := []uint32{9, 0, 0, uint32(len(steps))<<3 | 2}
	for _, s := range steps {
		g = append(g, uint32(s[0]<<1^s[0]>>31), uint32(s[1]<<1^s[1]>>31))
	}
	return g
}

// tile has one layer with features.
func tile(layer, class string, extent uint64, features ...[]byte) []byte {
	b := part(nil, 1, []byte(layer)...)
	for _, f := range features {
		b = part(b, 2, f...)
	}
	for _, key := range []string{"class", "name"} {
		b = part(b, 3, []byte(key)...)
	}
	for _, value := range []string{class, "A"} {
		b = part(b, 4, part(nil, 1, []byte(value)...)...)
	}
	return part(nil, 3, binary.AppendUvarint(append(b, 5<<3), extent)...)
}

// zigzag goes up and down by steps of a width.
func zigzag(count int, width, height int32) [][2]int32 {
	steps := make([][2]int32, count)
	for i := range steps {
		steps[i] = [2]int32{width, height}
		height = -height
	}
	return steps
}

// repeat makes many lines of one.
func repeat(count int, of func(i int) []uint32) [][]byte {
	list := make([][]byte, count)
	for i := range list {
		list[i] = feature(2, of(i))
	}
	return list
}

// Whatever a file holds, a picture of it takes seconds at most and some hundred megabytes, or is refused.
func TestHostileTiles(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	wander := func(int) []uint32 {
		steps := make([][2]int32, 40)
		for i := range steps {
			steps[i] = [2]int32{random.Int32N(90), random.Int32N(90)}
		}
		return path(steps...)
	}
	for name, c := range map[string]struct {
		tile []byte
		err  error // nil: it is drawn
	}{
		"a dashed line across the world and on": {tile("transportation", "path", 256, feature(2, path([2]int32{1 << 30, 1}))), nil},
		"a name across the world and on":        {tile("transportation_name", "primary", 256, feature(2, path([2]int32{1 << 30, 1 << 30}))), nil},
		"names along lines of a low zoom":       {tile("transportation_name", "primary", 4096, repeat(800, wander)...), nil},
		"a name that winds": {tile("transportation_name", "primary", 65_536,
			feature(2, path(zigzag(200_000, 0, 40)...))), nil},
		"names that never meet": {tile("transportation_name", "primary", 65_536,
			repeat(60_000, func(i int) []uint32 { return []uint32{9, uint32(2 * (i % 300)), uint32(2 * (i / 300)), 10, 2, 0} })...), nil},
		"names that meet in one point": {tile("transportation_name", "primary", 65_536,
			repeat(30_000, func(i int) []uint32 { return path([2]int32{100, int32(i % 90)}) })...), nil},
		"names in one chain": {tile("transportation_name", "primary", 65_536,
			repeat(60_000, func(i int) []uint32 { return []uint32{9, uint32(2 * (i % 600)), 0, 10, 2, 0} })...), nil},
		"no extent":           {tile("transportation_name", "primary", 0, feature(2, path([2]int32{5, 1}))), errTile},
		"an extent of 1":      {tile("transportation", "path", 1, feature(2, path([2]int32{1 << 30, 1}))), errTile},
		"a huge extent":       {tile("transportation", "path", 1<<31, feature(2, path([2]int32{5, 1}))), errTile},
		"no geometry":         {tile("transportation", "path", 4096, feature(2, nil)), errTile},
		"many features":       {tile("poi", "park", 4096, repeat(maxFeatures, func(int) []uint32 { return path() })...), errHeavy},
		"many layers":         {[]byte(strings.Repeat("\x1a\x00", maxFeatures+1)), errHeavy},
		"long winding dashes": {tile("transportation", "path", 65_536, repeat(40, func(int) []uint32 { return path(zigzag(20_000, 0, 65_000)...) })...), errDense},
	} {
		t.Run(name, func(t *testing.T) {
			if len(c.tile) > 4<<20 {
				t.Fatalf("the test's own tile has %d bytes", len(c.tile))
			}
			for _, zoom := range []float64{0, 7.5, 19} {
				v := View{Lon: -180, Lat: geo.MaxLat, Zoom: zoom, Width: MaxWidth, Height: MaxHeight, Scale: 1}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
				began := time.Now()
				_, err := (&Sheet{Ground: file{tile: c.tile}, Theme: Light}).draw(ctx, v)
				took := time.Since(began)
				cancel()
				runtime.ReadMemStats(&after)
				if !errors.Is(err, c.err) && !(errors.Is(c.err, errDense) && err == nil) {
					t.Errorf("zoom %v: %v, want %v", zoom, err, c.err)
				}
				made := (after.TotalAlloc - before.TotalAlloc) >> 20
				t.Logf("zoom %v: %v, %d MB made, %v", zoom, took, made, err)
				if took > 20*time.Second || made > 600 {
					t.Errorf("zoom %v: it takes %v and %d MB", zoom, took, made)
				}
			}
		})
	}
}

// patience is a context that ends after some looks at it.
type patience struct {
	context.Context
	looks, left int
}

func (p *patience) Err() error {
	p.looks++
	if p.left--; p.left < 0 {
		return context.Canceled
	}
	return nil
}

// A drawing ends soon after its context, whatever it is at: it looks for each tile and name, and now and then among lines.
func TestDrawingEnds(t *testing.T) {
	for name, c := range map[string]struct {
		tile  []byte
		zoom  float64
		least int // looks
	}{
		"names": {tile("transportation_name", "primary", 65_536, repeat(400, func(i int) []uint32 { return path([2]int32{0, int32(100 + i)}) })...), 14, 400},
		"lines": {tile("transportation", "motorway", 65_536, feature(2, path(zigzag(60_000, 0, 4)...))), 9, 100},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Sheet{Ground: file{tile: c.tile}, Theme: Light}
			v := View{Lon: -180, Lat: geo.MaxLat, Zoom: c.zoom, Width: 600, Height: 600, Scale: 1}
			whole := &patience{Context: context.Background(), left: 1e9}
			if _, err := s.draw(whole, v); err != nil || whole.looks < c.least {
				t.Fatalf("%d looks, %v", whole.looks, err)
			}
			for left := range 8 {
				left *= whole.looks / 8
				ended := &patience{Context: context.Background(), left: left}
				if _, err := s.draw(ended, v); !errors.Is(err, context.Canceled) {
					t.Errorf("ended after %d looks of %d: %v", left, whole.looks, err)
				}
			}
		})
	}
}

// clock is a ground that says how long its reader has.
type clock struct {
	basemap.Ground
	until time.Time
}

func (c *clock) Tile(ctx context.Context, t geo.Tile) ([]byte, error) {
	c.until, _ = ctx.Deadline()
	return c.Ground.Tile(ctx, t)
}

// A drawing has a deadline, its own or its caller's.
func TestDeadline(t *testing.T) {
	ground := &clock{Ground: island()}
	s, v := &Sheet{Ground: ground, Theme: Light}, View{Lon: lon, Lat: lat, Zoom: 12, Width: 100, Height: 100, Scale: 1}
	if _, err := s.Draw(context.Background(), v); err != nil || ground.until.IsZero() || time.Until(ground.until) > drawTime {
		t.Errorf("it may take until %v: %v", ground.until, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	if _, err := s.Draw(ctx, v); err != nil || time.Until(ground.until) < time.Minute {
		t.Errorf("given an hour, it may take until %v: %v", ground.until, err)
	}
}

// No bytes make the reader of tiles fail otherwise than by an error.
func FuzzTile(f *testing.F) {
	f.Add(tile("transportation", "path", 4096, feature(2, path([2]int32{5, 1})), feature(3, []uint32{9, 0, 0, 18, 10, 0, 0, 10, 15}), feature(1, []uint32{9, 2, 2})))
	f.Add(tile("transportation", "path", 4096, feature(2, nil)))
	f.Add([]byte("\x1a\x00\x1a\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		layers, err := decode(raw)
		count := len(layers)
		for _, l := range layers {
			count += len(l.Features)
		}
		if err == nil && count > maxFeatures {
			t.Fatalf("%d layers and features", count)
		}
		v := View{Lon: -180, Lat: geo.MaxLat, Zoom: 5, Width: 64, Height: 64, Scale: 1}
		if _, drawn := (&Sheet{Ground: file{tile: raw}, Theme: Light}).draw(t.Context(), v); err != nil && drawn == nil {
			t.Fatalf("a tile is drawn that cannot be read: %v", err)
		}
	})
}
