package account_test

import (
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/fault"
)

func TestKeysOfPrograms(t *testing.T) {
	d, c := newDirectory(t)
	one, other := person(t, d, "one@example.org"), person(t, d, "other@example.org")
	here := entry(t, d, begin(t, d, one, account.ByLink, ""))
	me := here.Actor
	reads, err := d.MakeToken(t.Context(), here, "QGIS", []string{"read"}, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	writes, err := d.MakeToken(t.Context(), here, "Import", []string{"write", "read", "read"}, 48*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := d.EnterByToken(t.Context(), reads); err != nil || e.Actor.Person != one || !e.Actor.ReadOnly {
		t.Errorf("the key that reads gives %+v, %v", e, err)
	}
	if e, err := d.EnterByToken(t.Context(), writes); err != nil || e.Actor.ReadOnly {
		t.Errorf("the key that writes gives %+v, %v", e, err)
	}
	session := begin(t, d, one, account.ByLink, "")
	if _, err := d.EnterByToken(t.Context(), session); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a session's secret is taken for a key: %v", err)
	}
	if _, err := d.Enter(t.Context(), reads); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a key is taken for a session: %v", err)
	}
	for _, key := range []string{reads, writes} {
		e, err := d.EnterByToken(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.MakeToken(t.Context(), e, "more", []string{"write"}, time.Hour); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a key makes another: %v", err)
		}
	}
	list, err := d.Tokens(t.Context(), me)
	if err != nil || len(list) != 2 {
		t.Fatalf("the keys are %+v, %v", list, err)
	}
	if err := d.RevokeToken(t.Context(), account.Actor{Person: other}, list[0].ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a person revokes another's key: %v", err)
	}
	c.Time = noon.Add(24 * time.Hour)
	if _, err := d.EnterByToken(t.Context(), reads); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a key that expired enters: %v", err)
	}
	for _, one := range list {
		if err := d.RevokeToken(t.Context(), me, one.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.EnterByToken(t.Context(), writes); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a key that was revoked enters: %v", err)
	}
}

func TestKeysThatWillNotDo(t *testing.T) {
	d, _ := newDirectory(t)
	me := entry(t, d, begin(t, d, person(t, d, "one@example.org"), account.ByLink, ""))
	for _, c := range []struct {
		name   string
		scopes []string
		life   time.Duration
	}{
		{"", []string{"read"}, time.Hour},
		{"x", nil, time.Hour},
		{"x", []string{"read", "administer"}, time.Hour},
		{"x", []string{"read"}, 0},
		{"x", []string{"read"}, 400 * 24 * time.Hour},
	} {
		if _, err := d.MakeToken(t.Context(), me, c.name, c.scopes, c.life); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v, want Invalid", c, err)
		}
	}
	for range 20 {
		if _, err := d.MakeToken(t.Context(), me, "x", []string{"read"}, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.MakeToken(t.Context(), me, "x", []string{"read"}, time.Hour); fault.KindOf(err) != fault.Conflict {
		t.Errorf("one key too many: %v", err)
	}
}

// Where the town wants two factors of its staff, a key that one factor made gives no role, were it made before the town wanted that or before there was a role.
func TestWeakKeysOfStaff(t *testing.T) {
	d, _ := newDirectory(t)
	agent, promoted := person(t, d, "agent@example.org"), person(t, d, "promoted@example.org")
	moderates := account.Grant{Role: account.RoleModerator}
	grant := func(id int64) {
		t.Helper()
		if err := d.Grant(t.Context(), account.System, id, moderates); err != nil {
			t.Fatal(err)
		}
	}
	made := func(id int64, by account.Method) string {
		t.Helper()
		key, err := d.MakeToken(t.Context(), entry(t, d, begin(t, d, id, by, "")), "GIS", []string{"read"}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	staff := func(key string) (gives, withheld bool) {
		t.Helper()
		e, err := d.EnterByToken(t.Context(), key)
		if err != nil || e.Actor.Person == 0 || !e.Actor.ReadOnly {
			t.Fatalf("the key gives %+v, %v", e, err)
		}
		return e.Actor.Has(account.RoleModerator), e.Withheld
	}
	grant(agent)
	before, strong := made(agent, account.ByPassword), made(agent, account.ByPasskey)
	if gives, withheld := staff(before); !gives || withheld {
		t.Error("where nobody wants two factors a key gives no role")
	}
	if _, err := d.DB.Exec(t.Context(), `insert into setting values ('staff_second_factor', 'true')`); err != nil {
		t.Fatal(err)
	}
	resident := made(promoted, account.ByLink)
	if gives, withheld := staff(resident); gives || withheld {
		t.Error("something is withheld from a resident")
	}
	grant(promoted)
	for name, key := range map[string]string{"older than the setting": before, "older than the role": resident} {
		if gives, withheld := staff(key); gives || !withheld {
			t.Errorf("a weak key %s gives the role: %t, withheld: %t", name, gives, withheld)
		}
	}
	if gives, withheld := staff(strong); !gives || withheld {
		t.Error("a key that a passkey made gives no role")
	}
}
