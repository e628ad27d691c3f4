package tiles

import (
	"cmp"
	"slices"
	"strconv"

	"quartier/geo"
)

// Filter narrows what is counted and shown. An empty list does not narrow; within a list any value will do; the lists, the times and the box
// must all agree.
type Filter struct {
	Kinds      []Kind
	Statuses   []uint8 // places in Vocabulary.Statuses
	Categories []int32
	Services   []int32
	Zones      []int32

	// From and To bound the creation time, in Unix seconds: From ≤ created < To. 0 leaves that end open.
	From, To int64

	// Box bounds the item's own position, edges included. nil: everywhere.
	Box *geo.Box
}

// appendTo appends the filter, so that equal filters give equal texts, whatever the order and the repeats in their lists.
func (f *Filter) appendTo(b []byte) []byte {
	b = appendList(b, 'k', f.Kinds)
	b = appendList(b, 's', f.Statuses)
	b = appendList(b, 'c', f.Categories)
	b = appendList(b, 'v', f.Services)
	b = appendList(b, 'z', f.Zones)
	if f.From != 0 || f.To != 0 {
		b = append(b, 't')
		b = strconv.AppendInt(b, f.From, 10)
		b = append(b, ',')
		b = strconv.AppendInt(b, f.To, 10)
	}
	if f.Box != nil {
		b = appendNumbers(append(b, 'b'), f.Box.West, f.Box.South, f.Box.East, f.Box.North)
	}
	return b
}

type whole interface {
	~uint8 | ~int32
	cmp.Ordered
}

// appendList appends a list sorted and without repeats, after its letter; nothing for an empty one.
func appendList[T whole](b []byte, letter byte, list []T) []byte {
	if len(list) == 0 {
		return b
	}
	if !rising(list) {
		list = slices.Clone(list)
		slices.Sort(list)
		list = slices.Compact(list)
	}
	return appendNumbers(append(b, letter), list...)
}

// rising tells whether a list is sorted and without repeats.
func rising[T whole](list []T) bool {
	for i := 1; i < len(list); i++ {
		if list[i-1] >= list[i] {
			return false
		}
	}
	return true
}

func appendNumbers[T whole](b []byte, numbers ...T) []byte {
	for i, n := range numbers {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return b
}
