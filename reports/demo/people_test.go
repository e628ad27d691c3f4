package demo

import (
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/store/storetest"
)

// The accounts of the demo are the same at every start; a town that is shown to others has new passwords, and one that is served without the demo none.
func TestAccounts(t *testing.T) {
	d := &account.Directory{DB: storetest.New(t), Now: time.Now}
	enters := func(a Account) bool {
		way, err := d.EnterByPassword(t.Context(), a.Email, a.Password, account.Browser{})
		return err == nil && way.Session != ""
	}
	first, err := Enrol(t.Context(), d, false)
	if err != nil {
		t.Fatal(err)
	}
	roles := map[account.Role]int{}
	for i, a := range first {
		roles[a.Role]++
		p, err := d.Person(t.Context(), int64(i+1))
		if err != nil || p.Email != a.Email || !enters(a) {
			t.Errorf("%+v is %+v and does not get in, %v", a, p, err)
		}
		grants, err := d.Grants(t.Context(), p.ID)
		if err != nil || len(a.Services) > 0 && (len(grants) != 1 || len(grants[0].Services) != 1) {
			t.Errorf("%s has %+v, %v", a.Email, grants, err)
		}
	}
	if len(roles) != 5 || roles[account.RoleAgent] != 2 {
		t.Errorf("the roles are %v", roles)
	}
	public, err := Enrol(t.Context(), d, true)
	if err != nil {
		t.Fatal(err)
	}
	for i := range public {
		if enters(first[i]) || !enters(public[i]) {
			t.Errorf("%s gets in with what everybody knows, or not with what is new", first[i].Email)
		}
	}
	if _, err := Enrol(t.Context(), d, false); err != nil {
		t.Fatal(err)
	}
	if err := Retire(t.Context(), d); err != nil || !enters(first[5]) {
		t.Errorf("a database that does not hold the town is touched: %v", err)
	}
	if _, err := d.DB.Exec(t.Context(), `insert into setting (name, value) values ($1, $2)`, settingName, version); err != nil {
		t.Fatal(err)
	}
	if err := Retire(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	for _, a := range first {
		if enters(a) {
			t.Errorf("%s gets in when the demo is over", a.Email)
		}
	}
}
