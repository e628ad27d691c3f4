package suggestion

import (
	_ "embed"
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

// stop are the words that say nothing of what a report is about, folded. Negations are not among them: "ne marche pas".
var stop = func() map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(stopFile) {
		all[word] = true
	}
	return all
}()

// feature is a part of a text and what it counts for.
type feature struct {
	name  string
	force float64
}

// letterForce is what all runs of letters of a word count for together, beside the word itself: a long word says no more than a short one.
const letterForce = 1.0

// features takes a text apart: its words and pairs of neighbouring words, and within words runs of 3 to 5 letters, which misspelt and inflected words share.
// Numbers are left out: they tell where, not what. Each comes once.
func features(text string) []feature {
	folded := language.Fold(text)
	if len(folded) > longestText {
		folded = strings.ToValidUTF8(folded[:longestText], "")
	}
	var list []feature
	seen := map[string]bool{}
	add := func(name string, force float64) {
		if !seen[name] && len(list) < mostFeatures {
			seen[name] = true
			list = append(list, feature{name, force})
		}
	}
	before := ""
	for word := range strings.FieldsSeq(folded) {
		if stop[word] || len(word) < 2 || strings.ContainsAny(word, "0123456789") {
			continue
		}
		add("w"+word, 1)
		if before != "" {
			add("p"+before+" "+word, 1)
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
				add("l"+framed[i:i+n], letterForce/float64(all))
			}
		}
	}
	return list
}
