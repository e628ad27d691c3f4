package place

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/language"
	"quartier/reports/store"
)

// MaxFound is the most that a search gives.
const MaxFound = 10

// maxWords bounds what of a search is looked at; the rest of a longer text is ignored.
const maxWords = 12

// Found is one answer to a search.
type Found struct {
	Label    string // an address, a street or the name of a zone
	Position geo.Position
	Zone     string // reference set/code of a zone; empty: an address or a street
	Exact    bool   // an address with the very house number that was asked for
}

// Search finds addresses, streets and zones by the words that people type: capitals and accents do not matter, the last word may be unfinished,
// a word may be misspelt, a house number may stand in front ("12 bis rue de la lune") or behind ("rue de la lune 12"). The best come first,
// at most limit (1…MaxFound). An empty text finds nothing.
func Search(ctx context.Context, db *store.DB, _ account.Actor, text string, limit int) ([]Found, error) {
	found, _, err := search(ctx, db, text, max(1, min(MaxFound, limit)))
	return found, err
}

// search tells too whether it is sure: what it found has the words that were typed, and is not only like them.
func search(ctx context.Context, db *store.DB, text string, limit int) (best []Found, sure bool, err error) {
	words := typed(text)
	err = db.Read(ctx, func(tx pgx.Tx) error {
		if best, err = read(ctx, tx, words, limit); err != nil || len(best) > 0 || len(words) == 0 {
			sure = len(best) > 0
			return err
		}
		// No address has these words: some are misspelt. Each is read as one that addresses have.
		ways, err := corrected(ctx, tx, words)
		if err != nil {
			return err
		}
		for _, way := range ways {
			found, err := read(ctx, tx, way, limit)
			if err != nil {
				return err
			}
			if best = append(best, found...); len(best) >= limit || len(best) > 0 && best[0].Exact {
				break
			}
		}
		if len(best) > 0 {
			best = distinct(best, limit)
			return nil
		}
		// Likeness comes last: it costs more, and finds what was not meant.
		for _, q := range questions(words) {
			q.misspelt = true
			if best, err = ask(ctx, tx, q, limit); err != nil || len(best) > 0 {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	return best, sure, nil
}

// read answers the ways in which words can be a number and a street.
func read(ctx context.Context, tx pgx.Tx, words []string, limit int) (best []Found, err error) {
	for _, q := range questions(words) {
		found, err := ask(ctx, tx, q, limit)
		if err != nil {
			return nil, err
		}
		// A house that is there settles how the words were meant; otherwise the first reading that finds anything.
		if len(best) == 0 || len(found) > 0 && found[0].Exact {
			best = found
		}
		if len(best) > 0 && best[0].Exact {
			break
		}
	}
	return best, nil
}

// distinct gives each answer once, the exact ones first, at most limit.
func distinct(found []Found, limit int) (list []Found) {
	for _, exact := range []bool{true, false} {
		for _, f := range found {
			if f.Exact == exact && !slices.Contains(list, f) && len(list) < limit {
				list = append(list, f)
			}
		}
	}
	return list
}

// ask answers one question: zones by their names, unless a house is asked for, then streets.
func ask(ctx context.Context, tx pgx.Tx, q question, limit int) (found []Found, err error) {
	if q.number == "" && !q.misspelt {
		if found, err = searchZones(ctx, tx, q, min(3, limit)); err != nil {
			return nil, err
		}
	}
	streets, err := searchStreets(ctx, tx, q, limit-len(found))
	return append(found, streets...), err
}

// question is one way to read what was typed.
type question struct {
	number string   // house number as written in addresses: "12", "12 bis"; empty: none
	words  []string // folded
	// misspelt asks for names that are like the words instead of having them.
	misspelt bool
}

// text is the folded words as street.search and zone_shape.search hold them.
func (q question) text() string { return " " + strings.Join(q.words, " ") }

// abbreviations are what people write for words that names have in full. Others are found without: a word needs only to begin alike.
var abbreviations = map[string]string{
	"bd": "boulevard", "bld": "boulevard", "bvd": "boulevard", "st": "saint", "ste": "sainte", "fg": "faubourg", "fbg": "faubourg", "rte": "route",
	"sq": "square", "pce": "place", "gd": "grand", "gde": "grande", "dr": "docteur", "gal": "general", "mal": "marechal",
}

// patterns are what a name must be LIKE: each word begins a word of it. Folded words hold no wildcards. The last word may be one that is still
// being written, and is taken as it is.
func (q question) patterns() []string {
	list := make([]string, len(q.words))
	for i, w := range q.words {
		if full := abbreviations[w]; full != "" && i < len(q.words)-1 {
			w = full
		}
		list[i] = "% " + w + "%"
	}
	return list
}

// longest is the pattern of the longest word, which the fewest names have.
func (q question) longest() string {
	return slices.MaxFunc(q.patterns(), func(a, b string) int { return len(a) - len(b) })
}

// houseNumber is up to four digits and a suffix of one letter or the customary words. Five digits are a postcode.
var houseNumber = regexp.MustCompile(`^([0-9]{1,4}) ?(bis|ter|quater|quinquies|[a-z])?$`)

// typed gives the words of a text, folded, as far as they are looked at.
func typed(text string) []string {
	words := strings.Fields(language.Fold(text))
	return words[:min(maxWords, len(words))]
}

// questions gives the ways to read words, the likeliest first: with a house number in front, with one behind, and as words alone ("rue du 4
// septembre").
func questions(words []string) []question {
	if len(words) == 0 {
		return nil
	}
	var list []question
	with := func(number string, rest []string) {
		if m := houseNumber.FindStringSubmatch(number); m != nil && len(rest) > 0 {
			list = append(list, question{number: strings.TrimSpace(m[1] + " " + m[2]), words: rest})
		}
	}
	n := len(words)
	if n > 2 {
		with(words[0]+" "+words[1], words[2:])
	}
	with(words[0], words[1:])
	if n > 2 {
		with(words[n-2]+" "+words[n-1], words[:n-2])
	}
	with(words[n-1], words[:n-1])
	return append(list, question{words: words})
}

// streetSQL finds streets and, in them, the house that is asked for. A house number that the street does not have still finds the street.
const streetSQL = `
	with named as materialized (
	  select s.*, 1 - (@text <<-> s.search) as likeness
	  from street s
	  -- The index finds the longest word: it serves LIKE, and not LIKE ALL.
	  where not @misspelt and s.search like @longest and s.search like all (@patterns)
	), likely as materialized (
	  select s.*, word_similarity(@text, s.search) as likeness
	  from street s
	  where @misspelt and @text <% s.search
	), streets as (
	  select * from named union all select * from likely
	)
	select s.name, s.postcode, s.city, coalesce(a.number, ''), coalesce(a.lon, s.lon), coalesce(a.lat, s.lat), a.number is not null
	from streets s
	left join lateral (
	  select a.number, a.lon, a.lat from address a
	  where a.street_id = s.id and a.number = @number and @number <> ''
	  order by a.id limit 1
	) a on true
	order by a.number is not null desc, s.search like @text || '%' desc, s.likeness desc, length(s.search), s.search collate "C", s.id
	limit @limit`

func searchStreets(ctx context.Context, tx pgx.Tx, q question, limit int) ([]Found, error) {
	rows, err := tx.Query(ctx, streetSQL,
		pgx.NamedArgs{"text": q.text(), "patterns": q.patterns(), "longest": q.longest(),
			"misspelt": q.misspelt, "number": q.number, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("search the streets: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Found, error) {
		var a Address
		var f Found
		err := row.Scan(&a.Street, &a.Postcode, &a.City, &a.Number, &f.Position.Lon, &f.Position.Lat, &f.Exact)
		f.Label = a.Label()
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("search the streets: %w", err)
	}
	return found, nil
}

func searchZones(ctx context.Context, tx pgx.Tx, q question, limit int) ([]Found, error) {
	rows, err := tx.Query(ctx, `
		select s.name, zs.slug || '/' || z.code, ST_X(s.label_point), ST_Y(s.label_point)
		from zone_shape s
		join zone_set zs on zs.revision_id = s.revision_id
		join zone z on z.id = s.zone_id
		where s.search like @longest and s.search like all (@patterns)
		order by s.search like @text || '%' desc, length(s.search), s.search collate "C", zs.slug
		limit @limit`,
		pgx.NamedArgs{"text": q.text(), "patterns": q.patterns(), "longest": q.longest(), "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("search the zones: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Found, error) {
		var f Found
		var lon, lat float64
		if err := row.Scan(&f.Label, &f.Zone, &lon, &lat); err != nil {
			return f, err
		}
		var err error
		f.Position, err = geo.FromDegrees(lon, lat)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("search the zones: %w", err)
	}
	return found, nil
}
