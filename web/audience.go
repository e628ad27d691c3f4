package web

import (
	"quartier/reports/account"
	"quartier/tiles"
)

// audienceOf tells the index what an actor may see.
func audienceOf(a account.Actor) tiles.Audience {
	return tiles.Audience{Sees: tiles.Visibility(a.Mask())}
}
