// Package exporting writes open data: reports as GeoJSON and CSV, one at a time, so that a million take no more memory than one.
//
// One Record is the public face of a report everywhere: in the JSON API, in GeoJSON properties and as the columns of CSV.
package exporting

import (
	"strconv"
	"time"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/zone"
)

// Record is what the public reads of a report (CONTRACT, GeoJSON properties of a report).
type Record struct {
	ID           int64      `json:"id" doc:"Public number"`
	Category     string     `json:"category" doc:"Slug of the category"`
	Service      *string    `json:"service" doc:"Slug of the service that handles it; null: none yet"`
	Status       string     `json:"status" doc:"State in its life" example:"new"`
	Title        string     `json:"title"`
	Description  string     `json:"description"`
	Address      string     `json:"address" doc:"The place in words; may be empty"`
	Zones        []string   `json:"zones" doc:"Zones it lies in, as set/code"`
	CreatedAt    time.Time  `json:"created_at"`
	UpdatedAt    time.Time  `json:"updated_at"`
	ClosedAt     *time.Time `json:"closed_at" doc:"null: not closed, or not known when"`
	SupportCount int32      `json:"support_count"`
	H3           string     `json:"h3" doc:"H3 cell of resolution 13"`
	Source       *string    `json:"source" doc:"The system it was imported from; null: filed here"`
	URL          string     `json:"url" doc:"Its page"`
}

// Point is a GeoJSON point (RFC 7946, 3.1.2): longitude first, seven decimals.
type Point geo.Position

// MarshalJSON writes the point.
func (p Point) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 64), `{"type":"Point","coordinates":[`...)
	b = geo.AppendDegrees(b, p.Lon)
	b = append(b, ',')
	b = geo.AppendDegrees(b, p.Lat)
	return append(b, "]}"...), nil
}

// Words turn the numbers of a report into the words that the public reads.
type Words struct {
	Catalogue *reports.Catalogue
	Atlas     *zone.Atlas
	// Base is the address of the site, without a slash at its end, for the links to reports.
	Base string
}

// Record gives the public face of a report.
func (w Words) Record(r reports.Report) Record {
	record := Record{
		ID: r.ID, Status: r.Status, Title: r.Title, Description: r.Description, Address: r.Address,
		CreatedAt: second(r.CreatedAt), UpdatedAt: second(r.UpdatedAt), SupportCount: r.Supports,
		H3: r.Cell.String(), URL: w.Base + "/reports/" + strconv.FormatInt(r.ID, 10),
		Zones: make([]string, 0, len(r.Zones)),
	}
	if c := w.Catalogue.Category(r.Category); c != nil {
		record.Category = c.Slug
	}
	if s := w.Catalogue.Service(r.Service); s != nil {
		record.Service = &s.Slug
	}
	for _, id := range r.Zones {
		if z := w.Atlas.Zone(id); z != nil {
			record.Zones = append(record.Zones, z.Ref())
		}
	}
	if !r.ClosedAt.IsZero() {
		closed := second(r.ClosedAt)
		record.ClosedAt = &closed
	}
	if r.Source != "" {
		record.Source = &r.Source
	}
	return record
}

// second gives a time as it is exported: UTC, whole seconds, so that its JSON is plain RFC 3339.
func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
