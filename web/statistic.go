package web

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"quartier/reports"
	"quartier/reports/fault"
	"quartier/tiles"
	"quartier/web/live"
)

type (
	countAnswer struct {
		Key   string `json:"key" doc:"State, slug of the category, set/code of the zone, or the Monday of the week"`
		Count int    `json:"count"`
	}
	statisticsAnswer struct {
		Body struct {
			Total      int           `json:"total"`
			Open       int           `json:"open"`
			Overdue    int           `json:"overdue" doc:"Open and past their deadline"`
			ByKind     []countAnswer `json:"by_kind"`
			ByStatus   []countAnswer `json:"by_status"`
			ByCategory []countAnswer `json:"by_category"`
			ByService  []countAnswer `json:"by_service"`
			ByZone     []countAnswer `json:"by_zone" doc:"A report counts in one zone of each set"`
			ByWeek     []countAnswer `json:"by_week" doc:"Week of creation in the city's time zone"`
			Handling   struct {
				Closed int   `json:"closed" doc:"Items whose closing time is known"`
				Median int64 `json:"median_seconds"`
				P90    int64 `json:"p90_seconds"`
			} `json:"handling"`
		}
	}
)

// registerStatistics adds the call about counts.
func (s *Server) registerStatistics(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/stats", "statistics", "Counts by state, category, zone and week of creation; handling times. From the map's memory",
		append(filterNames, "bbox")...),
		func(ctx context.Context, _ *struct{}) (*statisticsAnswer, error) {
			p := queried(ctx)
			v, err := s.vocabulary()
			if err != nil {
				return nil, err
			}
			sel, err := s.selects(p, v)
			if err != nil {
				return nil, err
			}
			if sel.index.Box, err = box(p); err != nil {
				return nil, err
			}
			sums := s.Map.Index.Count(sel.index, audienceOf(asking(ctx).actor), time.Now().In(s.TimeZone))
			a := &statisticsAnswer{}
			a.Body.Total, a.Body.Open, a.Body.Overdue = sums.Total, sums.Open, sums.Overdue
			a.Body.ByKind = counted(sums.Kinds, func(n tiles.Kind) string { return live.Kinds[n] })
			a.Body.ByService = counted(sums.Services, func(id int32) string {
				if one := v.Service(id); one != nil {
					return one.Slug
				}
				return ""
			})
			a.Body.ByStatus = counted(sums.Statuses, func(n uint8) string { return reports.Statuses[n].Name })
			a.Body.ByCategory = counted(sums.Categories, func(id int32) string {
				if c := v.Category(id); c != nil {
					return c.Slug
				}
				return ""
			})
			a.Body.ByZone = counted(sums.Zones, func(id int32) string {
				if z := v.Zone(id); z != nil {
					return z.Ref()
				}
				return ""
			})
			a.Body.ByWeek = make([]countAnswer, 0, len(sums.Weeks))
			for _, w := range sums.Weeks {
				a.Body.ByWeek = append(a.Body.ByWeek, countAnswer{Key: w.Monday.Format(time.DateOnly), Count: w.Count})
			}
			a.Body.Handling.Closed = sums.Handling.Count
			a.Body.Handling.Median, a.Body.Handling.P90 = int64(sums.Handling.Median.Seconds()), int64(sums.Handling.P90.Seconds())
			return a, nil
		})
}

// counted gives counts their keys, in order; what has none any more (a zone of a former revision) is left out.
func counted[T comparable](counts map[T]int, key func(T) string) []countAnswer {
	list := make([]countAnswer, 0, len(counts))
	for value, n := range counts {
		if k := key(value); k != "" {
			list = append(list, countAnswer{Key: k, Count: n})
		}
	}
	slices.SortFunc(list, func(a, b countAnswer) int { return strings.Compare(a.Key, b.Key) })
	return list
}

// cellRecord is what the public reads of an H3 cell.
type cellRecord struct {
	H3         string         `json:"h3"`
	Count      int            `json:"count"`
	Open       int            `json:"open"`
	ByStatus   map[string]int `json:"by_status"`
	ByCategory map[string]int `json:"by_category"`
}

// cellsAtOnce bounds the cells of one answer: more is refused, never cut off in silence.
const cellsAtOnce = 20_000

// cells answers H3 cells with their counts, from the index: it works while the database rests.
func (s *Server) cells(c *fiber.Ctx) error {
	p, err := strictParameters(c, append(filterNames, "bbox", "resolution")...)
	if err != nil {
		return err
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	sel, err := s.selects(p, v)
	if err != nil {
		return err
	}
	within, err := box(p)
	if err != nil {
		return err
	}
	resolution, err := whole(p, "resolution", 8, 0, 13)
	if err != nil {
		return err
	}
	leave, err := s.exports.enter(askedOf(c).address)
	if err != nil {
		return err
	}
	list, more := s.Map.Index.Cells(resolution, within, sel.index, audienceOf(askedOf(c).actor), cellsAtOnce)
	if more {
		leave()
		return fault.Parameter("resolution", "error.cells_many", fault.Args{"n": cellsAtOnce})
	}
	c.Set(fiber.HeaderContentType, geoJSON.contentType)
	s.stream(c, "cells.geojson", leave, func(ctx context.Context, out *bufio.Writer) error {
		e := json.NewEncoder(out)
		_, _ = out.WriteString(`{"type":"FeatureCollection","features":[` + "\n")
		for i, cell := range list {
			if err := ctx.Err(); err != nil {
				return err
			}
			if i > 0 {
				_ = out.WriteByte(',')
			}
			record := cellRecord{H3: cell.Cell.String(), Count: cell.Count, Open: cell.Open, ByStatus: map[string]int{}, ByCategory: map[string]int{}}
			for status, n := range cell.Statuses {
				record.ByStatus[reports.Statuses[status].Name] += n
			}
			for category, n := range cell.Categories {
				if one := v.Category(category); one != nil {
					record.ByCategory[one.Slug] += n
				}
			}
			feature := map[string]any{"type": "Feature", "id": record.H3, "properties": record,
				"geometry": geojson.NewGeometry(orb.Polygon{cell.Cell.Outline()})}
			if err := e.Encode(feature); err != nil {
				return err
			}
		}
		_, err := out.WriteString("]}\n")
		return err
	})
	return nil
}
