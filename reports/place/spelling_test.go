package place

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"quartier/reports/store/storetest"
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

// Whatever two mistakes are made in a word, the index has something in common with what was meant.
func TestMisspeltWordsShareRemains(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	chance := rand.New(rand.NewPCG(3, 4))
	letter := func() rune { return rune('a' + chance.IntN(26)) }
	var words, others []string
	for range 4000 {
		word := make([]rune, 4+chance.IntN(10))
		for i := range word {
			word[i] = letter()
		}
		other := slices.Clone(word)
		for range 2 {
			switch i := chance.IntN(len(other) - 1); chance.IntN(4) {
			case 0:
				other[i] = letter()
			case 1:
				other = slices.Delete(other, i, i+1)
			case 2:
				other = slices.Insert(other, i, letter())
			default:
				other[i], other[i+1] = other[i+1], other[i]
			}
		}
		words, others = append(words, string(word)), append(others, string(other))
	}
	var missed []string
	err := db.QueryRow(t.Context(), `
		select array_agg(a || ' for ' || b) from unnest($1::text[], $2::text[]) as w (a, b)
		where not remains(a) && remains(b) or abs(length(a) - length(b)) > 2`, others, words).Scan(&missed)
	if err != nil || len(missed) > 0 {
		t.Errorf("%v, %d have nothing in common: %v", err, len(missed), missed[:min(5, len(missed))])
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
