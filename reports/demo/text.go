package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"quartier/reports/language"
)

// write gives a report its words, as somebody would who stands there at that hour.
func write(c *chance, k *kind, s spot, at time.Time) (title, description string) {
	tongue := "fr"
	month := at.Month()
	if month >= time.May && month <= time.September && c.IntN(1000) < 26 && len(readWords()["en"][k.slug]) > 0 {
		tongue = "en" // a visitor
	}
	sc := newScene(c, s, at)
	fitting := sc.subjects(readWords()[tongue][k.slug])
	for _, t := range fitting {
		if !slices.ContainsFunc(t.titles, func(p phrase) bool { return len(p.when) == 0 }) { // of this place or hour only, and likelier to be told
			fitting = append(fitting, t, t)
		}
	}
	t := pick(c, fitting)
	if len(t.things) > 0 {
		sc.slots["QUOI"] = pick(c, t.things)
	}
	head, fact := sc.choose(c, t.titles), sc.choose(c, t.facts)
	title = sc.say(c, head)
	if tongue == "fr" {
		title = locate(c, title, s)
	}
	var parts []string
	say := func(p *phrase) {
		if text := sc.say(c, p); text != "" {
			if last, _ := utf8.DecodeLastRuneInString(text); !strings.ContainsRune(".?!…", last) {
				text += "."
			}
			parts = append(parts, text)
		}
	}
	manner := c.IntN(100)
	hello := []string{"Bonjour,", "Bonjour,", "Bonjour à vous,", "Madame, Monsieur,"}
	if h := at.Hour(); h >= 18 || h < 4 {
		hello = []string{"Bonsoir,", "Bonsoir,", "Bonjour,"}
	}
	closing := ""
	switch {
	case manner < 10:
		// A title says enough.
	case manner < 40:
		say(fact)
	case manner < 68:
		say(fact)
		say(sc.choose(c, t.effects))
	case manner < 76: // what hurts, first
		lead := sc.choose(c, leading(t.effects))
		say(lead)
		say(fact)
		if lead == nil {
			say(sc.choose(c, t.effects))
		}
	case manner < 88 || tongue == "en":
		say(fact)
		say(sc.choose(c, t.effects))
		say(sc.choose(c, t.wishes))
	default:
		say(fact)
		parts[0] = pick(c, hello) + " " + sentence(parts[0])
		say(sc.choose(c, t.effects))
		say(sc.choose(c, t.wishes))
		closing = pick(c, closings)
		if strings.Contains(strings.ToLower(parts[len(parts)-1]), "merci") {
			closing = pick(c, farewells)
		}
		parts = append(parts, closing)
	}
	if tongue == "fr" && len(parts) > 0 && closing == "" && c.in(8) {
		parts = append(parts, spin(c, pick(c, insistence)))
	}
	description = strings.Join(parts, " ")
	gap := " "
	if tongue == "en" {
		gap = ""
	}
	switch c.IntN(200) {
	case 0, 1, 2:
		title = strings.ToUpper(title)
	case 3, 4, 5, 6:
		title = strings.TrimRight(title, ".!") + gap + "!!!"
	case 7, 8, 9, 10:
		title = strings.TrimRight(title, ".!") + gap + "!"
	}
	if tongue == "fr" {
		title, description = language.FrenchSpaces(title), language.FrenchSpaces(description)
	}
	return title, description
}

// sentence makes a text go on after a comma: small, but for what is a name or a lone letter.
func sentence(text string) string {
	first, _, _ := strings.Cut(text, " ")
	if strings.ToUpper(first) == first && len(first) > 1 {
		return text
	}
	return small(text)
}

// closings end a letter, farewells one that has said its thanks.
var (
	farewells = []string{"Cordialement.", "Bien à vous.", "Bonne journée.", "Bien cordialement."}
	closings  = append([]string{"Merci.", "Merci d’avance.", "Merci pour votre travail.", "Merci de votre réponse."}, farewells...)
)

var insistence = []string{
	"C’est {mon deuxième|mon troisième|au moins le troisième} signalement.", "Déjà signalé {le mois dernier|il y a quinze jours|par téléphone}, {sans suite|sans retour}.",
	"{Photo disponible si besoin|J’ai une photo si besoin}.", "{Je ne suis pas la seule à le dire|Je ne suis pas le seul à le dire|Nous sommes plusieurs à le dire}.",
	"{On paie des impôts|Avec ce qu’on paie}, {quand même|tout de même}.", "{Toute la rue|Tout le quartier} {attend|en parle}.",
}

// locate puts a place behind a title, as some people do.
func locate(c *chance, title string, s spot) string {
	street, _ := plain(s.address.street.name)
	short := !strings.ContainsAny(title, ":") && !strings.Contains(title, " devant ") && !strings.Contains(title, " sur ")
	switch roll := c.IntN(100); {
	case roll < 22:
		return title + ", " + street
	case roll < 31:
		return title + " – " + street
	case roll < 37:
		return title + " " + s.address.number + " " + street
	case roll < 43 && short:
		return title + " devant le " + s.address.number
	case roll < 53 && s.near != "":
		return title + pick(c, []string{" près ", " à côté ", " à deux pas "}) + s.near
	}
	return title
}

func newScene(c *chance, s spot, at time.Time) *scene {
	sc := &scene{}
	fits := func(word string, yes bool) {
		if yes {
			sc.fits = append(sc.fits, word)
		}
	}
	month, hour := at.Month(), at.Hour()
	fits("été", month >= time.June && month <= time.September)
	fits("hiver", month <= time.February || month >= time.November)
	fits("automne", month >= time.September && month <= time.December)
	fits("nuit", hour >= 21 || hour < 5)
	fits("jour", hour >= 9 && hour < 17)
	fits("plage", s.beach)
	fits("port", s.port)
	fits("quai", s.quay)
	fits("rive", s.bank)
	fits("marché", s.market)
	street, _ := plain(s.address.street.name)
	in := inside(s.address.street.name)
	near := "devant le " + s.address.number
	if s.near != "" {
		near = pick(c, []string{"près ", "près ", "à côté ", "à deux pas ", "non loin ", "aux abords "}) + s.near
	}
	since := []string{"depuis hier", "depuis deux jours", "depuis trois jours", "depuis une semaine", "depuis plusieurs jours", "depuis une dizaine de jours", "depuis quinze jours", "depuis quelques jours"}
	switch at.Weekday() {
	case time.Monday, time.Tuesday:
		since = append(since, "depuis ce week-end", "depuis vendredi", "depuis samedi")
	case time.Wednesday, time.Thursday, time.Friday:
		since = append(since, "depuis lundi", "depuis le début de la semaine", "depuis mardi")
	}
	when := []string{"cette nuit"}
	today := "last night"
	switch {
	case hour >= 5 && hour < 12:
		when, today = []string{"ce matin"}, "this morning"
	case hour >= 12 && hour < 18:
		when, today = []string{"cet après-midi", "aujourd’hui", "tout à l’heure"}, "this afternoon"
	case hour >= 18 && hour < 23:
		when, today = []string{"ce soir"}, "this evening"
	}
	sc.slots = map[string]string{
		"R": street, "DANS": in, "DE": of(s.address.street.name), "N": s.address.number, "LIEU": near,
		"DEPUIS": pick(c, since), "QUAND": pick(c, when), "WHEN": today, "NUM": fmt.Sprintf("%c%03d", 'A'+rune(c.IntN(8)), 1+c.IntN(640)),
	}
	return sc
}
