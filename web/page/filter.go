package page

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Choice is one value that a filter can have.
type Choice struct {
	Value, Label string
	Chosen       bool
	Below        bool // stands below the choice before it
}

// Filters are the choices of the map and the list, as the address of the page says.
type Filters struct {
	Statuses, Categories []Choice
	Zones                []ChoiceGroup
	From, To             string // days, as typed
	Periods              []Period
	Wrong                string // what is wrong with the filter in the address; empty: nothing
	// Query is the filter as a query string, for links to the same choice elsewhere.
	Query url.Values
}

// ChoiceGroup is the zones of one set.
type ChoiceGroup struct {
	Label   string
	Choices []Choice
}

// Period is a quick choice of dates: from a day until now.
type Period struct{ Label, From string }

// chip is a filter in force, with the address of the page without it.
type chip struct {
	Label   string
	Without string
}

// Any tells whether something is filtered.
func (f Filters) Any() bool { return len(f.Query) > 0 }

// At gives a page's address, without the base, with the same filter.
func (f Filters) At(path string) string {
	if len(f.Query) == 0 {
		return path
	}
	return path + "?" + f.Query.Encode()
}

// With gives a page's address with the same filter and one value more.
func (f Filters) With(path, name, value string) string {
	query := url.Values{}
	for n, v := range f.Query {
		query[n] = slices.Clone(v)
	}
	query.Set(name, value)
	return path + "?" + query.Encode()
}

// placeOf gives the parameters of a page that are no filter and stay when a filter goes.
func placeOf(frame Frame) url.Values {
	query := url.Values{}
	for _, name := range []string{"z", "lat", "lon", "layer", "outline"} {
		if v := frame.Query.Get(name); v != "" {
			query.Set(name, v)
		}
	}
	return query
}

// chips lists the filters in force in the order of the form: a list gives one for each of its values, the two dates one together.
func (f Filters) chips(frame Frame) []chip {
	var list []chip
	add := func(label string, change func(url.Values)) {
		query := placeOf(frame)
		for name, values := range f.Query {
			query[name] = slices.Clone(values)
		}
		change(query)
		list = append(list, chip{Label: label, Without: Filters{Query: query}.At(frame.Path)})
	}
	for _, name := range []string{"kind", "status", "category", "service", "zone"} {
		values := strings.Split(f.Query.Get(name), ",")
		for _, value := range values {
			if value == "" {
				continue
			}
			add(f.label(name, value), func(query url.Values) {
				if rest := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == value }); len(rest) > 0 {
					query.Set(name, strings.Join(rest, ","))
				} else {
					query.Del(name)
				}
			})
		}
	}
	from, to := f.Query.Get("from"), f.Query.Get("to")
	word := map[[2]bool]string{{true, true}: "filter.between", {true, false}: "filter.since", {false, true}: "filter.until"}[[2]bool{from != "", to != ""}]
	if word != "" {
		last := to
		if t, err := time.Parse(time.DateOnly, to); err == nil && from != "" { // the end is the first day that is out: people name the last that is in
			last = t.AddDate(0, 0, -1).Format(time.DateOnly)
		}
		add(frame.Say(word, "from", frame.day(from), "to", frame.day(last)), func(query url.Values) {
			query.Del("from")
			query.Del("to")
		})
	}
	if f.Query.Get("bbox") != "" {
		add(frame.Say("filter.in_view"), func(query url.Values) { query.Del("bbox") })
	}
	return list
}

// label is what the form calls a value.
func (f Filters) label(name, value string) string {
	choices := map[string][]Choice{"status": f.Statuses, "category": f.Categories}[name]
	for _, group := range f.Zones {
		if name == "zone" {
			choices = append(choices, group.Choices...)
		}
	}
	for _, c := range choices {
		if c.Value == value || name == "zone" && c.Chosen && strings.HasSuffix(c.Value, "/"+value) {
			return c.Label
		}
	}
	return value
}

// cleared gives the page's address without any filter, at the same place.
func cleared(frame Frame) string { return Filters{Query: placeOf(frame)}.At(frame.Path) }

// several tells whether more than one is chosen: a plain select must then let many stand.
func several(groups ...[]Choice) bool {
	n := 0
	for _, choices := range groups {
		for _, c := range choices {
			if c.Chosen {
				n++
			}
		}
	}
	return n > 1
}

func (f Filters) zoneChoices() [][]Choice {
	var groups [][]Choice
	for _, g := range f.Zones {
		groups = append(groups, g.Choices)
	}
	return groups
}

func indented(c Choice) string {
	if c.Below {
		return "\u2003" + c.Label
	}
	return c.Label
}

// since gives the address that a quick choice of dates leads to.
func (f Filters) since(frame Frame, action, day string) string {
	query := url.Values{}
	if action == "/" {
		query = placeOf(frame)
	}
	for name, values := range f.Query {
		query[name] = values
	}
	query.Set("from", day)
	query.Del("to")
	return Filters{Query: query}.At(action)
}
