package tiles

import (
	"fmt"

	"quartier/geo"
)

// Kind says what an item is: its place in Vocabulary.Kinds (report, annotation …), 0…31.
type Kind uint8

// Key names an item for ever. ID is 0…2^48−1.
type Key struct {
	Kind Kind
	ID   int64
}

// Visibility says who may see an item. Each is a bit, so that they can be or'ed together.
type Visibility uint8

// The visibilities of DOMAIN, "What the public may see".
const (
	Public  Visibility = 1 << iota
	Private            // of a private category: the reporter and the responsible service
	Hidden             // taken down by moderators
	Pending            // not confirmed yet
)

// Item is one thing on the map, as the rooms above hand it in.
type Item struct {
	Kind     Kind
	ID       int64 // 0…2^48−1, unique within the kind
	Position geo.Position
	Cell     geo.Cell // of the position, at geo.CellResolution

	Category int32   // as numbered in the database; 0: none
	Status   uint8   // place in Vocabulary.Statuses
	Service  int32   // as numbered in the database; 0: none
	Zones    []int32 // as numbered in the database: every zone that holds the position, of any set, in any order

	Visibility Visibility // exactly one

	Created int64 // Unix seconds
	Closed  int64 // Unix seconds, 1970…2106; 0: not closed
	Due     int64 // Unix seconds, 1970…2106; 0: no deadline
}

// Key gives the name of the item.
func (i *Item) Key() Key { return Key{Kind: i.Kind, ID: i.ID} }

// Change is the state of one item after something happened to it.
type Change struct {
	Key  Key
	Item *Item // nil: the item is gone
}

// Changed tells what a Change did, for those who watch: nil before is a new item, nil after one that is gone.
type Changed struct {
	Key           Key
	Before, After *Item
}

// idBits is the room for an id beside its kind: with 32 kinds the whole number stays within 2^53, which JavaScript can hold exactly.
const (
	idBits  = 48
	maxID   = 1<<idBits - 1
	maxKind = 31
)

// number packs a key into one number, which is also the feature id in tiles: kind · 2^48 + id. Within one H3 cell features stand in this order.
// A key out of range is a fault of the caller.
func (k Key) number() uint64 {
	if k.Kind > maxKind || k.ID < 0 || k.ID > maxID {
		panic(fmt.Sprintf("tiles: key %d/%d is out of range", k.Kind, k.ID))
	}
	return uint64(k.Kind)<<idBits | uint64(k.ID)
}

// keyOf unpacks what number packed.
func keyOf(number uint64) Key {
	return Key{Kind: Kind(number >> idBits), ID: int64(number & maxID)}
}
