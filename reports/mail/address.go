package mail

import (
	"net/mail"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"quartier/reports/fault"
)

// Limits of a mailbox in bytes (RFC 5321, 4.5.3.1).
const (
	maxLocal   = 64
	maxMailbox = 254
)

// mailbox gives the form of an address in which it is kept and sent: the domain in ASCII and small letters (RFC 5890), the part before it as it is,
// quoted or not. It refuses what is no plain mailbox: names, comments, several, routes, control characters, domains without a dot.
func mailbox(address string) (string, error) {
	refused := fault.In("email", "error.email", nil)
	parsed, err := mail.ParseAddress(address)
	at := strings.LastIndexByte(address, '@')
	if err != nil || parsed.Name != "" || at < 1 || at > maxLocal || strings.ContainsFunc(address, unicode.IsControl) {
		return "", refused
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil || !strings.Contains(domain, ".") {
		return "", refused
	}
	whole := address[:at] + "@" + domain
	// Read again, it is the same: nothing of it was a comment, a bracket or white space.
	if again, err := mail.ParseAddress(whole); err != nil || spelled(again.Address) != whole || len(whole) > maxMailbox {
		return "", refused
	}
	return whole, nil
}

// spelled writes an address that net/mail has read, its local part quoted if it must be (RFC 5321, 4.1.2).
func spelled(address string) string {
	text := (&mail.Address{Address: address}).String()
	return text[1 : len(text)-1]
}
