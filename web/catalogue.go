package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"quartier/geo"
	"quartier/reports/fault"
	"quartier/reports/place"
)

type (
	categoryAnswer struct {
		Slug string `json:"slug"`
		named
		Parent  *string `json:"parent" doc:"Slug of the category above; null: none"`
		Service *string `json:"service" doc:"Slug of the responsible service"`
		Icon    string  `json:"icon" doc:"Name of a symbol of our sprite: those of Maki and Temaki; marker for what it lacks"`
		Colour  string  `json:"colour" example:"#0B5D66"`
		Private bool    `json:"private" doc:"Its reports are not public"`
		Active  bool    `json:"active" doc:"Reports can be filed in it"`
	}
	serviceAnswer struct {
		Slug string `json:"slug"`
		named
		Active bool `json:"active"`
	}
	zoneAnswer struct {
		Ref  string `json:"ref" doc:"As filters name it: set/code"`
		Code string `json:"code"`
		Name string `json:"name"`
	}
	zoneSetAnswer struct {
		Slug string `json:"slug"`
		named
		Revision int32        `json:"revision"`
		GeoJSON  string       `json:"geojson" doc:"Address of the geometries"`
		Zones    []zoneAnswer `json:"zones"`
	}
	placeFeature struct {
		Type       string   `json:"type" enum:"Feature"`
		Geometry   location `json:"geometry"`
		Properties struct {
			Label string  `json:"label"`
			Zone  *string `json:"zone" doc:"set/code, if it is a zone"`
		} `json:"properties"`
	}
	placeCollection struct {
		Body struct {
			Type     string         `json:"type" enum:"FeatureCollection"`
			Features []placeFeature `json:"features"`
		}
	}
	listOf[T any] struct {
		Body struct {
			Items []T `json:"items"`
		}
	}
)

func itemsOf[T any](items []T) *listOf[T] {
	list := &listOf[T]{}
	list.Body.Items = items
	return list
}

// registerCatalogue adds the calls about categories, services, zones and places.
func (s *Server) registerCatalogue(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/categories", "list-categories", "Categories, each followed by those below it"),
		func(ctx context.Context, _ *struct{}) (*listOf[categoryAnswer], error) {
			v, err := s.vocabulary()
			if err != nil {
				return nil, err
			}
			items := make([]categoryAnswer, 0, len(v.Categories))
			for _, c := range v.Categories {
				one := categoryAnswer{Slug: c.Slug, named: namedIn(asking(ctx).language, c.NameFR, c.NameEN), Icon: s.links.icons.Known(c.Icon), Colour: c.Colour,
					Private: c.Private, Active: c.Active}
				if above := v.Category(c.Parent); above != nil {
					one.Parent = &above.Slug
				}
				if service := v.Service(c.Service); service != nil {
					one.Service = &service.Slug
				}
				items = append(items, one)
			}
			return itemsOf(items), nil
		})
	huma.Register(api, operation(http.MethodGet, "/services", "list-services", "Technical services"),
		func(ctx context.Context, _ *struct{}) (*listOf[serviceAnswer], error) {
			v, err := s.vocabulary()
			if err != nil {
				return nil, err
			}
			items := make([]serviceAnswer, 0, len(v.Services))
			for _, one := range v.Services {
				items = append(items, serviceAnswer{Slug: one.Slug, named: namedIn(asking(ctx).language, one.NameFR, one.NameEN), Active: one.Active})
			}
			return itemsOf(items), nil
		})
	huma.Register(api, operation(http.MethodGet, "/zones", "list-zones", "Zone sets and their zones"),
		func(ctx context.Context, _ *struct{}) (*listOf[zoneSetAnswer], error) {
			v, err := s.vocabulary()
			if err != nil {
				return nil, err
			}
			items := make([]zoneSetAnswer, 0, len(v.Sets))
			for _, set := range v.Sets {
				one := zoneSetAnswer{Slug: set.Slug, named: namedIn(asking(ctx).language, set.NameFR, set.NameEN), Revision: set.Revision,
					GeoJSON: asking(ctx).base + "/api/v1/zones/" + set.Slug + ".geojson", Zones: make([]zoneAnswer, 0, len(set.Zones))}
				for _, z := range set.Zones {
					one.Zones = append(one.Zones, zoneAnswer{Ref: z.Ref(), Code: z.Code, Name: z.Name})
				}
				items = append(items, one)
			}
			return itemsOf(items), nil
		})
	huma.Register(api, operation(http.MethodGet, "/geocode", "geocode", "Find an address or a zone by q, or the address nearest to lat and lon (none: more than 100 m away)", "q", "lat", "lon"),
		func(ctx context.Context, _ *struct{}) (*placeCollection, error) {
			p := queried(ctx)
			q := p["q"]
			if p["lat"] != "" || p["lon"] != "" {
				return s.nearest(ctx, p)
			}
			if q == "" {
				return nil, fault.Parameter("q", "error.required", nil)
			}
			if len(q) > longestSearch {
				return nil, fault.Parameter("q", "error.text.long", fault.Args{"n": len(q), "longest": longestSearch})
			}
			found, err := s.Places.Search(ctx, asking(ctx).actor, q, place.MaxFound)
			if err != nil {
				return nil, err
			}
			features := make([]placeFeature, 0, len(found))
			for _, f := range found {
				one := placeFeature{Type: "Feature", Geometry: locationOf(f.Position)}
				one.Properties.Label, one.Properties.Zone = f.Label, orNull(f.Zone)
				features = append(features, one)
			}
			return placesOf(features), nil
		})
}

// nearest answers the address nearest to a position, in words.
func (s *Server) nearest(ctx context.Context, p parameters) (*placeCollection, error) {
	if p["q"] != "" {
		return nil, fault.Parameter("q", "error.parameter.beside", nil)
	}
	var check fault.Check
	lat, latOK := coordinate(&check, "lat", p["lat"])
	lon, lonOK := coordinate(&check, "lon", p["lon"])
	var at geo.Position
	if latOK && lonOK {
		at = positionOf(&check, "lat", lon, lat)
	}
	if err := check.Err(); err != nil {
		var wrong *fault.Error
		errors.As(err, &wrong)
		return nil, fault.Parameter(wrong.Fields[0].Name, wrong.Fields[0].Word, wrong.Fields[0].Args)
	}
	address, _, found, err := place.Nearest(ctx, s.Register.DB, asking(ctx).actor, at)
	if err != nil || !found {
		return placesOf([]placeFeature{}), err
	}
	one := placeFeature{Type: "Feature", Geometry: locationOf(address.Position)}
	one.Properties.Label = address.Label()
	return placesOf([]placeFeature{one}), nil
}

// placesOf makes a collection of places.
func placesOf(features []placeFeature) *placeCollection {
	answer := &placeCollection{}
	answer.Body.Type, answer.Body.Features = "FeatureCollection", features
	return answer
}
