package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"quartier/reports/account"
	"quartier/reports/media"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

// Photos are moved to a bucket and back by command, the doctor approves of the bucket, and where it fails nobody is told its keys.
func TestMedia(t *testing.T) {
	backend := s3mem.New()
	if err := backend.CreateBucket("photos"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	defer server.Close()
	bucket := "s3://key:hunter2@" + strings.TrimPrefix(server.URL, "http://") + "/photos?path-style=1&tls=0"
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "<Error><Code>AccessDenied</Code><Message>"+r.Header.Get("Authorization")+" hunter2</Message></Error>", http.StatusForbidden)
	}))
	defer refusing.Close()
	refused := "s3://key:hunter2@" + strings.TrimPrefix(refusing.URL, "http://") + "/photos?path-style=1&tls=0"

	url, data := storetest.URL(t), t.TempDir()
	db, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	shelf, err := media.Open(t.Context(), db, data, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	photo, err := shelf.Upload(t.Context(), media.Owner{Secret: account.NewSecret()}, picture.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no bucket", []string{"media", "move"}, 1, "Say where photos go"},
		{"no address of a bucket", []string{"media", "move", "--media-url", "s3://key:hunter2@/x"}, 1, "is not understood"},
		{"a bucket that refuses", []string{"media", "move", "--media-url", refused}, 1, "the bucket answers 403"},
		{"to the bucket", []string{"media", "move", "--media-url", bucket, "--keep"}, 0, "Photos copied: 1; there already: 0; without files: 0."},
		{"again", []string{"media", "move", "--media-url", bucket}, 0, "Photos copied: 0; there already: 1; without files: 0."},
		{"back", []string{"media", "move", "--media-url", bucket, "--back"}, 0, "Photos copied: 1; there already: 0; without files: 0."},
		{"the doctor", []string{"doctor", "--media-url", bucket}, 0, "Good: photos can be kept"},
		{"the doctor without a bucket", []string{"doctor"}, 0, "Good: photos can be kept"},
		{"the doctor of a bucket that refuses", []string{"doctor", "--media-url", refused}, 1, "Wrong: photos cannot be kept"},
	} {
		code, stdout, stderr := quartier(t, append(c.args, "--database", url, "--data", data)...)
		if code != c.code || !strings.Contains(stdout+stderr, c.says) {
			t.Errorf("%s: exit %d, says %s%s", c.name, code, stdout, stderr)
		}
		if strings.Contains(stdout+stderr, "hunter2") || strings.Contains(stdout+stderr, "Signature=") {
			t.Errorf("%s tells a key: %s%s", c.name, stdout, stderr)
		}
	}
	if _, err := shelf.Read(t.Context(), photo.ID, media.Card); err != nil {
		t.Errorf("back in the folder: %v", err)
	}
}
