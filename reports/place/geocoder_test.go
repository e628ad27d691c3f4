package place

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store/storetest"
)

// serviceOf starts a geocoder of ours that answers by do, and gives it as Quartier knows it.
func serviceOf(t *testing.T, name string, do http.HandlerFunc) *Geocoder {
	t.Helper()
	server := httptest.NewServer(do)
	t.Cleanup(server.Close)
	g, err := NewGeocoder(name + "=" + server.URL + "/base/")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func labels(found []Found) string {
	var list []string
	for _, f := range found {
		list = append(list, f.Label+" @"+f.Position.String())
	}
	return strings.Join(list, " | ")
}

// Each kind is asked as it wants to be, and read as it answers.
func TestGeocoderForms(t *testing.T) {
	t.Parallel()
	near := &geo.Position{Lon: 23_522_219, Lat: 488_566_140}
	for name, c := range map[string]struct {
		path, query, answer, want string
	}{
		"ign": {"/base/search", "autocomplete=1&index=address&lat=48.857&limit=10&lon=2.352&q=8+bd+du+port",
			`{"type":"FeatureCollection","features":[
			 {"type":"Feature","geometry":{"type":"Point","coordinates":[2.29,49.897442]},"properties":{"label":"8 Boulevard du Port 80000 Amiens","score":0.97,"housenumber":"8"}},
			 {"type":"Feature","geometry":{"type":"Point","coordinates":[2.3,49.9]},"properties":{"label":"Nulle part","score":0.2}}]}`,
			"8 Boulevard du Port 80000 Amiens @2.2900000,49.8974420"},
		"photon": {"/base/api", "lang=fr&lat=48.857&limit=10&lon=2.352&q=8+bd+du+port",
			`{"type":"FeatureCollection","features":[
			 {"type":"Feature","geometry":{"type":"Point","coordinates":[2.29,49.89]},"properties":{"housenumber":"8","street":"Boulevard du Port","postcode":"80000","city":"Amiens"}},
			 {"type":"Feature","geometry":{"type":"Point","coordinates":[2.28,49.88]},"properties":{"name":"École du Port","street":"Rue Neuve","city":"Amiens"}},
			 {"type":"Feature","geometry":{"type":"Point","coordinates":[2.27,49.87]},"properties":{"name":"Amiens","city":"Amiens"}}]}`,
			"8 Boulevard du Port, 80000 Amiens @2.2900000,49.8900000 | École du Port, Rue Neuve, Amiens @2.2800000,49.8800000 | Amiens @2.2700000,49.8700000"},
		"nominatim": {"/base/search", "accept-language=fr%2Cen&format=jsonv2&limit=10&q=8+bd+du+port&viewbox=2.102%2C48.607%2C2.602%2C49.107",
			`[{"lat":"49.89","lon":"2.29","display_name":"8, Boulevard du Port, Amiens"},{"lat":"here","lon":"2","display_name":"Bad"}]`,
			"8, Boulevard du Port, Amiens @2.2900000,49.8900000"},
	} {
		var asked *http.Request
		g := serviceOf(t, name, func(w http.ResponseWriter, r *http.Request) { asked = r; fmt.Fprint(w, c.answer) })
		found, err := g.Ask(t.Context(), "8 bd du port", near, 10)
		if err != nil || labels(found) != c.want {
			t.Errorf("%s finds %s, %v, want %s", name, labels(found), err, c.want)
		}
		if asked.URL.Path != c.path || asked.URL.Query().Encode() != c.query {
			t.Errorf("%s was asked %s, want %s?%s", name, asked.URL, c.path, c.query)
		}
		// Nothing of the resident goes with the words.
		for header := range asked.Header {
			if header != "User-Agent" && header != "Accept" && header != "Accept-Encoding" {
				t.Errorf("%s was told %s: %s", name, header, asked.Header.Get(header))
			}
		}
	}
}

// What does not answer as it should is no geocoder, whatever it sends, and rests afterwards; its error repeats no word of who searched.
func TestGeocoderMisbehaves(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]http.HandlerFunc{
		"an error":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"not JSON":     func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>secret") },
		"another form": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `["secret"]`) },
		"no end": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"features":[],"x":"`+strings.Repeat("x", geocoderSays)+`"}`)
		},
		"breaks off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `{`)
		},
		"leads inwards": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/secret", http.StatusFound)
		},
		"leads anywhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/base/other", http.StatusMovedPermanently)
		},
	} {
		var times atomic.Int32
		g := serviceOf(t, "ign", func(w http.ResponseWriter, r *http.Request) { times.Add(1); do(w, r) })
		clock := time.Now()
		g.now = func() time.Time { return clock }
		for range 3 {
			found, err := g.Ask(t.Context(), "secret", nil, 5)
			if err == nil || len(found) > 0 || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("%s: %v, %v", name, found, err)
			}
		}
		if times.Load() != 1 {
			t.Errorf("%s: asked %d times although it failed", name, times.Load())
		}
		clock = clock.Add(geocoderRest + time.Second)
		if _, err := g.Ask(t.Context(), "secret", nil, 5); errors.Is(err, errBusy) {
			t.Errorf("%s: it rests for ever", name)
		}
	}
	// One that never answers is not waited for.
	g := serviceOf(t, "ign", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	g.client.Timeout = 50 * time.Millisecond
	if _, err := g.Ask(t.Context(), "secret", nil, 5); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("no answer: %v", err)
	}
}

// What others say is shown only if it is a plain label at a place of the map.
func TestGeocoderAnswersAreChecked(t *testing.T) {
	list := []outside{{"Rue A", 2, 48}, {"Rue A", 2.1, 48}, {"", 2, 48}, {"Rue\u0000B", 2, 48}, {"Rue C", 200, 48}, {"Rue D", 0, 0}, {strings.Repeat("x", 201), 2, 48}, {" Rue \n E ", 2, 48}}
	if got := labels(checked(list)); got != "Rue A @2.0000000,48.0000000 | Rue E @2.0000000,48.0000000" {
		t.Error(got)
	}
	for range 20 {
		list = append(list, outside{fmt.Sprint("Rue ", len(list)), 2, 48})
	}
	if n := len(checked(list)); n != MaxFound {
		t.Errorf("%d places, want %d at most", n, MaxFound)
	}
}

// The same words are asked once an hour; Nominatim is asked once a second at most; memory is bounded.
func TestGeocoderKeeps(t *testing.T) {
	t.Parallel()
	var times atomic.Int32
	answer := func(w http.ResponseWriter, r *http.Request) {
		times.Add(1)
		fmt.Fprintf(w, `[{"lat":"48","lon":"2","display_name":%q}]`, r.URL.Query().Get("q"))
	}
	g := serviceOf(t, "nominatim", answer)
	clock := time.Now()
	g.now = func() time.Time { return clock }
	for i, c := range []struct {
		text  string
		after time.Duration
		times int32
		busy  bool
	}{
		{"rue de la lune", 0, 1, false}, {"RUE de la Lune", 0, 1, false}, {"autre", 0, 1, true}, {"autre", time.Second, 2, false}, {"rue de la lune", keptFor, 3, false},
	} {
		clock = clock.Add(c.after)
		_, err := g.Ask(t.Context(), c.text, nil, 5)
		if errors.Is(err, errBusy) != c.busy || times.Load() != c.times {
			t.Errorf("question %d: asked %d times, %v", i, times.Load(), err)
		}
	}
	for i := range 3 * kept {
		g.keep(fmt.Sprint(i), nil)
	}
	if len(g.known) > kept {
		t.Errorf("%d answers are kept", len(g.known))
	}
}

func TestGeocoderSettings(t *testing.T) {
	for _, setting := range []string{"", "ign", "ign=", "google=https://a.example", "ign=ftp://a.example", "ign=https://", "ign=https://a.example/?key=secret", "=https://a.example"} {
		if g, err := NewGeocoder(setting); fault.KindOf(err) != fault.Invalid || g != nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", setting, err)
		}
	}
}

// Our own addresses come first; geocoders are asked only if no address of ours has the words, and their failure is none of the search.
func TestFinder(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	load(t, db, town()...)
	var questions []string
	broken := serviceOf(t, "photon", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	whole := serviceOf(t, "ign", func(w http.ResponseWriter, r *http.Request) {
		questions = append(questions, r.URL.Query().Get("q")+" "+r.URL.Query().Get("lat"))
		fmt.Fprint(w, `{"features":[{"geometry":{"coordinates":[2.4,48.8]},"properties":{"label":"Rue de la Lune, 75002 Paris"}},
		  {"geometry":{"coordinates":[2.4,48.8]},"properties":{"label":"Rue de la Lagune 33000 Bordeaux"}}]}`)
	})
	var log strings.Builder
	f := &Finder{DB: db, Geocoders: []*Geocoder{broken, whole}, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Near: func() (geo.Position, bool) { return geo.Position{Lon: 23_000_000, Lat: 488_000_000}, true }}
	for text, want := range map[string]string{
		"12 rue de la lune": "12 Rue de la Lune, 75002 Paris",
		"rue de la lnue":    "Rue de la Lune, 75002 Paris|Rue de la Lagune 33000 Bordeaux",
		"zzz":               "",
	} {
		found, err := f.Search(t.Context(), account.Anonymous, text, 5)
		var got []string
		for _, one := range found {
			got = append(got, one.Label)
		}
		if err != nil || strings.Join(got, "|") != want {
			t.Errorf("%q finds %q, %v, want %q", text, got, err, want)
		}
	}
	if len(questions) != 1 || questions[0] != "rue de la lnue 48.800" {
		t.Errorf("the geocoder was asked %q", questions)
	}
	if text := log.String(); !strings.Contains(text, "502") || strings.Contains(text, "lnue") || strings.Contains(text, url.QueryEscape("rue de")) {
		t.Errorf("the log: %s", text)
	}
}

func FuzzGeocoderAnswers(f *testing.F) {
	f.Add([]byte(`{"features":[{"geometry":{"coordinates":[2.4,48.8]},"properties":{"label":"Rue","score":1}}]}`))
	f.Add([]byte(`[{"lat":"1e400","lon":"nan","display_name":"x"}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for name, form := range forms {
			list, err := form.read(body)
			if err != nil {
				continue
			}
			for _, one := range checked(list) {
				if one.Label == "" || !one.Position.Valid() {
					t.Errorf("%s: %+v", name, one)
				}
			}
		}
	})
}
