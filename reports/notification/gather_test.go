package notification

import (
	"slices"
	"strings"
	"testing"
	"time"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
)

// A digest gathers a day's news into one mail at its hour; a repeated look makes no second.
func TestDigest(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	neighbour := v.person("voisine@example.org")
	v.exec(`insert into follow (person_id, area, rhythm, name, created_at) values ($1, `+square+`, 'daily', 'Ma rue', now())`, neighbour.Person)
	own := v.file(neighbour, "Le mien")
	v.exec(`insert into notice_choice (person_id, rhythm) values ($1, 'daily')`, neighbour.Person)
	for _, title := range []string{"Un trou", "Un banc <cassé>"} {
		v.file(account.Anonymous, title)
	}
	v.entry(own, "status", "planned", "", 0)
	v.entry(own, "status", "resolved", "Réparé ce matin.", 0)
	if got := v.news(); got != nil {
		t.Fatalf("told before its hour: %q", got)
	}
	v.clock = time.Date(2026, 3, 4, 7, 0, 0, 0, time.UTC) // eight in Paris
	if got := v.news(); !slices.Equal(got, []string{"voisine@example.org: 3 nouvelles de votre quartier · Quartier"}) {
		t.Fatalf("told %q", got)
	}
	if got := v.news(); got != nil {
		t.Errorf("told again: %q", got)
	}
	var text, page, ends string
	if err := v.db().QueryRow(t.Context(), `select body, html, unsubscribe from mail`).Scan(&text, &page, &ends); err != nil {
		t.Fatal(err)
	}
	mine, theirs := strings.Index(text, "Le mien"), strings.Index(text, "Un trou")
	if mine < 0 || theirs < mine {
		t.Error("what is one's own does not come first")
	}
	// The text says all that the page says, but for pictures.
	for _, said := range []string{"Résolu", "Réparé ce matin.", "Voirie", "Ma rue", "https://ville.example/q/reports/1", "https://ville.example/q/reports/1/fixed", ends,
		"https://ville.example/q/me/notifications", "Signalement nº 1", "Nid-de-poule"} {
		if !strings.Contains(text, said) {
			t.Errorf("the text does not say %q", said)
		}
		if !strings.Contains(page, said) {
			t.Errorf("the page does not say %q", said)
		}
	}
	if strings.Contains(text, "Planifié") || strings.Contains(page, "Planifié") {
		t.Error("a state that was passed through is told")
	}
	if !strings.Contains(page, "Un banc &lt;cassé&gt;") || strings.Contains(page, "<cassé>") {
		t.Error("what somebody wrote is markup")
	}
	if strings.Count(page, "static.png?z=16&amp;lat=48.850000&amp;lon=2.350000") != 3 {
		t.Error("the page does not show where things are")
	}
	if strings.Count(page, "/fixed") != 1 {
		t.Error("of others' reports is asked whether they are fixed")
	}
}

// A mail about one report is an answer in its thread; a digest stands alone.
func TestThread(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	who := v.person("auteur@example.org")
	first, second := v.file(who, "Un trou"), v.file(who, "Deux trous")
	v.entry(first, "answer", "", "Oui.", 0)
	v.news()
	v.entry(first, "answer", "", "Non.", 0)
	v.entry(second, "answer", "", "Non.", 0)
	v.news()
	if n := v.count(`select count(*) from mail where thread = 'report-1' and subject = 'Un trou : Réponse officielle'`); n != 1 {
		t.Error("no thread")
	}
	if n := v.count(`select count(*) from mail where thread = '' and subject like '2 nouvelles%'`); n != 1 {
		t.Error("a digest in a thread")
	}
}

// An address that is none is told nothing, until its owner tries again.
func TestRefusedAddress(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	who := v.person("auteur@example.org")
	id := v.file(who, "Un trou")
	v.exec(`insert into mail_refused (address, reason, at) values ('auteur@example.org', 'x', now())`)
	v.entry(id, "answer", "", "Oui.", 0)
	if got := v.news(); got != nil {
		t.Errorf("told %q", got)
	}
	if at, err := v.Refused(t.Context(), who); err != nil || at.IsZero() {
		t.Errorf("refused at %v, %v", at, err)
	}
	if err := v.TryAgain(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	v.entry(id, "answer", "", "Non.", 0)
	if got := v.news(); len(got) != 1 {
		t.Errorf("told %q", got)
	}
}

// secretOf gives the secret of the last mail's end.
func (v *town) secretOf() string {
	v.t.Helper()
	var address string
	if err := v.db().QueryRow(v.t.Context(), `select unsubscribe from mail order by id desc limit 1`).Scan(&address); err != nil {
		v.t.Fatal(err)
	}
	_, secret, found := strings.Cut(address, "https://ville.example/q/unsubscribe?token=")
	if !found {
		v.t.Fatalf("the mail ends by %q", address)
	}
	return secret
}

// A mail's link ends what led to it and nothing else, at once, also of what is planned already.
func TestStop(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	who, other := v.person("voisine@example.org"), v.person("autre@example.org")
	v.exec(`insert into follow (person_id, area, created_at) values ($1, `+square+`, now())`, who.Person)
	v.file(account.Anonymous, "Un trou")
	v.news()
	secret := v.secretOf()
	v.exec(`insert into follow (person_id, category_id, created_at) values ($1, (select id from category where slug = 'litter'), now())`, who.Person)
	v.exec(`insert into follow (person_id, area, created_at) values ($1, `+square+`, now())`, other.Person)
	v.file(account.Anonymous, "Un autre")
	v.plan()
	if err := v.Stoppable(t.Context(), "x"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a secret that is none: %v", err)
	}
	if err := v.Stop(t.Context(), "x", true); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a secret that is none: %v", err)
	}
	for range 2 {
		if err := v.Stop(t.Context(), secret, false); err != nil {
			t.Fatal(err)
		}
	}
	if got := v.news(); !slices.Equal(got, []string{"autre@example.org: Un autre : Nouveau signalement"}) {
		t.Errorf("told %q", got)
	}
	v.file(account.Anonymous, "Un papier", func(f *reports.Filing) { f.Category = "litter" })
	if got := v.news(); len(got) != 2 {
		t.Errorf("of what else they follow hear %q", got)
	}
	if err := v.Stop(t.Context(), secret, true); err != nil {
		t.Fatal(err)
	}
	v.file(account.Anonymous, "Deux papiers", func(f *reports.Filing) { f.Category = "litter" })
	if got := v.news(); !slices.Equal(got, []string{"autre@example.org: Deux papiers : Nouveau signalement"}) {
		t.Errorf("after all was ended hear %q", got)
	}
}

// Who filed without an account ends the mails of one report, or of all that were filed with the address.
func TestStopOfContact(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	var ids []int64
	for _, title := range []string{"Un", "Deux", "Trois"} {
		ids = append(ids, v.file(account.Anonymous, title, func(f *reports.Filing) { f.Email = "jeanne@example.org" }))
	}
	v.exec(`update report_contact set email_verified_at = now()`)
	say := func() []string {
		for _, id := range ids {
			v.entry(id, "answer", "", "Oui.", 0)
		}
		return v.news()
	}
	if got := say(); len(got) != 3 {
		t.Fatalf("told %q", got)
	}
	secret := v.secretOf()
	if err := v.Stop(t.Context(), secret, false); err != nil {
		t.Fatal(err)
	}
	if got := say(); len(got) != 2 {
		t.Errorf("told %q after one was ended", got)
	}
	if err := v.Stop(t.Context(), secret, true); err != nil {
		t.Fatal(err)
	}
	if got := say(); got != nil {
		t.Errorf("told %q after all were ended", got)
	}
}

// A flood of reports fills no mailbox: after some mails within an hour the rest is gathered into one.
func TestFlood(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	v.exec(`insert into follow (person_id, area, created_at) values ($1, `+square+`, now())`, v.person("voisine@example.org").Person)
	mails := 0
	for range mostAnHour + 10 {
		v.file(account.Anonymous, "Un trou")
		mails += len(v.news())
		v.clock = v.clock.Add(time.Minute)
	}
	if mails != mostAnHour {
		t.Errorf("%d mails at once", mails)
	}
	v.clock = noon.Add(time.Hour)
	if got := v.news(); !slices.Equal(got, []string{"voisine@example.org: 10 nouvelles de votre quartier · Quartier"}) {
		t.Errorf("told %q", got)
	}
	if n := v.count(`select count(*) from notice where channel = 'mail' and told_at is null`); n != 0 {
		t.Errorf("%d are never told", n)
	}
}

// Of a report that was merged nobody hears again who ended it: what was carried does not come back.
func TestStopOfCarried(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	who, staff := v.person("voisine@example.org"), account.Actor{Role: account.RoleAdministrator, Person: v.person("mairie@example.org").Person}
	first, second, third := v.file(account.Anonymous, "Un trou"), v.file(account.Anonymous, "Le même trou"), v.file(account.Anonymous, "Encore lui")
	v.follow(who, `kind, item_id`, "report", second)
	merge := func(id int64) {
		t.Helper()
		if _, err := v.register.Move(t.Context(), staff, id, reports.Move{From: "new", To: "duplicate", Original: first, Message: "Le même."}); err != nil {
			t.Fatal(err)
		}
	}
	merge(second)
	v.news()
	v.entry(first, "answer", "", "Oui.", 0)
	if got := v.news(); !slices.Equal(got, []string{"voisine@example.org: Un trou : Réponse officielle"}) {
		t.Fatalf("told %q", got)
	}
	if err := v.Stop(t.Context(), v.secretOf(), false); err != nil {
		t.Fatal(err)
	}
	merge(third)
	v.entry(first, "answer", "", "Non.", 0)
	if got := v.news(); got != nil {
		t.Errorf("told %q", got)
	}
}

// A mail to who filed without an account ends what it told of also after that has become an account's.
func TestStopOfClaimed(t *testing.T) {
	t.Parallel()
	for _, all := range []bool{false, true} {
		v := newTown(t)
		id := v.file(account.Anonymous, "Un", func(f *reports.Filing) { f.Email = "jeanne@example.org" })
		v.exec(`update report_contact set email_verified_at = now()`)
		v.entry(id, "answer", "", "Oui.", 0)
		v.news()
		secret := v.secretOf()
		v.exec(`update report_contact set person_id = $1`, v.person("jeanne@example.org").Person)
		if err := v.Stop(t.Context(), secret, all); err != nil {
			t.Fatal(err)
		}
		v.entry(id, "answer", "", "Non.", 0)
		if got := v.news(); got != nil {
			t.Errorf("all %v: told %q", all, got)
		}
	}
}

// Mails are as many as recipients, whoever gathers, and however often.
func TestManyGather(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	v.exec(`insert into person (email, email_verified_at) select 'p' || n || '@example.org', now() from generate_series(1, 40) n`)
	v.exec(`insert into follow (person_id, area, created_at) select id, ` + square + `, now() from person`)
	v.file(account.Anonymous, "Un trou")
	v.file(account.Anonymous, "Deux trous")
	v.plan()
	done := make(chan error)
	for range 4 {
		go func() { done <- (&gathering{notifier: v.Notifier}).Work(t.Context(), nil) }()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := v.count(`select count(*) from mail`); n != 40 {
		t.Errorf("%d mails to 40 people", n)
	}
	if n := v.count(`select count(*) from notice where channel = 'mail' and told_at is not null`); n != 80 {
		t.Errorf("%d notices were told", n)
	}
}

// A recipient of whom it fails keeps nobody else waiting, and is tried again.
func TestOneRecipientFails(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	bad, good := v.person("mauvais@example.org"), v.person("bon@example.org")
	for _, who := range []account.Actor{bad, good} {
		v.exec(`insert into follow (person_id, area, created_at) values ($1, `+square+`, now())`, who.Person)
	}
	v.exec(`alter table mail add check (recipient <> 'mauvais@example.org') not valid`)
	v.file(account.Anonymous, "Un trou")
	v.plan()
	if err := (&gathering{notifier: v.Notifier}).Work(t.Context(), nil); err == nil || strings.Contains(err.Error(), "mauvais") {
		t.Errorf("failed with %v", err)
	}
	if n := v.count(`select count(*) from mail where recipient = 'bon@example.org'`); n != 1 {
		t.Errorf("%d mails to the other", n)
	}
	v.exec(`alter table mail drop constraint mail_recipient_check1`)
	v.gather()
	if n := v.count(`select count(*) from mail`); n != 2 {
		t.Errorf("%d mails in the end", n)
	}
}

// What is done with goes after a year.
func TestTidy(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	who := v.person("auteur@example.org")
	id := v.file(who, "Un trou")
	v.entry(id, "answer", "", "Oui.", 0)
	v.news()
	v.clock = noon.AddDate(0, 11, 0)
	v.gather()
	if n := v.count(`select (select count(*) from notice) + (select count(*) from unsubscribe)`); n == 0 {
		t.Fatal("gone before its time")
	}
	v.clock = noon.AddDate(1, 0, 1)
	v.gather()
	if n := v.count(`select (select count(*) from notice) + (select count(*) from unsubscribe)`); n != 0 {
		t.Errorf("%d rows are kept", n)
	}
}
