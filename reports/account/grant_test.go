package account_test

import (
	"slices"
	"testing"

	"quartier/reports/account"
	"quartier/reports/fault"
)

func TestGrants(t *testing.T) {
	d, _ := newDirectory(t)
	id := person(t, d, "one@example.org")
	var parent int32
	if err := d.DB.QueryRow(t.Context(), `select id from category where slug = 'roads'`).Scan(&parent); err != nil {
		t.Fatal(err)
	}
	wanted := account.Grant{Role: account.RoleAgent, Services: []int32{3, 1, 3}, Categories: []int32{parent}}
	for range 2 { // the second changes nothing
		if err := d.Grant(t.Context(), account.System, id, wanted); err != nil {
			t.Fatal(err)
		}
	}
	list, err := d.Grants(t.Context(), id)
	if err != nil || len(list) != 1 || !slices.Equal(list[0].Services, []int32{1, 3}) || len(list[0].Categories) != 5 || !slices.Contains(list[0].Categories, parent) {
		t.Fatalf("the grants are %+v, %v", list, err)
	}
	var audited int
	if err := d.DB.QueryRow(t.Context(), `select count(*) from audit where action = 'role.grant'`).Scan(&audited); err != nil || audited != 1 {
		t.Errorf("%d entries in the audit, %v", audited, err)
	}
	for name, c := range map[string]struct {
		actor account.Actor
		grant account.Grant
		kind  fault.Kind
	}{
		"by nobody":           {account.Anonymous, account.Grant{Role: account.RoleAdministrator}, fault.Forbidden},
		"by oneself":          {account.Actor{Person: id, Grants: list}, account.Grant{Role: account.RoleAdministrator}, fault.Forbidden},
		"by a reading key":    {account.Actor{Role: account.RoleAdministrator, ReadOnly: true}, account.Grant{Role: account.RoleAgent}, fault.Forbidden},
		"of a role of none":   {account.System, account.Grant{Role: account.RoleSystem}, fault.Invalid},
		"of limited moderate": {account.System, account.Grant{Role: account.RoleModerator, Services: []int32{1}}, fault.Invalid},
	} {
		if err := d.Grant(t.Context(), c.actor, id, c.grant); fault.KindOf(err) != c.kind {
			t.Errorf("a grant %s: %v", name, err)
		}
	}
	if err := d.Grant(t.Context(), account.System, 999, account.Grant{Role: account.RoleAgent}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a grant to nobody: %v", err)
	}
}

// A grant that is limited to a category that is gone is not one without limits.
func TestGrantOfAGoneCategory(t *testing.T) {
	d, _ := newDirectory(t)
	id := person(t, d, "one@example.org")
	const gone = 999_999
	if _, err := d.DB.Exec(t.Context(), `insert into role_grant (person_id, role, category_ids) values ($1, 'agent', $2)`, id, []int32{gone}); err != nil {
		t.Fatal(err)
	}
	list, err := d.Grants(t.Context(), id)
	if err != nil || len(list) != 1 || !slices.Equal(list[0].Categories, []int32{gone}) {
		t.Fatalf("the grants are %+v, %v", list, err)
	}
	actor := account.Actor{Person: id, Grants: list}
	if actor.SeesItem(account.Private, 0, 1, nil) || !actor.SeesItem(account.Private, 0, gone, nil) {
		t.Error("the limit is not kept")
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	d, _ := newDirectory(t)
	one, two := person(t, d, "one@example.org"), person(t, d, "two@example.org")
	grant := map[int64]int64{}
	for _, id := range []int64{one, two} {
		if err := d.Grant(t.Context(), account.System, id, account.Grant{Role: account.RoleAdministrator}); err != nil {
			t.Fatal(err)
		}
		list, err := d.Grants(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		grant[id] = list[0].ID
	}
	if err := d.Withdraw(t.Context(), account.System, two, grant[one]); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another person's grant is withdrawn: %v", err)
	}
	if err := d.Withdraw(t.Context(), account.System, two, grant[two]); err != nil {
		t.Fatal(err)
	}
	if err := d.Withdraw(t.Context(), account.System, one, grant[one]); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the last administrator goes: %v", err)
	}
	if list, err := d.Grants(t.Context(), one); err != nil || len(list) != 1 {
		t.Errorf("the last administrator has %+v, %v", list, err)
	}
}
