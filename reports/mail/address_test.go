package mail

import (
	"errors"
	"strings"
	"testing"

	"quartier/reports/fault"
)

func TestMailbox(t *testing.T) {
	for _, c := range []struct{ name, address, want string }{
		{"plain", "jeanne@example.org", "jeanne@example.org"},
		{"a tag", "jeanne+ville@example.org", "jeanne+ville@example.org"},
		{"capitals before the at sign are the mailbox's own", "Jeanne@Example.ORG", "Jeanne@example.org"},
		{"a name of letters beyond ASCII", "jeanne@mairie-évian.fr", "jeanne@xn--mairie-vian-hbb.fr"},
		{"letters beyond ASCII before the at sign", "zoé@example.org", "zoé@example.org"},
		{"quoted", `"jeanne d'arc"@example.org`, `"jeanne d'arc"@example.org`},
		{"an at sign in quotes", `"a@b"@example.org`, `"a@b"@example.org`},
		{"none", "", ""},
		{"no at sign", "jeanne", ""},
		{"nothing before the at sign", "@example.org", ""},
		{"no domain", "jeanne@", ""},
		{"a host of the machine", "root@localhost", ""},
		{"a name beside it", "Jeanne <jeanne@example.org>", ""},
		{"brackets", "<jeanne@example.org>", ""},
		{"a comment", "jeanne@example.org (Jeanne)", ""},
		{"two", "jeanne@example.org, luc@example.org", ""},
		{"white space", " jeanne@example.org", ""},
		{"a header behind it", "jeanne@example.org\r\nBcc: all@example.org", ""},
		{"a header in quotes", "\"a\r\nBcc: all@example.org\r\n\"@example.org", ""},
		{"a command in quotes", "\"a>\r\nRCPT TO:<all\"@example.org", ""},
		{"a null byte", "jeanne\x00@example.org", ""},
		{"broken bytes", "jeanne\xff@example.org", ""},
		{"an address of the network", "jeanne@[192.0.2.1]", ""},
		{"too long before the at sign", strings.Repeat("a", 65) + "@example.org", ""},
		{"too long", "a@" + strings.Repeat("a.", 130) + "org", ""},
	} {
		got, err := mailbox(c.address)
		if got != c.want {
			t.Errorf("%s: %q became %q, want %q", c.name, c.address, got, c.want)
		}
		var f *fault.Error
		if c.want == "" && (!errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Name != "email") {
			t.Errorf("%s: refused by %v, which does not name the field", c.name, err)
		}
		if f != nil && c.address != "" && strings.Contains(f.Error(), c.address) {
			t.Errorf("%s: the error tells the address", c.name)
		}
	}
}

// What is accepted can be written into a line of a protocol, and is accepted again as it is.
func FuzzMailbox(f *testing.F) {
	for _, s := range []string{"jeanne@example.org", `"a b"@example.org`, "zoé@évian.fr", "a@b.c\r\nX: y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := mailbox(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(got, "\r\n\x00") {
			t.Errorf("%q became %q", s, got)
		}
		if again, err := mailbox(got); err != nil || again != got {
			t.Errorf("%q became %q, then %q, %v", s, got, again, err)
		}
	})
}
