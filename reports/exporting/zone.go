package exporting

import (
	"bufio"
	"encoding/json"

	"github.com/paulmach/orb/geojson"

	"quartier/reports/zone"
)

// zoneFeature is a GeoJSON feature of a zone.
type zoneFeature struct {
	Type       string            `json:"type"`
	ID         string            `json:"id"`
	Geometry   *geojson.Geometry `json:"geometry"`
	Properties zoneRecord        `json:"properties"`
}

// zoneRecord is what the public reads of a zone.
type zoneRecord struct {
	Set  string `json:"set"`
	Code string `json:"code"`
	Name string `json:"name"`
}

// WriteZones writes the zones of a set as a GeoJSON FeatureCollection.
func WriteZones(out *bufio.Writer, set *zone.Set) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	if _, err := out.WriteString(`{"type":"FeatureCollection","features":[` + "\n"); err != nil {
		return err
	}
	for i, z := range set.Zones {
		if i > 0 {
			_ = out.WriteByte(',')
		}
		err := e.Encode(zoneFeature{"Feature", z.Ref(), geojson.NewGeometry(z.Geometry), zoneRecord{set.Slug, z.Code, z.Name}})
		if err != nil {
			return err
		}
	}
	_, err := out.WriteString("]}\n")
	return err
}
