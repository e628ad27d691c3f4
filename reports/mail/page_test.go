package mail

import (
	"io"
	"mime"
	"mime/multipart"
	"slices"
	"strings"
	"testing"
)

// A mail with a page says the same twice, can be ended by one click, and belongs to a thread; each attempt says the same.
func TestSendPage(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.open(t, nil, false)
	s := at(t, o, "smtp://localhost:PORT")
	l := hello
	l.html, l.thread, l.ends = "<p>Réparé</p>\n", "report-12", "https://ville.example/unsubscribe?token="+strings.Repeat("x", 200)
	for range 2 {
		if err := s.send(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	m := o.mails()[0]
	lines := func(raw string) []string { return slices.Sorted(strings.SplitSeq(raw, "\r\n")) } // headers have no order
	if !slices.Equal(lines(o.mails()[1].raw), lines(m.raw)) {
		t.Error("two attempts are two mails")
	}
	for name, want := range map[string]string{
		"List-Unsubscribe": "<" + l.ends + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "References": "<report-12.thread@evian.example>",
		"In-Reply-To": "<report-12.thread@evian.example>", "Auto-Submitted": "auto-generated",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("a mail of %s, %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	for _, want := range []struct{ kind, said string }{{"text/plain; charset=UTF-8", l.text}, {"text/html; charset=UTF-8", l.html}} { // the best is the last (RFC 2046, 5.1.4)
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(part)
		if part.Header.Get("Content-Type") != want.kind || strings.TrimSpace(strings.ReplaceAll(string(said), "\r\n", "\n")) != strings.TrimSpace(want.said) {
			t.Errorf("a part of %s says %q, %v", part.Header.Get("Content-Type"), said, err)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Error("there is a third part")
	}
}
