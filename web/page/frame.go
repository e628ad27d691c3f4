// Package page is the screens: templ components, one file for each. They are whole without JavaScript; scripts and the map improve them.
// A component gets all it shows as arguments and asks nothing of anybody.
package page

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"quartier/reports/language"
	"quartier/web/ui"
)

// Frame is what every page has around it.
type Frame struct {
	Language *language.Language
	Title    string
	Base     string     // what stands before every address of ours, such as /quartier; empty: nothing
	Path     string     // of this page, without Base, to mark it in the navigation
	Query    url.Values // of this page, kept when the language is switched
	Entries  []ui.Entry // scripts and styles to load
	Icons    ui.Icons
	Words    string // address of what scripts say
	Feed     string // address of the Atom feed of what the page shows, without Base; empty: none
	Token    string // of a write that the following tiles must show; empty: none
	TimeZone *time.Location
	Now      time.Time
	Reader   Reader
}

// Reader is who looks at the page.
type Reader struct {
	Known     bool   // is signed in
	Name      string // for their own eyes: the name, or the address
	CrossSite string // token of the form that signs out
	Asked     bool   // there is a notice about personal data that they have not agreed to
	// Writer is under which account what the page writes is kept on the device, by an id that tells nobody whose it is; empty: that could not be found out.
	Writer string
	// What the navigation offers beyond a resident's pages.
	Moderates, Administers, Desk bool
}

// To gives an address of our own, which begins with a slash, as the browser must ask for it. Every link and every form of a page is written with it.
func (f Frame) To(address string) templ.SafeURL { return templ.SafeURL(f.Base + address) }

// sharp gives the addresses of a picture for screens of one and of two pixels to one of the page.
func (f Frame) sharp(plain, fine string) string {
	return string(f.To(plain)) + " 1x, " + string(f.To(fine)) + " 2x"
}

// Say gives a sentence of the catalogue; pairs are names and values.
func (f Frame) Say(key string, pairs ...any) string {
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return f.Language.Say(key, args)
}

// When writes a time in the city's zone; a day where only the day is known.
func (f Frame) When(t time.Time, day bool) string {
	t = t.In(f.TimeZone)
	if day {
		return f.Language.Date(t)
	}
	return f.Language.Moment(t)
}

// Ago writes how long ago a time was; When says it exactly.
func (f Frame) Ago(t time.Time, day bool) string {
	if day {
		t = t.In(f.TimeZone)
	}
	return f.Language.Ago(t, day, f.Now.In(f.TimeZone))
}

// day writes a day of a filter (YYYY-MM-DD) as people do; what is none stays as it is.
func (f Frame) day(text string) string {
	t, err := time.ParseInLocation(time.DateOnly, text, f.TimeZone)
	if err != nil {
		return text
	}
	return f.Language.Date(t)
}

// other gives the language to switch to and the address that does it.
func (f Frame) other() (*language.Language, string) {
	l := language.English
	if f.Language == language.English {
		l = language.French
	}
	query := url.Values{}
	for name, values := range f.Query {
		query[name] = values
	}
	query.Set("lang", l.Tag)
	// One slash only: a path of two, which an error page may have, would be another site's address.
	address := url.URL{Path: "/" + strings.TrimLeft(f.Path, `/\`), RawQuery: query.Encode()}
	return l, address.String()
}

// current marks the link of this page in the navigation.
func (f Frame) current(path string) templ.Attributes {
	if f.Path == path || path == "/zones" && strings.HasPrefix(f.Path, "/zones/") {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func reportPath(id int64) string { return "/reports/" + decimal(id) }
