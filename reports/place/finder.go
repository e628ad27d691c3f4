package place

import (
	"context"
	"errors"
	"log/slog"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/language"
	"quartier/reports/store"
)

// Finder finds places: by the town's own addresses, and by geocoders where those know nothing that fits.
type Finder struct {
	DB        *store.DB
	Geocoders []*Geocoder // asked in this order until one finds something
	Log       *slog.Logger
	// Near gives the middle of the town, which geocoders prefer; nil, or false: nowhere in particular.
	Near func() (geo.Position, bool)
}

// Search is Search, followed by what the first geocoder that knows anything finds. They are asked only if no address of ours has the words that were typed, and
// a geocoder that fails is no failure of the search.
func (f *Finder) Search(ctx context.Context, actor account.Actor, text string, limit int) ([]Found, error) {
	limit = max(1, min(MaxFound, limit))
	found, sure, err := search(ctx, f.DB, text, limit)
	if err != nil || sure || len(f.Geocoders) == 0 || len([]rune(language.Fold(text))) < shortest {
		return found, err
	}
	var near *geo.Position
	if f.Near != nil {
		if p, ok := f.Near(); ok {
			near = &p
		}
	}
	for _, g := range f.Geocoders {
		others, err := g.Ask(ctx, text, near, limit)
		if err != nil {
			if !errors.Is(err, errBusy) && ctx.Err() == nil {
				f.Log.Warn("a geocoder could not be asked", "geocoder", g.Name, "cause", err)
			}
			continue
		}
		if len(others) > 0 {
			return merged(found, others, limit), nil
		}
	}
	return found, nil
}

// shortest is the least characters of a text that geocoders are asked for.
const shortest = 4

// merged gives ours, and after them the others that ours do not have; room is kept for those: ours are only like what was typed.
func merged(ours, others []Found, limit int) []Found {
	seen := map[string]bool{}
	list := append([]Found{}, ours[:min(len(ours), (limit+1)/2)]...)
	for _, f := range list {
		seen[language.Fold(f.Label)] = true
	}
	for _, f := range others {
		if len(list) < limit && !seen[language.Fold(f.Label)] {
			list = append(list, f)
		}
	}
	return list
}
