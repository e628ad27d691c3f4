package exporting

import (
	"bufio"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"quartier/geo"
	"quartier/reports"
)

// columns of the CSV file, in order.
var columns = []string{"id", "category", "service", "status", "title", "description", "address", "zones", "created_at", "updated_at", "closed_at",
	"support_count", "h3", "source", "url", "lon", "lat"}

// CSV writes reports as rows (RFC 4180: commas, quotes where needed, UTF-8), with a first row of column names.
type CSV struct {
	csv   *csv.Writer
	words Words
	row   []string
}

// NewCSV writes the row of names. Errors of the writer come back from Close.
func NewCSV(out *bufio.Writer, words Words) *CSV {
	c := &CSV{csv: csv.NewWriter(out), words: words, row: make([]string, 0, len(columns))}
	_ = c.csv.Write(columns)
	return c
}

// Write adds a report. Zones are joined by semicolons.
func (c *CSV) Write(r reports.Report) error {
	one := c.words.Record(r)
	closed := ""
	if one.ClosedAt != nil {
		closed = one.ClosedAt.Format(time.RFC3339)
	}
	c.row = append(c.row[:0], strconv.FormatInt(one.ID, 10), one.Category, text(one.Service), one.Status,
		Inert(one.Title), Inert(one.Description), Inert(one.Address), strings.Join(one.Zones, ";"),
		one.CreatedAt.Format(time.RFC3339), one.UpdatedAt.Format(time.RFC3339), closed, strconv.Itoa(int(one.SupportCount)), one.H3, text(one.Source), one.URL,
		string(geo.AppendDegrees(nil, r.Position.Lon)), string(geo.AppendDegrees(nil, r.Position.Lat)))
	return c.csv.Write(c.row)
}

// Close writes what is still held back.
func (c *CSV) Close() error {
	c.csv.Flush()
	return c.csv.Error()
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Inert keeps a spreadsheet from taking what a resident wrote for a formula: such a text is led by an apostrophe.
func Inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}
