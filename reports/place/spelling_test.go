package place

import (
	"fmt"
	"strings"
	"testing"
)

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		one, other string
		want       int
	}{
		{"lune", "lune", 0}, {"lnue", "lune", 1}, {"lun", "lune", 1}, {"lunee", "lune", 1}, {"lume", "lune", 1}, {"ulne", "lune", 1}, {"lnu", "lune", 2},
		{"", "", 0}, {"", "lune", 4}, {"abcd", "dcba", 3}, {"éte", "ete", 1}, {"germian", "germain", 1}, {"uauger", "laugier", 2},
	} {
		if got, back := edits(c.one, c.other), edits(c.other, c.one); got != c.want || back != c.want {
			t.Errorf("%q for %q: %d and %d, want %d", c.one, c.other, got, back, c.want)
		}
	}
}

func TestReadings(t *testing.T) {
	for _, c := range []struct {
		words string
		like  []string // of each word
		want  string
	}{
		{"rue lnue", []string{"", "lune une linux"}, "[[rue lune] [rue une] [rue linux]]"},
		{"reu lnue", []string{"rue", "lune"}, "[[rue lune]]"},
		{"rue zzz", []string{"", "aaa"}, "[]"}, // nothing is near enough
		{"lac", []string{"lacs sac rac parc"}, "[[lacs] [sac] [rac]]"},
	} {
		like := make([][]string, len(c.like))
		for i := range like {
			like[i] = strings.Fields(c.like[i])
		}
		if got := fmt.Sprint(readings(strings.Fields(c.words), like)); got != c.want {
			t.Errorf("%s: %s, want %s", c.words, got, c.want)
		}
	}
}

func FuzzEdits(f *testing.F) {
	f.Add("lune", "lnue")
	f.Fuzz(func(t *testing.T, one, other string) {
		n := edits(one, other)
		if (n == 0) != (string([]rune(one)) == string([]rune(other))) || n > max(len(one), len(other)) || n != edits(other, one) {
			t.Errorf("%q for %q: %d", one, other, n)
		}
	})
}
