package reports_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/follow"
	"quartier/reports/store"
)

// person makes an account with a proved address.
func person(t *testing.T, db *store.DB, email, name string) (id int64) {
	t.Helper()
	err := db.QueryRow(t.Context(), `insert into person (email, name, email_verified_at, created_at) values ($1, $2, $3, $3) returning id`,
		email, name, noon).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// read gives one text of the database.
func read(t *testing.T, db *store.DB, sql string, args ...any) (text string) {
	t.Helper()
	if err := db.QueryRow(t.Context(), sql, args...).Scan(&text); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

// exec changes something in the database.
func exec(t *testing.T, db *store.DB, sql string, args ...any) {
	t.Helper()
	if _, err := db.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// A contact is read by who handles the report, and never without a trace.
func TestContact(t *testing.T) {
	r := newRegister(t)
	f := filing()
	f.Email = "jeanne@example.org"
	id := file(t, r, f).ID
	without := file(t, r, filing()).ID
	one, err := r.Get(t.Context(), account.Anonymous, id)
	if err != nil {
		t.Fatal(err)
	}
	staff := func(role account.Role, services ...int32) account.Actor {
		return account.Actor{Role: role, Person: person(t, r.DB, string(role)+strings.Repeat("x", len(services))+"@example.org", ""), Grants: []account.Grant{{Role: role, Services: services}}}
	}
	agent := staff(account.RoleAgent, one.Service)
	reader := agent
	reader.ReadOnly = true
	both := staff(account.RoleAgent, one.Service+1, one.Service+2)
	both.Grants = append(both.Grants, account.Grant{Role: account.RoleAnalyst})
	for _, c := range []struct {
		name    string
		actor   account.Actor
		id      int64
		want    bool
		handles bool
	}{
		{"nobody", account.Anonymous, id, false, false},
		{"a resident", account.Actor{Role: account.RoleResident, Person: person(t, r.DB, "voisin@example.org", "")}, id, false, false},
		{"an analyst", staff(account.RoleAnalyst), id, false, false},
		{"a moderator", staff(account.RoleModerator), id, false, false},
		{"an agent of another service who analyses all", both, id, false, false},
		{"a key that only reads", reader, id, false, false},
		{"the agent", agent, id, true, true},
		{"an administrator", staff(account.RoleAdministrator), id, true, true},
		{"the agent, of a report without a contact", agent, without, false, true},
		{"the agent, of a report that there is not", agent, 999, false, true},
	} {
		before := read(t, r.DB, `select count(*)::text from audit where action = 'contact.read'`)
		contact, err := r.Contact(t.Context(), c.actor, c.id)
		refused := fault.KindOf(err) == fault.Forbidden || c.handles && fault.KindOf(err) == fault.NotFound
		if c.want != (err == nil) || c.want && contact.Email != f.Email || !c.want && !refused {
			t.Errorf("%s reads %q, %v", c.name, contact.Email, err)
		}
		after := read(t, r.DB, `select count(*)::text from audit where action = 'contact.read'`)
		if c.want == (before == after) {
			t.Errorf("%s: %s readings noted before, %s after", c.name, before, after)
		}
	}
	if got := read(t, r.DB, `select subject || ' ' || detail from audit where action = 'contact.read' and actor_id = $1`, agent.Person); got != "report/1 {}" {
		t.Errorf("noted is %q", got)
	}
}

// What leads to a person goes from their reports; the reports stay, and so does what others wrote.
func TestErasureKeepsTheReport(t *testing.T) {
	r := newRegister(t)
	people := &account.Directory{DB: r.DB, Now: r.Now, Holders: []account.Holder{reports.Holder{}}}
	jeanne, luc := person(t, r.DB, "jeanne@example.org", "Jeanne Le Goff"), person(t, r.DB, "luc@example.org", "Luc Petit")
	exec(t, r.DB, `update category set attributes = '[{"code":"door","label_fr":"Code","label_en":"Code","type":"string","private":true},
		{"code":"width","label_fr":"Largeur","label_en":"Width","type":"string"}]' where slug = 'pothole'`)
	f := filing()
	f.Description, f.Email, f.Attributes = "Appelez Jeanne  Le Goff au +33 6 12 34 56 78, rue Jeanne.", "jeanne@example.org", map[string]string{"door": "12B", "width": "2 m"}
	receipt, err := r.File(t.Context(), account.Actor{Role: account.RoleResident, Person: jeanne, Name: "Jeanne Le Goff"}, f)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, r.DB, `update report_contact set phone = '0612345678' where report_id = $1`, receipt.ID)
	other := filing()
	other.Email = "jeanne@example.org" // Luc gives Jeanne's address
	theirs, err := r.File(t.Context(), account.Actor{Role: account.RoleResident, Person: luc, Name: "Luc Petit"}, other)
	if err != nil {
		t.Fatal(err)
	}
	const changes = `select count(*)::text from change_log where kind = 'report' and $1 between first_id and last_id`
	before := read(t, r.DB, changes, receipt.ID)
	if err := people.Erase(t.Context(), account.Actor{Role: account.RoleResident, Person: luc}, jeanne); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("Luc erases Jeanne: %v", err)
	}
	if err := people.Erase(t.Context(), account.Actor{Role: account.RoleResident, Person: jeanne}, jeanne); err != nil {
		t.Fatal(err)
	}
	one, err := r.Get(t.Context(), account.Anonymous, receipt.ID)
	if err != nil || one.Description != "Appelez […] au […], rue Jeanne." || one.Title != f.Title || one.Position != f.Position {
		t.Errorf("the report reads %+v, %v", one, err)
	}
	if got := read(t, r.DB, `select attributes::text from report where id = $1`, receipt.ID); got != `{"width": "2 m"}` {
		t.Errorf("the answers are %s", got)
	}
	if got := read(t, r.DB, `select coalesce(string_agg(actor_name, ','), '') from timeline where item_id = $1`, receipt.ID); got != "" {
		t.Errorf("the timeline names %q", got)
	}
	if got := read(t, r.DB, `select (select count(*) from report_contact where report_id = $1) || ' ' || (select count(*) from consent where report_id = $1) ||
		' ' || (select count(*) from report where filing_sha256 is not null)`, receipt.ID); got != "0 0 0" {
		t.Errorf("contacts, consents and digests: %s", got)
	}
	// Luc's report is his; Jeanne's address is gone from it.
	if got := read(t, r.DB, `select person_id || ' ' || email from report_contact where report_id = $1`, theirs.ID); got != "2 " {
		t.Errorf("Luc's contact is %q", got)
	}
	if after := read(t, r.DB, changes, receipt.ID); after == before {
		t.Error("nobody is told that the report changed")
	}
	// A filing that is sent again does not bring anything back.
	if _, err := r.File(t.Context(), account.Anonymous, f); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same filing again: %v", err)
	}
}

// Who types another's address into a form learns nothing of theirs.
func TestDataIsOfProvedAddresses(t *testing.T) {
	r := newRegister(t)
	people := &account.Directory{DB: r.DB, Now: r.Now, Holders: []account.Holder{reports.Holder{}}}
	f := filing()
	f.Title, f.Email = "Chez la victime", "victime@example.org"
	file(t, r, f)
	eve := account.Actor{Role: account.RoleResident, Person: person(t, r.DB, "eve@example.org", "")}
	own := filing()
	own.Email = "victime@example.org"
	if _, err := r.File(t.Context(), eve, own); err != nil {
		t.Fatal(err)
	}
	exec(t, r.DB, `insert into mail (purpose, recipient, subject, body) values ('confirm', 'victime@example.org', 'Votre signalement', 'Chez la victime')`)
	exec(t, r.DB, `insert into person (email, created_at) values ('victime2@example.org', now())`)
	sections, err := people.Data(t.Context(), eve)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for _, s := range sections {
		rows[s.Name] = len(s.Rows)
	}
	if rows["reports"] != 1 || rows["contacts"] != 1 || rows["mails"] != 0 || rows["account"] != 1 {
		t.Errorf("Eve is given %v", rows)
	}
	// The victim is told that somebody gave the address, and not what else stands there.
	victim := account.Actor{Role: account.RoleResident, Person: person(t, r.DB, "victime@example.org", "")}
	exec(t, r.DB, `update report_contact set name = 'Eve', phone = '0600000000' where person_id = $1`, eve.Person)
	sections, err = people.Data(t.Context(), victim)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sections {
		if s.Name == "contacts" && (len(s.Rows) != 2 || s.Rows[1][1] != nil || s.Rows[1][3] != nil) {
			t.Errorf("the victim is given %v", s.Rows)
		}
	}
}

// slow is a holder that takes its time to erase.
type slow struct{ begun, end chan struct{} }

func (slow) Export(context.Context, pgx.Tx, account.Subject) ([]account.Section, error) {
	return nil, nil
}

func (h slow) Erase(context.Context, pgx.Tx, account.Subject) error {
	close(h.begun)
	<-h.end
	return nil
}

// What somebody writes in the moment in which the account is erased leaves nothing that no later erasure would find.
func TestNothingIsWrittenDuringAnErasure(t *testing.T) {
	r := newRegister(t)
	report := file(t, r, filing()).ID
	people := &account.Directory{DB: r.DB, Now: r.Now}
	for name, write := range map[string]func(account.Actor) error{
		"filing": func(jeanne account.Actor) error {
			f := filing()
			f.Email = "jeanne@example.org"
			_, err := r.File(t.Context(), jeanne, f)
			return err
		},
		"flag": func(jeanne account.Actor) error {
			return r.Flag(t.Context(), jeanne, follow.Flag{Item: report, Reason: "other", Words: "Jeanne"})
		},
		"key": func(jeanne account.Actor) error {
			_, err := people.MakeToken(t.Context(), account.Entry{Actor: jeanne, Session: account.Session{Person: jeanne.Person}}, "Clé de Jeanne", []string{"read"}, time.Hour)
			return err
		},
	} {
		jeanne := account.Actor{Role: account.RoleResident, Person: person(t, r.DB, "jeanne@example.org", "")}
		h := slow{make(chan struct{}), make(chan struct{})}
		erased, written := make(chan error, 1), make(chan error, 1)
		go func() {
			erasing := &account.Directory{DB: r.DB, Now: r.Now, Holders: []account.Holder{reports.Holder{}, follow.Holder{}, h}}
			erased <- erasing.Erase(t.Context(), jeanne, jeanne.Person)
		}()
		<-h.begun
		go func() { written <- write(jeanne) }()
		for waits := "0"; waits == "0" && len(written) == 0; {
			waits = read(t, r.DB, `select count(*)::text from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
		}
		close(h.end)
		if err := <-erased; err != nil {
			t.Fatal(err)
		}
		if err := <-written; fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := read(t, r.DB, `select concat_ws(' ', (select count(*) from report_contact), (select count(*) from flag), (select count(*) from api_token))`); got != "0 0 0" {
		t.Errorf("contacts, flags and keys: %s", got)
	}
}
