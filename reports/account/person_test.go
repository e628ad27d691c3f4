package account_test

import (
	"strings"
	"testing"

	"quartier/reports/account"
)

func TestEmail(t *testing.T) {
	for address, want := range map[string]string{
		" Jeanne.Doe@Example.ORG ":                 "jeanne.doe@example.org",
		"jeanne+ville@café.example":                "jeanne+ville@xn--caf-dma.example",
		"jeanne":                                   "",
		"jeanne@localhost":                         "",
		"Jeanne <jeanne@example.org>":              "",
		"jeanne@example.org, other@example.org":    "",
		"jeanne@example.org\r\nBcc: x@example.org": "",
		"jeanne\x00@example.org":                   "",
		"\"jeanne doe\"@example.org":               "",
		"\u212aim@example.org":                     "", // the sign of the kelvin
		"@example.org":                             "",
		strings.Repeat("a", 250) + "@example.org":  "",
		"": "",
	} {
		if got, ok := account.Email(address); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %v; want %q", address, got, ok, want)
		}
	}
}

func FuzzEmail(f *testing.F) {
	f.Add("jeanne@example.org")
	f.Add("jeanne@example.org\nBcc: x@y.z")
	f.Fuzz(func(t *testing.T, text string) {
		form, ok := account.Email(text)
		if !ok {
			return
		}
		if again, ok := account.Email(form); !ok || again != form {
			t.Errorf("%q becomes %q and then %q, %v", text, form, again, ok)
		}
		if strings.ContainsAny(form, "\r\n \x00") || len(form) > 254 {
			t.Errorf("%q becomes %q", text, form)
		}
	})
}
