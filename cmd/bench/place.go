package main

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/importing"
	"quartier/reports/language"
	address "quartier/reports/place"
	"quartier/reports/store"
)

// placesTitle heads the table of places.
const placesTitle = "Place search"

// placesAsked is the number of searches of each kind.
const placesAsked = 250

// mistake is a way in which people type an address.
type mistake struct {
	name string
	// write gives what somebody types who means a house; street: the street alone is meant, since the number is not to be known yet.
	write  func(chance *rand.Rand, number, street string) string
	street bool
}

// mistakes are the kinds of searches, each as frequent as the others.
var mistakes = []mistake{
	{name: "exact", write: func(_ *rand.Rand, number, street string) string { return number + " " + street }},
	{name: "while typing", street: true, write: func(chance *rand.Rand, number, street string) string {
		letters := []rune(street)
		return number + " " + string(letters[:max(min(len(letters), 8), len(letters)*(6+chance.IntN(4))/10)])
	}},
	{name: "capitals, no accents", write: func(_ *rand.Rand, number, street string) string {
		return strings.ToUpper(language.Fold(number + " " + street))
	}},
	{name: "abbreviated", write: func(_ *rand.Rand, number, street string) string { return number + " " + abbreviated.Replace(street) }},
	{name: "number behind", write: func(_ *rand.Rand, number, street string) string { return street + " " + number }},
	{name: "street alone", street: true, write: func(_ *rand.Rand, _, street string) string { return street }},
	{name: "one typo", write: func(chance *rand.Rand, number, street string) string {
		return number + " " + misspell(chance, street, 1, false)
	}},
	{name: "two typos", write: func(chance *rand.Rand, number, street string) string {
		return number + " " + misspell(chance, street, 2, false)
	}},
	{name: "swapped letters", write: func(chance *rand.Rand, number, street string) string {
		return number + " " + misspell(chance, street, 1, true)
	}},
	{name: "nonsense", write: func(chance *rand.Rand, _, _ string) string {
		var b strings.Builder
		for i := range 8 + chance.IntN(20) {
			if i%7 == 6 {
				b.WriteByte(' ')
			} else {
				b.WriteByte(byte('a' + chance.IntN(26)))
			}
		}
		return b.String()
	}},
}

var abbreviated = strings.NewReplacer("Boulevard ", "bd ", "Avenue ", "av ", "Place ", "pl ", "Faubourg ", "fbg ", "Saint-", "st ", "Sainte-", "ste ", "Général ", "gal ",
	"Docteur ", "dr ", "Square ", "sq ", "Impasse ", "imp ", "Passage ", "pass ")

// misspell changes letters of a street: one is another, missing or twice, or two are swapped. The first word, which says whether it is a street or an avenue,
// is left as it is where there are others: nobody misspells it.
func misspell(chance *rand.Rand, street string, times int, swap bool) string {
	letters := []rune(street)
	from := max(0, slices.Index(letters, ' ')) + 1
	if len(letters)-from < 4 {
		from = 0
	}
	for range times {
		i := from + chance.IntN(len(letters)-from-1)
		for letters[i] == ' ' || letters[i+1] == ' ' {
			i = from + chance.IntN(len(letters)-from-1)
		}
		other := rune('a' + chance.IntN(26))
		switch kind := chance.IntN(3); {
		case swap:
			letters[i], letters[i+1] = letters[i+1], letters[i]
		case kind == 0:
			letters[i] = other
		case kind == 1:
			letters = slices.Delete(letters, i, i+1)
		default:
			letters = slices.Insert(letters, i, letters[i])
		}
	}
	return string(letters)
}

// measurePlaces searches the addresses of Paris as people type them, beside looking one up by its primary key, in turns.
func measurePlaces(ctx context.Context, b *bench) ([]result, error) {
	path, err := b.realFile(placesTitle, "addresses/ban_paris_75.csv.gz")
	if path == "" {
		return nil, err
	}
	db, _, err := b.database(ctx, "places")
	if err != nil {
		return nil, err
	}
	mapping, err := importing.LoadMapping("ban")
	if err != nil {
		return nil, err
	}
	file, err := importing.OpenFile(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if _, err := importing.Addresses(ctx, db, account.System, file, importing.Options{Mapping: mapping, Now: time.Now(), Refused: os.DevNull}); err != nil {
		return nil, err
	}
	houses, err := someHouses(ctx, db, placesAsked*len(mistakes))
	if err != nil {
		return nil, err
	}
	return searchHouses(ctx, db, houses)
}

// house is an address that somebody means.
type house struct {
	ID             int64
	Number, Street string
}

// someHouses gives some addresses, the same ones each time.
func someHouses(ctx context.Context, db *store.DB, n int) ([]house, error) {
	if _, err := db.Exec(ctx, `vacuum analyze street, address`); err != nil {
		return nil, err
	}
	rows, err := db.Query(ctx, `
		select a.id, a.number, s.name
		from address a join street s on s.id = a.street_id
		where a.number <> '' and length(s.name) > 8
		order by md5(a.external_id) limit $1`, n)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[house])
}

func searchHouses(ctx context.Context, db *store.DB, houses []house) ([]result, error) {
	chance := rand.New(rand.NewPCG(1, 2))
	var all, keyed []float64
	hits, times := make([]int, len(mistakes)), make([][]float64, len(mistakes))
	for i, h := range houses {
		kind := i % len(mistakes)
		text := mistakes[kind].write(chance, h.Number, h.Street)
		var found []address.Found
		took, err := timed(func() (err error) {
			found, err = address.Search(ctx, db, account.Anonymous, text, 5)
			return err
		})
		if err != nil {
			return nil, err
		}
		all, times[kind] = append(all, milliseconds(took)), append(times[kind], milliseconds(took))
		want := language.Fold(h.Street)
		if !mistakes[kind].street {
			want = language.Fold(h.Number + " " + h.Street)
		}
		if slices.ContainsFunc(found, func(f address.Found) bool {
			name, _, _ := strings.Cut(f.Label, ",")
			folded := language.Fold(name)
			return folded == want || mistakes[kind].street && strings.HasSuffix(folded, " "+want)
		}) {
			hits[kind]++
		}
		took, err = timed(func() error {
			var one house
			return db.QueryRow(ctx, `select id, number, external_id from address where id = $1`, h.ID).Scan(&one.ID, &one.Number, &one.Street)
		})
		if err != nil {
			return nil, err
		}
		keyed = append(keyed, milliseconds(took))
	}
	p95 := percentile(all, 95)
	results := []result{
		within("place search, p95 / 20 ms", len(all), p95, 20, "ms"),
		less("place search, p95 / a primary key's p95", len(all), p95, percentile(keyed, 95), "ms", 0),
		less("place search, p50 / a primary key's p50", len(all), percentile(all, 50), percentile(keyed, 50), "ms", 0),
	}
	for kind, m := range mistakes {
		results = append(results, only("place search, "+m.name+", p95", len(times[kind]), percentile(times[kind], 95), "ms"))
		if m.name != "nonsense" {
			results = append(results, only("place search, "+m.name+", found among the first 5", len(times[kind]), 100*float64(hits[kind])/float64(len(times[kind])), "%"))
		}
	}
	return results, nil
}
