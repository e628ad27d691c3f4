package web

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// takesPushes has a visitor's browser take push messages.
func (v *visitor) takesPushes() {
	v.s.t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		v.s.t.Fatal(err)
	}
	body := fmt.Sprintf(`{"endpoint":"https://push.example.org/%p","keys":{"p256dh":%q,"auth":%q}}`, v,
		base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), base64.RawURLEncoding.EncodeToString(make([]byte, 16)))
	if a := v.ask("POST", "/api/v1/push", body, "Content-Type", "application/json"); a.StatusCode != http.StatusNoContent {
		v.s.t.Fatalf("subscribing: %d %s", a.StatusCode, a.body)
	}
}

// A browser without an account follows by push alone, sees and ends what it follows, and nobody else does; who signs in with it goes on following.
func TestFollowByDevice(t *testing.T) {
	s := newPublicSite(t)
	id, _ := s.file("Un trou")
	page := fmt.Sprintf("/reports/%d", id)
	v, other := newVisitor(s), newVisitor(s)
	follows := func() int { return s.count(`select count(*) from follow where device_sha256 is not null and by_push and not by_mail`) }
	if a := v.get(page + "/follow"); !strings.Contains(a.body, "data-push=") {
		t.Error("pushes are not offered")
	}
	if a := v.send(page+"/follow", page+"/follow", "by", "device"); a.StatusCode != http.StatusConflict || follows() != 0 {
		t.Errorf("a browser that takes no pushes: %d", a.StatusCode)
	}
	if a := v.send("/follow", "/follow", "where", "all", "category", "pothole", "rhythm", "daily", "by_push", "1"); a.StatusCode != http.StatusUnprocessableEntity ||
		!strings.Contains(a.body, `id="by_push-error"`) {
		t.Errorf("a browser that takes no pushes: %d", a.StatusCode)
	}
	v.takesPushes()
	other.takesPushes()
	if a := v.send(page+"/follow", page+"/follow", "by", "device"); a.StatusCode != http.StatusSeeOther || follows() != 1 {
		t.Fatalf("following a report: %d, %d follows", a.StatusCode, follows())
	}
	if part := v.part(id); !strings.Contains(part, `action="`+page+`/follow"`) || !strings.Contains(part, `aria-pressed="true"`) {
		t.Errorf("the button is not pressed:\n%s", part)
	}
	if part := other.part(id); strings.Contains(part, `aria-pressed="true"`) {
		t.Errorf("another's button is pressed:\n%s", part)
	}
	if a := v.send("/follow", "/follow", "where", "all", "category", "pothole", "rhythm", "daily", "by_push", "1"); a.Header.Get("Location") != "/follow?done=begun" || follows() != 2 {
		t.Fatalf("following a category: %d, %d follows", a.StatusCode, follows())
	}
	list := s.count(`select max(id) from follow`)
	if a := v.get("/follow"); !strings.Contains(a.body, "Un trou") || !strings.Contains(a.body, fmt.Sprintf("/follow/%d/end", list)) {
		t.Error("the browser is not shown what it follows")
	}
	if a := other.send("/follow", fmt.Sprintf("/follow/%d/end", list)); a.StatusCode != http.StatusNotFound || follows() != 2 {
		t.Errorf("ending another's: %d", a.StatusCode)
	}
	if a := other.ask("DELETE", fmt.Sprintf("/api/v1/me/follows/%d", list), ""); a.StatusCode != http.StatusNotFound || follows() != 2 {
		t.Errorf("ending another's by the API: %d", a.StatusCode)
	}
	if a := v.send("/follow", fmt.Sprintf("/follow/%d/end", list)); a.StatusCode != http.StatusSeeOther || follows() != 1 {
		t.Errorf("ending it: %d", a.StatusCode)
	}

	// The same by the API.
	if a := v.ask("DELETE", "/api/v1"+page+"/follow", ""); a.StatusCode != http.StatusNoContent || follows() != 0 {
		t.Errorf("unfollowing by the API: %d", a.StatusCode)
	}
	if a := v.ask("PUT", "/api/v1"+page+"/follow", ""); a.StatusCode != http.StatusNoContent || follows() != 1 {
		t.Errorf("following by the API: %d", a.StatusCode)
	}
	if a := v.ask("POST", "/api/v1/me/follows", `{"category":"pothole","by_mail":true}`, "Content-Type", "application/json"); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("by mail to nobody: %d", a.StatusCode)
	}
	if a := v.ask("POST", "/api/v1/me/follows", `{"category":"pothole"}`, "Content-Type", "application/json"); a.StatusCode != http.StatusCreated || follows() != 2 {
		t.Errorf("following a category by the API: %d %s", a.StatusCode, a.body)
	}
	if a := v.ask("GET", "/api/v1/me/follows", ""); strings.Count(a.body, `"id"`) != 2 {
		t.Errorf("the list: %s", a.body)
	}
	if a := newVisitor(s).ask("GET", "/api/v1/me/follows", ""); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("the list of nobody: %d", a.StatusCode)
	}

	v.send("/sign-in", "/sign-in", "email", "jeanne@example.org")
	at := s.mailedLink("jeanne@example.org")
	v.send(at, "/sign-in/link", "token", at[strings.Index(at, "=")+1:])
	if n := s.count(`select count(*) from follow where person_id is not null and by_push and not by_mail`); n != 2 || follows() != 0 {
		t.Errorf("who signs in follows %d, the browser %d", n, follows())
	}
	if n := s.count(`select count(*) from push_subscription where person_id is not null`); n != 1 {
		t.Errorf("%d browsers are hers", n)
	}
}
