package suggestion

import (
	_ "embed"
	"hash/maphash"
	"strings"

	"quartier/reports/language"
)

// How much of a text is looked at.
const (
	longestText  = 600 // bytes, folded
	longestWord  = 24  // bytes that are taken apart into letters
	mostFeatures = 400
)

//go:embed stop.txt
var stopFile string

// stop are the words that say nothing of what a report is about, folded. Negations are not among them, "ne marche pas", nor what is a noun in the other
// language: a "comment".
var stop = func() map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(stopFile) {
		all[word] = true
	}
	return all
}()

// feature is a part of a text and what it counts for.
type feature struct {
	key   uint64 // of its kind and letters, in this process
	force float64
}

var seed = maphash.MakeSeed()

// features takes a text apart: its words and pairs of neighbouring words, and within words runs of 3 to 5 letters, which misspelt and inflected words share. All
// runs of a word count together as much as the word itself: a long word says no more than a short one. Numbers are left out: they tell where, not what. Each
// comes once.
func features(text string) []feature {
	folded := language.Fold(text)
	if len(folded) > longestText {
		folded = strings.ToValidUTF8(folded[:longestText], "")
	}
	list := make([]feature, 0, 64)
	seen := make(map[uint64]struct{}, 64)
	var name []byte
	add := func(force float64, parts ...string) {
		name = name[:0]
		for _, p := range parts {
			name = append(append(name, p...), ' ')
		}
		key := maphash.Bytes(seed, name)
		if _, known := seen[key]; !known && len(list) < mostFeatures {
			seen[key] = struct{}{}
			list = append(list, feature{key, force})
		}
	}
	before := ""
	for word := range strings.FieldsSeq(folded) {
		if stop[word] || len(word) < 2 || strings.ContainsAny(word, "0123456789") {
			continue
		}
		add(1, "word", word)
		if before != "" {
			add(1, "pair", before, word)
		}
		before = word
		if len(word) > longestWord {
			continue
		}
		framed := "^" + word + "$"
		all := 0
		for n := 3; n <= 5; n++ {
			all += max(0, len(framed)-n+1)
		}
		for n := 3; n <= 5; n++ {
			for i := 0; i+n <= len(framed); i++ {
				add(1/float64(all), "run", framed[i:i+n])
			}
		}
	}
	return list
}
