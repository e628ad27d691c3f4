package web

import (
	"quartier/reports/account"
	"quartier/tiles"
)

// audienceOf tells the index what an actor may see: the permission rule in its words.
func audienceOf(a account.Actor) tiles.Audience {
	audience := tiles.Audience{Sees: tiles.Visibility(a.Mask())}
	for _, g := range a.Scopes() {
		audience.Scopes = append(audience.Scopes, tiles.Scope{Services: g.Services, Categories: g.Categories, Zones: g.Zones})
	}
	return audience
}
