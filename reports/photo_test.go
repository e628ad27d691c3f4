package reports_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"
	"time"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/media"
)

// withPhotos opens a store of photos and uploads some.
func withPhotos(t *testing.T, r *reports.Register, owner media.Owner, n int) (ids []media.ID) {
	t.Helper()
	photos := album(t, r)
	for range n {
		ids = append(ids, uploaded(t, photos, owner))
	}
	return ids
}

// album opens a store of photos.
func album(t *testing.T, r *reports.Register) *media.Store {
	t.Helper()
	photos, err := media.Open(t.Context(), r.DB, t.TempDir(), nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return photos
}

// uploaded uploads a photo and gives its id.
func uploaded(t *testing.T, photos *media.Store, owner media.Owner) media.ID {
	t.Helper()
	var raw bytes.Buffer
	if err := png.Encode(&raw, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	p, err := photos.Upload(t.Context(), owner, raw.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// The same filing with the same photos is the same; with others it is another. One that is refused files nothing.
func TestFilingWithPhotos(t *testing.T) {
	r := newRegister(t)
	owner := media.Owner{Secret: account.NewSecret()}
	ids := withPhotos(t, r, owner, 3)
	f := filing()
	f.Owner, f.Photos = owner, ids[:2]
	receipt := file(t, r, f)
	if again := file(t, r, f); again.ID != receipt.ID || !again.Repeated {
		t.Errorf("the same filing gives %+v", again)
	}
	f.Photos = ids[:1]
	if _, err := r.File(t.Context(), account.Anonymous, f); fault.KindOf(err) != fault.Conflict {
		t.Errorf("with other photos: %v", err)
	}
	other := filing()
	other.Owner, other.Photos = owner, ids[1:] // the first of which is used
	if _, err := r.File(t.Context(), account.Anonymous, other); fault.KindOf(err) != fault.Invalid {
		t.Errorf("with a used photo: %v", err)
	}
	if _, err := r.Get(t.Context(), account.System, receipt.ID+1); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a refused filing was filed: %v", err)
	}
	other.Photos = ids[2:]
	second := file(t, r, other)
	found, err := r.Photos(t.Context(), receipt.ID, second.ID)
	if err != nil || len(found[receipt.ID]) != 2 || len(found[second.ID]) != 1 || found[receipt.ID][0].ID != ids[0] {
		t.Errorf("the photos are %v, %v", found, err)
	}
}

// A photo is seen exactly as its report is.
func TestPhotoIsSeenAsItsReport(t *testing.T) {
	r := newRegister(t)
	var person int64
	if err := r.DB.QueryRow(t.Context(), `insert into person (email) values ('jeanne@example.org') returning id`).Scan(&person); err != nil {
		t.Fatal(err)
	}
	owner := media.Owner{Secret: account.NewSecret()}
	ids := withPhotos(t, r, owner, 1)
	f := filing()
	f.Owner, f.Photos, f.Email = owner, ids, "jeanne@example.org"
	one := file(t, r, f)
	if _, err := r.DB.Exec(t.Context(), `update report_contact set person_id = $1`, person); err != nil {
		t.Fatal(err)
	}
	actors := map[string]account.Actor{"a stranger": account.Anonymous, "who filed it": {Role: account.RoleResident, Person: person}, "another": {Role: account.RoleResident, Person: person + 1},
		"a moderator": {Role: account.RoleModerator}, "an agent": {Role: account.RoleAgent, Grants: []account.Grant{{Role: account.RoleAgent}}}, "an administrator": {Role: account.RoleAdministrator}}
	for _, state := range []string{`visibility = 'public', status = 'new'`, `visibility = 'private', status = 'new'`, `visibility = 'hidden', status = 'new'`, `visibility = 'public', status = 'pending'`} {
		if _, err := r.DB.Exec(t.Context(), `update report set `+state); err != nil {
			t.Fatal(err)
		}
		_, everybody := r.Get(t.Context(), account.Anonymous, one.ID)
		for name, actor := range actors {
			_, seen := r.Get(t.Context(), actor, one.ID)
			_, public, err := r.Photo(t.Context(), actor, owner, ids[0])
			if (err == nil) != (seen == nil) || fault.KindOf(err) != fault.KindOf(seen) || err == nil && public != (everybody == nil) {
				t.Errorf("%s, %s: the photo: %v (public %v), the report: %v", state, name, err, public, seen)
			}
		}
	}
}
