package place

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"quartier/geo"
	"quartier/reports/fault"
	"quartier/reports/language"
)

// Bounds of what is asked of a geocoder.
const (
	geocoderWait = 2 * time.Second  // for an answer: the resident waits meanwhile
	geocoderSays = 256 << 10        // bytes of an answer
	geocoderRest = 30 * time.Second // after it failed
	askedAtOnce  = 4                // more are not asked, and find what our own addresses give
	longestLabel = 200              // characters
	kept         = 1000             // answers
	keptFor      = time.Hour
)

// Geocoder is an outside service that knows addresses which ours lack. It is asked by us, never by a resident's browser, and learns of a resident nothing but the
// words: no network address, no cookie, no account.
//
// Decisions:
//   - Redirects are not followed: the service that the town chose answers, or nobody. What it says is text and coordinates of others, and is checked as such.
//   - Answers are kept for an hour in memory, by the words; neither words nor answers are logged or stored.
//   - A service that fails is left alone for half a minute.
type Geocoder struct {
	Name   string
	form   form
	base   *url.URL
	client *http.Client
	places chan struct{}
	now    func() time.Time

	mu    sync.Mutex
	until time.Time // it rests until then
	known map[string]known
}

// known is an answer that is kept.
type known struct {
	found []Found
	at    time.Time
}

// form is how a kind of geocoder is asked and how it answers.
type form struct {
	path  string
	query func(text string, near *geo.Position) url.Values
	read  func(body []byte) ([]outside, error)
	every time.Duration // between two questions, where the service wants that; 0: it does not say
}

// outside is a place as a geocoder says it.
type outside struct {
	label    string
	lon, lat float64
}

// NewGeocoder makes a geocoder of a setting NAME=URL: ign, photon or nominatim, and where it answers, without the path of its search.
func NewGeocoder(setting string) (*Geocoder, error) {
	name, address, _ := strings.Cut(setting, "=")
	f, told := forms[name]
	base, err := url.Parse(address)
	if !told || err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fault.New(fault.Invalid, "failure.geocoder", nil) // its address may hold a key
	}
	return &Geocoder{Name: name, form: f, base: base, places: make(chan struct{}, askedAtOnce), now: time.Now, known: map[string]known{},
		client: &http.Client{Timeout: geocoderWait, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// errBusy is for questions that are not asked: the service rests, or has enough of them.
var errBusy = errors.New("the geocoder rests")

// Ask gives the places that fit a text, near a position where one is known, at most limit.
func (g *Geocoder) Ask(ctx context.Context, text string, near *geo.Position, limit int) ([]Found, error) {
	key := language.Fold(text)
	if found, hit := g.recall(key); hit {
		return found[:min(limit, len(found))], nil
	}
	select {
	case g.places <- struct{}{}:
		defer func() { <-g.places }()
	default:
		return nil, errBusy
	}
	if !g.begin() {
		return nil, errBusy
	}
	found, err := g.fetch(ctx, text, near)
	if err != nil {
		if ctx.Err() == nil { // who went away says nothing of the service
			g.rest()
		}
		return nil, err
	}
	g.keep(key, found)
	return found[:min(limit, len(found))], nil
}

// fetch asks the service.
func (g *Geocoder) fetch(ctx context.Context, text string, near *geo.Position) ([]Found, error) {
	address := g.base.JoinPath(g.form.path)
	address.RawQuery = g.form.query(text, near).Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, withoutAddress(err)
	}
	request.Header.Set("User-Agent", "Quartier")
	request.Header.Set("Accept", "application/json")
	answer, err := g.client.Do(request)
	if err != nil {
		return nil, withoutAddress(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %d", answer.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, geocoderSays+1))
	if err != nil {
		return nil, withoutAddress(err)
	}
	if len(body) > geocoderSays {
		return nil, fmt.Errorf("it answers more than %d bytes", geocoderSays)
	}
	list, err := g.form.read(body)
	if err != nil {
		return nil, errors.New("its answer is not of its form") // which may repeat the words
	}
	return checked(list), nil
}

// withoutAddress takes the address off an error of the HTTP client: it holds the resident's words.
func withoutAddress(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// checked gives what of an answer can be shown: plain labels at places on the map, each once.
func checked(list []outside) []Found {
	var found []Found
	seen := map[string]bool{}
	for _, o := range list {
		p, err := geo.FromDegrees(o.lon, o.lat)
		var check fault.Check
		label := check.Text("label", strings.Join(strings.Fields(o.label), " "), longestLabel, false)
		if err != nil || check.Err() != nil || label == "" || seen[label] || len(found) == MaxFound {
			continue
		}
		seen[label] = true
		found = append(found, Found{Label: label, Position: p})
	}
	return found
}

// begin tells whether the service may be asked now.
func (g *Geocoder) begin() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if now.Before(g.until) {
		return false
	}
	g.until = now.Add(g.form.every)
	return true
}

// rest leaves the service alone for a while.
func (g *Geocoder) rest() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until = g.now().Add(geocoderRest)
}

func (g *Geocoder) recall(key string) ([]Found, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	k, hit := g.known[key]
	return k.found, hit && g.now().Sub(k.at) < keptFor
}

// keep keeps an answer; where there are too many, those that are too old go, and else some that chance chooses.
func (g *Geocoder) keep(key string, found []Found) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if len(g.known) >= kept {
		for key, k := range g.known {
			if now.Sub(k.at) >= keptFor || len(g.known) > kept*9/10 {
				delete(g.known, key)
			}
		}
	}
	g.known[key] = known{found, now}
}

// degrees writes one for a geocoder: three decimals, some hundred metres, tell which town, and not where the resident looks.
func degrees(v float64) string { return strconv.FormatFloat(v, 'f', 3, 64) }
