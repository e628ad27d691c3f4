package live

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"quartier/geo"
	"quartier/reports/exporting"
)

// Change is the data of the event "change": that something happened to an item. What it is now is to be fetched.
type Change struct {
	Kind     string          `json:"kind"`
	ID       int64           `json:"id"`
	Location exporting.Point `json:"location" doc:"Where it is, or was when it went"`
	Gone     bool            `json:"gone,omitempty" doc:"It is no longer to be seen"`
}

// Tiles is the data of the event "tiles": which tiles of the zoom asked for are others now.
type Tiles struct {
	Items   []string `json:"items,omitempty" doc:"z/x/y of /tiles/items"`
	Cells   []string `json:"cells,omitempty" doc:"z/x/y of /tiles/cells"`
	Changes int      `json:"changes" doc:"How many changes that were, of items that are in these tiles or went from them"`
}

// nothing is the data of events that say all by their name; without data a browser passes over an event.
var nothing = []byte("{}")

// appendEvent writes an event (HTML 9.2.6). Without an id a reader stands where it stood.
func appendEvent(message []byte, name, id string, data []byte) []byte {
	if id != "" {
		message = append(append(append(message, "id: "...), id...), '\n')
	}
	message = append(append(append(message, "event: "...), name...), "\ndata: "...)
	return append(append(message, data...), "\n\n"...)
}

// appendTelling writes what a subscriber is told. Only the last event has the id of where he stands after them: if the line breaks between
// them, he comes back as one who heard none.
func (n *news) appendTelling(message []byte, s *subscription, t *telling) []byte {
	switch {
	case t.much():
		return appendEvent(message, "reset", n.cursor, nothing)
	case s.tiles && len(t.items)+len(t.cells) > 0:
		return appendEvent(message, "tiles", n.cursor, written(Tiles{Items: names(t.items), Cells: names(t.cells), Changes: t.count}))
	}
	for i, place := range t.changes {
		id := ""
		if i == len(t.changes)-1 {
			id = n.cursor
		}
		message = appendEvent(message, "change", id, n.text(place))
	}
	return message
}

// text gives what happened at a place in the list, as data of an event.
func (n *news) text(i int) []byte {
	if n.texts == nil {
		n.texts = make([][]byte, len(n.list))
	}
	if n.texts[i] == nil {
		h := &n.list[i]
		n.texts[i] = written(Change{Kind: Kinds[h.key.Kind], ID: h.key.ID, Location: exporting.Point(h.home().at), Gone: !h.after.seen()})
	}
	return n.texts[i]
}

func written(data any) []byte {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(data); err != nil {
		panic(err) // plain fields always can be written
	}
	return bytes.TrimSpace(b.Bytes())
}

// names gives tiles in the order of their columns and rows.
func names(list []geo.Tile) []string {
	slices.SortFunc(list, func(a, b geo.Tile) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
	var texts []string
	for _, t := range list {
		texts = append(texts, fmt.Sprintf("%d/%d/%d", t.Z, t.X, t.Y))
	}
	return texts
}
