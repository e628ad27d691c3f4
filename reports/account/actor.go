// Package account is about people: who they are, how they prove it, what they may see and do. Who asks is an explicit Actor argument of every domain
// function that reads or writes; the one visibility rule stands in visible.go and is used by lists, exports, tiles and pages alike.
//
// Decisions:
//   - A resident is whoever proves an address; the account makes itself at the first sign-in. Everything beyond is granted: a role, limited to services ×
//     categories × zones where that makes sense. Several grants are a union. Refused: permissions one by one, which a town's only administrator would never
//     get right.
//   - Secrets (sessions, links, keys of programs) are 32 random bytes; their SHA-256 is stored and looked up. Refused: signed tokens that carry the rights
//     (JWT): they cannot be revoked.
//   - Rights are read from the database with each session, never kept in it: who loses a role loses it at once.
package account

import (
	"slices"

	"quartier/reports/fault"
)

// Role is what somebody is to the service.
type Role string

const (
	RoleResident      Role = "resident" // with or without an account
	RoleAgent         Role = "agent"
	RoleAnalyst       Role = "analyst"
	RoleModerator     Role = "moderator"
	RoleAdministrator Role = "administrator"
	RoleSource        Role = "source" // the other system that an import or a protocol speaks for
	RoleSystem        Role = "system" // the service itself: loading the index, planned work
)

// StaffRoles are the roles that can be granted, the strongest first.
var StaffRoles = []Role{RoleAdministrator, RoleModerator, RoleAgent, RoleAnalyst}

// Actor is who asks.
type Actor struct {
	// Role is the strongest of the actor's roles; it stands in timelines and in the audit.
	Role Role
	// Name is what the timeline may show: a service or a source; empty for people who did not choose to show theirs.
	Name string
	// Person is the account; 0: nobody who is known, or no person.
	Person int64
	// Grants are the roles beyond a resident's, with what they are limited to.
	Grants []Grant
	// ReadOnly actors are programs whose key lets them read what the person sees, and change nothing.
	ReadOnly bool
}

// Grant is a role and what it is limited to. Each list is of ids, sorted; an empty one does not limit. Moderators and administrators have no limits.
type Grant struct {
	ID         int64
	Role       Role
	Services   []int32
	Categories []int32 // with those below them
	Zones      []int32
}

// Anonymous is a visitor of whom nothing is known.
var Anonymous = Actor{Role: RoleResident}

// System is the service itself; it sees everything.
var System = Actor{Role: RoleSystem}

// Source is the system that an import speaks for.
func Source(name string) Actor { return Actor{Role: RoleSource, Name: name} }

// Has tells whether the actor has one of the roles. An administrator has every role of staff: a small town has nobody else.
func (a Actor) Has(roles ...Role) bool {
	has := func(r Role) bool {
		return slices.Contains(roles, r) || r == RoleAdministrator && slices.ContainsFunc(roles, func(w Role) bool { return slices.Contains(StaffRoles, w) })
	}
	return has(a.Role) || slices.ContainsFunc(a.Grants, func(g Grant) bool { return has(g.Role) })
}

// MayAdminister fails with Forbidden for who is no administrator, nor the service itself.
func (a Actor) MayAdminister() error {
	if a.ReadOnly || a.Role != RoleSystem && !a.Has(RoleAdministrator) {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	return nil
}

// Staff tells whether the actor has any role beyond a resident's.
func (a Actor) Staff() bool { return a.Has(StaffRoles...) }

// strongest gives the strongest role of some grants.
func strongest(grants []Grant) Role {
	for _, r := range StaffRoles {
		if slices.ContainsFunc(grants, func(g Grant) bool { return g.Role == r }) {
			return r
		}
	}
	return RoleResident
}

// covers tells whether a report of a service, a category and zones lies within the grant.
func (g *Grant) covers(service, category int32, zones []int32) bool {
	in := func(list []int32, id int32) bool { return len(list) == 0 || slices.Contains(list, id) }
	return in(g.Services, service) && in(g.Categories, category) &&
		(len(g.Zones) == 0 || slices.ContainsFunc(zones, func(z int32) bool { return slices.Contains(g.Zones, z) }))
}
