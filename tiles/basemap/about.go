package basemap

import (
	"encoding/json"
	"html"
	"regexp"
	"slices"
	"strings"
)

// about is what an archive says about itself (PMTiles 3, clause 5).
type about struct {
	attribution string // plain text
}

// maxAttribution is how long an attribution may be, in characters: it stands in a corner of the map.
const maxAttribution = 300

// parseAbout reads metadata; word is the sentence for what is wrong with them. The layers must be those of OpenMapTiles, of which an archive need
// not have all: one is enough that no other schema has.
func parseAbout(metadata []byte) (about, string) {
	var m struct {
		Attribution  string
		VectorLayers []struct{ ID string } `json:"vector_layers"`
	}
	if err := json.Unmarshal(metadata, &m); err != nil {
		return about{}, "basemap.broken"
	}
	ours := slices.ContainsFunc(m.VectorLayers, func(l struct{ ID string }) bool {
		return slices.Contains([]string{"transportation", "transportation_name", "waterway", "water_name", "landcover"}, l.ID)
	})
	// Protomaps' own archives have a landcover too, and streets by another name.
	if !ours || slices.ContainsFunc(m.VectorLayers, func(l struct{ ID string }) bool { return l.ID == "earth" }) {
		return about{}, "basemap.schema"
	}
	return about{attribution: plain(m.Attribution)}, ""
}

var (
	tag   = regexp.MustCompile(`<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// plain gives the text of markup: tools write attributions with links.
func plain(markup string) string {
	text := strings.TrimSpace(space.ReplaceAllString(html.UnescapeString(tag.ReplaceAllString(markup, " ")), " "))
	if letters := []rune(text); len(letters) > maxAttribution {
		text = string(letters[:maxAttribution]) + "…"
	}
	return text
}
