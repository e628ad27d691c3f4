package web

import (
	"encoding/json"

	"quartier/reports"
	"quartier/reports/language"
	"quartier/web/live"
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
	i := island{Tiles: s.to("/tiles/items.json"), Lang: l.Tag, Words: s.to(s.words[l.Tag].address), PointsFrom: s.Map.Index.PointsFrom(), Zones: []islandZones{},
		Icons: s.to(s.links.icons.Address), Basemap: s.basemap(), Attribution: s.attribution()}
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
