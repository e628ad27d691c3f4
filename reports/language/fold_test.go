package language

import (
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"L'Haÿ-les-Roses":           "l hay les roses",
		"  12 BIS, rue de la Lune ": "12 bis rue de la lune",
		"Sacré-Cœur":                "sacre coeur",
		"Sacre\u0301":               "sacre",
		"Straße":                    "strasse",
		"Łódź":                      "lodz",
		"…":                         "",
		"":                          "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

// What is stored is folded once, what is typed may be folded already: both must meet.
func FuzzFold(f *testing.F) {
	f.Add("Éclairage / Électricité")
	f.Add("\xff\u0130Å")
	f.Add("\xf5Ġ")
	f.Fuzz(func(t *testing.T, text string) {
		once := Fold(text)
		if !utf8.ValidString(once) {
			t.Fatalf("Fold(%q) = %q is not UTF-8", text, once)
		}
		if twice := Fold(once); twice != once {
			t.Fatalf("Fold(%q) = %q, folded again %q", text, once, twice)
		}
	})
}
