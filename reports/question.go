package reports

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"quartier/reports/fault"
)

// Attribute is an extra question of a category, in the words of Open311's service definition (GeoReport v2).
type Attribute struct {
	Code     string           `json:"code"`
	LabelFR  string           `json:"label_fr,omitempty"`
	LabelEN  string           `json:"label_en,omitempty"`
	Type     string           `json:"datatype,omitempty"` // one of AttributeTypes; empty: string
	Required bool             `json:"required"`
	Private  bool             `json:"private,omitempty"` // the answer is for the service only
	Values   []AttributeValue `json:"values,omitempty"`  // of the two lists
}

// AttributeValue is a choice of a list.
type AttributeValue struct {
	Key    string `json:"key"`
	NameFR string `json:"name_fr"`
	NameEN string `json:"name_en"`
}

// AttributeTypes are what an answer can be.
var AttributeTypes = []string{"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}

// Label gives the question in a language ("fr", "en"); its code where it has no words.
func (a *Attribute) Label(tag string) string { return cmp.Or(pick(tag, a.LabelFR, a.LabelEN), a.Code) }

// Name gives the choice in a language ("fr", "en").
func (v *AttributeValue) Name(tag string) string { return pick(tag, v.NameFR, v.NameEN) }

// list tells whether the answer is chosen from a list.
func (a *Attribute) list() bool { return a.Type == "singlevaluelist" || a.Type == "multivaluelist" }

// Limits of the questions of one category.
const (
	maxQuestions = 20
	maxChoices   = 50
)

var codeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

// checkQuestions checks the questions of a category. A field is named by the question's place: attribute.0.code.
func checkQuestions(check *fault.Check, list []Attribute) {
	if len(list) > maxQuestions {
		check.Add("attributes", "error.questions.many", fault.Args{"n": maxQuestions})
		return
	}
	codes := map[string]bool{}
	for i := range list {
		a := &list[i]
		field := func(name string) string { return fmt.Sprintf("attribute.%d.%s", i, name) }
		switch {
		case !codeForm.MatchString(a.Code):
			check.Add(field("code"), "error.question.code", nil)
		case codes[a.Code]:
			check.Add(field("code"), "error.question.twice", nil)
		}
		codes[a.Code] = true
		a.LabelFR = check.Required(field("label_fr"), a.LabelFR, MaxCalled)
		a.LabelEN = check.Required(field("label_en"), a.LabelEN, MaxCalled)
		if !slices.Contains(AttributeTypes, a.Type) {
			check.Add(field("datatype"), "error.choice", nil)
		}
		a.checkValues(check, field("values"))
	}
}

func (a *Attribute) checkValues(check *fault.Check, field string) {
	if !a.list() {
		a.Values = nil
		return
	}
	keys := map[string]bool{}
	for i := range a.Values {
		v := &a.Values[i]
		v.NameFR = check.Text(field, v.NameFR, MaxCalled, false)
		v.NameEN = check.Text(field, v.NameEN, MaxCalled, false)
		if !codeForm.MatchString(v.Key) || keys[v.Key] || v.NameFR == "" || v.NameEN == "" {
			if !check.Has(field) {
				check.Add(field, "error.question.values", fault.Args{"line": i + 1})
			}
		}
		keys[v.Key] = true
	}
	if len(a.Values) == 0 || len(a.Values) > maxChoices {
		check.Add(field, "error.question.choices", fault.Args{"n": maxChoices})
	}
}

// answers tells whether a text that was given is an answer to the question. Several keys of a list are separated by commas.
func (a *Attribute) answers(text string) bool {
	has := func(key string) bool {
		return slices.ContainsFunc(a.Values, func(v AttributeValue) bool { return v.Key == key })
	}
	switch a.Type {
	case "number":
		_, err := strconv.ParseFloat(text, 64)
		return err == nil && json.Valid([]byte(text)) // no NaN, no hexadecimal
	case "datetime":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	case "singlevaluelist":
		return has(text)
	case "multivaluelist":
		return !slices.ContainsFunc(strings.Split(text, ","), func(key string) bool { return !has(key) })
	}
	return true
}
