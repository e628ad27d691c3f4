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
	me := account.Actor{Person: one}
	reads, err := d.MakeToken(t.Context(), me, "QGIS", []string{"read"}, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	writes, err := d.MakeToken(t.Context(), me, "Import", []string{"write", "read", "read"}, 48*time.Hour)
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
	if _, err := d.MakeToken(t.Context(), account.Actor{Person: one, ReadOnly: true}, "more", []string{"write"}, time.Hour); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a key that reads makes one that writes: %v", err)
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
	me := account.Actor{Person: person(t, d, "one@example.org")}
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

// A key that was made before staff had to use a second factor, or before its person was staff, gives no role until there is one.
func TestKeysOfStaffWithoutSecondFactor(t *testing.T) {
	d, _ := newDirectory(t)
	id := person(t, d, "agent@example.org")
	key, err := d.MakeToken(t.Context(), account.Actor{Person: id}, "GIS", []string{"read"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Grant(t.Context(), account.System, id, account.Grant{Role: account.RoleModerator}); err != nil {
		t.Fatal(err)
	}
	staff := func(want bool) {
		t.Helper()
		if e, err := d.EnterByToken(t.Context(), key); err != nil || e.Actor.Staff() != want || e.Withheld == want {
			t.Errorf("the key gives %+v, %v; of staff: want %v", e, err, want)
		}
	}
	staff(true)
	if _, err := d.DB.Exec(t.Context(), `insert into setting values ('staff_second_factor', 'true')`); err != nil {
		t.Fatal(err)
	}
	staff(false)
	addPasskey(t, d, entry(t, d, begin(t, d, id, account.ByLink, "")), newAuthenticator(t))
	staff(true)
}
