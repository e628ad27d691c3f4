package media

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

const bucketSecret = "a/secret+of=ours"

// newBucket is a bucket of a store that speaks S3; before, if given, hears each request and may answer it itself.
func newBucket(t *testing.T, before func(w http.ResponseWriter, r *http.Request) bool) *Bucket {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("photos"); err != nil {
		t.Fatal(err)
	}
	s3 := gofakes3.New(backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before == nil || !before(w, r) {
			s3.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	b, err := ParseBucket("s3://key:a%2Fsecret+of=ours@" + strings.TrimPrefix(server.URL, "http://") + "/photos/city?region=eu-west-3&path-style=1&tls=0")
	if err != nil {
		t.Fatal(err)
	}
	b.pause = time.Millisecond
	return b
}

// newBucketShelf is a shelf whose photos lie in a bucket.
func newBucketShelf(t *testing.T, b *Bucket) *shelf {
	t.Helper()
	h := &shelf{t: t, clock: time.Now()}
	var err error
	if h.Store, err = Open(t.Context(), storetest.New(t), "", b, func() time.Time { return h.clock }); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestParseBucket(t *testing.T) {
	for address, want := range map[string]string{
		"s3://k:s@s3.eu-west-3.amazonaws.com/photos?region=eu-west-3": "photos.s3.eu-west-3.amazonaws.com/",
		"s3://k:s@minio:9000/photos/a/b?path-style=1&tls=0":           "minio:9000/photos/a/b/",
	} {
		b, err := ParseBucket(address)
		if err != nil || b.String() != want {
			t.Errorf("%s is %v, %v", address, b, err)
		}
	}
	for _, address := range []string{"", "https://k:SECRET@host/photos", "s3://host/photos", "s3://k@host/photos", "s3://k:SECRET@/photos", "s3://k:SECRET@host/", "s3://k:SECRET@host/Photos",
		"s3://k:SECRET@host/photos/a b", "s3://k:SECRET@host/photos?region=", "s3://k:SECRET@host/photos?tls=no", "s3://k:SECRET@host/photos?acl=public", "s3://k:SECRET@host/photos?tls=1&tls=0",
		"s3://k:SECRET@ho%zz/photos", "s3://k:SECRET@host/photos#x"} {
		_, err := ParseBucket(address)
		if fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// What a folder does, a bucket does: the same life of photos, swept and erased.
func TestPhotosInBucket(t *testing.T) {
	t.Parallel()
	h := newBucketShelf(t, newBucket(t, nil))
	if err := h.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	mine := newOwner()
	loose, kept := h.upload(mine), h.upload(mine)
	if _, err := h.attach(mine, kept.ID); err != nil {
		t.Fatal(err)
	}
	for _, size := range []Size{Full, Card, Thumbnail} {
		content, err := h.Read(t.Context(), kept.ID, size)
		if err != nil || !strings.HasPrefix(string(content), "\xff\xd8") {
			t.Errorf("%s: %d bytes, %v", size, len(content), err)
		}
	}
	stray := newID()
	if err := h.files.write(t.Context(), stray, map[Size][]byte{Full: {1}, Card: {2}}); err != nil {
		t.Fatal(err)
	}
	h.clock = h.clock.Add(25 * time.Hour)
	if found := h.sweep(); found != (Swept{Loose: 1, Strays: 1}) {
		t.Errorf("the sweep finds %+v", found)
	}
	for _, id := range []ID{loose.ID, stray} {
		if _, err := h.Read(t.Context(), id, Full); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a photo that was swept away: %v", err)
		}
	}
	if err := h.files.remove(t.Context(), kept.ID); err != nil {
		t.Fatal(err)
	}
	if found := h.sweep(); found != (Swept{Missing: 1}) {
		t.Errorf("without files it finds %+v", found)
	}
}

// A bucket lists its photos in several answers; those of another database are not among them.
func TestBucketListsAll(t *testing.T) {
	t.Parallel()
	pages := 0
	b := newBucket(t, func(w http.ResponseWriter, r *http.Request) bool {
		if q := r.URL.Query(); q.Get("list-type") == "2" {
			pages++
			_, _ = io.WriteString(w, `<ListBucketResult>`)
			first := q.Get("continuation-token") == ""
			for _, id := range map[bool][]string{true: {"ab00" + strings.Repeat("0", 28), "ab01" + strings.Repeat("0", 28)}, false: {"ab02" + strings.Repeat("0", 28)}}[first] {
				for _, size := range []string{"card", "full", "thumbnail"} {
					_, _ = io.WriteString(w, `<Contents><Key>city/one/ab/`+id[2:4]+`/`+id+`/`+size+`.jpg</Key></Contents>`)
				}
			}
			if first {
				_, _ = io.WriteString(w, `<IsTruncated>true</IsTruncated><NextContinuationToken>more/of+it==</NextContinuationToken>`)
			}
			_, _ = io.WriteString(w, `<Contents><Key>city/one/ab/notes.txt</Key></Contents></ListBucketResult>`)
			return true
		}
		return false
	})
	ids, err := b.of("one").list(t.Context(), "ab")
	if err != nil || len(ids) != 3 || pages != 2 {
		t.Errorf("%v in %d answers, %v", ids, pages, err)
	}
}

// A bucket that stumbles is asked again; one that goes on stumbling rests, and nothing that it or we say names a key.
func TestBucketThatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter)
		kind   fault.Kind
		asked  int64 // times, for each object
	}{
		"slow down":     {func(w http.ResponseWriter) { refuse(w, http.StatusServiceUnavailable, "SlowDown") }, fault.Unavailable, tries},
		"refused":       {func(w http.ResponseWriter) { refuse(w, http.StatusForbidden, "SignatureDoesNotMatch") }, fault.Internal, 1},
		"elsewhere":     {func(w http.ResponseWriter) { refuse(w, http.StatusMovedPermanently, "PermanentRedirect") }, fault.Internal, 1},
		"no bucket":     {func(w http.ResponseWriter) { refuse(w, http.StatusNotFound, "NoSuchBucket") }, fault.Internal, 1},
		"broken off":    {breakOff, fault.Unavailable, tries},
		"cut in answer": {cut, fault.Unavailable, tries},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			b := newBucket(t, func(w http.ResponseWriter, r *http.Request) bool {
				asked.Add(1)
				c.answer(w)
				return true
			})
			id := newID()
			_, err := b.read(t.Context(), id, Full)
			if err == nil || errors.Is(err, fs.ErrNotExist) || fault.KindOf(err) != c.kind || asked.Load() != c.asked {
				t.Errorf("after %d tries: %v", asked.Load(), err)
			}
			for _, secret := range []string{bucketSecret, "secret", string(id), "Signature="} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells %q: %v", secret, err)
				}
			}
			h := newBucketShelf(t, b)
			if _, err := h.Upload(t.Context(), newOwner(), asJPEG(t, picture(4, 4))); fault.KindOf(store.Explain(err)) != c.kind {
				t.Errorf("an upload: %v", err)
			}
			var ready int
			if err := h.db.QueryRow(t.Context(), `select count(*) from media where state = 'ready'`).Scan(&ready); err != nil || ready != 0 {
				t.Errorf("%d photos, %v", ready, err)
			}
			if h.Check(t.Context()) == nil {
				t.Error("the doctor finds nothing wrong")
			}
		})
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `<Error><Code>`+code+`</Code><Message>key a/secret+of=ours</Message></Error>`)
}

func breakOff(w http.ResponseWriter) {
	if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
		conn.Close()
	}
}

// cut promises more than it sends.
func cut(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, "\xff\xd8")
	breakOff(w)
}

// A bucket that stumbles once is not noticed.
func TestBucketThatStumbles(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	b := newBucket(t, func(w http.ResponseWriter, r *http.Request) bool {
		switch n.Add(1) % 3 {
		case 1:
			refuse(w, http.StatusInternalServerError, "InternalError")
		case 2:
			breakOff(w)
		default:
			return false
		}
		return true
	})
	if err := newBucketShelf(t, b).Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// Who stops waiting is let go at once, however long a bucket takes.
func TestBucketThatIsSlow(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	b := newBucket(t, func(http.ResponseWriter, *http.Request) bool {
		cancel()
		<-release
		return true
	})
	defer close(release) // before the servers are closed
	if _, err := b.read(ctx, newID(), Card); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	short := newBucket(t, func(http.ResponseWriter, *http.Request) bool { <-release; return true })
	short.client.Timeout = 20 * time.Millisecond
	if _, err := short.read(t.Context(), newID(), Card); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
}

// Photos go from the folder to the bucket and back, each once, and what is lost is counted.
func TestMove(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	owner := Owner{Secret: account.NewSecret()}
	first, second, lost := h.upload(owner), h.upload(owner), h.upload(owner)
	if err := h.files.remove(t.Context(), lost.ID); err != nil {
		t.Fatal(err)
	}
	want, err := h.Read(t.Context(), first.ID, Card)
	if err != nil {
		t.Fatal(err)
	}
	bucket, err := Open(t.Context(), h.db, "", newBucket(t, nil), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	move := func(from, to *Store, keep bool, want Moved) {
		t.Helper()
		if m, err := from.Move(t.Context(), to, keep); err != nil || m != want {
			t.Errorf("moved %+v, %v", m, err)
		}
	}
	move(h.Store, bucket, true, Moved{Photos: 2, Missing: 1})
	if h.countFiles() != 6 {
		t.Errorf("%d files are kept", h.countFiles())
	}
	move(h.Store, bucket, false, Moved{Known: 2, Missing: 1})
	if h.countFiles() != 0 {
		t.Errorf("%d files are left", h.countFiles())
	}
	for _, id := range []ID{first.ID, second.ID} {
		if got, err := bucket.Read(t.Context(), id, Card); err != nil || id == first.ID && string(got) != string(want) {
			t.Errorf("in the bucket: %d bytes, %v", len(got), err)
		}
	}
	move(bucket, h.Store, false, Moved{Photos: 2, Missing: 1})
	if got, err := h.Read(t.Context(), first.ID, Card); err != nil || string(got) != string(want) {
		t.Errorf("back in the folder: %d bytes, %v", len(got), err)
	}
}
