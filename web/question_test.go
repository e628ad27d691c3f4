package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"quartier/reports"
	"quartier/reports/account"
)

// A category asks its questions before a report is filed, whatever was typed so far stays, and a private answer is on no page.
func TestFormAsksQuestions(t *testing.T) {
	s := newSite(t)
	id, err := s.Register.SaveCategory(t.Context(), account.System, reports.CategoryEdit{NameFR: "Jardinière", NameEN: "Planter", Icon: "garden", Colour: "#226622", Active: true,
		Attributes: []reports.Attribute{
			{Code: "size", LabelFR: "Quelle taille ?", LabelEN: "Which size?", Type: "multivaluelist", Required: true, Values: []reports.AttributeValue{{Key: "s", NameFR: "Petite", NameEN: "Small"}, {Key: "l", NameFR: "Grande", NameEN: "Large"}}},
			{Code: "when", LabelFR: "Quand ?", LabelEN: "When?", Type: "datetime", Private: true},
		}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Map.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := s.openForm()
	values := url.Values{"category": {"jardiniere"}, "title": {"Cassée"}, "lat": {"48.85"}, "lon": {"2.35"}}
	first := f.send(values, "Accept-Language", "en")
	if first.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(first.body, "Which size?") || !strings.Contains(first.body, `value="Cassée"`) {
		t.Fatalf("answers %d: %s", first.StatusCode, first.body)
	}
	values.Set("questions", "jardiniere")
	values.Set("answer.when", "2026-03-01T09:05")
	if a := f.send(values, "Accept-Language", "en"); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `href="#attributes"`) || !strings.Contains(a.body, "2026-03-01T09:05") {
		t.Errorf("without what must be answered: %d", a.StatusCode)
	}
	values["answer.size"] = []string{"s", "l"}
	a := f.send(values, "Accept-Language", "en")
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("answers %d: %s", a.StatusCode, a.body)
	}
	var size, when string
	if err := s.Register.DB.QueryRow(t.Context(), `select attributes ->> 'size', attributes ->> 'when' from report where category_id = $1`, id).Scan(&size, &when); err != nil {
		t.Fatal(err)
	}
	if size != "s,l" || when != "2026-03-01T09:05:00+01:00" {
		t.Errorf("stored are %q and %q", size, when)
	}
	if body := s.get("/reports/1").body; strings.Contains(body, "2026-03-01T09:05") {
		t.Errorf("the page tells a private answer: %s", body)
	}
}
