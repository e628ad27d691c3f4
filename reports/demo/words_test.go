package demo

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Every phrase can be said: its brackets match, its slots are filled, what it waits for can happen.
func TestWordsCanBeSaid(t *testing.T) {
	c := newChance(1)
	sc := newScene(c, filed()[0].spot, time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC))
	slots := []string{"ORIGINAL", "QUOI"}
	for name := range sc.slots {
		slots = append(slots, name)
	}
	n := 0
	for language, all := range readWords() {
		for slug, list := range all {
			for _, one := range list {
				if said := one.mentions("$QUOI"); said != (len(one.things) > 0) {
					t.Errorf("%s %s: %v are its things, and one is said: %v", language, slug, one.things, said)
				}
				for _, phrases := range [][]phrase{one.titles, one.facts, one.effects, one.wishes} {
					for _, p := range phrases {
						n++
						depth := 0
						for _, r := range p.text {
							switch r {
							case '{':
								depth++
							case '}':
								depth--
							case '|':
								if depth == 0 {
									t.Errorf("%s %s: a choice outside brackets: %s", language, slug, p.text)
								}
							}
						}
						if depth != 0 {
							t.Errorf("%s %s: brackets do not match: %s", language, slug, p.text)
						}
						for _, rest := range strings.Split(p.text, "$")[1:] {
							end := strings.IndexFunc(rest+" ", func(r rune) bool { return r < 'A' || r > 'Z' })
							if !slices.Contains(slots, rest[:end]) {
								t.Errorf("%s %s: nothing fills $%s", language, slug, rest[:end])
							}
						}
						for _, w := range p.when {
							if !slices.Contains(guards, w) {
								t.Errorf("%s %s: nobody knows when it is %s", language, slug, w)
							}
						}
					}
				}
			}
		}
	}
	if n < 800 {
		t.Errorf("only %d phrases", n)
	}
}

// guards are the words that phrases may wait for.
var guards = []string{"été", "hiver", "automne", "nuit", "jour", "plage", "port", "quai", "rive", "marché"}

// mentions tells whether one of the subject's texts has something in it.
func (t *topic) mentions(what string) bool {
	return slices.ContainsFunc(slices.Concat(t.titles, t.facts, t.effects, t.wishes), func(p phrase) bool { return strings.Contains(p.text, what) })
}

// Of each kind something can be said at any hour, anywhere.
func TestEveryKindHasWords(t *testing.T) {
	c := newChance(2)
	for n := range 1 << len(guards) {
		sc := &scene{}
		for i, g := range guards {
			if n>>i&1 == 1 {
				sc.fits = append(sc.fits, g)
			}
		}
		for _, k := range kinds {
			for language, all := range readWords() {
				if len(sc.subjects(all[k.slug])) == 0 && (language == "fr" || len(all[k.slug]) > 0) {
					t.Errorf("%s has no words in %s for %v", k.slug, language, sc.fits)
				}
			}
		}
	}
	for _, k := range kinds {
		for _, word := range []string{"acknowledged", "planned", "in_progress", "resolved", "rejected", "referred"} {
			l := life{c: c, k: &k}
			l.service, l.by = serviceOf(k.slug)
			if l.answer(word, nil) == "" {
				t.Errorf("nothing is said when a report about %s is %s", k.slug, word)
			}
		}
	}
}

// However many subjects wait for another hour or place, only those are picked that have both a title and a text here and now.
func TestSubjectsFit(t *testing.T) {
	always, later := []phrase{{text: "x"}}, []phrase{{when: []string{"plage"}, text: "y"}}
	plain := &topic{titles: always, facts: always}
	all := []*topic{{titles: later, facts: always}, {titles: always, facts: later}, plain, {titles: later, facts: later}}
	if got := (&scene{}).subjects(all); !slices.Equal(got, []*topic{plain}) {
		t.Errorf("away from the beach %d subjects fit", len(got))
	}
	if got := (&scene{fits: []string{"plage"}}).subjects(all); !slices.Equal(got, all) {
		t.Errorf("on the beach %d subjects fit", len(got))
	}
}

// What may stand first is marked so; of a subject without such a remark none leads.
func TestLeading(t *testing.T) {
	all := topics{}
	all.read("test", "# x\n= a\n- b\n+ après\n^ avant")
	one := all["x"][0]
	if got := leading(one.effects); len(got) != 1 || got[0].text != "avant" || len(one.effects) != 2 {
		t.Errorf("%v lead among %v", got, one.effects)
	}
}

func TestGrammar(t *testing.T) {
	for _, c := range []struct{ name, of, inside string }{
		{"Rue des Lilas", "de la rue des Lilas", "dans la rue des Lilas"},
		{"Quai de la Douane", "du quai de la Douane", "sur le quai de la Douane"},
		{"Avenue de l’Océan", "de l’avenue de l’Océan", "sur l’avenue de l’Océan"},
		{"Impasse du Foc", "de l’impasse du Foc", "dans l’impasse du Foc"},
		{"Halles du Marché", "des halles du Marché", "dans les halles du Marché"},
		{"Vieux-Pont", "du vieux-Pont", "sur le vieux-Pont"},
		{"Hent Kergoat", "de Hent Kergoat", "à Hent Kergoat"},
	} {
		if got := of(c.name); got != c.of {
			t.Errorf("of %s: %s, want %s", c.name, got, c.of)
		}
		if got := inside(c.name); got != c.inside {
			t.Errorf("inside %s: %s, want %s", c.name, got, c.inside)
		}
	}
}

// A deadline counts working hours, and neither weekends nor holidays.
func TestDue(t *testing.T) {
	friday := time.Date(2026, 7, 10, 15, 0, 0, 0, paris())
	for _, c := range []struct {
		hours int
		want  time.Time
	}{
		{1, time.Date(2026, 7, 10, 16, 0, 0, 0, paris())},
		{3, time.Date(2026, 7, 13, 10, 0, 0, 0, paris())},
		{16, time.Date(2026, 7, 15, 15, 0, 0, 0, paris())}, // the 14th is a holiday
	} {
		if got := due(friday, c.hours); !got.Equal(c.want) {
			t.Errorf("%d hours from Friday at three: %v, want %v", c.hours, got, c.want)
		}
	}
}
