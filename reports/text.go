package reports

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"quartier/reports/fault"
)

// Limits of what people may write, in characters.
const (
	MaxTitle       = 200
	MaxDescription = 10_000
	MaxAddress     = 500
	maxEmail       = 254 // RFC 5321, 4.5.3.1.3
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

// checkEmail accepts an empty address and one plain mailbox.
func checkEmail(check *fault.Check, field, address string) string {
	address = strings.TrimSpace(address)
	if address == "" {
		return ""
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || len(address) > maxEmail || !strings.Contains(address[strings.LastIndexByte(address, '@'):], ".") {
		check.Add(field, "error.email", nil)
		return ""
	}
	return address
}
