package fault

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text checks a text that somebody wrote and gives it back trimmed and in Unicode's composed form (NFC). Too long, invalid UTF-8 and control characters
// (but for line breaks and tabs where lines are allowed; those that turn the writing direction too) are noted as faults of the field. A text of which
// nothing can be seen is empty.
func (c *Check) Text(field, text string, longest int, lines bool) string {
	if !utf8.ValidString(text) {
		c.Add(field, "error.text.encoding", nil)
		return ""
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	visible := false
	for _, r := range text {
		visible = visible || unicode.IsGraphic(r) && !unicode.IsSpace(r)
		if unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) && !(lines && (r == '\n' || r == '\t')) {
			c.Add(field, "error.text.control", nil)
			return ""
		}
	}
	if !visible { // nothing, or only characters without width
		return ""
	}
	text = norm.NFC.String(strings.TrimSpace(text))
	if n := utf8.RuneCountInString(text); n > longest {
		c.Add(field, "error.text.long", Args{"n": n, "longest": longest})
		return ""
	}
	return text
}

// Required is Text of a field that must say something.
func (c *Check) Required(field, text string, longest int) string {
	text = c.Text(field, text, longest, false)
	if text == "" && !c.Has(field) {
		c.Add(field, "error.required", nil)
	}
	return text
}
