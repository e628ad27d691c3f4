package exporting

import (
	"bufio"
	"encoding/json"

	"quartier/reports"
)

// GeoJSON writes a FeatureCollection (RFC 7946) feature by feature.
type GeoJSON struct {
	out   *bufio.Writer
	json  *json.Encoder
	words Words
	count int
}

// feature is a GeoJSON feature of a report.
type feature struct {
	Type       string `json:"type"`
	ID         int64  `json:"id"`
	Geometry   Point  `json:"geometry"`
	Properties Record `json:"properties"`
}

// NewGeoJSON begins a collection. Errors of the writer come back from Write and Close.
func NewGeoJSON(out *bufio.Writer, words Words) *GeoJSON {
	g := &GeoJSON{out: out, json: json.NewEncoder(out), words: words}
	g.json.SetEscapeHTML(false)
	_, _ = out.WriteString(`{"type":"FeatureCollection","features":[` + "\n")
	return g
}

// Write adds a report.
func (g *GeoJSON) Write(r reports.Report) error {
	if g.count > 0 {
		if err := g.out.WriteByte(','); err != nil {
			return err
		}
	}
	g.count++
	return g.json.Encode(feature{Type: "Feature", ID: r.ID, Geometry: Point(r.Position), Properties: g.words.Record(r)})
}

// Close ends the collection. A collection that was not closed is no JSON: a reader cannot take a broken stream for the whole.
func (g *GeoJSON) Close() error {
	_, err := g.out.WriteString("]}\n")
	return err
}
