package account_test

import (
	"strings"
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/fault"
)

var mayor = account.Actor{Role: account.RoleAdministrator, Person: 1, Grants: []account.Grant{{Role: account.RoleAdministrator}}}

// People are found by a part of what they are called, whatever signs it has, page by page.
func TestPeopleAreFound(t *testing.T) {
	d, _ := newDirectory(t)
	for _, email := range []string{"anne@example.org", "anne_b@example.org", "annexb@example.org", "paul@example.org"} {
		person(t, d, email)
	}
	if _, err := d.DB.Exec(t.Context(), `update person set name = 'Élise 50 %' where email = 'paul@example.org'`); err != nil {
		t.Fatal(err)
	}
	for search, want := range map[string]string{
		"": "paul annexb anne_b anne", "anne": "annexb anne_b anne", "ANNE": "annexb anne_b anne", "anne_": "anne_b", "50 %": "paul", "%": "paul", `\`: "", "' or 1=1": "", "élise": "paul",
	} {
		var got []string
		f := account.PeopleFilter{Search: search, Limit: 2}
		for more := true; more; {
			var list []account.Listed
			var err error
			if list, more, err = d.People(t.Context(), mayor, f); err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				name, _, _ := strings.Cut(one.Email, "@")
				got, f.Before = append(got, name), one.ID
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q finds %v, want %s", search, got, want)
		}
	}
}

// Whoever is blocked is out at once, and cannot be invited; the last administrator cannot be blocked; nobody else blocks.
func TestBlock(t *testing.T) {
	d, _ := newDirectory(t)
	admin, agent := person(t, d, "mairie@example.org"), person(t, d, "voirie@example.org")
	for id, role := range map[int64]account.Role{admin: account.RoleAdministrator, agent: account.RoleAgent} {
		if err := d.Grant(t.Context(), account.System, id, account.Grant{Role: role}); err != nil {
			t.Fatal(err)
		}
	}
	secret := begin(t, d, agent, account.ByLink, "")
	if err := d.Block(t.Context(), mayor, agent); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Enter(t.Context(), secret); fault.KindOf(err) != fault.NotFound {
		t.Errorf("who is blocked is still in: %v", err)
	}
	if _, err := d.Invite(t.Context(), mayor, agent, "https://x.example"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("who is blocked is invited: %v", err)
	}
	if err := d.Unblock(t.Context(), mayor, agent); err != nil {
		t.Fatal(err)
	}
	begin(t, d, agent, account.ByLink, "")
	if err := d.Block(t.Context(), mayor, admin); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the last administrator is blocked: %v", err)
	}
	if p, err := d.Person(t.Context(), admin); err != nil || p.Blocked {
		t.Errorf("%+v, %v", p, err)
	}
	other := account.Actor{Role: account.RoleModerator, Person: agent, Grants: []account.Grant{{Role: account.RoleModerator}}}
	_, _, people := d.People(t.Context(), other, account.PeopleFilter{Limit: 1})
	_, groups := d.Groups(t.Context(), other)
	_, _, trail := d.Trail(t.Context(), other, account.TrailFilter{Limit: 1})
	_, _, add := d.Add(t.Context(), other, "x@example.org", "", "fr")
	reading := mayor
	reading.ReadOnly = true
	for _, err := range []error{people, groups, trail, add, d.Block(t.Context(), other, admin), d.EndSessions(t.Context(), other, admin), d.Block(t.Context(), reading, agent)} {
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("somebody who is no administrator administers: %v", err)
		}
	}
	if err := d.Block(t.Context(), mayor, 999); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown person: %v", err)
	}
}

// A role is not limited to what there is not.
func TestGrantChecksLimits(t *testing.T) {
	d, _ := newDirectory(t)
	id := person(t, d, "voirie@example.org")
	for name, g := range map[string]account.Grant{"services": {Services: []int32{9999}}, "categories": {Categories: []int32{-1}}, "zones": {Zones: []int32{1}}} {
		g.Role = account.RoleAgent
		if err := d.Grant(t.Context(), mayor, id, g); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s that there are not: %v", name, err)
		}
	}
}

func TestGroups(t *testing.T) {
	d, _ := newDirectory(t)
	anne := person(t, d, "anne@example.org")
	first, err := d.MakeGroup(t.Context(), mayor, "Les Amis du parc", "")
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.MakeGroup(t.Context(), mayor, "les amis du Parc !", "")
	if err != nil {
		t.Fatal(err)
	}
	if g, _, err := d.Group(t.Context(), mayor, second); err != nil || g.Slug != "les-amis-du-parc-2" {
		t.Errorf("%+v, %v", g, err)
	}
	if err := d.AddMember(t.Context(), mayor, first, " Anne@Example.org", true); err != nil {
		t.Fatal(err)
	}
	if _, members, err := d.Group(t.Context(), mayor, first); err != nil || len(members) != 1 || !members[0].Lead || members[0].ID != anne {
		t.Errorf("%+v, %v", members, err)
	}
	if err := d.ChangeGroup(t.Context(), mayor, first, 1, "Amis du parc", "Le samedi"); err != nil {
		t.Error(err)
	}
	if err := d.ChangeGroup(t.Context(), mayor, first, 1, "Trop tard", ""); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a stale change is taken: %v", err)
	}
	for name, err := range map[string]error{
		"an unknown address": d.AddMember(t.Context(), mayor, first, "paul@example.org", false),
		"no address":         d.AddMember(t.Context(), mayor, first, "paul", false),
		"no name":            d.ChangeGroup(t.Context(), mayor, first, 2, " \u200b ", ""),
	} {
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"another group's member": d.SetLead(t.Context(), mayor, second, anne, true), "nobody": d.RemoveMember(t.Context(), mayor, first, 999),
		"an unknown group": d.AddMember(t.Context(), mayor, 999, "anne@example.org", false), "a group that is not there": d.ChangeGroup(t.Context(), mayor, 999, 1, "x", ""),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.RemoveMember(t.Context(), mayor, first, anne); err != nil {
		t.Error(err)
	}
}

// The audit is read page by page, also where many things happened at one moment, and never holds an address.
func TestTrail(t *testing.T) {
	d, _ := newDirectory(t)
	for range 5 {
		if _, err := d.DB.Exec(t.Context(), `insert into audit (at, actor_role, actor_id, action, subject) values ('2026-01-01', 'administrator', 7, 'x.y', 'person/1')`); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := d.Add(t.Context(), mayor, "secret-address@example.org", "Nom", "fr"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Invite(t.Context(), mayor, 1, ""); err != nil {
		t.Fatal(err)
	}
	seen := map[int64]bool{}
	for f := (account.TrailFilter{Limit: 2, Person: 7, Action: "x.y", Subject: "person/1", To: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}); ; {
		list, next, err := d.Trail(t.Context(), mayor, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			seen[e.ID] = true
		}
		if f.After = next; next == "" {
			break
		}
	}
	if len(seen) != 5 {
		t.Errorf("%d of 5 entries are found", len(seen))
	}
	for _, cursor := range []string{"x", "!!", "MS4=", strings.Repeat("9", 400)} {
		if _, _, err := d.Trail(t.Context(), mayor, account.TrailFilter{After: cursor, Limit: 1}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("the cursor %q: %v", cursor, err)
		}
	}
	actions, err := d.Actions(t.Context(), mayor)
	if err != nil || strings.Join(actions, " ") != "person.add person.invite x.y" {
		t.Errorf("the actions are %v, %v", actions, err)
	}
	var told string
	if err := d.DB.QueryRow(t.Context(), `select string_agg(audit::text, '') from audit`).Scan(&told); err != nil || strings.Contains(told, "secret-address") {
		t.Errorf("the audit tells %s, %v", told, err)
	}
}
