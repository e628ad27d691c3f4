package web

import (
	"encoding/base64"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"rsc.io/qr"
)

// deskForm is what staff type for somebody.
func deskForm(more ...string) string {
	v := url.Values{"desk": {"1"}, "channel": {"phone"}, "name": {"Jeanne Martin"}, "phone": {"06 12 34 56 78"}, "category": {"pothole"}, "title": {"Un trou"}, "lat": {"48.85"}, "lon": {"2.35"}}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v.Encode()
}

// A report that staff file is the person's: their contact stands apart, the agent's account is not taken for them, and no limit of residents is met.
func TestDesk(t *testing.T) {
	s := newSociety(t)
	send := func(who, body string) answer {
		headers, form := asForm(s.people[who], body)
		return s.do(http.MethodPost, "/reports", form, headers...)
	}
	before := s.count(`select count(*) from report`)
	a := send("agent", deskForm())
	if location := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(location, "/desk/receipt?id=") {
		t.Fatalf("filing: %d %s %s", a.StatusCode, location, a.body)
	}
	if n := s.count(`
		select count(*) from report r join report_contact c on c.report_id = r.id
		where r.channel = 'phone' and c.name = 'Jeanne Martin' and c.phone = '06 12 34 56 78' and c.person_id is null`); n != 1 {
		t.Errorf("%d reports with a contact", n)
	}
	receipt := s.do(http.MethodGet, a.Header.Get("Location"), "", s.people["agent"]...)
	if receipt.StatusCode != http.StatusOK || !strings.Contains(receipt.body, "Un trou") || strings.Contains(receipt.body, "Jeanne") || !strings.Contains(receipt.body, "data:image/png;base64,") {
		t.Errorf("the receipt: %d", receipt.StatusCode)
	}
	if a := send("agent", deskForm("channel", "web", "name", "Jeanne\x00")); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "06 12 34 56 78") || !strings.Contains(a.body, `name="desk"`) {
		t.Errorf("a wrong channel: %d", a.StatusCode)
	}
	for range 30 {
		if a := send("agent", deskForm()); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("one more: %d", a.StatusCode)
		}
	}
	// A resident who sends the same fields files for themselves.
	if a := send("resident", deskForm()); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/reports/new/thanks") {
		t.Errorf("a resident: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	if n := s.count(`select count(*) from report where channel <> 'web'`) - before; n > 31 {
		t.Errorf("%d reports of other channels", n)
	}
	if n := s.count(`select count(*) from report_contact where name = 'Jeanne Martin'`); n != 31 {
		t.Errorf("%d contacts of the desk", n)
	}
}

var codePicture = regexp.MustCompile(`poster-code" src="data:image/png;base64,([^"]+)"`)

// The code of a poster is that of the address of the form, with the place and the category filled in: drawn again it is the same.
func TestPoster(t *testing.T) {
	s := newSociety(t)
	a := s.do(http.MethodGet, "/desk/poster?lat=48.85661&lon=2.35222&category=pothole", "", s.people["agent"]...)
	found := codePicture.FindStringSubmatch(a.body)
	if a.StatusCode != http.StatusOK || found == nil {
		t.Fatalf("%d without a code", a.StatusCode)
	}
	raw, err := base64.StdEncoding.DecodeString(found[1])
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	want, err := qr.Encode("http://example.com/reports/new?category=pothole&lat=48.85661&lon=2.35222", qr.M)
	if err != nil {
		t.Fatal(err)
	}
	const scale, quiet = 5, 4 // pixels and modules
	if side := picture.Bounds().Dx(); side != (want.Size+2*quiet)*scale {
		t.Fatalf("the code has %d pixels, and %d modules are wanted", side, want.Size)
	}
	for y := range want.Size {
		for x := range want.Size {
			lightness, _, _, _ := picture.At((x+quiet)*scale+2, (y+quiet)*scale+2).RGBA()
			if (lightness < 0x8000) != want.Black(x, y) {
				t.Fatalf("the code differs at %d, %d", x, y)
			}
		}
	}
	for _, query := range []string{"lat=x&lon=2", "lat=91&lon=2", "address=Nulle+part+au+monde"} {
		if a := s.do(http.MethodGet, "/desk/poster?"+query, "", s.people["agent"]...); a.StatusCode != http.StatusOK || codePicture.MatchString(a.body) || !strings.Contains(a.body, "error-summary") {
			t.Errorf("%s: %d", query, a.StatusCode)
		}
	}
}
