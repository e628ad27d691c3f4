package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/place"
	"quartier/web/live"
	"quartier/web/page"
)

// island is what a map script is told (web/ui/src/map/config.ts).
type island struct {
	Lat         float64        `json:"lat"`
	Lon         float64        `json:"lon"`
	Zoom        float64        `json:"zoom"`
	Tiles       string         `json:"tiles"`
	Zones       []islandZones  `json:"zones"`
	Lang        string         `json:"lang"`
	Words       string         `json:"words"` // address of the words that the script says
	Statuses    []islandStatus `json:"statuses"`
	PointsFrom  int            `json:"pointsFrom"`
	Basemap     map[string]any `json:"basemap"`
	Icons       string         `json:"icons"` // address of the sprite
	Attribution string         `json:"attribution"`
}

type islandStatus struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Open  bool   `json:"open"`
}

type islandZones struct {
	Set   string `json:"set"`
	Label string `json:"label"`
}

// island tells a map script where to look, what to draw and where to find what to say.
func (s *Server) island(l *language.Language, v *live.Vocabulary) string {
	return s.islandOf(l, v).encode()
}

func (s *Server) islandOf(l *language.Language, v *live.Vocabulary) island {
	i := island{Tiles: "/tiles/items.json", Lang: l.Tag, Words: s.words[l.Tag].address, PointsFrom: s.Map.Index.PointsFrom(), Zones: []islandZones{},
		Icons: s.links.icons.Address, Basemap: s.basemap(), Attribution: s.attribution()}
	i.Lat, i.Lon, i.Zoom = s.view(v)
	for _, set := range v.Sets {
		i.Zones = append(i.Zones, islandZones{Set: set.Slug, Label: namedIn(l, set.NameFR, set.NameEN).Name})
	}
	for _, status := range reports.Statuses {
		i.Statuses = append(i.Statuses, islandStatus{Name: status.Name, Label: l.Say("status."+status.Name, nil), Open: status.Phase == "open"})
	}
	return i
}

// encode writes it for the page's data-config.
func (i island) encode() string {
	text, err := json.Marshal(i)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return string(text)
}

// longestSearch is the most bytes of a text that places are searched by.
const longestSearch = 200

// closeUp is the zoom at which a street corner fills the map.
const closeUp = 17

// mapPage is the map: whole with its filters, its search and the report of a deep link, improved by the island.
func (s *Server) mapPage(c *fiber.Ctx) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	l := askedOf(c).language
	m := page.MapView{Search: strings.Clone(c.Query("q"))}
	var sel selection
	m.Filters, sel = s.filters(c, v)
	frame := s.frameOf(c, l.Say("page.map", nil), s.links.mapped)
	if m.Search != "" {
		if m.Found, m.Said = s.searched(c, m.Search); len(m.Found) == 1 {
			return c.Redirect(string(m.Found[0].Address), fiber.StatusSeeOther)
		}
	}
	i := s.islandOf(l, v)
	if id, err := number(c.Query("report")); err == nil {
		// While the database rests the map still comes, without the card.
		if one, err := s.Register.Get(c.UserContext(), askedOf(c).actor, id); err == nil {
			row := rowOf(one, v, l)
			m.Card = &row
			i.Lon, i.Lat = one.Position.Degrees()
			i.Zoom = closeUp
		}
	}
	m.Plain = s.plainMap(c, v, m.Filters, sel)
	m.Config = i.encode()
	return render(c, fiber.StatusOK, page.Map(frame, m))
}

// searched looks a place up for the form of the map page: the places that fit, with the filters of the page kept, or a sentence instead.
func (s *Server) searched(c *fiber.Ctx, text string) ([]page.Found, string) {
	a := askedOf(c)
	var found []place.Found
	if len(text) <= longestSearch {
		var err error
		if found, err = place.Search(c.UserContext(), s.Register.DB, a.actor, text, place.MaxFound); err != nil {
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
		list[i] = page.Found{Label: f.Label, Address: templ.SafeURL("/?" + query.Encode())}
	}
	return list, ""
}
