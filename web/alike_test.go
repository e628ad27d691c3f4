package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/suggestion"
)

// sendJSON sends a body to any call.
func (s *site) sendJSON(path, body string, headers ...string) answer {
	s.t.Helper()
	return s.do(fiber.MethodPost, path, body, append([]string{"Content-Type", "application/json"}, headers...)...)
}

func TestSimilarReports(t *testing.T) {
	s := newSite(t)
	id, _ := s.file("Nid-de-poule profond devant l’école")
	a := s.sendJSON("/api/v1/reports/similar", `{"location":{"type":"Point","coordinates":[2.35004,48.85]},"category":"pothole","text":"nid de poule devant l'ecole"}`)
	var list struct {
		Items []struct {
			ID       int64
			Title    string
			Distance int `json:"distance_m"`
			Likely   bool
			Photos   []any
			Location struct{ Coordinates []float64 }
		}
	}
	if err := json.Unmarshal([]byte(a.body), &list); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if len(list.Items) != 1 || list.Items[0].ID != id || list.Items[0].Distance != 3 || !list.Items[0].Likely || list.Items[0].Photos == nil || list.Items[0].Location.Coordinates[0] != 2.35 {
		t.Errorf("beside the report: %s", a.body)
	}
	for body, want := range map[string]string{
		`{"location":{"type":"Point","coordinates":[2.36,48.85]},"category":"pothole"}`: `"items":[]`,
		`{"location":{"type":"Point","coordinates":[2.35,48.85]}}`:                      `"distance_m":0`,
		`{"location":{"type":"Point","coordinates":[2.35,48.85]},"category":"none"}`:    `"distance_m":0`,
		`{"location":{"type":"Point","coordinates":[2.35,48.85]},"category":"tag"}`:     `"likely":true`, // filed a moment ago, at the very spot
	} {
		if a := s.sendJSON("/api/v1/reports/similar", body); a.StatusCode != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s, want %s", body, a.StatusCode, a.body, want)
		}
	}
}

func TestSuggestCategories(t *testing.T) {
	tutor := &suggestion.Tutor{}
	s := newSite(t, func(s *Server) { s.Suggestions, tutor.DB = tutor, s.Register.DB })
	if a := s.sendJSON("/api/v1/categories/suggest", `{"text":"lampadaire cassé"}`); a.StatusCode != http.StatusOK || !strings.Contains(a.body, `"items":[]`) {
		t.Errorf("before anything is learnt: %d %s", a.StatusCode, a.body)
	}
	if err := tutor.Learn(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := s.sendJSON("/api/v1/categories/suggest", `{"text":"Lampadaire éteint devant l’école"}`, "Accept-Language", "en")
	if a.StatusCode != http.StatusOK || !strings.HasPrefix(a.body, `{"items":[{"category":"lamp-out","name":"Street lamp out","share":0.`) {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	// What cannot be filed any more is not suggested, whatever was learnt.
	if _, err := s.Register.DB.Exec(t.Context(), `update category set active = false where slug = 'lamp-out'`); err != nil {
		t.Fatal(err)
	}
	if err := tutor.Learn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := s.sendJSON("/api/v1/categories/suggest", `{"text":"Lampadaire éteint devant l’école"}`); strings.Contains(a.body, "lamp-out") || !strings.Contains(a.body, "light") && !strings.Contains(a.body, "lamp") {
		t.Errorf("an inactive category: %s", a.body)
	}
}

// What is wrong is told with its field, and what was typed is neither repeated nor logged.
func TestAlikeRefuses(t *testing.T) {
	s := newSite(t)
	long := strings.Repeat("é", 10_001)
	for _, c := range []struct{ path, body, field string }{
		{"/reports/similar", `{"text":"secret"}`, "location"},
		{"/reports/similar", `{"location":{"type":"Point","coordinates":[2.35]},"text":"secret"}`, "location"},
		{"/reports/similar", `{"location":{"type":"Point","coordinates":[48.85,200]},"text":"secret"}`, "location.coordinates"},
		{"/reports/similar", `{"location":{"type":"Point","coordinates":[2.35,48.85]},"text":"` + long + `"}`, "text"},
		{"/reports/similar", `{"location":{"type":"Point","coordinates":[2.35,48.85]},"title":"secret"}`, "title"},
		{"/categories/suggest", `{"text":7}`, "text"},
		{"/categories/suggest", `{"text":"` + long + `"}`, "text"},
		{"/categories/suggest", `{"words":"secret"}`, "words"},
	} {
		a := s.sendJSON("/api/v1"+c.path, c.body)
		if a.StatusCode < 400 || a.StatusCode > 422 || !strings.Contains(a.body, `"`+c.field+`"`) || strings.Contains(a.body, "secret") || strings.Contains(a.body, "éé") {
			t.Errorf("%s %.90s: %d %s, want the field %s", c.path, c.body, a.StatusCode, a.body, c.field)
		}
	}
	if text := s.log.String(); strings.Contains(text, "secret") || strings.Contains(text, "éé") {
		t.Errorf("the log holds what was typed: %s", text)
	}
}
