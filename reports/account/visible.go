package account

import "fmt"

// Visibility says who may see an item. It is what is stored with the item, joined with the state pending.
type Visibility uint8

const (
	Public  Visibility = iota
	Private            // the reporter and the responsible service
	Hidden             // moderators
	Pending            // moderators and the reporter: an unconfirmed address, or quarantine
	visibilities
)

// VisibilityOf joins the stored visibility ("public", "private", "hidden") and the state.
func VisibilityOf(visibility, status string) Visibility {
	switch {
	case visibility == "hidden":
		return Hidden
	case status == "pending":
		return Pending
	case visibility == "private":
		return Private
	}
	return Public
}

// Sees is the one permission rule: may the actor see items of this visibility?
func (a Actor) Sees(v Visibility) bool {
	switch a.Role {
	case RoleSystem, RoleAdministrator:
		return true
	case RoleModerator:
		return v == Public || v == Pending || v == Hidden
	}
	return v == Public
}

// Mask is the rule for the index: bit 1<<v is set if the actor sees v.
func (a Actor) Mask() uint8 {
	var m uint8
	for v := range visibilities {
		if a.Sees(v) {
			m |= 1 << v
		}
	}
	return m
}

// VisibleSQL is the rule for SQL: a condition on the columns visibility and status of the table alias. For the public it is worded as
// the indexes' own condition, so that they serve it.
func (a Actor) VisibleSQL(alias string) string {
	switch a.Mask() {
	case 1<<visibilities - 1:
		return "true"
	case 1 << Public:
		return fmt.Sprintf("(%[1]s.visibility = 'public' and %[1]s.status <> 'pending')", alias)
	}
	// VisibilityOf, in SQL.
	rule := fmt.Sprintf(`case when %[1]s.visibility = 'hidden' then %[2]d when %[1]s.status = 'pending' then %[3]d
		when %[1]s.visibility = 'private' then %[4]d else %[5]d end`, alias, Hidden, Pending, Private, Public)
	return fmt.Sprintf("((%d >> (%s)) & 1 = 1)", a.Mask(), rule)
}
