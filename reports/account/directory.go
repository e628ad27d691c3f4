package account

import (
	"time"

	"quartier/reports/store"
)

// Directory [annuaire] is the record of people: accounts, what they are granted, how they sign in.
type Directory struct {
	DB *store.DB
	// Now is the clock.
	Now func() time.Time
	// Provider is an OpenID provider that people may sign in by; nil: none.
	Provider *Provider
	// Holders are the other rooms that keep personal data; Data and Erase ask each of them.
	Holders []Holder
}
