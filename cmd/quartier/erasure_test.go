package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jackc/pgx/v5"

	"quartier/reports/store/storetest"
)

// What leads to somebody, as they typed it.
const (
	markedEmail = "Zenobie.Marquee@example.org"
	markedName  = "Zénobie Marquée"
	markedPhone = "0611223344"
	markedKey   = "Clé de Zénobie Marquée"
)

// traces are the forms in which the marks may stand somewhere, in small letters.
func traces() map[string]string {
	forms := map[string]string{}
	for _, mark := range []string{markedEmail, strings.ToLower(markedEmail), markedName, "Marquée", markedPhone, "+33611223344"} {
		sum := sha256.Sum256([]byte(mark))
		for _, form := range []string{mark, hex.EncodeToString([]byte(mark)), base64.StdEncoding.EncodeToString([]byte(mark)), base64.RawURLEncoding.EncodeToString([]byte(mark)),
			hex.EncodeToString(sum[:]), base64.StdEncoding.EncodeToString(sum[:]), url.QueryEscape(mark)} {
			forms[strings.ToLower(form)] = mark
		}
	}
	return forms
}

// tracesIn gives the marks that stand in some bytes.
func tracesIn(content string) (found []string) {
	content = strings.ToLower(content)
	for form, mark := range traces() {
		if strings.Contains(content, form) {
			found = append(found, mark)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// tablesWithTraces looks into every column of every table of every schema, whatever its type, and gives the tables in which a mark stands. A table that is
// added later is found by itself.
func tablesWithTraces(t *testing.T, db *pgx.Conn) map[string][]string {
	t.Helper()
	rows, err := db.Query(t.Context(), `
		select quote_ident(table_schema) || '.' || quote_ident(table_name)
		from information_schema.tables
		where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 30 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	found := map[string][]string{}
	for _, table := range tables {
		var content string // bytes stand in it in hexadecimal
		if err := db.QueryRow(t.Context(), `select coalesce(string_agg(to_jsonb(t)::text, e'\n'), '') from `+table+` t`).Scan(&content); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		if marks := tracesIn(content); marks != nil {
			found[strings.TrimPrefix(table, "public.")] = marks
		}
	}
	return found
}

// postOffice takes mails and keeps them.
type postOffice struct{ mails chan string }

func (o *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return o, nil }
func (o *postOffice) Mail(string, *smtp.MailOptions) error        { return nil }
func (o *postOffice) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (o *postOffice) Reset()                                      {}
func (o *postOffice) Logout() error                               { return nil }
func (o *postOffice) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	o.mails <- m.Header.Get("To") + "\n" + string(text)
	return err
}

// openPostOffice opens one and gives its address.
func openPostOffice(t *testing.T) (*postOffice, string) {
	t.Helper()
	o := &postOffice{mails: make(chan string, 20)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(o)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return o, "smtp://" + listener.Addr().String()
}

// next waits for a mail that has some words in it.
func (o *postOffice) next(t *testing.T, words string) string {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case m := <-o.mails:
			if strings.Contains(m, words) {
				return m
			}
		case <-late:
			t.Fatalf("no mail with %q within a minute", words)
		}
	}
}

// visitor is somebody with a browser.
type visitor struct {
	t      *testing.T
	client *http.Client
	base   string
}

func newVisitor(t *testing.T, base string) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, &http.Client{Jar: jar, Timeout: time.Minute}, base}
}

// ask asks for something and gives the answer, which must be one of the statuses.
func (v *visitor) ask(method, path, contentType, body string, statuses ...int) string {
	v.t.Helper()
	r, err := http.NewRequest(method, v.base+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("User-Agent", "Firefox")
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || !slices.Contains(statuses, answer.StatusCode) {
		v.t.Fatalf("%s %s answers %d, %v: %s", method, path, answer.StatusCode, err, raw)
	}
	return string(raw)
}

var csrfField = regexp.MustCompile(`name="csrf" value="([0-9a-f]{64})"`)

// send fills in a form that stands on a page.
func (v *visitor) send(page, action string, form url.Values) string {
	v.t.Helper()
	token := csrfField.FindStringSubmatch(v.ask(http.MethodGet, page, "", "", http.StatusOK))
	if token == nil {
		v.t.Fatalf("%s has no form", page)
	}
	form.Set("csrf", token[1])
	return v.ask(http.MethodPost, action, "application/x-www-form-urlencoded", form.Encode(), http.StatusOK)
}

// photo is a JPEG with a comment that leads to somebody.
func photo(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 400, 300)), nil); err != nil {
		t.Fatal(err)
	}
	comment := markedName + " " + markedEmail
	raw := b.String()
	return raw[:2] + "\xff\xfe" + string([]byte{0, byte(len(comment) + 2)}) + comment + raw[2:]
}

// file files a report with a photo, and words in it that lead to somebody.
func (v *visitor) file(title string) {
	v.t.Helper()
	var up struct{ ID string }
	if err := json.Unmarshal([]byte(v.ask(http.MethodPost, "/api/v1/media", "image/jpeg", photo(v.t), http.StatusCreated)), &up); err != nil {
		v.t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"category": "pothole", "title": title, "description": "Appelez " + markedName + " au +33 6 11 22 33 44 ou écrivez à " + strings.ToUpper(markedEmail),
		"email": markedEmail, "photos": []string{up.ID}, "location": map[string]any{"type": "Point", "coordinates": []float64{2.35, 48.85}}})
	if err != nil {
		v.t.Fatal(err)
	}
	v.ask(http.MethodPost, "/api/v1/reports", "application/json", string(body), http.StatusCreated)
}

// filesIn gives the files below a folder.
func filesIn(t *testing.T, folder string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			paths = append(paths, path)
		}
		return nil // what goes while one looks is gone
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// A person uses the service in every way that leaves something behind, and erases it: nothing is left in any column of any table, in the job queue, among the
// photos or in the log. Before, the same search finds it.
func TestErasureLeavesNothing(t *testing.T) {
	database, data := storetest.URL(t), t.TempDir()
	office, server := openPostOffice(t)
	n := serve(t, "--database", database, "--data", data, "--smtp-url", server, "--mail-from", "Ville <ville@example.org>")
	db, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(t.Context()) })

	newVisitor(t, n.url).file("Sans compte")
	v := newVisitor(t, n.url)
	v.send("/sign-in", "/sign-in", url.Values{"email": {markedEmail}, "next": {"/me/data"}})
	letter := office.next(t, "/sign-in/link")
	link := regexp.MustCompile(`/sign-in/link\S+`).FindString(letter)
	secret := regexp.MustCompile(`[A-Za-z0-9_-]{43}`).FindString(link)
	if secret == "" {
		t.Fatalf("the mail has no link: %s", letter)
	}
	if page := v.send(link, "/sign-in/link", url.Values{"token": {secret}}); !strings.Contains(page, "Mes données") && !strings.Contains(page, "My data") {
		t.Fatalf("the link leads to %s", page)
	}
	v.send("/me", "/me", url.Values{"name": {markedName}, "name_shown": {"yes"}, "language": {"fr"}})
	v.file("Avec un compte")
	v.send("/me/security", "/me/security/tokens", url.Values{"name": {markedKey}, "days": {"30"}})
	v.send("/reports/1/flag", "/reports/1/flag", url.Values{"reason": {"other"}, "words": {"Mon nom y est : " + markedName}})
	// A neighbour tells the moderators what stands in it, and one of them answers so.
	newVisitor(t, n.url).send("/reports/2/flag", "/reports/2/flag", url.Values{"reason": {"personal"}, "words": {"On y lit le numéro de " + markedName + ", 06 11 22 33 44"}})
	if _, err := db.Exec(t.Context(), `
		insert into decision (kind, item_id, verdict, reason, created_at, appealed_at, appeal, settled_at, upheld, answer)
		values ('report', 2, 'hide', $1, now(), now(), $2, now(), true, $1)`, "Le numéro de "+markedName+" y était", "Je suis "+markedName); err != nil {
		t.Fatal(err)
	}
	// The desk adds the telephone.
	if _, err := db.Exec(t.Context(), `update report_contact set phone = $1, name = $2 where person_id is not null`, markedPhone, markedName); err != nil {
		t.Fatal(err)
	}

	before := tablesWithTraces(t, db)
	for _, table := range []string{"person", "report", "report_contact", "timeline", "mail", "login_link", "api_token", "flag", "decision"} {
		if before[table] == nil {
			t.Errorf("before the erasure there is no trace in %s: the search sees less than it should", table)
		}
	}
	if marks := before["river_job"]; marks != nil {
		t.Errorf("the arguments of jobs hold %v", marks)
	}
	media := filepath.Join(data, "media")
	if len(filesIn(t, media)) < 6 {
		t.Errorf("%d files of photos", len(filesIn(t, media)))
	}
	copied := v.ask(http.MethodGet, "/me/data.json", "", "", http.StatusOK)
	for _, mark := range []string{"Sans compte", "Avec un compte", markedName, markedPhone, strings.ToLower(markedEmail), markedKey} {
		if !strings.Contains(copied, mark) {
			t.Errorf("the copy of one's data lacks %q", mark)
		}
	}

	v.send("/me/data/erase", "/me/data/erase", url.Values{"sure": {"yes"}})
	letter = office.next(t, "votre adresse quitte nos registres")
	if !strings.Contains(strings.ToLower(letter), strings.ToLower(markedEmail)) {
		t.Errorf("the last mail goes to %q", letter)
	}
	// The job that sent it ends, and the one that clears the photos.
	deadline := time.Now().Add(time.Minute)
	for after := tablesWithTraces(t, db); len(after) > 0 || len(filesIn(t, media)) > 0; after = tablesWithTraces(t, db) {
		if time.Now().After(deadline) {
			t.Fatalf("after the erasure there are traces in %v, and %d files of photos", after, len(filesIn(t, media)))
		}
	}
	var digests, kept int
	err = db.QueryRow(t.Context(), `select count(filing_sha256), count(*) from report where description like 'Appelez […] au […] ou écrivez à […]'`).Scan(&digests, &kept)
	if err != nil || digests != 0 || kept != 2 {
		t.Errorf("%d reports are kept, %d digests cover an address, %v", kept, digests, err)
	}
	for _, path := range filesIn(t, data) {
		content, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if marks := tracesIn(string(content)); marks != nil {
			t.Errorf("%s holds %v", path, marks)
		}
	}
	if marks := tracesIn(n.stderr.String()); marks != nil {
		t.Errorf("the log holds %v: %s", marks, n.stderr.String())
	}
	if strings.Contains(n.stderr.String(), secret) {
		t.Error("the log holds the secret of a link")
	}
	// The same address begins anew.
	again := newVisitor(t, n.url)
	again.send("/sign-in", "/sign-in", url.Values{"email": {markedEmail}})
	letter = office.next(t, "/sign-in/link")
	link = regexp.MustCompile(`/sign-in/link\S+`).FindString(letter)
	again.send(link, "/sign-in/link", url.Values{"token": {regexp.MustCompile(`[A-Za-z0-9_-]{43}`).FindString(link)}})
	if copied := again.ask(http.MethodGet, "/me/data.json", "", "", http.StatusOK); strings.Contains(copied, "compte\"") || strings.Contains(copied, markedName) {
		t.Errorf("who comes back finds %s", copied)
	}
	if code := n.stop(); code != 0 {
		t.Errorf("the server ended with %d: %s", code, n.stderr.String())
	}
}
