package page

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"
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
	Wrong                string // what is wrong with the filter in the address; empty: nothing
	// Query is the filter as a query string, for links to the same choice elsewhere.
	Query url.Values
}

// ChoiceGroup is the zones of one set.
type ChoiceGroup struct {
	Label   string
	Choices []Choice
}

// Any tells whether something is filtered.
func (f Filters) Any() bool { return len(f.Query) > 0 }

// At gives a page's address with the same filter.
func (f Filters) At(path string) templ.SafeURL {
	if len(f.Query) == 0 {
		return templ.SafeURL(path)
	}
	return templ.SafeURL(path + "?" + f.Query.Encode())
}

// With gives a page's address with the same filter and one value more.
func (f Filters) With(path, name, value string) templ.SafeURL {
	query := url.Values{}
	for n, v := range f.Query {
		query[n] = slices.Clone(v)
	}
	query.Set(name, value)
	return templ.SafeURL(path + "?" + query.Encode())
}

func indented(c Choice) string {
	if c.Below {
		return "\u2003" + c.Label
	}
	return c.Label
}
