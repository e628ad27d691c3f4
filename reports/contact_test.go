package reports

import (
	"regexp"
	"testing"
)

// What is looked for in texts is found however it was written, and what is no mark of a person stays.
func TestMarkPattern(t *testing.T) {
	pattern := markPattern([]string{"Jeanne Le Goff", "jeanne@example.org", "06 12 34 56 78", "", "Lune", "12"})
	// PostgreSQL's word boundary is \y, Go's is \b; the rest is the same.
	found := regexp.MustCompile(`(?i)` + regexp.MustCompile(`\\y`).ReplaceAllString(pattern, `\b`))
	for _, c := range []struct{ name, text, want string }{
		{"the address in capitals", "écrire à JEANNE@Example.org.", "écrire à […]."},
		{"the number in pairs", "au 06 12 34 56 78 le soir", "au […] le soir"},
		{"the number at a stretch", "0612345678", "[…]"},
		{"the number from abroad", "+33 6.12.34.56.78", "[…]"},
		{"the name over a line", "Jeanne\nle goff", "[…]"},
		{"a part of the name", "rue Jeanne", "rue Jeanne"},
		{"a name within a word", "Jeanne Le Goffic", "Jeanne Le Goffic"},
		{"a single word and a short number", "12 rue de la Lune", "12 rue de la Lune"},
	} {
		if got := found.ReplaceAllString(c.text, "[…]"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := markPattern([]string{"", "Lune"}); got != "" {
		t.Errorf("without marks there is the pattern %q", got)
	}
}
