package reports

import (
	"strings"

	"quartier/reports/account"
	"quartier/reports/fault"
)

// Limits of what people may write, in characters.
const (
	MaxTitle       = 200
	MaxDescription = 10_000
	MaxAddress     = 500
)

// CheckText is fault.Check.Text.
func CheckText(check *fault.Check, field, text string, longest int, lines bool) string {
	return check.Text(field, text, longest, lines)
}

// checkEmail accepts an empty address and one plain mailbox, and gives it in its kept form.
func checkEmail(check *fault.Check, field, address string) string {
	if strings.TrimSpace(address) == "" {
		return ""
	}
	form, ok := account.Email(address)
	if !ok {
		check.Add(field, "error.email", nil)
	}
	return form
}
