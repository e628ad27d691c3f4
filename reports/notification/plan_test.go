package notification

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

// Who hears of what.
func TestWhoIsTold(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	author, neighbour, far, staff := v.person("auteur@example.org"), v.person("voisine@example.org"), v.person("loin@example.org"), v.person("agent@example.org")
	v.exec(`insert into follow (person_id, area, name, created_at) values ($1, `+square+`, 'Ma rue', now())`, neighbour.Person)
	v.exec(`insert into follow (person_id, area, lon, lat, radius_m, created_at) values ($1, ST_Translate(`+square+`, 1, 1), 33500000, 498500000, 500, now())`, far.Person)
	if v.plan() != 0 {
		t.Fatal("somebody is told of nothing")
	}
	id := v.file(author, "Un trou")
	if got := v.news(); !slices.Equal(got, []string{"voisine@example.org: Un trou : Nouveau signalement"}) {
		t.Errorf("of a new report hear %q", got)
	}
	v.follow(staff, `kind, item_id`, "report", id)
	v.entry(id, "status", "planned", "En mai.", staff.Person)
	v.entry(id, "note", "", "Interne.", staff.Person)
	v.exec(`update timeline set public = false where type = 'note'`)
	if got := v.news(); !slices.Equal(got, []string{"auteur@example.org: Un trou : Planifié"}) {
		t.Errorf("of a move hear %q, and not the one who made it nor who follows the street", got)
	}
	v.entry(id, "comment", "", "Merci !", neighbour.Person)
	if got := v.news(); !slices.Equal(got, []string{"agent@example.org: Un trou : Commentaire", "auteur@example.org: Un trou : Commentaire"}) {
		t.Errorf("of a comment hear %q", got)
	}
	v.entry(id, "status", "resolved", "", staff.Person)
	if got := v.news(); !slices.Equal(got, []string{"auteur@example.org: Un trou : Résolu", "voisine@example.org: Un trou : Résolu"}) {
		t.Errorf("of the end hear %q", got)
	}
	if got := v.news(); got != nil {
		t.Errorf("told again: %q", got)
	}
}

// Everything that a follow says must be met, and several follows of one person are one notice.
func TestCombinations(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	set := v.count(`insert into zone_set (slug, name_fr, name_en) values ('essai', 'Essai', 'Trial') returning id`)
	zone := v.count(`insert into zone (zone_set_id, code) values ($1, 'centre') returning id`, set)
	revision := v.count(`insert into zone_revision (zone_set_id, number, sha256, source) values ($1, 1, sha256('x'), 'x') returning id`, set)
	v.exec(`insert into zone_shape (revision_id, zone_id, name, geometry) values ($1, $2, 'Centre', ST_Multi(`+square+`))`, revision, zone)
	v.exec(`update zone_set set revision_id = $1`, revision)
	category := func(slug string) int64 { return v.count(`select id from category where slug = $1`, slug) }
	for name, columns := range map[string][]any{
		"zone":                    {`zone_id`, zone},
		"category":                {`category_id`, category("pothole")},
		"category above":          {`category_id`, category("roads")},
		"zone and category":       {`zone_id, category_id`, zone, category("roads")},
		"zone and another":        {`zone_id, category_id`, zone, category("litter")},
		"another category":        {`category_id`, category("litter")},
		"another kind":            {`zone_id, kind`, zone, "idea"},
		"its kind":                {`zone_id, kind`, zone, "report"},
		"by push, with no device": {`zone_id, by_mail, by_push`, zone, false, true},
	} {
		v.follow(v.person(strings.ReplaceAll(name, " ", "-")+"@example.org"), columns[0].(string), columns[1:]...)
	}
	many := v.person("many@example.org")
	v.follow(many, `zone_id, rhythm`, zone, "weekly")
	v.follow(many, `category_id`, category("pothole"))
	v.follow(many, `category_id, rhythm`, category("roads"), "daily")
	v.file(account.Anonymous, "Un trou")
	want := []string{"category-above", "category", "its-kind", "many", "zone-and-category", "zone"}
	for i, name := range want {
		want[i] = name + "@example.org: Un trou : Nouveau signalement"
	}
	slices.Sort(want)
	got := v.news()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("told are %q, want %q", got, want)
	}
	if n := v.count(`select count(*) from notice where person_id = $1 and cardinality(follow_ids) = 3`, many.Person); n != 1 {
		t.Errorf("%d notices of three follows", n)
	}
	v.file(account.Anonymous, "Ailleurs", func(f *reports.Filing) { f.Position = geo.Position{Lon: 33500000, Lat: 488500000} })
	for _, who := range v.news() {
		if strings.HasPrefix(who, "zone") {
			t.Errorf("%s, outside the zone", who)
		}
	}
}

// Who filed without an account hears once the address is proved, and until they stop.
func TestContactIsTold(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	id := v.file(account.Anonymous, "Un trou", func(f *reports.Filing) { f.Email = "jeanne@example.org" })
	v.entry(id, "status", "planned", "", 0)
	if got := v.news(); got != nil {
		t.Fatalf("an address that is not proved is told: %q", got)
	}
	v.exec(`update report_contact set email_verified_at = now(), language = 'en'`)
	v.entry(id, "status", "in_progress", "", 0)
	if got := v.news(); !slices.Equal(got, []string{"jeanne@example.org: Un trou: In progress"}) {
		t.Fatalf("told %q", got)
	}
	// Taken back by who filed, without an account.
	v.exec(`update report set status = 'withdrawn' where id = $1`, id)
	v.exec(`insert into timeline (kind, item_id, type, to_status, actor_role, created_at) values ('report', $1, 'status', 'withdrawn', 'resident', now())`, id)
	v.exec(`insert into change_log (kind, first_id, last_id) values ('report', $1, $1)`, id)
	if got := v.news(); got != nil {
		t.Errorf("told of their own act: %q", got)
	}
	v.exec(`update report_contact set stopped_at = now()`)
	v.entry(id, "answer", "", "Non.", 0)
	if got := v.news(); got != nil {
		t.Errorf("told after they stopped: %q", got)
	}
}

// Who filed or follows a report that is split hears of that once, in one mail.
func TestSplitIsToldOnce(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	id := v.file(v.person("auteur@example.org"), "Un trou et une lampe")
	v.news()
	for part := range int64(3) {
		v.entry(id, "split", "", "", 0)
		v.exec(`update timeline set other_id = $1 where id = (select max(id) from timeline)`, id+part+1)
	}
	if got := v.news(); !slices.Equal(got, []string{"auteur@example.org: Un trou et une lampe : Ce signalement est partagé en plusieurs, traités chacun à part"}) {
		t.Errorf("told %q", got)
	}
	if n := v.count(`select count(*) from mail where body like '%partagé en plusieurs%partagé en plusieurs%'`); n != 0 {
		t.Error("a mail tells of each part")
	}
}

// What the public does not see is told to nobody but who filed it, and what is hidden to nobody at all, also when it was hidden after the planning.
func TestUnseenIsUntold(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	author, curious := v.person("auteur@example.org"), v.person("curieux@example.org")
	v.exec(`insert into follow (person_id, area, created_at) values ($1, `+square+`, now())`, curious.Person)
	private := v.file(author, "Quelqu’un en danger", func(f *reports.Filing) { f.Category = "person-at-risk" })
	hidden, redacted := v.file(author, "Caché"), v.file(author, "Biffé")
	pending := v.file(author, "Douteux", func(f *reports.Filing) { f.Doubts = []reports.Doubt{reports.DoubtWord} })
	v.news()
	for _, id := range []int64{private, hidden, redacted, pending} {
		v.exec(`insert into follow (person_id, kind, item_id, created_at) values ($1, 'report', $2, now())`, curious.Person, id)
		v.entry(id, "answer", "", "Oui.", 0)
	}
	if n := v.plan(); n < 5 {
		t.Fatalf("%d notices", n)
	}
	v.exec(`update report set visibility = 'hidden' where id = $1`, hidden)
	v.exec(`update timeline set redacted_at = now() where item_id = $1 and type = 'answer'`, redacted)
	if got := v.news(); !slices.Equal(got, []string{"auteur@example.org: Quelqu’un en danger : Réponse officielle"}) {
		t.Errorf("told %q", got)
	}
	if n := v.count(`select count(*) from notice where dropped_at is not null and channel = 'mail'`); n != 4 {
		t.Errorf("%d notices were dropped", n)
	}
	// A private report's picture and place are nobody's to load.
	if n := v.count(`select count(*) from mail where html like '%static.png%' and subject like 'Quelqu%'`); n != 0 {
		t.Error("a mail shows where a private report is")
	}
}

// An import tells no history; what another system did lately is news.
func TestHistoryIsUntold(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	id := v.file(v.person("auteur@example.org"), "Un trou")
	for _, at := range []time.Time{noon.AddDate(-1, 0, 0), noon.Add(-time.Hour)} {
		v.exec(`insert into timeline (kind, item_id, type, to_status, body, actor_role, created_at) values ('report', $1, 'status', 'planned', $2, 'source', $3)`,
			id, at.String(), at)
	}
	v.exec(`insert into change_log (kind, first_id, last_id) values ('report', 1, $1)`, id)
	if n := v.plan(); n != 2 { // by mail and by push
		t.Errorf("%d notices", n)
	}
}

// An entry that waited for a moderator is told when it is published, once.
func TestPublishedLater(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	id := v.file(v.person("auteur@example.org"), "Un trou")
	entry := v.count(`insert into timeline (kind, item_id, type, body, public, actor_role, created_at) values ('report', $1, 'comment', 'Moi aussi', false, 'resident', $2) returning id`, id, noon)
	v.exec(`insert into change_log (kind, first_id, last_id) values ('report', $1, $1)`, id)
	if got := v.news(); got != nil {
		t.Fatalf("told before: %q", got)
	}
	for range 2 {
		v.exec(`update timeline set public = false where id = $1`, entry)
		v.exec(`update timeline set public = true where id = $1`, entry)
		v.exec(`insert into change_log (kind, first_id, last_id) values ('report', $1, $1)`, id)
	}
	if got := v.news(); len(got) != 1 {
		t.Errorf("told %q", got)
	}
}

// A transaction that commits late is not lost behind one that committed early, and nothing is told twice.
func TestLateCommit(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	id := v.file(v.person("auteur@example.org"), "Un trou")
	v.news()
	late, err := v.db().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = late.Rollback(context.Background()) }()
	_, err = late.Exec(t.Context(), `insert into timeline (kind, item_id, type, body, actor_role, created_at) values ('report', $1, 'answer', 'Tard', 'agent', $2)`, id, noon)
	if err == nil {
		err = store.Append(t.Context(), late, store.Change{Kind: reports.Kind, First: id, Last: id})
	}
	if err != nil {
		t.Fatal(err)
	}
	v.entry(id, "answer", "", "Tôt", 0)
	if got := v.news(); len(got) != 1 {
		t.Fatalf("told %q", got)
	}
	if err := late.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := v.news(); len(got) != 1 {
		t.Errorf("of the late one told %q", got)
	}
	if n := v.count(`select count(*) from mail where body like '%Tôt%'`) + v.count(`select count(*) from mail where body like '%Tard%'`); n != 2 {
		t.Errorf("told %d times", n)
	}
}

// Nodes that plan at the same time plan each thing once, and one that is killed has planned nothing.
func TestOneReader(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	db, err := store.Open(t.Context(), store.Options{URL: url, MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	v := townOn(t, db)
	id := v.file(v.person("auteur@example.org"), "Un trou")
	v.plan()
	v.entry(id, "answer", "", "Oui.", 0)
	// A node that has planned and is gone before its commit.
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := conn.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := v.Notifier.plan(t.Context(), tx); err != nil || n != 2 {
		t.Fatalf("planned %d, %v", n, err)
	}
	if n := v.plan(); n != 0 {
		t.Fatalf("two nodes hold the cursor: the second planned %d", n)
	}
	if err := conn.PgConn().Conn().Close(); err != nil { // as when a process is killed
		t.Fatal(err)
	}
	for v.count(`select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`) > 0 {
		t.Log("the server has not noticed yet")
	}
	found := make(chan int)
	for range 4 {
		go func() {
			n, err := v.Plan(context.Background())
			if err != nil {
				n = -100
			}
			found <- n
		}()
	}
	sum := 0
	for range 4 {
		sum += <-found
	}
	if sum != 2 {
		t.Errorf("four nodes planned %d notices, want 2", sum)
	}
}

// A database with another history begins anew, and tells nothing of before.
func TestAnotherHistory(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	id := v.file(v.person("auteur@example.org"), "Un trou")
	v.entry(id, "answer", "", "Avant.", 0)
	v.exec(`update setting set value = value::int + 1 where name = 'epoch_counter'`)
	if got := v.news(); got != nil {
		t.Errorf("told %q", got)
	}
	v.entry(id, "answer", "", "Après.", 0)
	if got := v.news(); len(got) != 1 {
		t.Errorf("told %q after it", got)
	}
}

// Follows are found by their indexes, however many there are: none is looked at that does not match.
func TestPlanOfMatching(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a table")
	}
	t.Parallel()
	v := newTown(t)
	v.exec(`insert into person (email, email_verified_at) select 'p' || n || '@example.org', now() from generate_series(1, 2000) n`)
	v.exec(`insert into follow (person_id, kind, item_id, created_at) select 1 + n % 2000, 'report', 100 + n, now() from generate_series(1, 40000) n`)
	v.exec(`insert into follow (person_id, area, created_at)
		select 1 + n % 2000, ST_Buffer(ST_SetSRID(ST_MakePoint(2 + (n % 200) / 200.0, 48.5 + (n / 200) / 250.0), 4326), 0.002, 'quad_segs=4'), now() from generate_series(1, 50000) n`)
	v.exec(`insert into follow (person_id, category_id, created_at) select n, (select id from category where slug = 'litter'), now() from generate_series(1, 2000) n`)
	v.exec(`insert into zone_set (slug, name_fr, name_en) values ('essai', 'Essai', 'Trial')`)
	v.exec(`insert into zone (zone_set_id, code) select 1, n::text from generate_series(1, 500) n`)
	v.exec(`insert into follow (person_id, zone_id, created_at) select 1 + n % 2000, 1 + n % 500, now() from generate_series(1, 8000) n`)
	var entries []int64
	for range 3 {
		entries = append(entries, v.count(`select id from timeline where item_id = $1`, v.file(account.Anonymous, "Un trou")))
	}
	v.exec(`analyze`)
	rows, err := v.db().Query(t.Context(), `explain `+matchSQL, matchArgs(entries))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(lines, "\n")
	for _, index := range []string{"follow_person_item", "follow_device_item", "follow_area", "follow_zone", "follow_category"} {
		if !strings.Contains(text, index) {
			t.Errorf("%s is not used", index)
		}
	}
	if strings.Contains(text, "Seq Scan on follow") || t.Failed() {
		t.Errorf("all follows are looked at:\n%s", text)
	}
}
