package importing

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

// Text says how a text is made of columns. In YAML it is a column ("soustype"), a sentence with columns in braces ("{numero} {rep}"), a list of
// these, of which the first that says anything counts, or an object with from (one of the former) and replace (regular expressions and what stands in
// for them, in order).
type Text struct {
	choices []template
	replace []replacement
}

// template is literals and columns in turn: literals[0] column[0] literals[1] … A literal between two columns is left out when one of them says
// nothing ("{street}, {city}" has no comma without a city); the whole says nothing if all its columns say nothing.
type template struct {
	literals []string
	columns  []string
	at       []int // places of the columns in a record; set by bind
}

type replacement struct {
	what *regexp.Regexp
	with string
}

// UnmarshalYAML reads the forms that Text describes.
func (t *Text) UnmarshalYAML(decode func(any) error) error {
	var one string
	if err := decode(&one); err == nil {
		return t.from([]string{one})
	}
	var list []string
	if err := decode(&list); err == nil {
		return t.from(list)
	}
	var object struct {
		From    *Text         `yaml:"from"`
		Replace yaml.MapSlice `yaml:"replace"`
	}
	if err := decode(&object); err != nil {
		return err
	}
	if object.From == nil {
		return errors.New("from is needed")
	}
	*t = *object.From
	for _, pair := range object.Replace {
		what, ok := pair.Key.(string)
		with, too := pair.Value.(string)
		if !ok || !too {
			return errors.New("replace: texts are needed on both sides")
		}
		pattern, err := regexp.Compile(what)
		if err != nil {
			return fmt.Errorf("replace: %w", err)
		}
		t.replace = append(t.replace, replacement{pattern, with})
	}
	return nil
}

func (t *Text) from(list []string) error {
	if len(list) == 0 {
		return errors.New("a column is needed")
	}
	for _, one := range list {
		parsed, err := parseTemplate(one)
		if err != nil {
			return err
		}
		t.choices = append(t.choices, parsed)
	}
	return nil
}

func parseTemplate(text string) (template, error) {
	if text == "" {
		return template{}, errors.New("a column is needed")
	}
	if !strings.Contains(text, "{") {
		return template{literals: []string{"", ""}, columns: []string{text}}, nil
	}
	var t template
	for {
		literal, rest, found := strings.Cut(text, "{")
		t.literals = append(t.literals, literal)
		if !found {
			return t, nil
		}
		column, after, closed := strings.Cut(rest, "}")
		if !closed || column == "" {
			return template{}, fmt.Errorf("%q: a brace is not closed, or has nothing in it", text)
		}
		t.columns = append(t.columns, column)
		text = after
	}
}

// bind finds the places of the columns.
func (t *Text) bind(place func(column string) int) {
	if t == nil {
		return
	}
	for i := range t.choices {
		c := &t.choices[i]
		c.at = make([]int, len(c.columns))
		for j, column := range c.columns {
			c.at[j] = place(column)
		}
	}
}

// of makes the text of a record; a nil Text says nothing.
func (t *Text) of(values []string) string {
	if t == nil {
		return ""
	}
	for i := range t.choices {
		if text := t.choices[i].of(values); text != "" {
			for _, r := range t.replace {
				text = r.what.ReplaceAllString(text, r.with)
			}
			if text = strings.TrimSpace(text); text != "" {
				return text
			}
		}
	}
	return ""
}

func (t *template) of(values []string) string {
	if len(t.at) == 1 && t.literals[0] == "" && t.literals[1] == "" {
		return values[t.at[0]]
	}
	var b strings.Builder
	said := false
	for i, place := range t.at {
		if values[place] == "" {
			continue
		}
		if said || i == 0 {
			b.WriteString(t.literals[i])
		}
		b.WriteString(values[place])
		said = true
	}
	if !said {
		return ""
	}
	b.WriteString(t.literals[len(t.at)])
	return strings.TrimSpace(b.String())
}
