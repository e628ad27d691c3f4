package account_test

import (
	"strings"
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
)

func TestSessions(t *testing.T) {
	d, c := newDirectory(t)
	one, other := person(t, d, "one@example.org"), person(t, d, "other@example.org")
	first := begin(t, d, one, account.ByLink, "")
	second := begin(t, d, one, account.ByPassword, first)
	if _, err := d.Enter(t.Context(), first); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the secret from before the sign-in is still good: %v", err)
	}
	e, err := d.Enter(t.Context(), second)
	if err != nil || e.Actor.Person != one || e.Email != "one@example.org" || e.Actor.Staff() || e.Session.Method != account.ByPassword {
		t.Fatalf("entering gives %+v, %v", e, err)
	}
	// The last letter carries four bits: "A" there is the secret's own one time in sixteen, "B" never is.
	for _, wrong := range []string{"", second[:42] + "B", second + "A", account.NewSecret()} {
		if _, err := d.Enter(t.Context(), wrong); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q enters: %v", wrong, err)
		}
	}
	stranger := begin(t, d, other, account.ByLink, "")
	foreign, err := d.Enter(t.Context(), stranger)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.End(t.Context(), e.Actor, foreign.Session.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a person ends another's session: %v", err)
	}
	if list, err := d.Sessions(t.Context(), e.Actor); err != nil || len(list) != 1 || list[0].ID != e.Session.ID {
		t.Errorf("the sessions of one are %+v, %v", list, err)
	}
	if err := d.End(t.Context(), e.Actor, e.Session.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Enter(t.Context(), second); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a session that was ended enters: %v", err)
	}
	c.Time = noon.Add(account.SessionLife)
	if _, err := d.Enter(t.Context(), stranger); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a session that is over enters: %v", err)
	}
}

// Staff who were silent for half a day sign in again; residents after two weeks. Use keeps a session alive.
func TestIdleSessions(t *testing.T) {
	d, c := newDirectory(t)
	resident, agent := person(t, d, "resident@example.org"), person(t, d, "agent@example.org")
	if err := d.Grant(t.Context(), account.System, agent, account.Grant{Role: account.RoleAgent}); err != nil {
		t.Fatal(err)
	}
	home, desk := begin(t, d, resident, account.ByLink, ""), begin(t, d, agent, account.ByPasskey, "")
	enters := func(secret string) bool {
		_, err := d.Enter(t.Context(), secret)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			t.Fatal(err)
		}
		return err == nil
	}
	for range 3 {
		c.Time = c.Add(11 * time.Hour)
		if !enters(desk) {
			t.Fatal("an agent who works is signed out")
		}
	}
	c.Time = c.Add(13 * time.Hour)
	if enters(desk) || !enters(home) {
		t.Error("after half a day of silence the agent is signed in, or the resident is not")
	}
	c.Time = c.Add(15 * 24 * time.Hour)
	if enters(home) {
		t.Error("after two weeks of silence the resident is signed in")
	}
}

func TestBlockedAndErasedPeopleDoNotEnter(t *testing.T) {
	d, _ := newDirectory(t)
	id := person(t, d, "one@example.org")
	secret := begin(t, d, id, account.ByLink, "")
	key, err := d.MakeToken(t.Context(), entry(t, d, secret), "GIS", []string{"read"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{`update person set blocked_at = now()`, `update person set blocked_at = null, email = null, erased_at = now()`} {
		if _, err := d.DB.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Enter(t.Context(), secret); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: the session enters: %v", sql, err)
		}
		if _, err := d.EnterByToken(t.Context(), key); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: the key enters: %v", sql, err)
		}
		if _, err := d.Begin(t.Context(), id, account.ByLink, false, "", ""); err == nil {
			t.Errorf("%s: a session begins", sql)
		}
	}
}

// Where the town wants two factors of its staff, a session with one gives no role.
func TestSecondFactorOfStaff(t *testing.T) {
	d, _ := newDirectory(t)
	id := person(t, d, "agent@example.org")
	if err := d.Grant(t.Context(), account.System, id, account.Grant{Role: account.RoleModerator}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.DB.Exec(t.Context(), `insert into setting values ('staff_second_factor', 'true')`); err != nil {
		t.Fatal(err)
	}
	weak := begin(t, d, id, account.ByPassword, "")
	strong := begin(t, d, id, account.ByPasskey, "")
	e, err := d.Enter(t.Context(), weak)
	if err != nil || e.Actor.Staff() || !e.Withheld {
		t.Errorf("one factor gives %+v, %v", e, err)
	}
	if _, err := d.MakeToken(t.Context(), e, "GIS", []string{"read"}, time.Hour); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("one factor gives a key, which would have the role: %v", err)
	}
	e, err = d.Enter(t.Context(), strong)
	if err != nil || !e.Actor.Has(account.RoleModerator) || e.Withheld {
		t.Errorf("a passkey gives %+v, %v", e, err)
	}
	if _, err := d.MakeToken(t.Context(), e, "GIS", []string{"read"}, time.Hour); err != nil {
		t.Errorf("a passkey gives no key: %v", err)
	}
}

// A mailbox alone does not become two factors: who has a passkey uses it before another is made. Who has none yet makes the first.
func TestOneFactorDoesNotMakeItselfTheSecond(t *testing.T) {
	d, _ := newDirectory(t)
	id := person(t, d, "agent@example.org")
	if err := d.Grant(t.Context(), account.System, id, account.Grant{Role: account.RoleAgent}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.DB.Exec(t.Context(), `insert into setting values ('staff_second_factor', 'true')`); err != nil {
		t.Fatal(err)
	}
	first := entry(t, d, begin(t, d, id, account.ByLink, ""))
	if !first.Withheld || first.Lacks {
		t.Errorf("a first sign-in gives %+v", first)
	}
	addPasskey(t, d, first, newAuthenticator(t))

	weak := entry(t, d, begin(t, d, id, account.ByLink, ""))
	_, _, passkey := d.PreparePasskey(t.Context(), weak, here)
	_, confirm := d.ConfirmSecondFactor(t.Context(), weak, "000000")
	keys, err := d.Passkeys(t.Context(), weak.Actor)
	if err != nil || len(keys) != 1 {
		t.Fatalf("the passkeys are %+v, %v", keys, err)
	}
	for name, err := range map[string]error{
		"a passkey": passkey, "codes": d.PrepareSecondFactor(t.Context(), weak), "a code": confirm, "a password": d.SetPassword(t.Context(), weak, "un canard jaune", ""),
		"another address": d.AskEmail(t.Context(), weak, "thief@example.org", language.French, site), "no passkey": d.RemovePasskey(t.Context(), weak, keys[0].ID),
	} {
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("one factor sets %s: %v", name, err)
		}
	}
	if err := d.PrepareSecondFactor(t.Context(), entry(t, d, begin(t, d, id, account.ByPasskey, ""))); err != nil {
		t.Errorf("with the passkey: %v", err)
	}
	// Who has lost it is helped by an administrator, and begins as at first.
	if err := d.Reset(t.Context(), weak.Actor, id); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("who is no administrator: %v", err)
	}
	if err := d.Reset(t.Context(), account.System, id); err != nil {
		t.Fatal(err)
	}
	if n := count(t, d, `select count(*) from session where person_id = $1`, id); n != 0 {
		t.Errorf("%d sessions outlive it", n)
	}
	if _, text := mailed(t, d, "agent@example.org"); !strings.Contains(text, "second facteur") {
		t.Errorf("the person is told %q", text)
	}
	addPasskey(t, d, entry(t, d, begin(t, d, id, account.ByLink, "")), newAuthenticator(t))
}
