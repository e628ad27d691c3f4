package web

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"quartier/reports/account"
)

// A person chooses how they are told; what will not do is told, and nothing that was chosen is lost.
func TestChooseNotices(t *testing.T) {
	s := newSite(t)
	m := s.member("jeanne@example.org", account.RoleResident)
	good := url.Values{"rhythm": {"weekly"}, "by_mail": {"yes"}, "hour": {"18"}, "weekday": {"5"}, "quiet": {"yes"}, "quiet_from": {"21"}, "quiet_to": {"6"}}
	if a := m.send("/me/notifications", good); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("choosing: %d %s", a.StatusCode, a.body)
	}
	if n := s.count(`select count(*) from notice_choice where rhythm = 'weekly' and by_mail and not by_push and hour = 18 and weekday = 5 and quiet_from = 21 and quiet_to = 6`); n != 1 {
		t.Error("the choice was not kept")
	}
	page := m.get("/me/notifications?done=saved").body
	for _, want := range []string{`value="weekly" selected`, `value="18" selected`, `value="5" selected`, `value="21" selected`, "C’est noté."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %s", want)
		}
	}
	for field, bad := range map[string]string{"rhythm": "never", "hour": "24", "weekday": "0", "quiet_from": "x", "quiet_to": "21"} {
		form := url.Values{}
		for name, values := range good {
			form[name] = values
		}
		form.Set(field, bad)
		a := m.send("/me/notifications", form)
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="`+field+`-error"`) || !strings.Contains(a.body, `id="quiet" name="quiet" value="yes" checked`) {
			t.Errorf("%s = %s: %d", field, bad, a.StatusCode)
		}
	}
}

// The link of a mail asks before it ends anything; a mail program that presses its own button is heard without our page.
func TestUnsubscribe(t *testing.T) {
	s := newSite(t)
	m := s.member("jeanne@example.org", account.RoleResident)
	begin := func() (secret string) {
		secret = account.NewSecret()
		s.exec(`delete from notice_choice`)
		s.exec(`insert into follow (person_id, category_id, created_at) select id, 1, now() from person where email = 'jeanne@example.org'`)
		s.exec(`insert into unsubscribe (token_sha256, person_id, follow_ids, report_ids, created_at)
			select $1, f.person_id, array[f.id], '{}', now() from follow f`, account.Digest(secret))
		return secret
	}
	follows := func() int { return s.count(`select count(*) from follow`) }
	secret := begin()
	a := s.get("/unsubscribe?token=" + secret)
	if a.StatusCode != http.StatusOK || follows() != 1 || !strings.Contains(a.body, `value="`+secret+`"`) || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("opening the link: %d, %d follows", a.StatusCode, follows())
	}
	form := func(pairs ...string) string {
		values := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			values.Set(pairs[i], pairs[i+1])
		}
		return values.Encode()
	}
	const kind = "application/x-www-form-urlencoded"
	if a := s.do("POST", "/unsubscribe?token="+secret, form("token", secret), "Content-Type", kind); a.StatusCode != http.StatusForbidden || follows() != 1 {
		t.Errorf("the page's button without its token: %d", a.StatusCode)
	}
	one := form("List-Unsubscribe", "One-Click")
	if a := s.do("POST", "/unsubscribe?token="+secret, one, "Content-Type", kind, "Origin", "https://evil.example"); a.StatusCode != http.StatusForbidden || follows() != 1 {
		t.Errorf("one click of another site: %d", a.StatusCode)
	}
	if a := s.do("POST", "/unsubscribe?token=x", one, "Content-Type", kind); a.StatusCode != http.StatusNotFound {
		t.Errorf("one click with a secret that is none: %d", a.StatusCode)
	}
	for range 2 {
		if a := s.do("POST", "/unsubscribe?token="+secret, one, "Content-Type", kind); a.StatusCode != http.StatusOK || follows() != 0 {
			t.Errorf("one click: %d, %d follows", a.StatusCode, follows())
		}
	}
	secret = begin()
	parts := "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n"
	if a := s.do("POST", "/unsubscribe?token="+secret, parts, "Content-Type", "multipart/form-data; boundary=x"); a.StatusCode != http.StatusOK || follows() != 0 {
		t.Errorf("one click in parts: %d, %d follows", a.StatusCode, follows())
	}
	secret = begin()
	if a := m.send("/unsubscribe", url.Values{"token": {secret}, "all": {"yes"}}); a.StatusCode != http.StatusOK || follows() != 1 || s.count(`select count(*) from notice_choice where not by_mail`) != 1 {
		t.Errorf("all: %d, %d follows", a.StatusCode, follows())
	}
	if a := m.send("/unsubscribe", url.Values{"token": {secret}}); a.StatusCode != http.StatusOK || follows() != 0 {
		t.Errorf("the page's button: %d, %d follows", a.StatusCode, follows())
	}
}

// An address that is none is shown to its person, with the button that tries again.
func TestAddressRefused(t *testing.T) {
	s := newSite(t)
	m := s.member("jeanne@example.org", account.RoleResident)
	s.exec(`insert into mail_refused (address, reason, at) values ('jeanne@example.org', 'x', now())`)
	for _, path := range []string{"/me", "/me/notifications"} {
		if a := m.get(path); !strings.Contains(html.UnescapeString(a.body), "nous reviennent") {
			t.Errorf("%s does not tell it", path)
		}
	}
	if a := m.send("/me/notifications/address", url.Values{}); a.StatusCode != http.StatusSeeOther || s.count(`select count(*) from mail_refused`) != 0 {
		t.Errorf("trying again: %d", a.StatusCode)
	}
}

// A browser of a person is told, and so is one of nobody who is known, which is given a cookie to be known by.
func TestPushByBrowser(t *testing.T) {
	s := newSite(t)
	m := s.member("jeanne@example.org", account.RoleResident)
	var key struct{ Key string }
	if err := json.Unmarshal([]byte(s.get("/api/v1/push").body), &key); err != nil {
		t.Fatal(err)
	}
	if raw, err := base64.RawURLEncoding.DecodeString(key.Key); err != nil || len(raw) != 65 {
		t.Fatalf("the key is %q", key.Key)
	}
	if a := m.get("/me/notifications"); !strings.Contains(a.body, `data-push="`+key.Key+`"`) {
		t.Error("the page does not know the key")
	}
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	body := func(path string) string {
		return fmt.Sprintf(`{"endpoint":"https://push.example.org/%s","keys":{"p256dh":%q,"auth":%q}}`, path,
			base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()), base64.RawURLEncoding.EncodeToString(make([]byte, 16)))
	}
	headers := []string{"Content-Type", "application/json", "User-Agent", "Mozilla/5.0 (Android 15) Firefox/140"}
	a := s.do("POST", "/api/v1/push", body("device"), headers...)
	cookie := regexp.MustCompile(`quartier_device=[^;]+`).FindString(a.Header.Get("Set-Cookie"))
	if a.StatusCode != http.StatusNoContent || cookie == "" || s.count(`select count(*) from push_subscription where device_sha256 is not null and agent = 'Firefox · Android'`) != 1 {
		t.Fatalf("of nobody: %d %s", a.StatusCode, a.body)
	}
	if a := s.do("POST", "/api/v1/push", body("device"), append(headers, "Cookie", cookie)...); a.StatusCode != http.StatusNoContent || a.Header.Get("Set-Cookie") != "" ||
		s.count(`select count(*) from push_subscription`) != 1 {
		t.Errorf("again: %d", a.StatusCode)
	}
	if a := s.do("POST", "/api/v1/push", body("person"), append(headers, "Cookie", m.cookies)...); a.StatusCode != http.StatusNoContent || s.count(`select count(*) from push_subscription where person_id is not null`) != 1 {
		t.Errorf("of a person: %d %s", a.StatusCode, a.body)
	}
	if a := s.do("POST", "/api/v1/push", `{"endpoint":"https://localhost/","keys":{"p256dh":"","auth":""}}`, headers...); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `"endpoint"`) {
		t.Errorf("an endpoint within our networks: %d %s", a.StatusCode, a.body)
	}
	if a := s.do("DELETE", "/api/v1/push", `{"endpoint":"https://push.example.org/device"}`, headers...); a.StatusCode != http.StatusNoContent || s.count(`select count(*) from push_subscription`) != 1 {
		t.Errorf("ending: %d", a.StatusCode)
	}
	id := s.count(`select id from push_subscription`)
	if a := m.send(fmt.Sprintf("/me/notifications/browsers/%d/remove", id), url.Values{}); a.StatusCode != http.StatusSeeOther || s.count(`select count(*) from push_subscription`) != 0 {
		t.Errorf("removing: %d", a.StatusCode)
	}
}
