package reports_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/follow"
)

// device is the digest of a browser.
func device(n byte) []byte { return slices.Repeat([]byte{n}, 32) }

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
}

// counted fails unless reports are supported so often, and the rows say the same.
func counted(t *testing.T, r *reports.Register, what string, want map[int64]int) {
	t.Helper()
	for id, n := range want {
		got := read(t, r.DB, `select r.support_count || ' ' || count(s) from report r left join support s on s.kind = 'report' and s.item_id = r.id where r.id = $1 group by r.id`, id)
		if got != fmt.Sprintf("%d %[1]d", n) {
			t.Errorf("%s: report %d counts and has rows %s, want %d", what, id, got, n)
		}
	}
}

func TestSupportCountsOnce(t *testing.T) {
	r := newRegister(t)
	id := file(t, r, filing()).ID
	jeanne, paul := resident(t, r, "jeanne@example.org"), resident(t, r, "paul@example.org")
	for range 2 {
		fine(t, r.Support(t.Context(), account.Anonymous, id, device(1)))
		fine(t, r.Support(t.Context(), account.Anonymous, id, device(2)))
		fine(t, r.Support(t.Context(), paul, id, nil))
	}
	counted(t, r, "two browsers and a person", map[int64]int{id: 3})
	if logged := read(t, r.DB, `select count(*)::text from change_log where kind = 'report' and first_id = $1`, id); logged != "4" { // the filing, and each that counted
		t.Errorf("the change log has %s rows of the report, want 4", logged)
	}
	fine(t, r.Adopt(t.Context(), jeanne, device(1)))
	counted(t, r, "one of the browsers is Jeanne's", map[int64]int{id: 3})
	fine(t, r.Support(t.Context(), jeanne, id, device(1)))
	counted(t, r, "Jeanne again", map[int64]int{id: 3})
	fine(t, r.Support(t.Context(), account.Anonymous, id, device(3)))
	fine(t, r.Adopt(t.Context(), jeanne, device(3)))
	counted(t, r, "Jeanne's other browser", map[int64]int{id: 3})
	if s, err := r.Standing(t.Context(), jeanne, id, nil); err != nil || !s.Supports || s.Follows {
		t.Errorf("Jeanne stands %+v, %v", s, err)
	}
	for range 2 {
		fine(t, r.TakeBack(t.Context(), jeanne, id, device(1)))
	}
	counted(t, r, "without Jeanne", map[int64]int{id: 2})
	fine(t, r.TakeBack(t.Context(), account.Anonymous, id, device(9)))
	counted(t, r, "a stranger takes nothing back", map[int64]int{id: 2})
}

// What one does not see one neither supports nor follows, and learns nothing of.
func TestTakePartWhereOneSees(t *testing.T) {
	r := newRegister(t)
	jeanne := resident(t, r, "jeanne@example.org")
	id := file(t, r, filing()).ID
	exec(t, r.DB, `update report set visibility = 'private' where id = $1`, id)
	for name, err := range map[string]error{
		"support":  r.Support(t.Context(), account.Anonymous, id, device(1)),
		"back":     r.TakeBack(t.Context(), jeanne, id, nil),
		"unfollow": r.Unfollow(t.Context(), jeanne, id, nil),
		"follow":   second(r.Follow(t.Context(), jeanne, itemFollow(id))),
		"unknown":  r.Support(t.Context(), jeanne, 999, nil),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"a program that reads": r.Support(t.Context(), account.Actor{Person: jeanne.Person, ReadOnly: true}, id, nil),
	} {
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Follow(t.Context(), account.Anonymous, itemFollow(id)); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("following without an account: %v", err)
	}
}

func second(_ int64, err error) error { return err }

func itemFollow(id int64) follow.Follow {
	return follow.Follow{Item: id, Settings: follow.Settings{Rhythm: "now", ByMail: true}}
}

// merge carries who follows and supports one report to another, or back.
func merge(t *testing.T, r *reports.Register, from, to int64) {
	t.Helper()
	fine(t, r.DB.Write(t.Context(), func(tx pgx.Tx) error {
		if to == 0 {
			return follow.MoveBack(t.Context(), tx, reports.Kind, from)
		}
		return follow.Move(t.Context(), tx, reports.Kind, from, to)
	}))
}

// state is everything about who follows and supports some reports, to be compared.
func state(t *testing.T, r *reports.Register) string {
	t.Helper()
	return read(t, r.DB, `
		select coalesce((select string_agg(concat_ws(' ', item_id, person_id, device_sha256, created_at), ', ' order by item_id, person_id, device_sha256) from support), '') || ' | ' ||
		       coalesce((select string_agg(concat_ws(' ', item_id, person_id, rhythm, name), ', ' order by item_id, person_id) from follow), '') || ' | ' ||
		       coalesce((select string_agg(concat_ws(' ', id, support_count), ', ' order by id) from report), '')`)
}

func TestMergeCarriesAndUndoRestores(t *testing.T) {
	r := newRegister(t)
	var ids [4]int64
	for i := range ids {
		ids[i] = file(t, r, filing()).ID
	}
	a, b, c, d := ids[0], ids[1], ids[2], ids[3]
	exec(t, r.DB, `update report set support_count = 0`)
	jeanne, paul := resident(t, r, "jeanne@example.org"), resident(t, r, "paul@example.org")
	for _, id := range []int64{a, b} {
		fine(t, r.Support(t.Context(), jeanne, id, nil))
		fine(t, r.Support(t.Context(), account.Anonymous, id, device(1)))
	}
	fine(t, r.Support(t.Context(), paul, a, nil))
	fine(t, r.Support(t.Context(), account.Anonymous, c, device(2)))
	weekly := itemFollow(a)
	weekly.Rhythm, weekly.Name = "weekly", "mon trou"
	fine(t, second(r.Follow(t.Context(), paul, weekly)))
	fine(t, second(r.Follow(t.Context(), jeanne, itemFollow(c))))
	before := state(t, r)

	merge(t, r, a, c)
	counted(t, r, "a repeats c", map[int64]int{a: 3, b: 2, c: 4})
	merge(t, r, b, c)
	counted(t, r, "b repeats c too", map[int64]int{a: 3, b: 2, c: 4})
	merge(t, r, c, d)
	counted(t, r, "c repeats d", map[int64]int{c: 4, d: 4})
	if s, err := r.Standing(t.Context(), paul, d, nil); err != nil || !s.Supports || !s.Follows || s.Followers != 2 {
		t.Errorf("Paul stands %+v about what all repeat, %v", s, err)
	}
	if list, err := r.Follows(t.Context(), paul, nil); err != nil || len(list) != 1 || list[0].Item != d || list[0].Rhythm != "weekly" {
		t.Errorf("Paul follows %+v, %v", list, err)
	}

	merge(t, r, a, 0) // while b and c are still merged
	counted(t, r, "a by itself again", map[int64]int{a: 3, b: 2, c: 3, d: 3})
	merge(t, r, b, 0)
	merge(t, r, c, 0)
	merge(t, r, c, 0) // once more changes nothing
	if after := state(t, r); after != before {
		t.Errorf("after the undo\n%s\nbefore the merge\n%s", after, before)
	}

	merge(t, r, a, c)
	fine(t, r.Support(t.Context(), account.Anonymous, a, device(7)))
	counted(t, r, "who supports the repeat supports both", map[int64]int{a: 4, c: 5})
	fine(t, r.TakeBack(t.Context(), jeanne, c, nil))
	fine(t, r.Unfollow(t.Context(), paul, c, nil))
	counted(t, r, "Jeanne takes back what was carried", map[int64]int{a: 3, c: 4})
	merge(t, r, a, 0)
	counted(t, r, "and it does not come back", map[int64]int{a: 3, c: 1})
	if list, err := r.Follows(t.Context(), paul, nil); err != nil || len(list) != 0 {
		t.Errorf("Paul follows %+v, %v", list, err)
	}
}

func TestFollowPlaces(t *testing.T) {
	r := newRegister(t)
	jeanne, paul := resident(t, r, "jeanne@example.org"), resident(t, r, "paul@example.org")
	exec(t, r.DB, `insert into zone_set (slug, name_fr, name_en) values ('essai', 'Essai', 'Trial')`)
	exec(t, r.DB, `insert into zone (zone_set_id, code) select id, 'nord' from zone_set where slug = 'essai'`)
	zone := readID(t, r, `select id from zone where code = 'nord'`)
	category := readID(t, r, `select id from category where slug = 'pothole'`)
	settings := follow.Settings{Rhythm: "daily", ByMail: true, ByPush: true, Name: " Le  quartier "}
	drawn := &follow.Area{Corners: square(23_500_000, 488_500_000, 100_000)}
	circle := &follow.Area{Centre: geo.Position{Lon: 23_522_000, Lat: 488_566_000}, Radius: 500}
	var ids []int64
	for _, f := range []follow.Follow{
		{Zone: zone, Settings: settings}, {Category: category, Settings: settings}, {Area: drawn, Settings: settings}, {Area: circle, Category: category, Zone: zone, Settings: settings},
	} {
		for range 2 { // once more is the same one
			id, err := r.Follow(t.Context(), jeanne, f)
			fine(t, err)
			ids = append(ids, id)
		}
	}
	list, err := r.Follows(t.Context(), jeanne, nil)
	if err != nil || len(list) != 4 {
		t.Fatalf("%d follows, %v: %v", len(list), ids, err)
	}
	if got := list[0]; len(got.Area.Corners) > 0 || got.Area.Centre != circle.Centre || got.Area.Radius != 500 || got.Category != category || got.Zone != zone {
		t.Errorf("the circle came back as %+v", got)
	}
	if got := list[1]; !slices.Equal(got.Area.Corners, drawn.Corners) {
		t.Errorf("the area came back as %+v", got.Area)
	}
	// PostGIS agrees about what lies in the circle.
	if in := read(t, r.DB, `select string_agg(ST_Covers(area, ST_SetSRID(ST_MakePoint(2.3522, m), 4326))::text, ' ' order by m) from follow, unnest(array[48.8566, 48.8610, 48.8612]) m where radius_m is not null`); in != "true true false" {
		t.Errorf("490, and 512 m away: %s", in)
	}
	fine(t, r.ChangeFollow(t.Context(), jeanne, ids[0], follow.Settings{Rhythm: "weekly", ByMail: true}))
	for name, err := range map[string]error{
		"another's": r.ChangeFollow(t.Context(), paul, ids[0], follow.Settings{Rhythm: "weekly", ByMail: true}), "ending another's": r.EndFollow(t.Context(), paul, ids[0], nil),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.ChangeFollow(t.Context(), jeanne, ids[0], follow.Settings{Rhythm: "hourly"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an unknown rhythm: %v", err)
	}
	fine(t, r.EndFollow(t.Context(), jeanne, ids[0], nil))
	exec(t, r.DB, `insert into follow (person_id, category_id, name, created_at) select $1, $2, n::text, now() from generate_series(4, $3) n`, jeanne.Person, category, follow.MaxSearches)
	if _, err := r.Follow(t.Context(), jeanne, follow.Follow{Zone: zone, Settings: settings}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("one more than can be followed: %v", err)
	}
	if _, err := r.Follow(t.Context(), jeanne, itemFollow(file(t, r, filing()).ID)); err != nil {
		t.Errorf("single reports have a bound of their own: %v", err)
	}
}

func readID(t *testing.T, r *reports.Register, sql string) (id int32) {
	t.Helper()
	if err := r.DB.QueryRow(t.Context(), sql).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func square(lon, lat, side int32) []geo.Position {
	return []geo.Position{{Lon: lon, Lat: lat}, {Lon: lon + side, Lat: lat}, {Lon: lon + side, Lat: lat + side}, {Lon: lon, Lat: lat + side}}
}

// Who is erased leaves the numbers as they are, and nothing that leads to them or tells what one person supported.
func TestErasedSupportsStayCounted(t *testing.T) {
	r := newRegister(t)
	a, b, c := file(t, r, filing()).ID, file(t, r, filing()).ID, file(t, r, filing()).ID
	jeanne := resident(t, r, "jeanne@example.org")
	for _, id := range []int64{a, b, c} {
		fine(t, r.Support(t.Context(), jeanne, id, nil))
	}
	fine(t, second(r.Follow(t.Context(), jeanne, itemFollow(a))))
	merge(t, r, a, b)
	d := &account.Directory{DB: r.DB, Now: r.Now, Holders: []account.Holder{reports.Holder{}, follow.Holder{}}}
	fine(t, r.DB.Read(t.Context(), func(tx pgx.Tx) error {
		sections, err := follow.Holder{}.Export(t.Context(), tx, account.Subject{Person: jeanne.Person})
		if err == nil && (len(sections) != 3 || len(sections[1].Rows) != 2 || len(sections[2].Rows) != 3) {
			t.Errorf("the export is %+v", sections)
		}
		return err
	}))
	fine(t, d.Erase(t.Context(), jeanne, jeanne.Person))
	counted(t, r, "erased", map[int64]int{a: 1, b: 1, c: 1})
	if left := read(t, r.DB, `select (select count(*) from follow) || ' ' || (select count(person_id) from support) || ' ' || (select count(distinct device_sha256) from support)`); left != "0 0 2" {
		t.Errorf("follows, persons, digests: %s", left)
	}
	merge(t, r, a, 0)
	counted(t, r, "the undo", map[int64]int{a: 1, b: 1, c: 1})
	merge(t, r, a, b)
	counted(t, r, "and the merge again", map[int64]int{a: 1, b: 1})
}

// Two who support at once count both, also while the report is merged.
func TestSupportAtOnce(t *testing.T) {
	r := newRegister(t)
	a, b := file(t, r, filing()).ID, file(t, r, filing()).ID
	done := make(chan error)
	for n := range byte(8) {
		go func() { done <- r.Support(t.Context(), account.Anonymous, a, device(n+1)) }()
	}
	go func() {
		done <- r.DB.Write(t.Context(), func(tx pgx.Tx) error { return follow.Move(t.Context(), tx, reports.Kind, a, b) })
	}()
	for range 9 {
		fine(t, <-done)
	}
	counted(t, r, "eight at once", map[int64]int{a: 8, b: 8})
}
