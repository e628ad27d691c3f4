package web

import (
	"fmt"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/reports/place"
	"quartier/web/page"
)

// longestSearch is the most bytes of a text that places are searched by.
const longestSearch = 200

// ifSearched counts the requests of a page that search.
func ifSearched(l *limiter) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if c.Query("q") == "" {
			return c.Next()
		}
		return l.handler(c)
	}
}

// searched looks a place up for the form of the map page: the places that fit, with the filters of the page kept, or a sentence instead.
func (s *Server) searched(c *fiber.Ctx, text string) ([]page.Found, string) {
	a := askedOf(c)
	var found []place.Found
	if len(text) <= longestSearch {
		ctx, cancel := sparing(c)
		defer cancel()
		var err error
		if found, err = s.Places.Search(ctx, a.actor, text, place.MaxFound); err != nil {
			return nil, a.language.Say("map.search.failed", nil)
		}
	}
	if len(found) == 0 {
		return nil, a.language.Say("map.search.none", map[string]any{"query": fault.Short(text)})
	}
	list := make([]page.Found, len(found))
	for i, f := range found {
		lon, lat := f.Position.Degrees()
		query := url.Values{}
		for name, value := range lenientParameters(c, append(filterNames, "layer", "outline")...) {
			query.Set(name, value)
		}
		query.Set("z", fmt.Sprint(closeUp))
		if f.Zone != "" {
			query.Set("z", "14")
		}
		query.Set("lat", fmt.Sprintf("%.6f", lat))
		query.Set("lon", fmt.Sprintf("%.6f", lon))
		list[i] = page.Found{Label: f.Label, Address: "/?" + query.Encode()}
	}
	return list, ""
}
