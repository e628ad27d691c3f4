package reports

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Personal is a kind of personal data that a public text seems to hold.
type Personal string

// Kinds of personal data.
const (
	PersonalEmail Personal = "email"
	PersonalPhone Personal = "phone"
	PersonalPlate Personal = "plate"
)

// personal are the forms of each kind. The form's script knows the same (web/ui/src/filing/personal.ts), and both are tested by testdata/personal.json. Bank
// accounts are not among them: nobody writes one beside a pothole, and every form more is one more to cry wolf with.
var personal = []struct {
	kind Personal
	form *regexp.Regexp
}{
	{PersonalEmail, regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`)},
	// French: ten digits, alone or in pairs with the same sign between them; a date has fewer.
	{PersonalPhone, regexp.MustCompile(`0[1-9](?:(?: \d\d){4}|(?:\.\d\d){4}|(?:-\d\d){4}|(?:/\d\d){4}|\d{8})`)},
	{PersonalPhone, regexp.MustCompile(`(?:\+|00)33 ?(?:\(0\) ?)?[1-9](?:(?: \d\d){4}|(?:\.\d\d){4}|(?:-\d\d){4}|\d{8})`)},
	// International: glued, or in groups; a coordinate has only one point.
	{PersonalPhone, regexp.MustCompile(`\+[1-9](?:\d{8,14}|\d{0,2}(?:(?:[ -]\(?\d{1,6}\)?){2,6}|(?:\.\d{1,6}){2,6}))`)},
	// Plates since 2009, and those before. Small letters only with hyphens: "au 123 de la rue" is none.
	{PersonalPlate, regexp.MustCompile(`[A-HJ-NP-TV-Za-hj-np-tv-z]{2}-\d{3}-[A-HJ-NP-TV-Za-hj-np-tv-z]{2}`)},
	{PersonalPlate, regexp.MustCompile(`[A-HJ-NP-TV-Z]{2} ?\d{3} ?[A-HJ-NP-TV-Z]{2}`)},
	{PersonalPlate, regexp.MustCompile(`\d{2,4}[ -]?[A-HJ-NP-TV-Z]{2,3}[ -]?(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-6])`)},
}

// notPlate are letters that stand beside numbers in addresses: words, and the short names of roads and ways. Between hyphens they are a plate's all the same.
var notPlate = regexp.MustCompile(`^(?:` + words + `|RD|RN|CD|CR|VC) ?\d|\d ?(?:` + words + `)$|^\d+[ -]?(?:` + words + `|RD|RN|CD|CR|VC|AV|BD|PL|CH|ST|RT|ZA|RES|BAT|APT|LES|DES)[ -]?\d`)

const words = `LE|LA|DE|EN|ET|ES|CE|SE|NE|ME|TE|JE|SA|MA|TA|AN|CA`

// fewestDigits of an international number.
const fewestDigits = 8

// PersonalIn tells which kinds of personal data a text seems to hold, each once. It is made to warn, never to refuse: it may be wrong.
func PersonalIn(text string) (kinds []Personal) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, text)
	found := map[Personal]bool{}
	for _, p := range personal {
		if !found[p.kind] && holds(text, p.kind, p.form) {
			found[p.kind] = true
			kinds = append(kinds, p.kind)
		}
	}
	return kinds
}

// holds tells whether a form stands somewhere in a text, and on its own.
func holds(text string, kind Personal, form *regexp.Regexp) bool {
	for from := 0; from < len(text); {
		at := form.FindStringIndex(text[from:])
		if at == nil {
			return false
		}
		start, end := from+at[0], from+at[1]
		if kind == PersonalEmail || alone(text, start, end) && plausible(kind, text[start:end]) {
			return true
		}
		_, width := utf8.DecodeRuneInString(text[start:])
		from = start + width
	}
	return false
}

// plausible tells whether what has the form of a kind may be one.
func plausible(kind Personal, text string) bool {
	if kind == PersonalPlate {
		return !notPlate.MatchString(text)
	}
	return digits(text) >= fewestDigits
}

func digits(text string) (n int) {
	for _, r := range text {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// alone tells whether no letter or digit stands beside a part of a text, nor behind a sign that would make it part of a longer number.
func alone(text string, start, end int) bool {
	before, width := utf8.DecodeLastRuneInString(text[:start])
	if part(before) {
		return false
	}
	if further, _ := utf8.DecodeLastRuneInString(text[:max(0, start-width)]); joins(before) && part(further) {
		return false
	}
	after, width := utf8.DecodeRuneInString(text[end:])
	if part(after) {
		return false
	}
	further, _ := utf8.DecodeRuneInString(text[min(len(text), end+width):])
	return !joins(after) || !part(further)
}

func part(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func joins(r rune) bool { return strings.ContainsRune("-./,+", r) }
