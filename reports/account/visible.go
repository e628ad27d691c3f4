package account

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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

// Sees is the one permission rule, its first half: does the actor see every item of this visibility?
func (a Actor) Sees(v Visibility) bool {
	switch {
	case v == Public, a.Role == RoleSystem, a.Has(RoleAdministrator):
		return true
	case a.Has(RoleModerator):
		return v == Pending || v == Hidden
	}
	return false
}

// SeesItem is the whole rule: items of a visibility that the actor sees whole, and private ones that lie within a grant of an agent (the responsible
// service) or an analyst. What somebody filed is theirs to see besides: OwnSQL.
func (a Actor) SeesItem(v Visibility, service, category int32, zones []int32) bool {
	return a.Sees(v) || v == Private && a.Covers(service, category, zones)
}

// Covers tells whether a report of a service, a category and zones lies within what the actor works on.
func (a Actor) Covers(service, category int32, zones []int32) bool {
	return a.Sees(Private) || slices.ContainsFunc(a.Scopes(), func(g Grant) bool { return g.covers(service, category, zones) })
}

// Handles tells whether a report of a service, a category and zones is the actor's to work on: an agent of that scope, or an administrator. Only who
// handles a report reads its notes and how to reach who filed it; an analyst of the same scope does not.
func (a Actor) Handles(service, category int32, zones []int32) bool {
	return a.Has(RoleAdministrator) || slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == RoleAgent && g.covers(service, category, zones) })
}

// Mask is the first half of the rule for the index: bit 1<<v is set if the actor sees every item of v.
func (a Actor) Mask() uint8 {
	var m uint8
	for v := range visibilities {
		if a.Sees(v) {
			m |= 1 << v
		}
	}
	return m
}

// Scopes is the second half of the rule for the index: private items that lie within one of these are seen too. Empty for who sees all or none of them.
func (a Actor) Scopes() []Grant {
	if a.Sees(Private) {
		return nil
	}
	var scopes []Grant
	for _, g := range a.Grants {
		if g.Role == RoleAgent || g.Role == RoleAnalyst {
			scopes = append(scopes, g)
		}
	}
	return scopes
}

// VisibleSQL is the rule for SQL: a condition on the columns visibility, status, service_id, category_id and zone_ids of the table alias. For the public it
// is worded as the indexes' own condition, so that they serve it. It holds numbers of ours only, nothing that anybody wrote.
func (a Actor) VisibleSQL(alias string) string {
	scopes := a.Scopes()
	switch {
	case a.Mask() == 1<<visibilities-1:
		return "true"
	case a.Mask() == 1<<Public && len(scopes) == 0:
		return fmt.Sprintf("(%[1]s.visibility = 'public' and %[1]s.status <> 'pending')", alias)
	case len(scopes) == 0:
		return fmt.Sprintf("((%d >> (%s)) & 1 = 1)", a.Mask(), visibilitySQL(alias))
	}
	rule := fmt.Sprintf("(((%d >> (%s)) & 1 = 1)", a.Mask(), visibilitySQL(alias))
	for _, g := range scopes {
		rule += fmt.Sprintf(" or (%[1]s.visibility = 'private' and %[1]s.status <> 'pending'", alias)
		if len(g.Services) > 0 {
			rule += fmt.Sprintf(" and %s.service_id = any(%s)", alias, arraySQL(g.Services))
		}
		if len(g.Categories) > 0 {
			rule += fmt.Sprintf(" and %s.category_id = any(%s)", alias, arraySQL(g.Categories))
		}
		if len(g.Zones) > 0 {
			rule += fmt.Sprintf(" and %s.zone_ids && %s", alias, arraySQL(g.Zones))
		}
		rule += ")"
	}
	return rule + ")"
}

// OwnSQL is what the actor may see of single reports: what VisibleSQL says, and what the actor filed, unless moderators have hidden it. Lists, exports,
// counts and the map keep to VisibleSQL, so that they agree with each other.
func (a Actor) OwnSQL(alias string) string {
	if a.Person == 0 || a.Sees(Private) {
		return a.VisibleSQL(alias)
	}
	return fmt.Sprintf("(%[2]s or %[1]s.visibility <> 'hidden' and exists (select from report_contact rc where rc.report_id = %[1]s.id and rc.person_id = %[3]d))",
		alias, a.VisibleSQL(alias), a.Person)
}

// visibilitySQL is VisibilityOf in SQL.
func visibilitySQL(alias string) string {
	return fmt.Sprintf(`case when %[1]s.visibility = 'hidden' then %[2]d when %[1]s.status = 'pending' then %[3]d
		when %[1]s.visibility = 'private' then %[4]d else %[5]d end`, alias, Hidden, Pending, Private, Public)
}

// arraySQL writes ids as an array.
func arraySQL(ids []int32) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.Itoa(int(id))
	}
	return "'{" + strings.Join(texts, ",") + "}'::integer[]"
}
