package reports_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"sync"
	"testing"
	"time"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/media"
)

func twoParts(from string) reports.Split {
	return reports.Split{From: from, Parts: []reports.Part{{Category: "pothole", Title: "Trou"}, {}, {Category: "lamp-out", Title: "Lampe", Description: "Éteinte"}}}
}

// A report is split into parts of its own place and photos; it is in progress as long as one is open, resolved when all are closed, and in progress again when
// one is opened again.
func TestSplit(t *testing.T) {
	r := newRegister(t)
	agent := agentOf(t, r)
	photos := album(t, r)
	f := filing()
	f.Email = "jeanne@example.org"
	f.Owner = media.Owner{Secret: account.NewSecret()}
	f.Photos = []media.ID{uploaded(t, photos, f.Owner), uploaded(t, photos, f.Owner)}
	id := file(t, r, f).ID
	if _, _, err := r.Split(t.Context(), resident(t, r, "voisine@example.org"), photos, id, twoParts("new")); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a resident splits it: %v", err)
	}
	parts, _, err := r.Split(t.Context(), agent, photos, id, twoParts("new"))
	if err != nil || len(parts) != 2 {
		t.Fatalf("split into %v, %v", parts, err)
	}
	if got := statusOf(t, r, id); got != "in_progress false" {
		t.Errorf("the whole is %s", got)
	}
	whole, err := r.Get(t.Context(), account.Anonymous, id)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Parts(t.Context(), account.Anonymous, id)
	if err != nil || len(list) != 2 {
		t.Fatalf("its parts are %+v, %v", list, err)
	}
	for _, part := range list {
		if part.Parent != id || part.Status != "new" || part.Position != whole.Position || part.Cell != whole.Cell || part.Channel != whole.Channel || part.Address != whole.Address {
			t.Errorf("a part reads %+v", part)
		}
		found, err := r.Photos(t.Context(), part.ID)
		if err != nil || len(found[part.ID]) != 2 {
			t.Fatalf("its photos are %v, %v", found, err)
		}
		for i, p := range found[part.ID] {
			if content, err := photos.Read(t.Context(), p.ID, media.Card); err != nil || len(content) == 0 || p.ID == f.Photos[i] {
				t.Errorf("a copied photo: %v", err)
			}
		}
		updates, err := r.Timeline(t.Context(), account.Anonymous, part.ID)
		if err != nil || len(updates) != 1 || updates[0].Type != "filed" || updates[0].Other != id {
			t.Errorf("its timeline reads %+v, %v", updates, err)
		}
	}
	if got := read(t, r.DB, `select string_agg(type || coalesce(other_id, 0), ' ' order by id) from timeline where item_id = $1`, id); got != fmt.Sprintf("filed0 split%d split%d status0", parts[0], parts[1]) {
		t.Errorf("the whole's timeline says %q", got)
	}
	for name, err := range map[string]error{"moved": moved(t, r, agent, id, "in_progress", "resolved", 0), "merged": moved(t, r, agent, id, "in_progress", "duplicate", file(t, r, filing()).ID)} {
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("the whole is %s while its parts are open: %v", name, err)
		}
	}
	for name, one := range map[string]int64{"twice": id, "of a part": parts[0]} {
		if _, _, err := r.Split(t.Context(), agent, photos, one, twoParts(map[bool]string{true: "in_progress", false: "new"}[one == id])); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a split %s: %v", name, err)
		}
	}
	must(t, r, agent, parts[0], "new", "resolved")
	if got := statusOf(t, r, id); got != "in_progress false" {
		t.Errorf("with one part open the whole is %s", got)
	}
	must(t, r, agent, parts[1], "new", "rejected")
	if got := statusOf(t, r, id); got != "resolved true" {
		t.Errorf("with all parts closed the whole is %s", got)
	}
	must(t, r, agent, parts[0], "resolved", "reopened")
	if got := statusOf(t, r, id); got != "in_progress false" {
		t.Errorf("with a part opened again the whole is %s", got)
	}
	must(t, r, agent, parts[0], "reopened", "resolved")
	must(t, r, agent, id, "resolved", "reopened") // once all are closed it is moved as any other
	if n := read(t, r.DB, `select count(*)::text from media where kind is null`); n != "0" {
		t.Errorf("%s photos are left over", n)
	}
}

func moved(t *testing.T, r *reports.Register, actor account.Actor, id int64, from, to string, original int64) error {
	t.Helper()
	_, err := r.Move(t.Context(), actor, id, reports.Move{From: from, To: to, Message: "Parce que.", Original: original})
	return err
}

// What is wrong is told part by part, and leaves neither parts nor photos.
func TestSplitRefused(t *testing.T) {
	r := newRegister(t)
	agent, photos := agentOf(t, r), album(t, r)
	id := file(t, r, filing()).ID
	for name, c := range map[string]struct {
		parts []reports.Part
		want  map[string]string
	}{
		"one part":    {[]reports.Part{{Category: "pothole", Title: "Trou"}}, map[string]string{"parts": "error.split.few"}},
		"eleven":      {slicesOf(reports.Part{Category: "pothole", Title: "Trou"}, 11), map[string]string{"parts": "error.split.many"}},
		"no category": {[]reports.Part{{}, {Title: "Trou"}, {Category: "nothing", Title: "Trou"}, {Category: "pothole"}}, map[string]string{"category-2": "error.required", "category-3": "error.category.unknown", "title-4": "error.required"}},
	} {
		_, _, err := r.Split(t.Context(), agent, photos, id, reports.Split{From: "new", Parts: c.parts})
		if got := wrongIn(err); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if _, _, err := r.Split(t.Context(), agent, photos, id, reports.Split{From: "planned", Parts: slicesOf(reports.Part{Category: "pothole", Title: "Trou"}, 2)}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("decided on another state: %v", err)
	}
	if n := read(t, r.DB, `select count(*)::text from report`); n != "1" {
		t.Errorf("there are %s reports", n)
	}
}

func slicesOf(p reports.Part, n int) (list []reports.Part) {
	for range n {
		list = append(list, p)
	}
	return list
}

// Of two agents who split the same report at once one does, and the copies of the other are nowhere; of two who close the last two parts at once the whole hears.
func TestTwoSplitAtOnce(t *testing.T) {
	r := newRegister(t)
	agent, photos := agentOf(t, r), album(t, r)
	f := filing()
	f.Owner = media.Owner{Secret: account.NewSecret()}
	f.Photos = []media.ID{uploaded(t, photos, f.Owner)}
	id := file(t, r, f).ID
	two := reports.Split{From: "new", Parts: slicesOf(reports.Part{Category: "pothole", Title: "Trou"}, 2)}
	errs, parts := make([]error, 2), make([][]int64, 2)
	both(func(i int) { parts[i], _, errs[i] = r.Split(t.Context(), agent, photos, id, two) })
	if (errs[0] == nil) == (errs[1] == nil) || fault.KindOf(errs[0]) != fault.Conflict && fault.KindOf(errs[1]) != fault.Conflict {
		t.Fatalf("two split at once: %v", errs)
	}
	if n := read(t, r.DB, `select (select count(*) from report where parent_id = $1) || ' ' || (select count(*) from media)`, id); n != "2 3" {
		t.Errorf("parts and photos: %s, want 2 3", n)
	}
	made := append(parts[0], parts[1]...)
	both(func(i int) { errs[i] = moved(t, r, agent, made[i], "new", "resolved", 0) })
	if errs[0] != nil || errs[1] != nil || statusOf(t, r, id) != "resolved true" {
		t.Errorf("two close at once: %v, the whole is %s", errs, statusOf(t, r, id))
	}
	both(func(i int) { // one opens a part again while the other takes up the whole
		if i == 0 {
			errs[i] = moved(t, r, agent, made[0], "resolved", "reopened", 0)
		} else {
			errs[i] = moved(t, r, agent, id, "resolved", "reopened", 0)
		}
	})
	if errs[0] != nil || errs[1] != nil && fault.KindOf(errs[1]) != fault.Conflict || statusOf(t, r, id) != "in_progress false" {
		t.Errorf("opened again at once: %v, the whole is %s", errs, statusOf(t, r, id))
	}
}

// both does two things at once.
func both(do func(i int)) {
	var wait sync.WaitGroup
	for i := range 2 {
		wait.Go(func() { do(i) })
	}
	wait.Wait()
}

// A private part of a public report is named to nobody who does not see it; the parts of a private one are private.
func TestPrivateParts(t *testing.T) {
	r := newRegister(t)
	agent, photos := agentOf(t, r), album(t, r)
	exec(t, r.DB, `insert into category (slug, name_fr, name_en, private) values ('secret', 'Secret', 'Secret', true)`)
	id := file(t, r, filing()).ID
	parts, _, err := r.Split(t.Context(), agent, photos, id, reports.Split{From: "new", Parts: []reports.Part{{Category: "pothole", Title: "Trou"}, {Category: "secret", Title: "Dispute"}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		actor account.Actor
		want  string
	}{"nobody": {account.Anonymous, fmt.Sprint(parts[:1], parts[0], 0)}, "the agent": {agent, fmt.Sprint(parts, parts[0], parts[1])}} {
		list, err := r.Parts(t.Context(), c.actor, id)
		updates, err2 := r.Timeline(t.Context(), c.actor, id)
		if err != nil || err2 != nil || len(updates) != 4 {
			t.Fatal(err, err2, updates)
		}
		var seen []int64
		for _, one := range list {
			seen = append(seen, one.ID)
		}
		if got := fmt.Sprint(seen, updates[1].Other, updates[2].Other); got != c.want {
			t.Errorf("%s reads %s, want %s", name, got, c.want)
		}
	}
	closed := file(t, r, filing()).ID
	exec(t, r.DB, `update report set visibility = 'private' where id = $1`, closed)
	if _, _, err := r.Split(t.Context(), agent, photos, closed, reports.Split{From: "new", Parts: slicesOf(reports.Part{Category: "pothole", Title: "Trou"}, 2)}); err != nil {
		t.Fatal(err)
	}
	if list, err := r.Parts(t.Context(), account.Anonymous, closed); err != nil || len(list) != 0 {
		t.Errorf("everybody sees the parts of a private report: %v, %v", list, err)
	}
}

// Who filed a report and is erased is gone from its parts, too: from their texts, and with the photos.
func TestErasureReachesParts(t *testing.T) {
	r := newRegister(t)
	agent, photos := agentOf(t, r), album(t, r)
	jeanne := person(t, r.DB, "jeanne@example.org", "Jeanne Le Goff")
	f := filing()
	f.Email, f.Owner = "jeanne@example.org", media.Owner{Secret: account.NewSecret()}
	f.Photos = []media.ID{uploaded(t, photos, f.Owner)}
	id := file(t, r, f).ID
	exec(t, r.DB, `update report_contact set person_id = $1 where report_id = $2`, jeanne, id)
	parts, _, err := r.Split(t.Context(), agent, photos, id, reports.Split{From: "new", Parts: slicesOf(reports.Part{Category: "pothole", Title: "Trou de Jeanne Le Goff"}, 2)})
	if err != nil {
		t.Fatal(err)
	}
	people := &account.Directory{DB: r.DB, Now: r.Now, Holders: []account.Holder{reports.Holder{}}}
	if err := people.Erase(t.Context(), account.Actor{Role: account.RoleResident, Person: jeanne}, jeanne); err != nil {
		t.Fatal(err)
	}
	found, err := r.Photos(t.Context(), id, parts[0], parts[1])
	if err != nil || len(found) != 0 {
		t.Errorf("photos stay: %v, %v", found, err)
	}
	if got := read(t, r.DB, `select string_agg(distinct title, ', ') from report where parent_id = $1`, id); got != "Trou de […]" {
		t.Errorf("the parts read %q", got)
	}
}

// What is blurred, or taken away, of a photo of the whole or of a part is so of all of them, each with its trace; what was before the split is copied so.
func TestRetouchReachesParts(t *testing.T) {
	r := newRegister(t)
	agent, photos := agentOf(t, r), album(t, r)
	f := filing()
	f.Owner = media.Owner{Secret: account.NewSecret()}
	f.Photos = []media.ID{uploaded(t, photos, f.Owner), large(t, photos, f.Owner)}
	id := file(t, r, f).ID
	area := media.Area{Left: 0, Top: 0, Width: 500, Height: 500}
	fine(t, r.BlurPhoto(t.Context(), agent, photos, id, f.Photos[1], area))
	parts, _, err := r.Split(t.Context(), agent, photos, id, twoParts("new"))
	if err != nil {
		t.Fatal(err)
	}
	all := append([]int64{id}, parts...)
	shown := func(what string, want int) map[int64][]media.Photo {
		t.Helper()
		found, err := r.Photos(t.Context(), all...)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			if len(found[one]) != want {
				t.Fatalf("%s: report %d has %d photos, want %d", what, one, len(found[one]), want)
			}
			for i, p := range found[one] {
				if content, err := photos.Read(t.Context(), p.ID, media.Full); err != nil || len(content) == 0 || !bytes.Equal(p.Digest, found[id][i].Digest) {
					t.Errorf("%s: photo %d of report %d is another, %v", what, i, one, err)
				}
			}
		}
		return found
	}
	before := shown("split", 2)
	for _, at := range all { // of the whole, then of each part
		fine(t, r.BlurPhoto(t.Context(), agent, photos, at, shown("before", 2)[at][1].ID, area))
		after := shown("blurred", 2)
		for _, one := range all {
			if after[one][1].ID == before[one][1].ID || after[one][0].ID != before[one][0].ID {
				t.Errorf("blurred at %d: report %d shows %v, before %v", at, one, after[one], before[one])
			}
			if _, _, err := r.Photo(t.Context(), account.Anonymous, media.Owner{}, before[one][1].ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("blurred at %d: the old photo of %d is seen: %v", at, one, err)
			}
		}
		before = after
	}
	fine(t, r.ErasePhoto(t.Context(), agent, parts[1], before[parts[1]][1].ID))
	shown("taken away", 1)
	if got := read(t, r.DB, `
		select string_agg(n::text, ' ') from (
			select count(*) as n from timeline where type in ('photo_blurred', 'photo_removed') and item_id = any($1) group by item_id order by item_id) t`, all); got != "5 4 4" {
		t.Errorf("traces: %s", got)
	}
	if got := read(t, r.DB, `select count(*)::text from audit where action in ('report.photo_blurred', 'report.photo_removed')`); got != "13" {
		t.Errorf("the audit has %s", got)
	}
}

// large uploads a photo that is unlike those of uploaded.
func large(t *testing.T, photos *media.Store, owner media.Owner) media.ID {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range m.Pix {
		m.Pix[i] = uint8(i * 7)
	}
	var raw bytes.Buffer
	if err := png.Encode(&raw, m); err != nil {
		t.Fatal(err)
	}
	p, err := photos.Upload(t.Context(), owner, raw.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// A photo that is blurred while its report is being split is in no part as it was.
func TestBlurWhileSplit(t *testing.T) {
	r := newRegister(t)
	agent, photos := agentOf(t, r), album(t, r)
	f := filing()
	f.Owner = media.Owner{Secret: account.NewSecret()}
	f.Photos = []media.ID{large(t, photos, f.Owner)}
	id := file(t, r, f).ID
	errs := make([]error, 2)
	both(func(i int) {
		if i == 0 {
			_, _, errs[i] = r.Split(t.Context(), agent, photos, id, twoParts("new"))
		} else {
			errs[i] = r.BlurPhoto(t.Context(), agent, photos, id, f.Photos[0], media.Area{Left: 0, Top: 0, Width: 500, Height: 500})
		}
	})
	for _, err := range errs {
		if err != nil && fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
	}
	if n := read(t, r.DB, `select count(distinct sha256)::text from media where kind is not null`); n != "1" {
		t.Errorf("%v: %s different photos", errs, n)
	}
}

// A whole is hidden with its parts, and shown again with those that were hidden with it, each as it was.
func TestHiddenWithParts(t *testing.T) {
	r := newRegister(t)
	agent, photos := agentOf(t, r), album(t, r)
	now := noon
	r.Now = func() time.Time { now = now.Add(time.Second); return now }
	moderator := account.Actor{Role: account.RoleModerator, Person: person(t, r.DB, "moderation@example.org", ""), Grants: []account.Grant{{Role: account.RoleModerator}}}
	exec(t, r.DB, `insert into category (slug, name_fr, name_en, private) values ('secret', 'Secret', 'Secret', true)`)
	f := filing()
	f.Email = "jeanne@example.org"
	id := file(t, r, f).ID
	parts, _, err := r.Split(t.Context(), agent, photos, id, reports.Split{From: "new", Parts: []reports.Part{
		{Category: "pothole", Title: "Trou"}, {Category: "secret", Title: "Dispute"}, {Category: "pothole", Title: "Caché"}}})
	if err != nil {
		t.Fatal(err)
	}
	rule := func(id int64, v reports.Verdict) {
		t.Helper()
		if _, err := r.Decide(t.Context(), moderator, reports.Ruling{Report: id, Verdict: v, Reason: "Parce que.", Site: "https://ville.example"}); err != nil {
			t.Fatal(err)
		}
	}
	is := func(what, want string) {
		t.Helper()
		if got := read(t, r.DB, `select string_agg(visibility, ' ' order by id) from report`); got != want {
			t.Errorf("%s: they are %s, want %s", what, got, want)
		}
	}
	rule(parts[2], reports.VerdictHide)
	is("a part is hidden alone", "public public private hidden")
	for range 2 {
		rule(id, reports.VerdictHide)
		is("the whole is hidden", "hidden hidden hidden hidden")
		rule(id, reports.VerdictShow)
		is("the whole is shown", "public public private hidden")
	}
	rule(id, reports.VerdictHide)
	rule(parts[0], reports.VerdictShow)
	is("a part is shown alone", "hidden public hidden hidden")
	rule(parts[0], reports.VerdictHide)
	rule(id, reports.VerdictShow)
	is("what was hidden by itself meanwhile", "public hidden private hidden")
	if n := read(t, r.DB, `select count(*)::text from mail where purpose = 'moderation'`); n != "6" { // of the whole's six verdicts
		t.Errorf("%s mails to who filed it", n)
	}
}

// When the category of a whole becomes private, so do its parts, whatever their own is: they have its photos.
func TestCategoryOfTheWholeBecomesPrivate(t *testing.T) {
	r := newRegister(t)
	agent, photos := agentOf(t, r), album(t, r)
	e := newCategory(func(e *reports.CategoryEdit) { e.Slug = "planter" })
	category, err := r.SaveCategory(t.Context(), account.System, e)
	if err != nil {
		t.Fatal(err)
	}
	id := file(t, r, filing()).ID
	exec(t, r.DB, `update report set category_id = $2 where id = $1`, id, category)
	parts, _, err := r.Split(t.Context(), agent, photos, id, reports.Split{From: "new", Parts: []reports.Part{{Category: "pothole", Title: "Trou"}, {Category: e.Slug, Title: "Autre"}}})
	if err != nil {
		t.Fatal(err)
	}
	if e, err = r.Category(t.Context(), account.System, category); err != nil {
		t.Fatal(err)
	}
	e.Private = true
	if _, err := r.SaveCategory(t.Context(), account.System, e); err != nil {
		t.Fatal(err)
	}
	for _, one := range append(parts, id) {
		if _, err := r.Get(t.Context(), account.Anonymous, one); fault.KindOf(err) != fault.NotFound {
			t.Errorf("everybody sees report %d: %v", one, err)
		}
	}
}
