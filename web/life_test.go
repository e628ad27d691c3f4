package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"quartier/reports/account"
)

// A program comments: known it stands at once, unknown it waits; a photo of what waits is nobody's to see.
func TestCommentByProgram(t *testing.T) {
	s := newSite(t)
	id, _ := s.file("Trou")
	path := fmt.Sprintf("/api/v1/reports/%d/updates", id)
	post := func(body string, headers ...string) answer {
		return s.do(http.MethodPost, path, body, append(headers, "Content-Type", "application/json")...)
	}
	photo := s.mustUpload()
	if a := post(`{"body":"Moi aussi","photos":["`+photo.ID+`"]}`, uploadHeader, photo.Secret); a.StatusCode != http.StatusCreated || !strings.Contains(a.body, `"waits":true`) {
		t.Fatalf("unknown: %d %s", a.StatusCode, a.body)
	}
	if a := s.get("/media/"+photo.ID+"/card.jpg", uploadHeader, photo.Secret); a.StatusCode != http.StatusNotFound {
		t.Errorf("the photo of a comment that waits: %d", a.StatusCode)
	}
	key := s.keyOf(s.personWith(), account.ScopeRead, account.ScopeWrite)
	if a := post(`{"body":"Je confirme"}`, "Authorization", "Bearer "+key); a.StatusCode != http.StatusCreated || !strings.Contains(a.body, `"waits":false`) || a.Header.Get("Quartier-Token") == "" {
		t.Fatalf("known: %d %s", a.StatusCode, a.body)
	}
	if a := s.get(path); !strings.Contains(a.body, "Je confirme") || strings.Contains(a.body, "Moi aussi") {
		t.Errorf("everybody reads %s", a.body)
	}
	for body, want := range map[string]string{`{}`: "body", `{"body":"x","photos":["non"]}`: "photos", `{"body":"x","colour":"red"}`: "colour"} {
		if a := post(body); a.StatusCode/100 != 4 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", body, a.StatusCode, a.body)
		}
	}
}

// A refused comment is shown again with all that was typed, and what is wrong.
func TestCommentRefusedLosesNothing(t *testing.T) {
	s := newSite(t)
	id, _ := s.file("Trou")
	long := strings.Repeat("é", 5001)
	a := s.submit(fmt.Sprintf("/reports/%d/comments", id), "", url.Values{"body": {long}})
	if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, long) || !strings.Contains(a.body, "body-error") {
		t.Errorf("a comment that is too long: %d", a.StatusCode)
	}
}

// The panel says which state a report has come to meanwhile, and keeps what was written.
func TestRespond(t *testing.T) {
	s := newSite(t)
	id, _ := s.file("Trou")
	agent := s.signedInAs(account.Grant{Role: account.RoleAgent})
	path := fmt.Sprintf("/reports/%d/respond", id)
	respond := func(values url.Values) answer { return s.submit(path, agent, values) }
	if a := respond(url.Values{"act": {"move"}, "from": {"new"}, "to": {"planned"}, "message": {"Mardi"}, "due": {s.Register.Now().AddDate(0, 0, 3).Format("2006-01-02")}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("planned: %d %s", a.StatusCode, a.body)
	}
	if a := s.get(fmt.Sprintf("/reports/%d", id)); !containsText(a.body, "Attendu d’ici le") || !strings.Contains(a.body, "Mardi") {
		t.Error("the page does not tell of the plan")
	}
	a := respond(url.Values{"act": {"move"}, "from": {"new"}, "to": {"acknowledged"}, "message": {"Nous avons bien lu"}})
	if a.StatusCode != http.StatusConflict || !containsText(a.body, "it is now “Planned”") || !strings.Contains(a.body, "Nous avons bien lu") {
		t.Errorf("decided on a state that is over: %d", a.StatusCode)
	}
	if a := respond(url.Values{"act": {"merge"}, "from": {"planned"}, "original": {fmt.Sprint(id)}, "message": {"Le même"}}); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "original-error") {
		t.Errorf("a duplicate of itself: %d", a.StatusCode)
	}
	if a := respond(url.Values{"act": {"due"}, "from": {"planned"}, "due": {"hier"}}); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "due-due-error") {
		t.Errorf("expected on no day: %d", a.StatusCode)
	}
	original, _ := s.file("Le même trou")
	if a := respond(url.Values{"act": {"merge"}, "from": {"planned"}, "original": {fmt.Sprint(original)}, "message": {"Le même"}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("merged: %d %s", a.StatusCode, a.body)
	}
	for page, link := range map[int64]int64{id: original, original: id} {
		if a := s.get(fmt.Sprintf("/reports/%d", page)); !strings.Contains(a.body, fmt.Sprintf(`href="/reports/%d"`, link)) {
			t.Errorf("report %d does not show the way to %d", page, link)
		}
	}
	if a := respond(url.Values{"act": {"undo"}, "from": {"duplicate"}, "to": {"planned"}}); a.StatusCode != http.StatusSeeOther {
		t.Errorf("undone: %d %s", a.StatusCode, a.body)
	}
}

// The panel splits a report; the whole shows its parts and each of these the way back, private ones only to who sees them. A refused split loses nothing.
func TestRespondSplits(t *testing.T) {
	s := newSite(t)
	id, _ := s.file("Trou et lampe")
	agent := s.signedInAs(account.Grant{Role: account.RoleAgent})
	path := fmt.Sprintf("/reports/%d/respond", id)
	values := url.Values{"act": {"split"}, "from": {"new"}, "title-1": {"Le trou"}, "category-1": {"pothole"}, "title-5": {"La dispute"}, "description-5": {"Hier soir"}}
	a := s.submit(path, agent, values)
	if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `href="#category-5"`) || !strings.Contains(a.body, "Hier soir") || !strings.Contains(a.body, `class="mine-more" open`) {
		t.Fatalf("a part without a category: %d %s", a.StatusCode, a.body)
	}
	s.run(`update category set private = true where slug = 'lamp-out'`)
	values.Set("category-5", "lamp-out")
	if a := s.submit(path, agent, values); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("split: %d %s", a.StatusCode, a.body)
	}
	s.settled()
	public, private := fmt.Sprintf(`href="/reports/%d"`, id+1), fmt.Sprintf(`href="/reports/%d"`, id+2)
	whole := fmt.Sprintf("/reports/%d", id)
	if a := s.get(whole); !strings.Contains(a.body, public) || strings.Contains(a.body, private) || strings.Contains(a.body, "La dispute") {
		t.Error("everybody does not see the public part alone")
	}
	if a := s.get(whole, "Cookie", agent); !strings.Contains(a.body, public) || !strings.Contains(a.body, private) {
		t.Error("the agent does not see both parts")
	}
	if a := s.get(fmt.Sprintf("/reports/%d", id+1)); !strings.Contains(a.body, `href="`+whole+`"`) {
		t.Error("the part does not show the way to the whole")
	}
	if a := s.get(fmt.Sprintf("/api/v1/reports/%d/updates", id)); strings.Count(a.body, `"type":"split"`) != 2 || !strings.Contains(a.body, fmt.Sprintf(`"other":%d`, id+1)) || strings.Contains(a.body, fmt.Sprintf(`"other":%d`, id+2)) {
		t.Errorf("programs read %s", a.body)
	}
	if a := s.get(path, "Cookie", agent); strings.Contains(a.body, `id="to-resolved"`) || strings.Contains(a.body, `id="title-1"`) || !containsText(a.body, "2 parties sont encore ouvertes") {
		t.Error("the panel offers what the parts decide")
	}
}

// Private answers are shown to who filed the report and who handles it, and to nobody else.
func TestPrivateAnswers(t *testing.T) {
	s := newSite(t)
	id, _ := s.file("Trou")
	s.run(`
		update category set attributes = '[{"code":"open","label_fr":"Visible","label_en":"Visible","required":false},
			{"code":"quiet","label_fr":"Discret","label_en":"Quiet","required":false,"private":true}]' where slug = 'pothole'`)
	s.run(`update report set attributes = '{"open":"reponse-visible","quiet":"reponse-discrete","gone":"reponse-ancienne"}' where id = $1`, id)
	s.run(`insert into change_log (kind, first_id, last_id) select 'category', id, id from category where slug = 'pothole'`)
	person := s.personWith()
	s.run(`insert into report_contact (report_id, person_id) values ($1, $2)`, id, person)
	s.settled()
	for name, c := range map[string]struct {
		cookie string
		quiet  bool
	}{"nobody": {"", false}, "a resident": {s.signedInAs(), false}, "the reporter": {s.cookieOf(person), true}, "the agent": {s.signedInAs(account.Grant{Role: account.RoleAgent}), true},
		"an analyst": {s.signedInAs(account.Grant{Role: account.RoleAnalyst}), false}} {
		a := s.get(fmt.Sprintf("/reports/%d", id), "Cookie", c.cookie)
		if !strings.Contains(a.body, "reponse-visible") || strings.Contains(a.body, "reponse-discrete") != c.quiet || strings.Contains(a.body, "reponse-ancienne") {
			t.Errorf("%s reads the private answer: %t, want %t", name, strings.Contains(a.body, "reponse-discrete"), c.quiet)
		}
	}
}

// Who is known is read at once, also when nobody of their network wrote before.
func TestFirstCommentStands(t *testing.T) {
	s := newSite(t)
	id, _ := s.file("Trou")
	a := s.submit(fmt.Sprintf("/reports/%d/comments", id), s.signedInAs(), url.Values{"body": {"Je confirme"}})
	if a.StatusCode != http.StatusSeeOther || !strings.Contains(a.Header.Get("Location"), "said=comment") {
		t.Errorf("%d, on to %s", a.StatusCode, a.Header.Get("Location"))
	}
}
