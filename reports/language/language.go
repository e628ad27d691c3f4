// Package language holds every word that people read: one catalogue for each language, French first and English complete, used by pages,
// errors, the command line and later mails. A test finds words that are missing in one language or used nowhere.
//
// A sentence has {name} in place of a value. A word that depends on a number n has two entries, key.one and key.other.
//
// Refused: gettext-like catalogues keyed by the English sentence (a corrected sentence loses its translations) and x/text/message (its
// extraction tool wants the sentences in the code).
package language

import (
	"embed"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed fr.yaml en.yaml
var files embed.FS

// Language is one catalogue with its habits of writing numbers and dates.
type Language struct {
	// Tag is the BCP 47 tag: "fr" or "en".
	Tag   string
	words map[string]string
}

// The languages of the product.
var (
	French  = load("fr")
	English = load("en")
)

// All lists the languages, the default first.
func All() []*Language { return []*Language{French, English} }

func load(tag string) *Language {
	raw, err := files.ReadFile(tag + ".yaml")
	if err != nil {
		panic(err)
	}
	l := &Language{Tag: tag, words: map[string]string{}}
	if err := yaml.Unmarshal(raw, &l.words); err != nil {
		panic(fmt.Sprintf("language: %s.yaml: %v", tag, err))
	}
	if tag == "fr" {
		for key, sentence := range l.words {
			l.words[key] = FrenchSpaces(sentence)
		}
	}
	return l
}

// FrenchSpaces keeps double signs on the line of their word, as French printers do: no-break spaces, narrow before ; ! and ?.
func FrenchSpaces(text string) string { return frenchSpaces.Replace(text) }

var frenchSpaces = strings.NewReplacer(" :", "\u00a0:", " ;", "\u202f;", " !", "\u202f!", " ?", "\u202f?", "« ", "«\u00a0", " »", "\u00a0»")

// Of gives the language of a tag such as "fr-CA"; French if we do not speak it.
func Of(tag string) *Language {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	for _, l := range All() {
		if l.Tag == base {
			return l
		}
	}
	return French
}

// Accepted gives the language that an Accept-Language header (RFC 9110, 12.5.4) prefers among ours; French if it names none.
func Accepted(header string) *Language {
	best, bestQuality := French, 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		quality := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			var err error
			if quality, err = strconv.ParseFloat(q, 64); err != nil || math.IsNaN(quality) {
				continue
			}
		}
		base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		for _, l := range All() {
			if l.Tag == base && quality > bestQuality {
				best, bestQuality = l, quality
			}
		}
	}
	return best
}

// Keys lists the words of the catalogue in order.
func (l *Language) Keys() []string { return slices.Sorted(maps.Keys(l.words)) }

// Has tells whether the catalogue has a word.
func (l *Language) Has(key string) bool {
	_, ok := l.words[key]
	return ok
}

// Say gives the sentence of a key, filled in. Args are numbers (written in the language's way), times (as dates) and anything else as text;
// if the key has forms for one and many, the argument "n" chooses. An unknown key is given back as it is: seen at once, never fatal.
func (l *Language) Say(key string, args map[string]any) string {
	sentence, ok := l.words[key]
	if !ok {
		if sentence, ok = l.words[key+"."+l.plural(args["n"])]; !ok {
			return key
		}
	}
	if len(args) == 0 {
		return sentence
	}
	pairs := make([]string, 0, 2*len(args))
	for name, value := range args {
		pairs = append(pairs, "{"+name+"}", l.format(value))
	}
	return strings.NewReplacer(pairs...).Replace(sentence)
}

// plural chooses between one and other: in French zero and everything below two is one, in English only one (CLDR plural rules).
func (l *Language) plural(n any) string {
	v, ok := integer(n)
	if ok && (v == 1 || v == 0 && l.Tag == "fr") {
		return "one"
	}
	return "other"
}

func integer(n any) (int64, bool) {
	switch v := n.(type) {
	case int:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	}
	return 0, false
}

// Key is a value that is a word of the catalogue itself, such as the name of a state.
type Key string

func (l *Language) format(value any) string {
	if n, ok := integer(value); ok {
		return l.Number(n)
	}
	switch v := value.(type) {
	case time.Time:
		return l.Date(v)
	case Key:
		return l.Say(string(v), nil)
	case []Key:
		words := make([]string, len(v))
		for i, key := range v {
			words[i] = l.Say(string(key), nil)
		}
		return strings.Join(words, ", ")
	}
	return fmt.Sprint(value)
}

// Number writes a whole number with the language's separator of thousands: a narrow no-break space in French, a comma in English.
func (l *Language) Number(n int64) string {
	separator := "\u202f"
	if l.Tag == "en" {
		separator = ","
	}
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	var groups []string
	for len(digits) > 3 {
		groups = append(groups, digits[len(digits)-3:])
		digits = digits[:len(digits)-3]
	}
	groups = append(groups, digits)
	slices.Reverse(groups)
	return sign + strings.Join(groups, separator)
}

// Date writes the day of a time in the time's own zone: "3 mars 2026", "3 March 2026".
func (l *Language) Date(t time.Time) string {
	day := strconv.Itoa(t.Day())
	if l.Tag == "fr" && t.Day() == 1 {
		day = "1er"
	}
	return fmt.Sprintf("%s %s %d", day, l.Month(t), t.Year())
}

// Month writes the month of a time in the time's own zone, without the year.
func (l *Language) Month(t time.Time) string { return l.words["month."+strconv.Itoa(int(t.Month()))] }

// Moment writes day and minute in the time's own zone.
func (l *Language) Moment(t time.Time) string {
	return l.Say("date.moment", map[string]any{"date": l.Date(t), "time": t.Format("15:04")})
}
