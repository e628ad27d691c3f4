package reports

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"unicode/utf8"
)

// What people write of themselves and of others is seen; what towns are full of (numbers of houses, lamps and roads, dates, coordinates) is not taken for it.
func TestPersonalIn(t *testing.T) {
	raw, err := os.ReadFile("testdata/personal.json") // the form's script is tested by the same
	if err != nil {
		t.Fatal(err)
	}
	var table []struct {
		Text  string
		Kinds []Personal
	}
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatal(err)
	}
	for _, c := range table {
		if got := PersonalIn(c.Text); !slices.Equal(got, c.Kinds) {
			t.Errorf("%q holds %v, not %v", c.Text, c.Kinds, got)
		}
	}
}

func FuzzPersonalIn(f *testing.F) {
	f.Add("x@exemple.fr, +33 (0)6 12 34 56 78, AB-123-CD, 1234 AB 75")
	f.Add("++++0 0 0 0 01 AA-")
	f.Fuzz(func(t *testing.T, text string) {
		kinds := PersonalIn(text)
		if len(kinds) > 3 {
			t.Errorf("%v", kinds)
		}
		// What stands apart from it changes nothing.
		if more := PersonalIn("Bonjour ; " + text + " ; merci"); utf8.ValidString(text) && !slices.Equal(more, kinds) {
			t.Errorf("alone %v, among words %v", kinds, more)
		}
	})
}
