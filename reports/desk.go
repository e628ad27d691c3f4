package reports

import (
	"slices"

	"quartier/reports/fault"
)

// Desk is for whom staff file: somebody at the desk, on the telephone, or who filled in a form on paper. The report is theirs and not the agent's, who is
// named in its first entry. Limits and doubts that are meant for strangers do not apply.
type Desk struct {
	Name, Phone string // how to reach them, beside the address; kept apart from the report
}

// deskChannels are the ways in which people come to the desk.
var deskChannels = []string{"desk", "phone", "paper"}

// Most characters of what tells how to reach somebody.
const (
	maxContactName = 200
	maxPhone       = 50
)

// check puts what was said of the person into its stored form.
func (d *Desk) check(check *fault.Check, f *Filing) {
	if d == nil {
		return
	}
	if !slices.Contains(deskChannels, f.Channel) {
		check.Add("channel", "error.required", nil)
	}
	d.Name = CheckText(check, "name", d.Name, maxContactName, false)
	d.Phone = CheckText(check, "phone", d.Phone, maxPhone, false)
}

// known tells whether the person said how to be reached.
func (d *Desk) known() bool { return d != nil && (d.Name != "" || d.Phone != "") }

func (d *Desk) contact() (name, phone string) {
	if d == nil {
		return "", ""
	}
	return d.Name, d.Phone
}
