package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"

	"quartier/geo"
)

// seen says who sees the content of which report in lists, exports, counts and on the map.
var seen = map[string]string{
	"public":            public,
	"private":           service,
	"private elsewhere": "other administrator",
	"hidden":            offices,
	"pending":           offices,
	"pending private":   offices,
	"own private":       "administrator",
	"own pending":       offices,
	"own hidden":        offices,
}

// seenAlone says who sees them besides, by its number, and among what they filed.
var seenAlone = map[string]string{"own private": "resident", "own pending": "resident"}

// worked says who reads the notes of the service that works on a report.
var worked = map[string]string{
	"public":            "agent administrator reading-key writing-key",
	"private":           "agent administrator reading-key writing-key",
	"private elsewhere": "other administrator",
	"hidden":            "administrator", "pending": "administrator", "pending private": "administrator",
	"own private": "administrator", "own pending": "administrator", "own hidden": "administrator",
}

// The marks that newSociety wrote into the fields of reports and into accounts.
var (
	contentMark  = regexp.MustCompile(`(?:titre|texte|adresse)-([a-z]+)`)
	noteMark     = regexp.MustCompile(`(?:note|agent)-([a-z]+)`)
	personalMark = regexp.MustCompile(`(?:courriel|nom|telephone|reponse)-[a-z]+`)
	officeMark   = regexp.MustCompile(`(?:bloc|drapeau)-[a-z]+`)
	accountMark  = regexp.MustCompile(`personne-[0-9]+@`)
)

// Every output of the table of routes, read by everybody: of each report they find what they may see, and nothing that is somebody's own.
func TestNobodyLearnsMore(t *testing.T) {
	s := newSociety(t)
	for _, r := range rights {
		method, path, _ := strings.Cut(r.route, " ")
		if method != http.MethodGet {
			continue
		}
		if r.address != "" {
			path = s.numbered(r.address)
		}
		visitors := s.get(path, s.people["visitor"]...)
		for _, name := range s.names {
			a := s.get(path, s.people[name]...)
			s.examine(path, name, a)
			control := a.Header.Get("Cache-Control")
			if a.body != visitors.body && !strings.Contains(control, "private") && !strings.Contains(control, "no-store") {
				t.Errorf("%s for %s may be kept for others: Cache-Control %q", path, name, control)
			}
		}
	}
	for _, mark := range []*regexp.Regexp{contentMark, noteMark, personalMark, officeMark, accountMark} {
		if found := mark.FindString(s.log.String()); found != "" {
			t.Errorf("the log holds %s", found)
		}
	}
}

// examine looks for what somebody should not find in an answer.
func (s *society) examine(path, name string, a answer) {
	s.t.Helper()
	may := func(table map[string]string, mark string) bool {
		for report, readers := range table {
			if strings.ReplaceAll(report, " ", "") == mark && slices.Contains(strings.Fields(readers), name) {
				return true
			}
		}
		return false
	}
	// Somebody's own data is all of theirs, also what moderators have hidden from everybody (GDPR, article 15), and nothing else.
	if strings.HasPrefix(path, "/me/data") && name == "resident" {
		a.body = regexp.MustCompile(`[a-z]+-own(private|pending|hidden)`).ReplaceAllString(a.body, "")
	}
	alone := path == "/me/reports" || regexp.MustCompile(`/reports/[0-9]+`).MatchString(path)
	for _, found := range contentMark.FindAllStringSubmatch(a.body, -1) {
		if !may(seen, found[1]) && !(alone && may(seenAlone, found[1])) {
			s.t.Errorf("%s tells %s of %s", path, name, found[0])
		}
	}
	for _, found := range noteMark.FindAllStringSubmatch(a.body, -1) {
		if !may(worked, found[1]) {
			s.t.Errorf("%s tells %s of %s", path, name, found[0])
		}
	}
	if found := personalMark.FindString(a.body); found != "" {
		s.t.Errorf("%s tells %s of %s", path, name, found)
	}
	// What people flagged and why somebody is blocked is for moderators, and a flag is for its author's own eyes.
	ofOffice := slices.Contains(strings.Fields(offices), name) && (strings.HasPrefix(path, "/moderation") || path == "/admin/blocks")
	if found := officeMark.FindString(a.body); found != "" && !ofOffice && !(name == "resident" && strings.HasPrefix(path, "/me/data")) {
		s.t.Errorf("%s tells %s of %s", path, name, found)
	}
	for _, found := range accountMark.FindAllString(a.body, -1) {
		if name == "administrator" && strings.HasPrefix(path, "/admin") { // they look after accounts
			continue
		}
		if !strings.HasPrefix(s.emails[name], found) {
			s.t.Errorf("%s tells %s of the account %s", path, name, found)
		}
	}
}

// What somebody may see is there, in every list and in every count, and the counts agree.
func TestEverybodySeesWhatIsTheirs(t *testing.T) {
	s := newSociety(t)
	position := geo.Position{Lon: 23_500_000, Lat: 488_500_000}
	for _, name := range s.names {
		if deadKey(name) {
			continue
		}
		var want []string
		for report, readers := range seen {
			if slices.Contains(strings.Fields(readers), name) {
				want = append(want, strings.ReplaceAll(report, " ", ""))
			}
		}
		slices.Sort(want)
		for _, path := range []string{"/reports", "/api/v1/reports", "/api/v1/reports.geojson", "/api/v1/reports.csv"} {
			var got []string
			for _, found := range regexp.MustCompile(`titre-([a-z]+)`).FindAllStringSubmatch(s.get(path, s.people[name]...).body, -1) {
				got = append(got, found[1])
			}
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, want) {
				t.Errorf("%s shows %s %v, want %v", path, name, got, want)
			}
		}
		var stats struct{ Total int }
		if err := json.Unmarshal([]byte(s.get("/api/v1/stats", s.people[name]...).body), &stats); err != nil || stats.Total != len(want) {
			t.Errorf("the statistics count %d for %s, want %d; %v", stats.Total, name, len(want), err)
		}
		var cells struct {
			Features []struct{ Properties struct{ Count int } }
		}
		if err := json.Unmarshal([]byte(s.get("/api/v1/cells.geojson?resolution=9", s.people[name]...).body), &cells); err != nil || len(cells.Features) != 1 || cells.Features[0].Properties.Count != len(want) {
			t.Errorf("the cells have %+v for %s, want %d; %v", cells, name, len(want), err)
		}
		for zoom := uint8(0); zoom <= geo.MaxZoom; zoom++ {
			for _, family := range []string{"items", "cells"} {
				at := geo.TileAt(position, zoom)
				if family == "items" {
					at = s.Map.Index.TileOf(position, geo.CellAt(position, geo.CellResolution), zoom)
				}
				path := fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", family, at.Z, at.X, at.Y)
				a := s.get(path, append(s.people[name], "Accept-Encoding", "identity")...)
				if n := countIn(t, a.body); n != len(want) {
					t.Errorf("%s counts %d for %s, want %d", path, n, name, len(want))
				}
				if kept := strings.HasPrefix(a.Header.Get("Cache-Control"), "public"); kept != (slices.Contains([]string{"visitor", "resident", "weak-administrator", "weak-key"}, name)) {
					t.Errorf("%s for %s: Cache-Control %q", path, name, a.Header.Get("Cache-Control"))
				}
			}
		}
	}
}

// What somebody may not see answers as what there is not: by the same words, the same headers and as many turns to the database.
func TestUnseenAnswersAsUnknown(t *testing.T) {
	s := newSociety(t)
	const unknown = 999_999
	for _, name := range s.names {
		if deadKey(name) {
			continue
		}
		for _, path := range []string{"/reports/%d", "/api/v1/reports/%d", "/api/v1/reports/%d/updates"} {
			gone, goneTurns := s.turns(fmt.Sprintf(path, unknown), name)
			gone.Header.Del("Date")
			for report, who := range seen {
				if slices.Contains(strings.Fields(who+" "+seenAlone[report]), name) {
					continue
				}
				id := s.ids[report]
				there, turns := s.turns(fmt.Sprintf(path, id), name)
				there.Header.Del("Date")
				if there.StatusCode != http.StatusNotFound || strings.ReplaceAll(there.body, fmt.Sprint(id), fmt.Sprint(unknown)) != gone.body {
					t.Errorf("for %s the %s report at %s answers %d, unlike an unknown one", name, report, path, there.StatusCode)
				}
				if a, b := fmt.Sprint(there.Header), fmt.Sprint(gone.Header); a != b {
					t.Errorf("for %s the %s report at %s has the headers\n%s, an unknown one\n%s", name, report, path, a, b)
				}
				if turns != goneTurns {
					t.Errorf("for %s the %s report at %s takes %d turns to the database, an unknown one %d", name, report, path, turns, goneTurns)
				}
			}
		}
	}
}

// turns asks as somebody, and gives how often the answer went to the database: the least of some times, since others go there too.
func (s *society) turns(path, name string) (a answer, n int64) {
	for range 3 {
		before := s.Register.DB.Stat().AcquireCount()
		a = s.get(path, s.people[name]...)
		if one := s.Register.DB.Stat().AcquireCount() - before; n == 0 || one < n {
			n = one
		}
	}
	return a, n
}

// countIn sums the items of a tile.
func countIn(t *testing.T, raw string) (n int) {
	t.Helper()
	layers, err := mvt.Unmarshal([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		for _, feature := range layer.Features {
			if count, ok := feature.Properties["count"].(float64); ok {
				n += int(count)
			} else {
				n++
			}
		}
	}
	return n
}

// A change that the public cannot see does not move a tile's ETag; one that it sees does.
func TestETagMovesWithPublicChangesOnly(t *testing.T) {
	s := newSite(t)
	_, token := s.file("visible")
	s.awaitText(token)
	hidden, token := s.file("caché")
	s.awaitText(token)
	s.change(hidden, `update report set visibility = 'hidden' where id = $1`, hidden)
	const path = "/tiles/items/0/0/0.mvt"
	before := s.get(path, "Accept-Encoding", "gzip")
	tag := before.Header.Get("ETag")
	if again := s.get(path, "Accept-Encoding", "gzip", "If-None-Match", tag); tag == "" || again.StatusCode != http.StatusNotModified || again.body != "" {
		t.Errorf("the same tile again answers %d with the ETag %q", again.StatusCode, tag)
	}
	plain := s.get(path, "Accept-Encoding", "identity")
	if plain.Header.Get("ETag") == tag || plain.Header.Get("Content-Encoding") != "" {
		t.Error("the plain tile has the ETag or the encoding of the compressed one")
	}
	s.change(hidden, `update report set lon = lon + 100000, status = 'resolved' where id = $1`, hidden)
	if again := s.get(path, "Accept-Encoding", "gzip", "If-None-Match", tag); again.StatusCode != http.StatusNotModified {
		t.Errorf("a hidden change moved the ETag: %d", again.StatusCode)
	}
	s.change(hidden, `update report set visibility = 'public' where id = $1`, hidden)
	if again := s.get(path, "Accept-Encoding", "gzip", "If-None-Match", tag); again.StatusCode != http.StatusOK || again.Header.Get("ETag") == tag {
		t.Errorf("a public change did not move the ETag: %d", again.StatusCode)
	}
}
