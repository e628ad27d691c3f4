package account

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"quartier/reports/fault"
)

//go:embed common.txt
var commonText string

// common are the words of which passwords that are guessed first are made, as plainly as plain writes them.
var common = func() map[string]bool {
	words := map[string]bool{}
	for line := range strings.Lines(commonText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			for word := range strings.FieldsSeq(line) {
				words[word] = true
			}
		}
	}
	return words
}()

// few is of how many common words a password is guessed as easily as of one.
const few = 2

// goodPassword refuses a password that is short, long, or easily guessed: one that is made of digits, of rows of keys, of one or two words that many use, or
// that everybody knows of the person, whatever digits and signs stand around or in place of letters.
func goodPassword(password, email, name, town string) error {
	n := utf8.RuneCountInString(normal(password))
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return fault.In("password", "error.text.control", nil)
	case n < minPassword:
		return fault.In("password", "error.password.short", fault.Args{"least": minPassword})
	case n > MaxPassword:
		return fault.In("password", "error.text.long", fault.Args{"n": n, "longest": MaxPassword})
	}
	known := []string{"quartier"}
	for _, text := range []string{email, name, town} {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if word = plain(word); len(word) > 2 {
				known = append(known, word)
			}
		}
	}
	if easy(password, known) {
		return fault.In("password", "error.password.common", nil)
	}
	return nil
}

// easy tells whether nothing is left of a password when what is guessed first is taken away.
func easy(password string, known []string) bool {
	whole := fold(password)
	core := strings.TrimFunc(whole, func(r rune) bool { return !unicode.IsLetter(r) }) // digits and signs around it are tried first
	if utf8.RuneCountInString(core) < minPassword && len(plain(core)) < 4 || fewLetters(core) {
		return true
	}
	return madeOf(plain(core), known, few) || madeOf(plain(unleet.Replace(core)), known, few) || madeOf(plain(unleet.Replace(whole)), known, few)
}

// fold writes letters small and without accents.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
}

// unleet puts letters back for signs that look like them.
var unleet = strings.NewReplacer("0", "o", "1", "i", "!", "i", "3", "e", "€", "e", "4", "a", "@", "a", "5", "s", "$", "s", "7", "t", "8", "b")

// plain keeps the letters of a text, written small and without accents.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, fold(text))
}

// fewLetters tells whether a text is made of one or two letters: aaaaaaaa, abababab.
func fewLetters(text string) bool {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen) <= 2
}

// rows are the rows of keyboards and of the alphabet, in which neighbours are guessed.
var rows = []string{"azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "abcdefghijklmnopqrstuvwxyz"}

// madeOf tells whether a text is made of at most so many common words, known words and pieces of rows, each once or repeated.
func madeOf(text string, known []string, most int) bool {
	if text == "" {
		return true
	}
	if most == 0 {
		return false
	}
	for end := len(text); end >= 3; end-- {
		if !guessed(text[:end], known) {
			continue
		}
		rest := text[end:]
		for strings.HasPrefix(rest, text[:end]) {
			rest = rest[end:]
		}
		if len(rest) < 3 || madeOf(rest, known, most-1) { // a letter or two more change little
			return true
		}
	}
	return false
}

// guessed tells whether a piece is guessed first, forwards or backwards.
func guessed(piece string, known []string) bool {
	back := []byte(piece)
	slices.Reverse(back)
	for _, p := range []string{piece, string(back)} {
		if common[p] || slices.Contains(known, p) || slices.ContainsFunc(rows, func(row string) bool { return strings.Contains(row, p) }) {
			return true
		}
	}
	return false
}
