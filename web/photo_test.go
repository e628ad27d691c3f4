package web

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quartier/reports/account"
	"quartier/reports/media"
)

// photoOf80 is a small JPEG.
func photoOf80(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 80, 60)), nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// part is one part of a form.
type part struct{ name, file, content string }

func multi(t *testing.T, parts ...part) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		disposition := fmt.Sprintf(`form-data; name="%s"`, p.name)
		if p.file != "" || p.name == media.Field {
			disposition += fmt.Sprintf(`; filename="%s"`, p.file)
			h.Set("Content-Type", "application/octet-stream")
		}
		h.Set("Content-Disposition", disposition)
		one, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(one, p.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// upload uploads a photo; headers come in pairs.
func (s *site) upload(content string, headers ...string) (uploadAnswer, answer) {
	s.t.Helper()
	a := s.do(fiber.MethodPost, "/api/v1/media", content, append([]string{"Content-Type", "image/jpeg"}, headers...)...)
	var up uploadAnswer
	if a.StatusCode == http.StatusCreated {
		if err := json.Unmarshal([]byte(a.body), &up); err != nil {
			s.t.Fatal(err)
		}
	}
	return up, a
}

func (s *site) mustUpload(headers ...string) uploadAnswer {
	s.t.Helper()
	up, a := s.upload(photoOf80(s.t), headers...)
	if a.StatusCode != http.StatusCreated {
		s.t.Fatalf("the upload answers %d %s", a.StatusCode, a.body)
	}
	return up
}

// fileWith files a report with photos.
func (s *site) fileWith(category, secret string, ids ...string) answer {
	s.t.Helper()
	list, err := json.Marshal(ids)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.postJSON(`{"uuid":"`+uuid.NewString()+`","category":"`+category+`","title":"a","photos":`+string(list)+
		`,"location":{"type":"Point","coordinates":[2.35,48.85]}}`, uploadHeader, secret, "Accept-Language", "en")
}

func local(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}

// A photo comes in, is its uploader's alone, is filed with a report, and is then everybody's, in three sizes.
func TestPhotoOfAReport(t *testing.T) {
	s := newSite(t)
	up := s.mustUpload()
	if len(up.Secret) != account.SecretLength || up.Width != 80 || up.Height != 60 {
		t.Fatalf("the upload answers %+v", up)
	}
	body, kind := multi(t, part{media.Field, "x.png", photoOf80(t)})
	second := s.do(fiber.MethodPost, "/api/v1/media", body, "Content-Type", kind, uploadHeader, up.Secret)
	var next uploadAnswer
	if err := json.Unmarshal([]byte(second.body), &next); err != nil || next.Secret != "" || second.Header.Get("Location") != next.URL {
		t.Fatalf("the second upload answers %s %v", second.body, err)
	}
	cookie := second.Cookies()
	if len(cookie) != 0 {
		t.Errorf("who has a secret is given %v", cookie)
	}
	path := local(up.URL)
	if a := s.get(path); a.StatusCode != http.StatusNotFound {
		t.Errorf("a stranger reads a loose photo: %d", a.StatusCode)
	}
	own := s.get(path, uploadHeader, up.Secret)
	if own.StatusCode != http.StatusOK || own.Header.Get("Cache-Control") != "private, no-cache" || own.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("who uploaded it is answered %d %v", own.StatusCode, own.Header)
	}
	filed := s.fileWith("pothole", up.Secret, next.ID, up.ID)
	var report struct {
		ID     int64
		Photos []photoAnswer
	}
	if err := json.Unmarshal([]byte(filed.body), &report); err != nil || filed.StatusCode != http.StatusCreated || len(report.Photos) != 2 ||
		report.Photos[0] != next.photoAnswer || report.Photos[1] != up.photoAnswer {
		t.Fatalf("the filing answers %d %s", filed.StatusCode, filed.body)
	}
	for _, address := range []string{fmt.Sprintf("/api/v1/reports/%d", report.ID), "/api/v1/reports"} {
		if a := s.get(address); strings.Count(a.body, `"thumbnail_url"`) != 2 {
			t.Errorf("%s lacks the photos: %s", address, a.body)
		}
	}
	page := s.get(fmt.Sprintf("/reports/%d", report.ID))
	if !strings.Contains(page.body, `src="/media/`+up.ID+`/card.jpg" width="80" height="60"`) || !strings.Contains(page.body, `href="/media/`+up.ID+`/full.jpg"`) {
		t.Errorf("the page lacks the photo: %s", page.body)
	}
	for _, address := range []string{up.URL, up.Card, up.Thumbnail} {
		a := s.get(local(address))
		if _, err := jpeg.Decode(strings.NewReader(a.body)); err != nil || a.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d, %v", address, a.StatusCode, err)
		}
		for name, want := range map[string]string{"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline",
			"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "public, no-cache", "Cross-Origin-Resource-Policy": "cross-origin"} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s has %s %q, want %q", address, name, got, want)
			}
		}
		if again := s.get(local(address), "If-None-Match", a.Header.Get("ETag")); again.StatusCode != http.StatusNotModified || again.body != "" {
			t.Errorf("%s again answers %d", address, again.StatusCode)
		}
	}
	tag := s.get(path).Header.Get("ETag")
	s.change(report.ID, `update report set visibility = 'hidden' where id = $1`, report.ID)
	hidden, unknown := s.get(path, "If-None-Match", tag), s.get("/media/"+strings.Repeat("0", 32)+"/full.jpg")
	if hidden.StatusCode != http.StatusNotFound || hidden.body != unknown.body {
		t.Errorf("of a hidden report it answers %d %s", hidden.StatusCode, hidden.body)
	}
	if a := s.get(path, uploadHeader, up.Secret); a.StatusCode != http.StatusNotFound {
		t.Errorf("its secret opens it still: %d", a.StatusCode)
	}
}

// Photos of others, unknown ones and used ones are refused alike, and nothing is filed.
func TestForeignPhotosAreRefused(t *testing.T) {
	s := newSite(t)
	mine, foreign, used := s.mustUpload(), s.mustUpload(), s.mustUpload()
	if a := s.fileWith("pothole", used.Secret, used.ID); a.StatusCode != http.StatusCreated {
		t.Fatalf("answered %d %s", a.StatusCode, a.body)
	}
	var first string
	for name, ids := range map[string][]string{"another's": {mine.ID, foreign.ID}, "unknown": {strings.Repeat("0", 32)}, "used": {used.ID}, "twice": {mine.ID, mine.ID},
		"a path": {"../../etc/passwd"}, "SQL": {"' or 1=1 --"}, "empty": {""}} {
		a := s.fileWith("pothole", mine.Secret, ids...)
		if first == "" {
			first = a.body
		}
		if a.StatusCode != http.StatusUnprocessableEntity || a.body != first || !strings.Contains(a.body, "no longer there") {
			t.Errorf("%s: answered %d %s", name, a.StatusCode, a.body)
		}
	}
	if a := s.fileWith("pothole", "", mine.ID); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without the secret: %d", a.StatusCode)
	}
	if a := s.fileWith("pothole", mine.Secret, slices.Repeat([]string{mine.ID}, 7)...); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "at most 6") {
		t.Errorf("seven: %d %s", a.StatusCode, a.body)
	}
	if n := s.count(`select count(*) from report`); n != 1 {
		t.Errorf("%d reports", n)
	}
	if a := s.fileWith("pothole", mine.Secret, mine.ID); a.StatusCode != http.StatusCreated {
		t.Errorf("after all that one's own: %d %s", a.StatusCode, a.body)
	}
}

// A photo of a private report is seen by who sees the report, and by nobody else.
func TestPhotoOfAPrivateReport(t *testing.T) {
	s := newSite(t)
	up := s.mustUpload()
	if a := s.fileWith("person-at-risk", up.Secret, up.ID); a.StatusCode != http.StatusCreated {
		t.Fatalf("answered %d %s", a.StatusCode, a.body)
	}
	if a := s.get(local(up.URL)); a.StatusCode != http.StatusNotFound {
		t.Errorf("a stranger is answered %d", a.StatusCode)
	}
	for name, c := range map[string]struct {
		actor account.Actor
		seen  bool
	}{
		"a moderator":              {account.Actor{Role: account.RoleModerator}, false},
		"an administrator":         {account.Actor{Role: account.RoleAdministrator}, true},
		"an agent of all services": {account.Actor{Role: account.RoleAgent, Grants: []account.Grant{{Role: account.RoleAgent}}}, true},
		"an agent of another":      {account.Actor{Role: account.RoleAgent, Grants: []account.Grant{{Role: account.RoleAgent, Services: []int32{1 << 30}}}}, false},
	} {
		_, public, err := s.Register.Photo(t.Context(), c.actor, media.Owner{}, media.ID(up.ID))
		if (err == nil) != c.seen || public {
			t.Errorf("%s: seen %v, public %v", name, err == nil, public)
		}
	}
}

// No path leads out of the folder of photos, nor to anything but a size of a photo.
func TestPathsOfPhotos(t *testing.T) {
	s := newSite(t)
	up := s.mustUpload()
	if a := s.fileWith("pothole", up.Secret, up.ID); a.StatusCode != http.StatusCreated {
		t.Fatal(a.body)
	}
	address := s.served()
	for _, path := range []string{"/media/../../../etc/passwd", "/media/..%2f..%2f..%2fetc%2fpasswd/full.jpg", "/media/%2e%2e/%2e%2e/etc/passwd", "/media/..%252f..%252fetc%252fpasswd/full.jpg",
		`/media/..\..\..\etc\passwd/full.jpg`, "/media/..%5c..%5cetc/full.jpg", "/media//etc/passwd", "/media/%2fetc%2fpasswd/full.jpg", "/media/" + up.ID + "/..%2ffull.jpg",
		"/media/" + up.ID + "/full.jpg%00.png", "/media/" + up.ID + "%00/full.jpg", "/media/" + up.ID + "/%00full.jpg", "/media/" + up.ID + "/../" + up.ID + "/full", "/media/" + up.ID,
		"/media/" + up.ID + "/", "/media/" + up.ID + "/full", "/media/" + up.ID + "/full.png", "/media/" + up.ID + "/original.jpg", "/media/" + up.ID + "/FULL.jpg",
		"/media/" + strings.ToUpper(up.ID) + "/full.jpg", "/media/" + up.ID[:2] + "/" + up.ID[2:4] + "/" + up.ID + "/full.jpg", "/media/" + up.ID[:31] + "%c0%ae/full.jpg", "/media/." + up.ID[1:] + "/full.jpg",
		"/media/" + up.ID + "/full.jpg/", "/media/new/full.jpg"} {
		r := "GET " + path + " HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n" // as it stands, without a client that cleans it
		status, body := (&rawAnswer{t, address}).ask(r)
		if status != http.StatusNotFound && status != http.StatusBadRequest || strings.Contains(body, "root:") || strings.Contains(body, "JFIF") {
			t.Errorf("%s answers %d %.80s", path, status, body)
		}
	}
}

// rawAnswer speaks HTTP by hand.
type rawAnswer struct {
	t       *testing.T
	address string
}

func (r *rawAnswer) ask(request string) (status int, body string) {
	r.t.Helper()
	c, err := net.Dial("tcp", r.address)
	if err != nil {
		r.t.Fatal(err)
	}
	defer c.Close()
	go func() { _, _ = io.WriteString(c, request) }() // which may be answered, and the connection closed, before it is sent
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response.StatusCode, string(raw)
}

// What is too long is refused with a sentence on every route, however it says its length; only photos may be long.
func TestLongBodies(t *testing.T) {
	s := newSite(t)
	address := s.served()
	long, photo := strings.Repeat("a", maxBody+1), strings.Repeat("a", media.MaxBytes+1)
	form, kind := multi(t, part{"title", "", long})
	chunked := func(path, kind, body string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: example.com\r\nContent-Type: %s\r\nAccept-Language: en\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", path, kind, len(body), body)
	}
	plain := func(path, kind, body string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: example.com\r\nContent-Type: %s\r\nAccept-Language: en\r\nContent-Length: %d\r\n\r\n%s", path, kind, len(body), body)
	}
	for name, c := range map[string]struct{ request, says string }{
		"a filing":                    {plain("/api/v1/reports", "application/json", long), "too large"},
		"a filing in pieces":          {chunked("/api/v1/reports", "application/json", long), "too large"},
		"a form":                      {chunked("/reports", "application/x-www-form-urlencoded", long), "too large"},
		"the text of a form":          {plain("/reports", kind, form), "too large"},
		"the text of a form, pieces":  {chunked("/reports", kind, form), "too large"},
		"any other route":             {chunked("/zones", "image/jpeg", long), "too large"},
		"a decision on zones":         {plain("/admin/zones/essai/1/activate", kind, form), "too large"},
		"a decision on zones, pieces": {chunked("/admin/zones/essai/1/drop", kind, form), "too large"},
		"the name of a set":           {chunked("/admin/zones/essai", kind, form), "too large"},
		"the same route by its slash": {chunked("/api/v1/media/", "image/jpeg", long), "too large"},
		"a photo":                     {plain("/api/v1/media", "image/jpeg", photo), "larger than 10 MB"},
		"a photo in pieces":           {chunked("/api/v1/media", "image/jpeg", photo), "larger than 10 MB"},
	} {
		status, body := (&rawAnswer{t, address}).ask(c.request)
		if status != http.StatusRequestEntityTooLarge || !strings.Contains(body, c.says) {
			t.Errorf("%s: answered %d %.200s", name, status, body)
		}
	}
	if n := s.count(`select count(*) from media`) + s.count(`select count(*) from report`); n != 0 {
		t.Errorf("%d were stored", n)
	}
}

// Who sends all of a body that is refused by its length hears why, even if all of it was not read.
func TestRefusedBodiesAreHeardOut(t *testing.T) {
	s := newSite(t)
	address := s.served()
	for range 20 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		const length = 4 << 20
		if _, err := fmt.Fprintf(c, "POST /api/v1/reports HTTP/1.1\r\nHost: example.com\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", length); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, strings.Repeat("a", length)); err != nil {
			t.Fatalf("it is cut off: %v", err)
		}
		response, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || response.StatusCode != http.StatusRequestEntityTooLarge {
			t.Fatalf("answered %v, %v", response, err)
		}
		c.Close()
	}
}

// What is left of a body that was refused is never taken for the next request.
func TestNoRequestInABody(t *testing.T) {
	s := newSite(t)
	address := s.served()
	inner := "GET /healthz HTTP/1.1\r\nHost: example.com\r\n\r\n"
	for name, head := range map[string]string{
		"a type that is not taken": "POST /api/v1/media HTTP/1.1\r\nHost: example.com\r\nContent-Type: text/html\r\n",
		"another site's":           "POST /api/v1/media HTTP/1.1\r\nHost: example.com\r\nContent-Type: image/jpeg\r\nSec-Fetch-Site: cross-site\r\n",
		"no boundary":              "POST /reports HTTP/1.1\r\nHost: example.com\r\nContent-Type: multipart/form-data\r\n",
		"an early end":             "POST /reports HTTP/1.1\r\nHost: example.com\r\nContent-Type: multipart/form-data; boundary=b\r\n",
		"a body on a read":         "GET /media/x/full.jpg HTTP/1.1\r\nHost: example.com\r\n",
		"too long":                 "POST /stats HTTP/1.1\r\nHost: example.com\r\n",
	} {
		body := "--b--\r\n" + inner
		if name == "too long" {
			body = strings.Repeat(inner, 1+maxBody/len(inner))
		}
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _ = fmt.Fprintf(c, "%sContent-Length: %d\r\n\r\n%s%s", head, len(body), body, "GET /readyz HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n")
		}()
		raw, _ := io.ReadAll(c) // to its end, perhaps by a reset
		c.Close()
		if n := strings.Count(string(raw), "HTTP/1.1 "); n < 1 || n > 2 || n == 2 && strings.Count(string(raw), "HTTP/1.1 200") > 1 {
			t.Errorf("%s: answered %d times: %s", name, n, raw)
		}
		if strings.Contains(string(raw), `"alive"`) {
			t.Errorf("%s: the inner request was answered: %s", name, raw)
		}
	}
}

// A client may be slow, but not so slow that it only holds a place.
func TestSlowBodies(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	b := &body{in: here, conn: here, patience: 20 * time.Millisecond}
	go func() { _, _ = there.Write([]byte("a")) }() // and nothing more
	got, err := b.all(100)
	if string(got) != "a" || err != errBodySlow {
		t.Errorf("read %q, %v", got, err)
	}
	if b.ended {
		t.Error("a body that did not come has ended")
	}
	// What has come at the pace gives time for more.
	b = &body{in: strings.NewReader(strings.Repeat("a", 1000)), conn: here, patience: 0, pace: 1000, count: 1}
	if got, err := b.all(2000); len(got) != 1000 || err != nil {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
	b = &body{in: strings.NewReader("a"), conn: here, patience: time.Second, spent: 2 * time.Second}
	if _, err := b.all(10); err != errBodySlow {
		t.Errorf("after its time: %v", err)
	}
}

// What is no photo is refused on upload with a sentence of its field, in the reader's language.
func TestUploadsThatAreRefused(t *testing.T) {
	s := newSite(t)
	good := photoOf80(t)
	two, twoKind := multi(t, part{media.Field, "a.jpg", good}, part{media.Field, "b.jpg", good})
	other, otherKind := multi(t, part{"file", "a.jpg", good})
	none, noneKind := multi(t, part{media.Field, "", ""})
	for name, c := range map[string]struct {
		path, body, kind string
		status           int
		says             string
	}{
		"a page under a safe type": {"", "<!DOCTYPE html><script>alert(1)</script>", "image/jpeg", 422, "not a JPEG"},
		"SVG under its own type":   {"", "<svg/>", "image/svg+xml", 415, ""},
		"a page under its own":     {"", "<html>", "text/html", 415, ""},
		"no type":                  {"", good, "", 415, ""},
		"nothing":                  {"", "", "image/jpeg", 422, "one photo"},
		"two photos":               {"", two, twoKind, 422, "one photo"},
		"another field":            {"", other, otherKind, 422, "one photo"},
		"no file":                  {"", none, noneKind, 422, "one photo"},
		"half a photo":             {"", good[:len(good)/2], "image/jpeg", 422, "damaged"},
		"half a form":              {"", two[:len(two)/2], twoKind, 400, ""},
		"a form without boundary":  {"", two, "multipart/form-data", 415, ""},
		"a parameter":              {"?a=b", good, "image/jpeg", 400, "unknown"},
	} {
		a := s.do("POST", "/api/v1/media"+c.path, c.body, "Content-Type", c.kind, "Accept-Language", "en")
		var p Problem
		if err := json.Unmarshal([]byte(a.body), &p); err != nil || a.StatusCode != c.status || !strings.Contains(a.body, c.says) {
			t.Errorf("%s: answered %d %s", name, a.StatusCode, a.body)
		}
	}
	if _, a := s.upload(good, "Content-Encoding", "gzip"); a.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("compressed: %d", a.StatusCode)
	}
	if _, a := s.upload(good, "Sec-Fetch-Site", "cross-site"); a.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d", a.StatusCode)
	}
	if n := s.count(`select count(*) from media`); n != 0 {
		t.Errorf("%d photos are kept", n)
	}
}

func TestUploadsAreLimited(t *testing.T) {
	s := newSite(t)
	for range photosPerTenMinutes {
		if _, a := s.upload("nothing"); a.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("answered %d %s", a.StatusCode, a.body)
		}
	}
	if _, a := s.upload("nothing"); a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
		t.Errorf("answered %d %s", a.StatusCode, a.body)
	}
}

var keptPhoto = regexp.MustCompile(`<input type="checkbox" name="photos" value="([0-9a-f]{32})" checked`)

// sendForm sends a form as a browser without script does when a file was chosen.
func (f *form) sendForm(parts []part, headers ...string) answer {
	f.site.t.Helper()
	var all []part
	for _, name := range []string{"csrf", "uuid", "stamp"} {
		all = append(all, part{name, "", f.hidden.Get(name)})
	}
	body, kind := multi(f.site.t, append(all, parts...)...)
	a := f.site.do("POST", "/reports", body, append([]string{"Content-Type", kind, "Cookie", f.cookie, "Accept-Language", "en"}, headers...)...)
	for _, c := range a.Cookies() {
		f.cookie += "; " + c.Name + "=" + c.Value
	}
	return a
}

// The form takes photos without script. One that is refused is named, and neither what was typed nor the other photos are lost, on any step.
func TestFormWithPhotos(t *testing.T) {
	s := newSite(t)
	f := s.openForm()
	typed := []part{{"category", "", "pothole"}, {"title", "", "Trou"}, {"description", "", "Profond <b>très</b>"}, {"lat", "", "48.85"}, {"lon", "", "2.35"}}
	first := f.sendForm(append(typed, part{media.Field, "good.jpg", photoOf80(t)}, part{media.Field, "motsecret<i>.svg", "<svg onload=alert(1)>"}))
	kept := keptPhoto.FindAllStringSubmatch(first.body, -1)
	if first.StatusCode != http.StatusUnprocessableEntity || len(kept) != 1 {
		t.Fatalf("answered %d with %d photos: %s", first.StatusCode, len(kept), first.body)
	}
	for _, want := range []string{"motsecret&lt;i&gt;.svg", "not a JPEG", `href="#photo"`, `value="Trou"`, "Profond &lt;b&gt;très&lt;/b&gt;", `value="48.85"`, `value="pothole" checked`, "/thumbnail.jpg"} {
		if !strings.Contains(first.body, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	id := kept[0][1]
	if a := s.get("/media/"+id+"/thumbnail.jpg", "Cookie", f.cookie); a.StatusCode != http.StatusOK {
		t.Errorf("its thumbnail answers %d", a.StatusCode)
	}
	step := f.sendForm(append(typed, part{"photos", "", id}, part{"step", "", "north"}, part{"map", "", "16/33195/22540"}, part{media.Field, "more.jpg", photoOf80(t)}))
	if kept = keptPhoto.FindAllStringSubmatch(step.body, -1); step.StatusCode != http.StatusOK || len(kept) != 2 || kept[0][1] != id {
		t.Fatalf("a step of the map answers %d with %v", step.StatusCode, kept)
	}
	last := f.sendForm(append(typed, part{"photos", "", kept[1][1]}, part{media.Field, "", ""}))
	if last.StatusCode != http.StatusSeeOther {
		t.Fatalf("answered %d %s", last.StatusCode, last.body)
	}
	report := s.get("/reports/1")
	if !strings.Contains(report.body, "/media/"+kept[1][1]+"/card.jpg") || strings.Contains(report.body, id) {
		t.Errorf("the report has other photos: %s", report.body)
	}
	if strings.Contains(s.log.String(), "motsecret") {
		t.Errorf("the log names a file: %s", s.log.String())
	}
}

func TestFormWithTooManyPhotos(t *testing.T) {
	s := newSite(t)
	f := s.openForm()
	parts := []part{{"category", "", "pothole"}, {"title", "", "Trou"}, {"lat", "", "48.85"}, {"lon", "", "2.35"}}
	for i := range 8 {
		parts = append(parts, part{media.Field, fmt.Sprintf("%d.jpg", i), photoOf80(t)})
	}
	a := f.sendForm(parts)
	if kept := keptPhoto.FindAllString(a.body, -1); a.StatusCode != http.StatusUnprocessableEntity || len(kept) != media.MaxPhotos || !strings.Contains(a.body, "7.jpg: at most 6") {
		t.Errorf("answered %d with %d photos: %s", a.StatusCode, len(kept), a.body)
	}
}

// Another site's form has its photos neither read nor kept; another's photos do not appear in one's own form.
func TestFormsOfOthersWithPhotos(t *testing.T) {
	s := newSite(t)
	parts := []part{{"category", "", "pothole"}, {"title", "", "Trou"}, {"lat", "", "48.85"}, {"lon", "", "2.35"}, {media.Field, "a.jpg", photoOf80(t)}}
	noToken := s.openForm()
	noToken.hidden.Set("csrf", "")
	if a := noToken.sendForm(parts); a.StatusCode != http.StatusForbidden {
		t.Errorf("without its token: %d", a.StatusCode)
	}
	if a := s.openForm().sendForm(parts, "Sec-Fetch-Site", "cross-site"); a.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d", a.StatusCode)
	}
	late := s.openForm()
	body, kind := multi(t, append(parts, part{"csrf", "", late.hidden.Get("csrf")})...)
	if a := s.do("POST", "/reports", body, "Content-Type", kind, "Cookie", late.cookie); a.StatusCode != http.StatusForbidden {
		t.Errorf("with its token behind the photo: %d", a.StatusCode)
	}
	if n := s.count(`select count(*) from media`) + s.count(`select count(*) from report`); n != 0 {
		t.Errorf("%d were stored", n)
	}
	foreign := s.mustUpload()
	a := s.openForm().sendForm(append(parts[:4:4], part{"photos", "", foreign.ID}))
	if a.StatusCode != http.StatusUnprocessableEntity || strings.Contains(a.body, foreign.ID) || s.count(`select count(*) from report`) != 0 {
		t.Errorf("with another's photo: %d %s", a.StatusCode, a.body)
	}
}
