package web

import (
	"net/http"
	"strings"
	"testing"

	"quartier/reports/media"
)

// What is blurred is gone under its old address at once, for everybody and whatever they have kept; the timeline tells it, and nobody else may do it.
func TestRetouch(t *testing.T) {
	s := newSociety(t)
	old := s.others["photo of public"]
	page := s.numbered("/reports/{public}/photos/" + old)
	before := s.do(http.MethodGet, photoPath(media.ID(old), media.Full), "")
	if before.StatusCode != http.StatusOK {
		t.Fatalf("the photo: %d", before.StatusCode)
	}
	send := func(who, path, body string) answer {
		t.Helper()
		headers, form := asForm(s.people[who], body)
		return s.do(http.MethodPost, path, form, headers...)
	}
	const area = "do=blur&left=10,04&top=10.5&width=50&height=30"
	for who, want := range map[string]int{"visitor": 401, "resident": 403, "analyst": 403, "other": 403} {
		if a := send(who, page, area); a.StatusCode != want {
			t.Errorf("%s gets %d, want %d", who, a.StatusCode, want)
		}
	}
	for body, word := range map[string]string{"do=blur&left=x&top=0&width=1&height=1": "x", "do=blur&left=90&top=0&width=20&height=1": "90", "do=blur&left=0&top=0&width=101&height=1": "101"} {
		if a := send("moderator", page, body); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="`+word+`"`) {
			t.Errorf("%s: %d", body, a.StatusCode)
		}
	}
	if a := send("moderator", s.numbered("/reports/{hidden}/photos/"+old), area); a.StatusCode != http.StatusNotFound {
		t.Errorf("by way of another report: %d", a.StatusCode)
	}
	if a := send("agent", page, area); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("blurring: %d %s", a.StatusCode, a.body)
	}
	if a := send("moderator", page, area); a.StatusCode != http.StatusNotFound {
		t.Errorf("blurring what is blurred already: %d", a.StatusCode)
	}
	for _, who := range []string{"visitor", "administrator"} {
		if a := s.do(http.MethodGet, photoPath(media.ID(old), media.Full), "", append(s.people[who], "If-None-Match", before.Header.Get("ETag"))...); a.StatusCode != http.StatusNotFound {
			t.Errorf("the old address answers %s %d", who, a.StatusCode)
		}
	}
	photos, err := s.Register.Photos(t.Context(), s.ids["public"])
	if err != nil || len(photos[s.ids["public"]]) != 1 {
		t.Fatalf("%v, %v", photos, err)
	}
	fresh := photos[s.ids["public"]][0].ID
	if a := s.do(http.MethodGet, photoPath(fresh, media.Full), ""); a.StatusCode != http.StatusOK || a.Header.Get("ETag") == before.Header.Get("ETag") {
		t.Errorf("the new one: %d %s", a.StatusCode, a.Header.Get("ETag"))
	}
	if a := send("moderator", s.numbered("/reports/{public}/photos/"+string(fresh)), "do=remove"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("removing: %d", a.StatusCode)
	}
	if a := s.do(http.MethodGet, photoPath(fresh, media.Card), ""); a.StatusCode != http.StatusNotFound {
		t.Errorf("removed: %d", a.StatusCode)
	}
	shown := s.do(http.MethodGet, s.numbered("/reports/{public}"), "", "Accept-Language", "fr").body
	for _, sentence := range []string{"Une partie d’une photo a été floutée", "Une photo a été retirée"} {
		if !strings.Contains(shown, sentence) {
			t.Errorf("the timeline does not say %q", sentence)
		}
	}
	if n := s.count(`select count(*) from audit where action in ('report.photo_blurred', 'report.photo_removed')`); n != 2 {
		t.Errorf("%d entries of the audit", n)
	}
}
