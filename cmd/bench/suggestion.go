package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"quartier/reports/language"
	"quartier/reports/suggestion"
)

// suggestionTitle heads the table of suggested categories.
const suggestionTitle = "Suggested categories"

// measureSuggestions learns from half of Boston's titles and guesses the types of the other half. Titles that only repeat their type say nothing and are left
// out; the halves have no title in common. Beside it: the most frequent type, and for each title the type that its words stand with most often. Each title counts once;
// what all cases give is told too.
func measureSuggestions(_ context.Context, b *bench) ([]result, error) {
	timing, err := timeLearning()
	if err != nil {
		return nil, err
	}
	path, err := b.realFile(suggestionTitle+" of Boston", "reports/boston311_2011.csv.gz")
	if path == "" {
		return timing, err
	}
	names, learnt, held, err := readTitles(path)
	if err != nil {
		return nil, err
	}
	model := suggestion.Learn(names, learnt)
	table := newWordTable(learnt)
	every := counted(held)
	once := slices.Clone(every)
	for i := range once {
		once[i].times = 1
	}
	ours, words, frequent := model.Guess, table.guess, table.most
	at1, at3 := accuracy(once, ours)
	word1, word3 := accuracy(once, words)
	frequent1, frequent3 := accuracy(once, frequent)
	all1, all3 := accuracy(every, ours)
	allWord1, allWord3 := accuracy(every, words)
	sure, right := calibration(once, ours)
	n := len(once)
	return append(timing,
		more("suggestion, right at once / by a table of words", n, at1, word1, "%", 1),
		more("suggestion, among three / by a table of words", n, at3, word3, "%", 1),
		more("suggestion, right at once / the most frequent type", n, at1, frequent1, "%", 1),
		more("suggestion, among three / the three most frequent types", n, at3, frequent3, "%", 1),
		more("suggestion, right at once, every case / by a table of words", len(held), all1, allWord1, "%", 0),
		more("suggestion, among three, every case / by a table of words", len(held), all3, allWord3, "%", 0),
		less("suggestion, share it says of the first / how often that is right", n, sure, right, "%", 0),
	), nil
}

// title is a text of some cases of one type.
type title struct {
	suggestion.Example
	times float64
}

func counted(examples []suggestion.Example) (list []title) {
	index := map[suggestion.Example]int{}
	for _, e := range examples {
		e.Text = language.Fold(e.Text)
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

// readTitles gives the types' names, and two halves of the titles: every text lies in one of them, whatever its type.
func readTitles(path string) (names, learnt, held []suggestion.Example, err error) {
	number := map[string]int32{}
	err = eachRow(path, func(column func(string) string) error {
		text, kind := column("case_title"), column("type")
		if number[kind] == 0 {
			number[kind] = int32(len(number) + 1)
			names = append(names, suggestion.Example{Text: kind, Category: number[kind]})
		}
		folded := language.Fold(text)
		if folded == language.Fold(kind) || folded == "" {
			return nil
		}
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(folded))
		if e := (suggestion.Example{Text: strings.Clone(text), Category: number[kind]}); hash.Sum32()%2 == 0 {
			learnt = append(learnt, e)
		} else {
			held = append(held, e)
		}
		return nil
	})
	return names, learnt, held, err
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
		if a.Share != b.Share {
			if a.Share > b.Share {
				return -1
			}
			return 1
		}
		return int(a.Category - b.Category)
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

// accuracy tells, in percent, how often the first guess, and one of the first three, is right.
func accuracy(titles []title, guess func(string, int) []suggestion.Guess) (at1, at3 float64) {
	var all, first, three float64
	for _, t := range titles {
		all += t.times
		for i, g := range guess(t.Text, 3) {
			if g.Category == t.Category {
				three += t.times
				if i == 0 {
					first += t.times
				}
			}
		}
	}
	return 100 * first / all, 100 * three / all
}

// calibration gives the mean share that the first guesses say, and how often those are right, in percent.
func calibration(titles []title, guess func(string, int) []suggestion.Guess) (said, right float64) {
	n := 0.0
	for _, t := range titles {
		for _, g := range guess(t.Text, 1) {
			n++
			said += g.Share
			if g.Category == t.Category {
				right++
			}
		}
	}
	return 100 * said / n, 100 * right / n
}

// timeLearning times a model of as many texts as a node learns from, and its answers.
func timeLearning() ([]result, error) {
	const texts, answers = 100_000, 1000
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
		only("suggestion, learning from 100 000 reports", texts, learning.Seconds(), "s"),
		only("suggestion, answer, p95", answers, percentile(times, 95), "ms"),
	}, nil
}
