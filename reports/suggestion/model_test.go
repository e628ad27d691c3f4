package suggestion

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// named gives the categories of the file as examples, each with a number, and the numbers by slug.
func named() (names []Example, number map[string]int32) {
	number = map[string]int32{}
	slugs := make([]string, 0, len(synonyms))
	for slug := range synonyms {
		slugs = append(slugs, slug)
	}
	slices.Sort(slugs)
	for i, slug := range slugs {
		number[slug] = int32(i + 1)
		for _, s := range synonyms[slug] {
			names = append(names, Example{s, int32(i + 1)})
		}
	}
	return names, number
}

// A town without any report suggests by the names and the synonyms alone.
func TestGuessWithoutReports(t *testing.T) {
	names, number := named()
	m := Learn(names, nil)
	for text, want := range map[string]string{
		"lampadaire cassé devant l’école":                         "lamp-damaged lamp-out",
		"Le réverbère ne marche plus depuis une semaine":          "lamp-out",
		"Un gros trou dans la chaussée, dangereux pour les vélos": "pothole",
		"nids-de-poule": "pothole",
		"On a jeté un vieux matelas et un canapé sur le trottoir":    "bulky-waste",
		"Des gravats devant le 12":                                   "rubble",
		"la poubelle déborde":                                        "overflowing-bin",
		"Crottes de chiens partout":                                  "dog-mess",
		"voiture garée sur le passage piéton":                        "obstructive-parking",
		"Une branche menace de tomber":                               "dangerous-tree",
		"Rats près des conteneurs":                                   "pests",
		"Fuite d'eau sur la chaussée":                                "leak",
		"Trotinette au milieu du trotoir":                            "scooter-left",
		"Une personne dort dehors, elle est à la rue":                "person-at-risk",
		"street light is out":                                        "lamp-out",
		"Huge pothole, my tyre is flat":                              "pothole",
		"somebody dumped a mattress":                                 "bulky-waste",
		"car parked on the pavement blocking driveway":               "obstructive-parking",
		"the traffic light at the corner is not working any more":    "traffic-sign",
		"graffiti on the wall of the school, spray painted at night": "tag",
	} {
		var got []string
		for _, g := range m.Guess(text, 3) {
			for slug, n := range number {
				if n == g.Category {
					got = append(got, slug)
				}
			}
			if g.Share < Floor || g.Share > 1 {
				t.Errorf("%q: a share of %v", text, g.Share)
			}
		}
		for i, slug := range strings.Fields(want) {
			if i >= len(got) || !slices.Contains(got[:len(strings.Fields(want))], slug) {
				t.Errorf("%q: %v, want %s", text, got, want)
			}
		}
	}
}

// What a town says itself outweighs the names.
func TestGuessByReports(t *testing.T) {
	names := []Example{{"Poubelle", 1}, {"Éclairage", 2}}
	var reports []Example
	for i := range 30 {
		reports = append(reports, Example{fmt.Sprintf("Bac jaune renversé numéro %d", i), 3})
	}
	m := Learn(names, reports)
	if got := m.Guess("le bac jaune est renversé", 1); len(got) != 1 || got[0].Category != 3 {
		t.Errorf("%v, want the category of the reports", got)
	}
	if got := m.Guess("pas de poubelle", 1); len(got) != 1 || got[0].Category != 1 {
		t.Errorf("%v, want what is called so", got)
	}
	for _, text := range []string{"", "   ", "12 75002", "le la les de", "xyzzyqq", "\xff\xfe", "的的的"} {
		if got := m.Guess(text, 3); len(got) != 0 {
			t.Errorf("%q says nothing, and gives %v", text, got)
		}
	}
}

// Shares are probabilities: of texts that fit two categories alike, each is right half the time.
func TestShares(t *testing.T) {
	var reports []Example
	for i := range 400 {
		reports = append(reports, Example{fmt.Sprintf("Saleté %c%c", 'a'+i%26, 'a'+i/26), int32(1 + i%2)})
	}
	got := Learn(nil, reports).Guess("saleté", 2)
	if len(got) != 2 || math.Abs(got[0].Share-0.5) > 0.1 {
		t.Errorf("%v, want two halves", got)
	}
}

// A small town's shares are as honest as a large one's: here words tell nothing, and each guess is right half the time.
func TestFewReports(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("banc arbre trou lampe rat mur route feu bruit eau vélo sac")
	text := func() string {
		return words[chance.IntN(12)] + " " + words[chance.IntN(12)] + " " + words[chance.IntN(12)] + " " + words[chance.IntN(12)]
	}
	var reports []Example
	for range 100 {
		reports = append(reports, Example{text(), int32(1 + chance.IntN(2))})
	}
	m := Learn(nil, reports)
	sum := 0.0
	for range 100 {
		sum += m.Guess(text(), 1)[0].Share
	}
	if sum > 60 {
		t.Errorf("it says %.0f %% on average", sum)
	}
}

// A word that says nothing in one language can be what it is about in the other.
func TestStopWords(t *testing.T) {
	m := Learn([]Example{{"Roads", 2}}, []Example{{"Comment on the website", 1}, {"other comment", 1}})
	if got := m.Guess("other comment", 1); len(got) != 1 || got[0].Category != 1 {
		t.Errorf("%v", got)
	}
}

func FuzzGuess(f *testing.F) {
	names, _ := named()
	m := Learn(names, nil)
	for _, text := range []string{"lampadaire cassé", "\xff", "", "éééé ßßß 12 bis"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sum := 0.0
		for _, g := range m.Guess(text, 3) {
			sum += g.Share
		}
		if sum > 1.0001 || math.IsNaN(sum) {
			t.Errorf("%q: shares add up to %v", text, sum)
		}
	})
}
