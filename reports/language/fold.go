package language

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold writes a text the way searches compare it: lower case, without accents, ligatures opened, every run of anything but letters and digits as
// one space. "L'Haÿ-les-Roses" becomes "l hay les roses". What is stored for searching and what people type go through the same function.
func Fold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	gap := false
	// Bytes that are not UTF-8 would keep what stands beside them from being taken apart.
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(text, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r): // the accent that NFKD set apart
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		switch r = unicode.ToLower(r); r {
		case 'œ':
			b.WriteString("oe")
		case 'æ':
			b.WriteString("ae")
		case 'ß':
			b.WriteString("ss")
		case 'ø':
			b.WriteByte('o')
		case 'ł':
			b.WriteByte('l')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
