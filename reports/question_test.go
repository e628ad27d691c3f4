package reports_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
)

var asked = []reports.Attribute{
	{Code: "n", LabelFR: "Combien ?", LabelEN: "How many?", Type: "number"},
	{Code: "when", LabelFR: "Quand ?", LabelEN: "When?", Type: "datetime"},
	{Code: "one", LabelFR: "Lequel ?", LabelEN: "Which?", Type: "singlevaluelist", Values: []reports.AttributeValue{{"a", "A", "A"}, {"b", "B", "B"}}},
	{Code: "many", LabelFR: "Lesquels ?", LabelEN: "Which ones?", Type: "multivaluelist", Values: []reports.AttributeValue{{"a", "A", "A"}, {"b", "B", "B"}}},
	{Code: "text", LabelFR: "Quoi ?", LabelEN: "What?", Type: "text", Private: true},
}

// newCategory gives a category that will do, changed.
func newCategory(change func(*reports.CategoryEdit)) reports.CategoryEdit {
	e := reports.CategoryEdit{NameFR: "Jardinière", NameEN: "Planter", Icon: "garden", Colour: "#226622", DuplicateRadius: 50, Active: true}
	change(&e)
	return e
}

// What will not do is refused, each with its field; nothing is stored.
func TestCategoriesAreChecked(t *testing.T) {
	r := newRegister(t)
	for name, c := range map[string]struct {
		change func(*reports.CategoryEdit)
		field  string
	}{
		"no name":             {func(e *reports.CategoryEdit) { e.NameEN = " \u200b" }, "name_en"},
		"a colour that is no": {func(e *reports.CategoryEdit) { e.Colour = "red" }, "colour"},
		"a light colour":      {func(e *reports.CategoryEdit) { e.Colour = "#ffff00" }, "colour"},
		"a slug that is none": {func(e *reports.CategoryEdit) { e.Slug = "A b" }, "slug"},
		"a slug of another":   {func(e *reports.CategoryEdit) { e.Slug = "pothole" }, "slug"},
		"below what is not":   {func(e *reports.CategoryEdit) { e.Parent = 9999 }, "parent"},
		"a gone service":      {func(e *reports.CategoryEdit) { e.Service = 9999 }, "service"},
		"a long deadline":     {func(e *reports.CategoryEdit) { e.DeadlineHours = 10_000 }, "deadline_hours"},
		"a wide radius":       {func(e *reports.CategoryEdit) { e.DuplicateRadius = -1 }, "duplicate_radius"},
		"an icon that is no":  {func(e *reports.CategoryEdit) { e.Icon = "../x" }, "icon"},
		"a code twice":        {func(e *reports.CategoryEdit) { e.Attributes = append(slices.Clone(asked), asked[0]) }, "attribute.5.code"},
		"a code of signs": {func(e *reports.CategoryEdit) {
			e.Attributes = []reports.Attribute{{Code: "a b", LabelFR: "x", LabelEN: "x", Type: "string"}}
		}, "attribute.0.code"},
		"no such type": {func(e *reports.CategoryEdit) {
			e.Attributes = []reports.Attribute{{Code: "a", LabelFR: "x", LabelEN: "x", Type: "money"}}
		}, "attribute.0.datatype"},
		"a list of nothing": {func(e *reports.CategoryEdit) {
			e.Attributes = []reports.Attribute{{Code: "a", LabelFR: "x", LabelEN: "x", Type: "singlevaluelist"}}
		}, "attribute.0.values"},
		"many questions": {func(e *reports.CategoryEdit) { e.Attributes = make([]reports.Attribute, 21) }, "attributes"},
	} {
		_, err := r.SaveCategory(t.Context(), account.System, newCategory(c.change))
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || !slices.ContainsFunc(f.Fields, func(one fault.Field) bool { return one.Name == c.field }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	top, err := r.Categories(t.Context(), account.System)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range top { // all that a new town has will do
		e.Attributes = nil
		if _, err := r.SaveCategory(t.Context(), account.System, e); err != nil {
			t.Errorf("%s: %v", e.Slug, err)
		}
	}
	e := top[0]
	e.Version, e.Parent = 2, top[len(top)-1].ID
	if _, err := r.SaveCategory(t.Context(), account.System, e); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a third level: %v", err)
	}
	if _, err := r.SaveCategory(t.Context(), account.Anonymous, newCategory(func(*reports.CategoryEdit) {})); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("anybody makes categories: %v", err)
	}
}

// Answers are of the kind that their question wants.
func TestAnswers(t *testing.T) {
	r := newRegister(t)
	if _, err := r.SaveCategory(t.Context(), account.System, newCategory(func(e *reports.CategoryEdit) { e.Attributes = slices.Clone(asked) })); err != nil {
		t.Fatal(err)
	}
	for answer, good := range map[string]bool{
		"n=3.5": true, "n=-2": true, "n=NaN": false, "n=0x10": false, "n=many": false, "when=2026-03-01T09:05:00+01:00": true, "when=tomorrow": false, "one=a": true, "one=c": false,
		"many=a,b": true, "many=a": true, "many=a,c": false, "many=,": false, "text=<b>": true, "other=1": false, "one=": true,
	} {
		code, text, _ := strings.Cut(answer, "=")
		f := filing()
		f.Category, f.Attributes = "jardiniere", map[string]string{code: text}
		if _, err := r.File(t.Context(), account.Anonymous, f); (err == nil) != good {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

func TestServices(t *testing.T) {
	r := newRegister(t)
	id, err := r.SaveService(t.Context(), account.System, reports.ServiceEdit{NameFR: "Eaux & forêts", NameEN: "Woods", Email: " Bois@Ville.EXAMPLE", Active: true})
	if err != nil {
		t.Fatal(err)
	}
	e, err := r.Service(t.Context(), account.System, id)
	if err != nil || e.Slug != "eaux-forets" || e.Email != "bois@ville.example" || e.Version != 1 {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := r.SaveService(t.Context(), account.System, e); err != nil {
		t.Error(err)
	}
	if _, err := r.SaveService(t.Context(), account.System, e); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a stale change is taken: %v", err)
	}
	if _, err := r.SaveService(t.Context(), account.System, reports.ServiceEdit{NameFR: "Eaux-forêts", NameEN: "x"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a slug is taken twice: %v", err)
	}
	catalogue, err := reports.ReadCatalogue(t.Context(), r.DB)
	if err != nil || catalogue.ServiceNamed("eaux-forets") == nil {
		t.Errorf("it is not in the catalogue: %v", err)
	}
}
