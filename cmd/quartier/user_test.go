package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"quartier/reports/store/storetest"
)

// An operator makes the first administrator and looks after the others, beside a running server.
func TestUser(t *testing.T) {
	url := storetest.URL(t)
	n := serve(t, "--database", url, "--data", t.TempDir())
	run := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := quartier(t, append([]string{"user", "--database", url}, args...)...)
		if code != want {
			t.Errorf("%v: exit %d, says %s%s", args, code, out, errs)
		}
		return out + errs
	}
	said := run(0, "add", "--email", "Mairie@Ville.example", "--name", "Anne", "--role", "administrator")
	link := regexp.MustCompile(`http://localhost:8080(/sign-in/link\?token=[A-Za-z0-9_-]{43})`).FindStringSubmatch(said)
	if link == nil {
		t.Fatalf("says %s", said)
	}
	if status, _ := get(t, n.url+link[1]); status != http.StatusOK {
		t.Errorf("the link answers %d", status)
	}
	run(0, "add", "--email", "voirie@ville.example", "--role", "agent", "--service", "roads", "--category", "pothole")
	if said := run(0, "role", "--email", "voirie@ville.example"); !strings.Contains(said, "agent; limited to 1 services, 1 categories") {
		t.Errorf("the roles are %s", said)
	}
	for _, args := range [][]string{
		{"add", "--email", "x"}, {"add", "--email", "y@ville.example", "--role", "agent", "--service", "none"}, {"add", "--email", "y@ville.example", "--role", "agent", "--zone", "none/1"},
		{"add", "--email", "y@ville.example", "--public-url", "javascript:x"}, {"add", "--email", "y@ville.example\nBcc: z@ville.example"},
		{"role", "--email", "nobody@ville.example"}, {"block", "--email", "mairie@ville.example"}, {"role", "--email", "mairie@ville.example", "--withdraw"},
		{"group", "member", "none", "--email", "voirie@ville.example"},
	} {
		run(1, args...)
	}
	run(2, "add", "--email", "y@ville.example", "--role", "king")
	if list := run(0, "list"); strings.Contains(list, "y@ville.example") || !strings.Contains(list, "administrator") || strings.Count(list, "\n") != 2 {
		t.Errorf("the list is %s", list)
	}
	run(0, "block", "--email", "voirie@ville.example")
	if list := run(0, "list", "voirie"); !strings.Contains(list, "blocked") {
		t.Errorf("the list is %s", list)
	}
	run(0, "unblock", "--email", "voirie@ville.example")
	run(0, "role", "--email", "voirie@ville.example", "--withdraw")
	if said := run(0, "role", "--email", "voirie@ville.example"); said != "" {
		t.Errorf("the roles are %s", said)
	}
	if slug := run(0, "group", "add", "Les Amis du parc"); slug != "les-amis-du-parc\n" {
		t.Errorf("the group is %s", slug)
	}
	run(0, "group", "member", "les-amis-du-parc", "--email", "voirie@ville.example", "--lead")
	if list := run(0, "group", "list"); !strings.Contains(list, "Les Amis du parc  1") {
		t.Errorf("the groups are %s", list)
	}
	run(0, "group", "member", "les-amis-du-parc", "--email", "voirie@ville.example", "--remove")
}
