package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// What people write stands in files, a paragraph for each category:
//
//	# slug     the category
//	~ a|b      what follows is one subject of it; what stands before the first is good for all. $QUOI is one of its things: the same in every text
//	= title    - what is the matter    + what it leads to    ^ the same, and it may stand first    ? what is asked for
//
// {this|that} is a choice and may hold others. [été, nuit] before a text says when it fits; all words must. $NAME is filled in by the place
// and the hour.
//
//go:embed words
var words embed.FS

// phrase is one text with what it needs.
type phrase struct {
	when  []string
	text  string
	leads bool // it is understood before one knows what is the matter
}

// topic is what can be said of one subject.
type topic struct {
	things                         []string
	titles, facts, effects, wishes []phrase
}

// topics gives the subjects of each category.
type topics map[string][]*topic

var readWords = sync.OnceValue(func() map[string]topics {
	all := map[string]topics{}
	for _, language := range []string{"fr", "en"} {
		all[language] = topics{}
		names, err := fs.Glob(words, "words/"+language+"/*.txt")
		if err != nil {
			panic(err) // the pattern is ours
		}
		for _, name := range names {
			raw, err := words.ReadFile(name)
			if err != nil {
				panic(err) // embedded
			}
			all[language].read(name, string(raw))
		}
	}
	return all
})

// read takes the paragraphs of a file. A line that cannot be read is a fault of this package.
func (t topics) read(file, text string) {
	var slug string
	var common, current *topic
	finish := func() {
		if slug == "" {
			return
		}
		if len(t[slug]) == 0 {
			t[slug] = []*topic{common}
			return
		}
		for _, one := range t[slug] {
			one.titles, one.facts = append(one.titles, common.titles...), append(one.facts, common.facts...)
			one.effects, one.wishes = append(one.effects, common.effects...), append(one.wishes, common.wishes...)
		}
	}
	n := 0
	for l := range strings.Lines(text) {
		n++
		l = strings.TrimSpace(l)
		if l == "" {
			continue
		}
		mark, rest := l[0], strings.TrimSpace(l[1:])
		var p phrase
		if guard, after, ok := strings.Cut(strings.TrimPrefix(rest, "["), "]"); ok && rest[0] == '[' {
			p.when = strings.Split(guard, ", ")
			rest = strings.TrimSpace(after)
		}
		p.text = rest
		switch mark {
		case '#':
			finish()
			slug, common = rest, &topic{}
			current = common
		case '~':
			current = &topic{}
			if rest != "" {
				current.things = strings.Split(rest, "|")
			}
			t[slug] = append(t[slug], current)
		case '=':
			current.titles = append(current.titles, p)
		case '-':
			current.facts = append(current.facts, p)
		case '+', '^':
			p.leads = mark == '^'
			current.effects = append(current.effects, p)
		case '?':
			current.wishes = append(current.wishes, p)
		default:
			panic(fmt.Sprintf("%s:%d: no such mark: %s", file, n, l))
		}
	}
	finish()
}

// scene is what a text may speak of.
type scene struct {
	fits  []string // été, hiver, automne, nuit, jour, plage, marché, port, quai, rive …
	slots map[string]string
}

// suits tells whether a phrase fits.
func (s *scene) suits(p phrase) bool {
	return !slices.ContainsFunc(p.when, func(w string) bool { return !slices.Contains(s.fits, w) })
}

// subjects gives those subjects of which something can be said here and now.
func (s *scene) subjects(all []*topic) []*topic {
	return slices.DeleteFunc(slices.Clone(all), func(t *topic) bool {
		return !slices.ContainsFunc(t.titles, s.suits) || !slices.ContainsFunc(t.facts, s.suits)
	})
}

// choose picks one of the phrases that fit; nil: none does.
func (s *scene) choose(c *chance, from []phrase) *phrase {
	var fitting []*phrase
	for i := range from {
		p := &from[i]
		if s.suits(*p) {
			fitting = append(fitting, p)
			if len(p.when) > 0 { // what fits this very moment is likelier to be said
				fitting = append(fitting, p, p)
			}
		}
	}
	if len(fitting) == 0 {
		return nil
	}
	return pick(c, fitting)
}

// leading gives those that may stand first.
func leading(effects []phrase) []phrase {
	return slices.DeleteFunc(slices.Clone(effects), func(p phrase) bool { return !p.leads })
}

// say fills a phrase in.
func (s *scene) say(c *chance, p *phrase) string {
	if p == nil {
		return ""
	}
	text := spin(c, p.text)
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		b.WriteString(before)
		if !found {
			break
		}
		end := strings.IndexFunc(after, func(r rune) bool { return r < 'A' || r > 'Z' })
		if end < 0 {
			end = len(after)
		}
		b.WriteString(s.slots[after[:end]])
		text = after[end:]
	}
	return tidy(b.String())
}

// spin makes the choices of a text, the inner ones first.
func spin(c *chance, text string) string {
	for {
		end := strings.IndexByte(text, '}')
		if end < 0 {
			return text
		}
		start := strings.LastIndexByte(text[:end], '{')
		text = text[:start] + pick(c, strings.Split(text[start+1:end], "|")) + text[end+1:]
	}
}

var spaces = strings.NewReplacer(". .", ".", " .", ".", "..", ".", " ,", ",", "’ ", "’", "!.", "!")

// tidy puts right the spaces that empty choices leave, and begins with a capital.
func tidy(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	text = spaces.Replace(text)
	return capital(text)
}

func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}

func small(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToLower(r)) + text[n:]
}
