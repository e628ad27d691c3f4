package media

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

// shelf is a store over a database of its own, whose clock is set by hand.
type shelf struct {
	*Store
	t     *testing.T
	clock time.Time
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	db := storetest.New(t)
	h := &shelf{t: t, clock: time.Now()}
	var err error
	if h.Store, err = Open(t.Context(), db, t.TempDir(), nil, func() time.Time { return h.clock }); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *shelf) upload(owner Owner) Photo {
	h.t.Helper()
	p, err := h.Upload(h.t.Context(), owner, asJPEG(h.t, picture(40, 30)))
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// attach attaches photos to the item whose number a sequence gives next.
func (h *shelf) attach(owner Owner, ids ...ID) (item int64, err error) {
	err = h.db.Write(h.t.Context(), func(tx pgx.Tx) error {
		if err := tx.QueryRow(h.t.Context(), `select nextval('report_id_seq')`).Scan(&item); err != nil {
			return err
		}
		var b pgx.Batch
		QueueAttach(&b, owner, ids, "report", "report_id_seq")
		return tx.SendBatch(h.t.Context(), &b).Close()
	})
	return item, err
}

func (h *shelf) exec(sql string, args ...any) {
	h.t.Helper()
	if _, err := h.db.Exec(h.t.Context(), sql, args...); err != nil {
		h.t.Fatal(err)
	}
}

func (h *shelf) held(owner Owner, ids ...ID) int {
	h.t.Helper()
	list, err := h.Held(h.t.Context(), owner, ids)
	if err != nil {
		h.t.Fatal(err)
	}
	return len(list)
}

// countFiles counts the files of all photos.
func (h *shelf) countFiles() (n int) {
	h.t.Helper()
	err := filepath.WalkDir(h.files.(folder).path, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *shelf) sweep() Swept {
	h.t.Helper()
	found, err := h.Sweep(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return found
}

// await asks until a question is answered by yes.
func (h *shelf) await(question string) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	for again := time.NewTicker(20 * time.Millisecond); ; {
		var yes bool
		if err := h.db.QueryRow(ctx, question).Scan(&yes); err != nil {
			h.t.Fatal(err)
		}
		if yes {
			again.Stop()
			return
		}
		<-again.C
	}
}

func newOwner() Owner { return Owner{Secret: account.NewSecret()} }

// A photo belongs to who uploaded it until it is attached, all of a filing or none, once.
func TestPhotosAreAttachedOnce(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	mine, other := newOwner(), newOwner()
	first, second, foreign := h.upload(mine), h.upload(mine), h.upload(other)
	if h.held(mine, second.ID, foreign.ID, first.ID) != 2 || h.held(other, first.ID) != 0 || h.held(Owner{}, first.ID) != 0 || h.held(Owner{Person: 0, Secret: ""}, foreign.ID) != 0 {
		t.Error("the photos belong to others")
	}
	for name, ids := range map[string][]ID{"another's": {first.ID, foreign.ID}, "unknown": {first.ID, newID()}} {
		if _, err := h.attach(mine, ids...); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if h.held(mine, first.ID) != 1 {
		t.Error("a filing that was refused has kept a photo")
	}
	item, err := h.attach(mine, second.ID, first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.attach(mine, first.ID); fault.KindOf(err) != fault.Invalid {
		t.Errorf("used twice: %v", err)
	}
	of, err := Of(t.Context(), h.db, "report", item, item+1)
	if err != nil || len(of[item]) != 2 || of[item][0].ID != second.ID || of[item][1].ID != first.ID || len(of[item+1]) != 0 {
		t.Errorf("the item has %v, %v", of, err)
	}
	if string(of[item][0].Digest) != string(second.Digest) || string(of[item][1].Digest) != string(first.Digest) {
		t.Error("the digests are others")
	}
}

// Two filings at once cannot both have a photo.
func TestTwoFilingsAtOnce(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	mine := newOwner()
	p := h.upload(mine)
	results := make(chan error)
	for range 4 {
		go func() {
			_, err := h.attach(mine, p.ID)
			results <- err
		}()
	}
	taken := 0
	for range 4 {
		if err := <-results; err == nil {
			taken++
		} else if fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
	}
	if taken != 1 {
		t.Errorf("%d filings have the photo", taken)
	}
}

// Who signs in between two photos keeps both.
func TestOwners(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	var person int64
	if err := h.db.QueryRow(t.Context(), `insert into person (email) values ('a@example.org') returning id`).Scan(&person); err != nil {
		t.Fatal(err)
	}
	secret := account.NewSecret()
	before, after := h.upload(Owner{Secret: secret}), h.upload(Owner{Person: person})
	if n := h.held(Owner{Person: person, Secret: secret}, before.ID, after.ID); n != 2 {
		t.Errorf("%d photos", n)
	}
	if h.held(Owner{Person: person + 1}, after.ID) != 0 || h.held(Owner{Person: person}, before.ID) != 0 {
		t.Error("others hold them")
	}
	item, err := h.attach(Owner{Person: person}, after.ID)
	if err != nil {
		t.Fatal(err)
	}
	loose := h.upload(Owner{Person: person})
	err = h.db.Write(t.Context(), func(tx pgx.Tx) error {
		var b pgx.Batch
		QueueForget(&b, "@person", pgx.NamedArgs{"kind": "report", "id": item, "person": person})
		return tx.SendBatch(t.Context(), &b).Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	of, err := Of(t.Context(), h.db, "report", item)
	if err != nil || len(of[item]) != 1 || h.held(Owner{Person: person}, loose.ID) != 1 {
		t.Errorf("the item, or the person, has lost a photo: %v %v", of, err)
	}
	// Erasing a person takes the loose photo, and those of an item that is now known to be theirs; another's stays.
	var other int64
	if err := h.db.QueryRow(t.Context(), `insert into person (email) values ('b@example.org') returning id`).Scan(&other); err != nil {
		t.Fatal(err)
	}
	stranger := h.upload(Owner{Person: other})
	if _, err := h.attach(Owner{Person: other}, stranger.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.db.Write(t.Context(), func(tx pgx.Tx) error { return EraseAbout(t.Context(), tx, person, "report", []int64{item}) }); err != nil {
		t.Fatal(err)
	}
	if of, err := Of(t.Context(), h.db, "report", item); err != nil || len(of[item]) != 0 || h.held(Owner{Person: person}, loose.ID) != 0 {
		t.Errorf("photos of who was erased: %v, %v", of, err)
	}
	var left int
	if err := h.db.QueryRow(t.Context(), `select count(*) from media where state = 'ready' and person_id = $1`, other).Scan(&left); err != nil || left != 1 {
		t.Errorf("another person has %d photos left, %v", left, err)
	}
	if err := h.db.QueryRow(t.Context(), `select count(*) from media where person_id = $1`, person).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d photos name the person, %v", left, err)
	}
}

// Erasing is by the commit, and what broke off half-way is found: rows without files and files without rows.
func TestErase(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	mine := newOwner()
	kept, gone := h.upload(mine), h.upload(mine)
	item, err := h.attach(mine, gone.ID)
	if err != nil {
		t.Fatal(err)
	}
	keptItem, err := h.attach(mine, kept.ID)
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err = h.db.Write(t.Context(), func(tx pgx.Tx) error {
		return errors.Join(Erase(t.Context(), tx, "report", item), broken)
	})
	if of, _ := Of(t.Context(), h.db, "report", item); !errors.Is(err, broken) || len(of[item]) != 1 {
		t.Fatalf("what was not committed has erased: %v", err)
	}
	if err := h.db.Write(t.Context(), func(tx pgx.Tx) error { return Erase(t.Context(), tx, "report", item) }); err != nil {
		t.Fatal(err)
	}
	if of, _ := Of(t.Context(), h.db, "report", item, keptItem); len(of[item]) != 0 || len(of[keptItem]) != 1 {
		t.Errorf("after the commit there are %v", of)
	}
	if h.countFiles() != 6 {
		t.Errorf("%d files before they are cleared", h.countFiles())
	}
	// The program ended here; when it works again, the job is there.
	jobs := store.NewJobs()
	h.Work(jobs, slog.New(slog.DiscardHandler))
	if err := jobs.Start(h.db, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	h.await(`select exists (select from river_job where kind = 'media_clear' and state = 'completed')
		and exists (select from river_job where kind = 'media_sweep' and state = 'completed')`)
	if err := jobs.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.countFiles() != 3 {
		t.Errorf("%d files are left", h.countFiles())
	}
	if _, err := h.Read(t.Context(), gone.ID, Full); err == nil {
		t.Error("the erased photo is still there")
	}
	var rows int
	if err := h.db.QueryRow(t.Context(), `select count(*) from media`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d rows are left, %v", rows, err)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	mine := newOwner()
	loose, attached := h.upload(mine), h.upload(mine)
	if _, err := h.attach(mine, attached.ID); err != nil {
		t.Fatal(err)
	}
	if found := h.sweep(); found != (Swept{}) || h.countFiles() != 6 {
		t.Errorf("all is well, and it finds %+v", found)
	}
	h.clock = h.clock.Add(25 * time.Hour)
	fresh := h.upload(mine)
	if found := h.sweep(); found != (Swept{Loose: 1}) || h.held(mine, loose.ID) != 0 || h.held(mine, fresh.ID) != 1 || h.countFiles() != 6 {
		t.Errorf("after a day it finds %+v", found)
	}
	// A writing that broke off after its row, one after its files, and files without a row.
	h.exec(`insert into media (id, state, created_at) values ($1, 'receiving', now())`, newID())
	half := newID()
	h.exec(`insert into media (id, state, created_at) values ($1, 'receiving', now())`, half)
	content := map[Size][]byte{Full: {1}}
	stray := newID()
	for _, id := range []ID{half, stray} {
		if err := h.files.write(t.Context(), id, content); err != nil {
			t.Fatal(err)
		}
	}
	begun := filepath.Join(h.files.(folder).fresh(), string(newID())+"-1")
	if err := os.Mkdir(begun, 0o700); err != nil {
		t.Fatal(err)
	}
	h.clock = h.clock.Add(2 * time.Hour)
	if found := h.sweep(); found != (Swept{Loose: 2, Strays: 2}) || h.countFiles() != 6 {
		t.Errorf("it finds %+v, %d files", found, h.countFiles())
	}
	if _, err := os.Stat(begun); err == nil {
		t.Error("what was begun is still there")
	}
	// Files that are gone are counted, and nothing is forgotten for it.
	if err := h.files.remove(t.Context(), attached.ID); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if found := h.sweep(); found != (Swept{Missing: 1}) {
			t.Errorf("without files it finds %+v", found)
		}
	}
}

// Another database in the same data folder has its photos apart: neither sweeps the other's away.
func TestTwoDatabasesInOneFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	var stores []*Store
	for _, name := range []string{"one", "two"} {
		db := storetest.New(t)
		if _, err := db.Exec(t.Context(), `update setting set value = $1 where name = 'media_folder'`, name); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), db, data, nil, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		stores = append(stores, s)
	}
	p, err := stores[0].Upload(t.Context(), newOwner(), asJPEG(t, picture(4, 4)))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := stores[1].Sweep(t.Context()); err != nil || found != (Swept{}) {
		t.Errorf("it finds %+v, %v", found, err)
	}
	if _, err := stores[0].Read(t.Context(), p.ID, Card); err != nil {
		t.Error(err)
	}
}

// Who waits for room in vain is told to come again, and is not told that the photo is bad.
func TestUploadWaitsForRoom(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	if err := h.memory.Acquire(t.Context(), maxMemory); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Upload(ctx, newOwner(), asJPEG(t, picture(4, 4))); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("without room: %v", err)
	}
	h.memory.Release(maxMemory)
	h.upload(newOwner())
}

// A disk that takes nothing leaves no photo behind.
func TestDiskThatTakesNothing(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	if err := os.RemoveAll(h.files.(folder).path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.files.(folder).path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mine := newOwner()
	if _, err := h.Upload(t.Context(), mine, asJPEG(t, picture(4, 4))); fault.KindOf(store.Explain(err)) != fault.Internal {
		t.Errorf("the upload: %v", err)
	}
	var ready int
	if err := h.db.QueryRow(t.Context(), `select count(*) from media where state = 'ready'`).Scan(&ready); err != nil || ready != 0 {
		t.Errorf("%d photos, %v", ready, err)
	}
}

func TestParseID(t *testing.T) {
	if _, err := ParseID(string(newID())); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"", "..", "../../../../etc/passwd", "..%2f..", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdeff", "0123456789ABCDEF0123456789ABCDEF",
		"0123456789abcdef0123456789abcde/", "0123456789abcdef0123456789abcd..", "0123456789abcdef0123456789abcde\x00", `..\..\..\..\..\..\..\..\..\..\..`} {
		if id, err := ParseID(text); fault.KindOf(err) != fault.NotFound || id != "" {
			t.Errorf("%q: %q, %v", text, id, err)
		}
	}
}
