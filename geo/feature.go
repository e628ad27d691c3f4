package geo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// Feature is one feature of a GeoJSON document (RFC 7946).
type Feature struct {
	ID         json.RawMessage            // string or number; nil: none
	Geometry   orb.Geometry               // nil: none (RFC 7946, 3.2)
	Properties map[string]json.RawMessage // nil: none
}

// What is wrong with the coordinates of a feature.
var (
	ErrRingOpen  = errors.New("a ring is not closed")
	ErrRingShort = errors.New("a ring has fewer than four positions")
	// A ring from one side of the 180th meridian to the other must be cut there (RFC 7946, 3.1.9), or it reads as a band around the world.
	ErrRingWide = errors.New("a ring is wider than half the world")
)

// ParseFeature reads one feature. Coordinates must be WGS 84 degrees, longitude first (RFC 7946, 4); heights are dropped; rings must be closed and
// have at least four positions (3.1.6). A projected coordinate, which older files contain, is out of range and refused as such.
func ParseFeature(raw []byte) (Feature, error) {
	var f struct {
		Type       string
		ID         json.RawMessage
		Geometry   json.RawMessage
		Properties map[string]json.RawMessage
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return Feature{}, err
	}
	if f.Type != "Feature" {
		return Feature{}, fmt.Errorf("%.20q is not a Feature", f.Type)
	}
	out := Feature{ID: f.ID, Properties: f.Properties}
	if string(out.ID) == "null" {
		out.ID = nil
	}
	if len(f.Geometry) == 0 || string(f.Geometry) == "null" {
		return out, nil
	}
	g, err := geojson.UnmarshalGeometry(f.Geometry)
	if err != nil {
		return Feature{}, fmt.Errorf("the geometry is not understood: %w", err)
	}
	out.Geometry = g.Geometry()
	return out, checkCoordinates(out.Geometry)
}

// checkCoordinates looks at every position and every ring.
func checkCoordinates(g orb.Geometry) error {
	switch g := g.(type) {
	case orb.Point:
		return checkPoints([]orb.Point{g})
	case orb.MultiPoint:
		return checkPoints(g)
	case orb.LineString:
		return checkPoints(g)
	case orb.MultiLineString:
		for _, line := range g {
			if err := checkPoints(line); err != nil {
				return err
			}
		}
	case orb.Polygon:
		for _, ring := range g {
			if err := checkPoints(ring); err != nil {
				return err
			}
			if len(ring) < 4 {
				return ErrRingShort
			}
			if ring[0] != ring[len(ring)-1] {
				return ErrRingOpen
			}
			if b := ring.Bound(); b.Max[0]-b.Min[0] > 180 {
				return ErrRingWide
			}
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			if err := checkCoordinates(polygon); err != nil {
				return err
			}
		}
	case orb.Collection:
		for _, member := range g {
			if err := checkCoordinates(member); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkPoints(points []orb.Point) error {
	for _, p := range points {
		if math.IsNaN(p[0]) || math.IsInf(p[0], 0) || math.IsNaN(p[1]) || math.IsInf(p[1], 0) {
			return ErrNotFinite
		}
		if math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
			return ErrOutOfRange
		}
	}
	return nil
}
