package live

import (
	"context"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/exporting"
	"quartier/reports/zone"
	"quartier/tiles"
)

// Vocabulary is what things are called and where zones end, at one moment. It is never changed: a new one takes its place.
type Vocabulary struct {
	*reports.Catalogue
	*zone.Atlas
	shapes map[string]*tiles.ZoneSet // by slug of the set
}

// loadVocabulary reads a vocabulary. Of the one before it keeps the shapes of sets that have no new revision, and with them their drawn tiles.
func loadVocabulary(ctx context.Context, tx pgx.Tx, before *Vocabulary) (*Vocabulary, error) {
	catalogue, err := reports.LoadCatalogue(ctx, tx)
	if err != nil {
		return nil, err
	}
	atlas, err := zone.Load(ctx, tx, account.System)
	if err != nil {
		return nil, err
	}
	v := &Vocabulary{Catalogue: catalogue, Atlas: atlas, shapes: map[string]*tiles.ZoneSet{}}
	for _, set := range atlas.Sets {
		if before != nil {
			if old := before.Set(set.Slug); old != nil && old.Revision == set.Revision && old.ID == set.ID {
				v.shapes[set.Slug] = before.shapes[set.Slug]
				continue
			}
		}
		zones := make([]tiles.Zone, len(set.Zones))
		for i, z := range set.Zones {
			zones[i] = tiles.Zone{ID: z.ID, Code: z.Code, Name: z.Name, Geometry: z.Geometry}
		}
		v.shapes[set.Slug] = tiles.NewZoneSet(set.Slug, zones)
	}
	return v, nil
}

// Shapes gives what draws the zones of a set, or nil.
func (v *Vocabulary) Shapes(set string) *tiles.ZoneSet { return v.shapes[set] }

// Words gives the words of exports with links to a site.
func (v *Vocabulary) Words(base string) exporting.Words {
	return exporting.Words{Catalogue: v.Catalogue, Atlas: v.Atlas, Base: base}
}

// tileVocabulary gives the words that stand in tiles; the names of categories follow with the vocabulary.
func tileVocabulary() tiles.Vocabulary {
	v := tiles.Vocabulary{Kinds: Kinds}
	for _, s := range reports.Statuses {
		v.Statuses = append(v.Statuses, tiles.Status{Name: s.Name, Open: s.Phase == "open", Group: s.Group})
	}
	return v
}

// setVocabulary puts a vocabulary in force, and tells whether something that may stand in tiles has another name than before.
func (m *Map) setVocabulary(v *Vocabulary) (renamed bool) {
	names := make(map[int32]string, len(v.Categories))
	for _, c := range v.Categories {
		names[c.ID] = c.Slug
	}
	for id, name := range m.Index.Vocabulary().Categories {
		renamed = renamed || names[id] != name
	}
	m.Index.NameCategories(names)
	m.vocabulary.Store(v)
	return renamed
}
