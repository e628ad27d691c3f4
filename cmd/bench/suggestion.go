package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"quartier/reports/language"
	"quartier/reports/suggestion"
)

// suggestionTitle heads the table of suggested categories.
const suggestionTitle = "Suggested categories"

// measureSuggestions learns from half of Boston's titles and guesses the types of the other half. Titles that only repeat their type say nothing and are left
// out; the halves have no title in common. All that the model is made of was chosen within the half that is learnt from. Beside it: the most frequent type, and for
// each title the type that its words stand with most often. Each title counts once; what all cases give is told too. Where a title has several types, only
// one of them can be right at once: that bounds every guess.
func measureSuggestions(_ context.Context, b *bench) ([]result, error) {
	timing, err := timeLearning(min(b.n, 100_000))
	if err != nil {
		return nil, err
	}
	path, err := b.realFile(suggestionTitle+" of Boston", "reports/boston311_2011.csv.gz")
	if path == "" {
		return timing, err
	}
	names, cases, err := readTitles(path)
	if err != nil {
		return nil, err
	}
	learnt, held := halves(cases)
	model, table := suggestion.Learn(names, learnt), newWordTable(learnt)
	var ours, words, frequent, oursAll, wordsAll tally
	different := map[string]bool{}
	for _, t := range counted(held) {
		different[t.Text] = true
		ours.add(t, 1, model.Guess)
		words.add(t, 1, table.guess)
		frequent.add(t, 1, table.most)
		oursAll.add(t, t.times, model.Guess)
		wordsAll.add(t, t.times, table.guess)
	}
	n := int(ours.all)
	return append(timing,
		more("suggestion, right at once / by a table of words", n, ours.percent(ours.first), words.percent(words.first), "%", 1),
		more("suggestion, among three / by a table of words", n, ours.percent(ours.three), words.percent(words.three), "%", 1),
		more("suggestion, right at once / the most frequent type", n, ours.percent(ours.first), frequent.percent(frequent.first), "%", 1),
		more("suggestion, among three / the three most frequent types", n, ours.percent(ours.three), frequent.percent(frequent.three), "%", 1),
		more("suggestion, right at once, every case / by a table of words", int(oursAll.all), oursAll.percent(oursAll.first), wordsAll.percent(wordsAll.first), "%", 0),
		more("suggestion, among three, every case / by a table of words", int(oursAll.all), oursAll.percent(oursAll.three), wordsAll.percent(wordsAll.three), "%", 0),
		only("suggestion, the most that can be right at once", n, ours.percent(float64(len(different))), "%"),
		only("suggestion, share that it says of its first, on average", n, ours.percent(ours.said), "%"),
	), nil
}

// tally counts right guesses.
type tally struct{ all, first, three, said float64 }

func (t *tally) add(of title, times float64, guess func(string, int) []suggestion.Guess) {
	t.all += times
	for i, g := range guess(of.Text, 3) {
		if i == 0 {
			t.said += times * g.Share
		}
		if g.Category != of.Category {
			continue
		}
		t.three += times
		if i == 0 {
			t.first += times
		}
	}
}

func (t *tally) percent(part float64) float64 { return 100 * part / t.all }

// title is a text of some cases of one type.
type title struct {
	suggestion.Example
	times float64
}

func counted(examples []suggestion.Example) (list []title) {
	index := map[suggestion.Example]int{}
	for _, e := range examples {
		i, known := index[e]
		if !known {
			i = len(list)
			index[e] = i
			list = append(list, title{e, 0})
		}
		list[i].times++
	}
	return list
}

// readTitles gives the types' names, and the titles with their types.
func readTitles(path string) (names, cases []suggestion.Example, err error) {
	number := map[string]int32{}
	err = eachRow(path, func(column func(string) string) error {
		text, kind := column("case_title"), column("type")
		if number[kind] == 0 {
			number[kind] = int32(len(number) + 1)
			names = append(names, suggestion.Example{Text: strings.Clone(kind), Category: number[kind]})
		}
		if folded := language.Fold(text); folded != "" && folded != language.Fold(kind) {
			cases = append(cases, suggestion.Example{Text: folded, Category: number[kind]})
		}
		return nil
	})
	return names, cases, err
}

// halves splits the cases by their text, whatever its type.
func halves(cases []suggestion.Example) (learnt, held []suggestion.Example) {
	for _, e := range cases {
		if hash := sha256.Sum256([]byte("outer" + e.Text)); hash[len(hash)-1]%2 == 0 {
			learnt = append(learnt, e)
		} else {
			held = append(held, e)
		}
	}
	return learnt, held
}

// wordTable knows how often each word stands with each type.
type wordTable struct {
	words    map[string]map[int32]float64
	frequent []suggestion.Guess
}

func newWordTable(learnt []suggestion.Example) *wordTable {
	t := &wordTable{words: map[string]map[int32]float64{}}
	all := map[int32]float64{}
	for _, e := range learnt {
		all[e.Category]++
		for word := range strings.FieldsSeq(language.Fold(e.Text)) {
			if t.words[word] == nil {
				t.words[word] = map[int32]float64{}
			}
			t.words[word][e.Category]++
		}
	}
	t.frequent = ranked(all)
	return t
}

func ranked(shares map[int32]float64) (list []suggestion.Guess) {
	for c, share := range shares {
		list = append(list, suggestion.Guess{Category: c, Share: share})
	}
	slices.SortFunc(list, func(a, b suggestion.Guess) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Category, b.Category))
	})
	return list
}

// most gives the most frequent types, whatever the text.
func (t *wordTable) most(_ string, n int) []suggestion.Guess {
	return t.frequent[:min(n, len(t.frequent))]
}

// guess adds up, over the words of a text, the part of each that stands with each type.
func (t *wordTable) guess(text string, n int) []suggestion.Guess {
	shares := map[int32]float64{}
	for word := range strings.FieldsSeq(language.Fold(text)) {
		sum := 0.0
		for _, times := range t.words[word] {
			sum += times
		}
		for c, times := range t.words[word] {
			shares[c] += times / sum
		}
	}
	list := ranked(shares)
	if len(list) == 0 {
		list = t.frequent
	}
	return list[:min(n, len(list))]
}

// timeLearning times a model of as many texts as a node learns from (100 000 at most), and its answers.
func timeLearning(texts int) ([]result, error) {
	answers := min(texts, 1000)
	var examples []suggestion.Example
	for i := range texts {
		text, description := words(i)
		examples = append(examples, suggestion.Example{Text: fmt.Sprintf("%s %s %s", text, description, addressOf(i)), Category: int32(1 + i%40)})
	}
	var model *suggestion.Model
	learning, err := timed(func() error { model = suggestion.Learn(nil, examples); return nil })
	if err != nil {
		return nil, err
	}
	var times []float64
	for i := range answers {
		took, err := timed(func() error { model.Guess(examples[i].Text, 3); return nil })
		if err != nil {
			return nil, err
		}
		times = append(times, milliseconds(took))
	}
	return []result{
		only("suggestion, learning from the latest reports", texts, learning.Seconds(), "s"),
		only("suggestion, answer, p95", answers, percentile(times, 95), "ms"),
	}, nil
}
