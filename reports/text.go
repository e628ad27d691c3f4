package reports

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"quartier/reports/account"
	"quartier/reports/fault"
)

// Limits of what people may write, in characters.
const (
	MaxTitle       = 200
	MaxDescription = 10_000
	MaxAddress     = 500
)

// CheckText checks a text that somebody wrote and gives it back trimmed and in Unicode's composed form (NFC). Too long, invalid UTF-8 and
// control characters (but for line breaks and tabs where lines are allowed; those that turn the writing direction too) are noted as faults of
// the field. A text of which nothing can be seen is empty.
func CheckText(check *fault.Check, field, text string, longest int, lines bool) string {
	if !utf8.ValidString(text) {
		check.Add(field, "error.text.encoding", nil)
		return ""
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	visible := false
	for _, r := range text {
		visible = visible || unicode.IsGraphic(r) && !unicode.IsSpace(r)
		if unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) && !(lines && (r == '\n' || r == '\t')) {
			check.Add(field, "error.text.control", nil)
			return ""
		}
	}
	if !visible { // nothing, or only characters without width
		return ""
	}
	text = norm.NFC.String(strings.TrimSpace(text))
	if n := utf8.RuneCountInString(text); n > longest {
		check.Add(field, "error.text.long", fault.Args{"n": n, "longest": longest})
		return ""
	}
	return text
}

// checkEmail accepts an empty address and one plain mailbox, and gives it in its kept form.
func checkEmail(check *fault.Check, field, address string) string {
	if strings.TrimSpace(address) == "" {
		return ""
	}
	form, ok := account.Email(address)
	if !ok {
		check.Add(field, "error.email", nil)
	}
	return form
}
