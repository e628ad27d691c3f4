package demo

import "strings"

// grammar says how a name that begins with a word is used in a sentence.
type grammar struct{ with, of, in string }

var grammars = map[string]grammar{}

func init() {
	for _, row := range []struct{ with, of, in, words string }{
		{"la ", "de la ", "dans la ", "Rue Grand-Rue Venelle Ruelle Cour Cité Résidence Voie"},
		{"l’", "de l’", "dans l’", "Allée Impasse École Aire"},
		{"l’", "de l’", "sur l’", "Avenue"},
		{"le ", "du ", "sur le ", "Boulevard Quai Cours Mail Chemin Vieux-Pont Pont Port Terrain"},
		{"le ", "du ", "dans le ", "Passage Clos Square Parc Jardin Bois Cimetière Stade Collège Lycée"},
		{"la ", "de la ", "sur la ", "Place Route Corniche Passerelle"},
		{"la ", "de la ", "à la ", "Mairie Médiathèque Gare Chapelle"},
		{"l’", "de l’", "à l’", "Hôpital Église"},
		{"", "de ", "à ", "Hent"},
		{"les ", "des ", "dans les ", "Halles"},
	} {
		for _, w := range strings.Fields(row.words) {
			grammars[w] = grammar{row.with, row.of, row.in}
		}
	}
}

// plain gives a name as it stands within a sentence: its first word small, unless it is Breton.
func plain(name string) (string, grammar) {
	first, _, _ := strings.Cut(name, " ")
	g, known := grammars[first]
	if !known {
		panic("no grammar for " + name)
	}
	if first == "Hent" {
		return name, g
	}
	return small(name), g
}

// of gives the name after de: du quai de la Douane.
func of(name string) string { n, g := plain(name); return g.of + n }

// inside gives the name after dans or sur.
func inside(name string) string { n, g := plain(name); return g.in + n }
