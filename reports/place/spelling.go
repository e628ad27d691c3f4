package place

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Bounds of what is tried for words that no address has.
const (
	meantBy  = 3 // words that a misspelt word may mean
	mostWays = 4 // ways to read a text
)

// meantSQL gives the words of addresses that misspelt ones may mean, by an index of what is left of both without some letters. A word that addresses have, or that
// begins one, is not misspelt: it is looked for by the primary key, in the order of bytes; nothing comes after the last sign of all. Numbers and words of
// less than three letters are no misspelt ones.
const meantSQL = `
	with misspelt as materialized (
	  select w.nth, w.word, remains(w.word) as remains
	  from unnest(@words::text[]) with ordinality as w (word, nth)
	  where length(w.word) >= 3 and w.word !~ '[0-9]'
	    and not exists (select from street_word s where s.word >= w.word collate "C" and s.word < (w.word || chr(1114111)) collate "C")
	)
	select w.nth, m.word
	from misspelt w
	cross join lateral (
	  select s.word from street_word s
	  where s.remains && w.remains and length(s.word) between length(w.word) - 2 and length(w.word) + 2
	  order by similarity(s.word, w.word) desc, s.word
	  limit 100
	) m`

// corrected gives the ways to read words that no address has together, with each misspelt word replaced by one that addresses have, the likeliest first.
func corrected(ctx context.Context, tx pgx.Tx, words []string) (ways [][]string, err error) {
	rows, err := tx.Query(ctx, meantSQL, pgx.NamedArgs{"words": words})
	if err != nil {
		return nil, fmt.Errorf("look for misspelt words: %w", err)
	}
	like := make([][]string, len(words))
	var nth int
	var word string
	_, err = pgx.ForEachRow(rows, []any{&nth, &word}, func() error {
		like[nth-1] = append(like[nth-1], word)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for misspelt words: %w", err)
	}
	return readings(words, like), nil
}

// reading is a way to read words, and how many letters were mistaken then.
type reading struct {
	words []string
	edits int
}

// readings combines what each word may mean, given the words that are like it: those with the fewest mistakes first.
func readings(words []string, like [][]string) (ways [][]string) {
	all := []reading{{}}
	for i, word := range words {
		means := meant(word, like[i])
		if len(means) == 0 {
			means = []reading{{words: []string{word}}}
		}
		var more []reading
		for _, r := range all {
			for _, m := range means {
				more = append(more, reading{append(slices.Clone(r.words), m.words...), r.edits + m.edits})
			}
		}
		slices.SortStableFunc(more, func(a, b reading) int { return cmp.Compare(a.edits, b.edits) })
		all = more[:min(len(more), mostWays)]
	}
	for _, r := range all {
		if r.edits > 0 {
			ways = append(ways, r.words)
		}
	}
	return ways
}

// meant gives what a misspelt word may mean, of the words that are like it: a mistake is allowed for words of three letters, two for longer ones.
func meant(word string, like []string) (list []reading) {
	most := 2
	if len([]rune(word)) == 3 {
		most = 1
	}
	for _, other := range like {
		if n := edits(word, other); n <= most {
			list = append(list, reading{[]string{other}, n})
		}
	}
	slices.SortStableFunc(list, func(a, b reading) int { return cmp.Compare(a.edits, b.edits) })
	return list[:min(len(list), meantBy)]
}

// edits counts the least letters that were left out, added, changed or swapped with their neighbour to write one word for another (optimal string alignment).
func edits(one, other string) int {
	a, b := []rune(one), []rune(other)
	before, last, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			next[j] = min(last[j]+1, next[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, last, next = last, next, before
	}
	return last[len(b)]
}
