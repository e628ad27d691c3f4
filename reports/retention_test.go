package reports

import (
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store/storetest"
)

func TestPlan(t *testing.T) {
	r := &Retention{People: &account.Directory{}}
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		name  string
		now   time.Time
		years int
		kind  string
		want  time.Time
	}{
		{name: "three years", now: day("2026-11-24"), years: 3, kind: "contacts", want: day("2023-11-24")},
		{name: "a leap day ends with the day after", now: day("2028-02-29"), years: 1, kind: "contacts", want: day("2027-03-01")},
		{name: "thirty years", now: day("2026-01-01"), years: 30, kind: "accounts", want: day("1996-01-01")},
		{name: "told a month before", now: day("2026-11-24"), years: 1, kind: "notices", want: day("2025-12-24")},
		{name: "the audit as long as the rest", now: day("2026-11-24"), years: 2, kind: "audit", want: day("2024-11-24")},
		{name: "what has an end of its own", now: day("2026-11-24"), years: 2, kind: "sessions", want: day("2026-11-24")},
		{name: "links", now: day("2026-11-24"), years: 9, kind: "links", want: day("2026-11-24")},
	} {
		found := false
		for _, d := range plan(r.expiries(), c.now, c.years) {
			if d.Kind == c.kind {
				found = true
				if !d.Before.Equal(c.want) {
					t.Errorf("%s: before %v, want %v", c.name, d.Before, c.want)
				}
			}
		}
		if !found {
			t.Errorf("%s: nothing of the kind %s", c.name, c.kind)
		}
	}
}

// The preview says what the run removes; the run removes no more, can be repeated, and goes on where it was broken off.
func TestRetention(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	db := storetest.New(t)
	people := &account.Directory{DB: db, Now: clock, Holders: []account.Holder{Holder{}}}
	r := &Retention{Register: &Register{DB: db, Now: clock}, People: people}
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := db.Exec(t.Context(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	count := func(sql string) (n int) {
		t.Helper()
		if err := db.QueryRow(t.Context(), `select count(*) from `+sql).Scan(&n); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return n
	}
	// Reports: closed long ago (more than a batch of them), closed lately, open for ages, pending for ages.
	const closed = retainBatch + 50
	exec(`insert into report (category_id, title, lon, lat, h3, channel, status, created_at, updated_at, closed_at)
		select (select id from category where slug = 'pothole'), 'x', 23500000, 488500000, 1, 'web',
		       case when n <= $1 + 1 then 'resolved' when n = $1 + 2 then 'new' else 'pending' end, '2010-01-01', '2010-01-01',
		       case when n <= $1 then timestamptz '2023-02-28 12:00Z' when n = $1 + 1 then '2023-03-01 12:00:01Z' end
		from generate_series(1, $1 + 3) n`, closed)
	exec(`insert into report_contact (report_id, email) select id, 'r' || id || '@example.org' from report`)
	// People: unused for 2 years and 11 months or less, and just longer; an administrator who was never seen since.
	exec(`insert into person (email, email_verified_at, created_at, seen_at) values
		('used@example.org', now(), '2010-01-01', '2023-04-01'), ('unused@example.org', now(), '2010-01-01', '2023-03-30'),
		('never@example.org', null, '2010-01-01', null), ('admin@example.org', now(), '2010-01-01', '2010-01-01')`)
	exec(`insert into role_grant (person_id, role) values (4, 'administrator')`)
	exec(`insert into session (token_sha256, person_id, method, expires_at) values (sha256('a'), 1, 'link', $1), (sha256('b'), 1, 'link', $2)`,
		now.Add(-time.Second), now.Add(time.Second))
	exec(`insert into login_link (token_sha256, purpose, email, expires_at) values (sha256('a'), 'sign-in', 'x@example.org', $1), (sha256('b'), 'sign-in', 'x@example.org', $2)`,
		now.Add(-time.Second), now.Add(time.Second))
	exec(`insert into ceremony (token_sha256, kind, data, expires_at) values (sha256('a'), 'oidc', '{}', $1)`, now.Add(-time.Second))
	exec(`insert into api_token (token_sha256, person_id, name, scopes, expires_at) values (sha256('a'), 1, 'x', '{read}', $1)`, now.Add(-time.Second))
	exec(`insert into audit (at, actor_role, action, subject) values ('2023-02-28', 'system', 'x', 'x'), ('2023-03-02', 'system', 'x', 'x')`)

	exec(`insert into block (kind, value, reason, created_at, expires_at) values
		('email', 'over@example.org', 'x', '2010-01-01', $1), ('email', 'yet@example.org', 'x', '2010-01-01', $2), ('network', '192.0.2.0/24', 'x', '2010-01-01', null)`,
		now.Add(-time.Second), now.AddDate(10, 0, 0))
	exec(`insert into decision (kind, item_id, verdict, reason, created_at) values ('report', 1, 'keep', '', '2023-02-28'), ('report', 1, 'keep', '', '2023-04-02')`)
	exec(`insert into flag (kind, item_id, reason, words, created_at, decision_id) values
		('report', 1, 'other', 'x', '2010-01-01', 1), ('report', 1, 'other', 'x', '2010-01-01', 2), ('report', 1, 'other', 'x', '2010-01-01', null)`)

	administrator := account.Actor{Role: account.RoleAdministrator, Person: 4}
	if _, _, err := r.Preview(t.Context(), account.Actor{Role: account.RoleModerator}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a moderator looks at what is due: %v", err)
	}
	preview := func() map[string]int64 {
		t.Helper()
		dues, years, err := r.Preview(t.Context(), administrator)
		if err != nil || years != 3 {
			t.Fatalf("%d years, %v", years, err)
		}
		counts := map[string]int64{}
		for _, d := range dues {
			if counts[d.Kind] = d.Count; (d.Count == 0) != d.Oldest.IsZero() || !d.Oldest.IsZero() && !d.Oldest.Before(d.Before) {
				t.Errorf("%s: %d are due, the oldest since %v", d.Kind, d.Count, d.Oldest)
			}
		}
		return counts
	}
	expect := func(when string, want map[string]int64) {
		t.Helper()
		for kind, n := range preview() {
			if n != want[kind] {
				t.Errorf("%s, %d of %s are due, want %d", when, n, kind, want[kind])
			}
		}
	}
	run := func() {
		t.Helper()
		if done, err := r.run(t.Context()); err != nil || !done {
			t.Fatalf("done %v, %v", done, err)
		}
	}
	expect("before", map[string]int64{"sessions": 1, "links": 1, "ceremonies": 1, "keys": 1, "audit": 1, "notices": 2, "contacts": closed + 1, "blocks": 1, "flags": 1})
	if n := count(`report_contact`); n != closed+3 {
		t.Errorf("looking removed contacts: %d are left", n)
	}
	// One batch, and then the node is gone: the next run does the rest.
	for _, e := range r.expiries() {
		if e.Kind == "contacts" {
			if n, err := r.remove(t.Context(), e, e.Before(now, 3), now); err != nil || n != retainBatch {
				t.Fatalf("one batch removes %d, %v", n, err)
			}
		}
	}
	expect("half-way", map[string]int64{"sessions": 1, "links": 1, "ceremonies": 1, "keys": 1, "audit": 1, "notices": 2, "contacts": closed + 1 - retainBatch, "blocks": 1, "flags": 1})
	run()
	expect("after", nil)
	if n := count(`report_contact`); n != 2 {
		t.Errorf("%d contacts are left", n)
	}
	if n := count(`report`); n != closed+3 {
		t.Errorf("%d reports are left", n)
	}
	if n := count(`session`) + count(`login_link`); n != 2 {
		t.Errorf("%d sessions and links are left", n)
	}
	if n := count(`mail where purpose = 'leaving' and recipient in ('unused@example.org', 'never@example.org')`); n != 2 {
		t.Errorf("%d people are told", n)
	}
	if n := count(`block where value in ('yet@example.org', '192.0.2.0/24')`) + count(`flag where decision_id is distinct from 1`); n != 4 {
		t.Errorf("%d blocks and flags are left", n)
	}
	run() // nobody is told twice
	if n := count(`mail`); n != 2 {
		t.Errorf("%d mails after the second run", n)
	}
	// One of the two comes back before the day; the other does not.
	now = now.Add(29 * 24 * time.Hour)
	if _, err := people.Begin(t.Context(), 2, account.ByLink, false, "", ""); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * 24 * time.Hour)
	expect("a month later", map[string]int64{"sessions": 1, "links": 1, "accounts": 1, "notices": 1, "contacts": 1, "audit": 1})
	run()
	if n := count(`person where erased_at is not null and id = 3 and email is null`); n != 1 {
		t.Error("the account that was not used is still there")
	}
	if n := count(`person where erased_at is not null`); n != 1 {
		t.Errorf("%d accounts are erased", n)
	}
	// Who came back is told again, years later, before the account goes.
	now = now.AddDate(3, 0, -15)
	expect("years later", map[string]int64{"sessions": 1, "notices": 1, "accounts": 1, "flags": 1})
}
