// Package account is about people and what they may see and do. Who asks is an explicit Actor argument of every domain function that reads or
// writes; the one visibility rule stands in visible.go and is used by lists, exports, tiles and pages alike.
//
// Sign-in, sessions and scopes of staff are built on this seam; until they are, every visitor is Anonymous.
package account

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

// Actor is who asks.
type Actor struct {
	Role Role
	// Name is what the timeline may show: a service or a source; empty for people who did not choose to show theirs.
	Name string
}

// Anonymous is a visitor of whom nothing is known.
var Anonymous = Actor{Role: RoleResident}

// System is the service itself; it sees everything.
var System = Actor{Role: RoleSystem}

// Source is the system that an import speaks for.
func Source(name string) Actor { return Actor{Role: RoleSource, Name: name} }
