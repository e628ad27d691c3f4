package tiles

import "slices"

// Audience is what somebody may see of the items.
type Audience struct {
	Sees   Visibility // or'ed together: all items of these
	Scopes []Scope    // private items too, where one of these covers them
}

// Scope covers the items of one of its services and one of its categories that lie in one of its zones. An empty list does not narrow. Numbers are
// those of Item.
type Scope struct {
	Services, Categories, Zones []int32
}

// Everyone sees what is public.
var Everyone = Audience{Sees: Public}

// IsEveryone tells whether the audience sees no more than everyone does.
func (a Audience) IsEveryone() bool { return a.Sees == Public && len(a.Scopes) == 0 }

// settled gives the audience in other words: its lists are sorted, and there are scopes only if they tell anything.
func (a Audience) settled() Audience {
	if len(a.Scopes) == 0 {
		return a
	}
	if a.Sees&Private != 0 {
		return Audience{Sees: a.Sees}
	}
	scopes := make([]Scope, len(a.Scopes))
	for i, s := range a.Scopes {
		if len(s.Services)+len(s.Categories)+len(s.Zones) == 0 {
			return Audience{Sees: a.Sees | Private}
		}
		scopes[i] = Scope{sorted(s.Services), sorted(s.Categories), sorted(s.Zones)}
	}
	return Audience{Sees: a.Sees, Scopes: scopes}
}

// appendTo appends the audience, so that equal audiences give equal texts, whatever the order and the repeats in their lists.
func (a Audience) appendTo(b []byte) []byte {
	if len(a.Scopes) == 0 {
		return append(b, byte(a.Sees))
	}
	a = a.settled()
	texts := make([]string, len(a.Scopes))
	for i, s := range a.Scopes {
		text := appendList([]byte{'['}, 'v', s.Services)
		text = appendList(text, 'c', s.Categories)
		texts[i] = string(append(appendList(text, 'z', s.Zones), ']')) // no filter has brackets
	}
	slices.Sort(texts)
	b = append(b, byte(a.Sees))
	for _, text := range slices.Compact(texts) {
		b = append(b, text...)
	}
	return b
}

// within tells in which zones, sorted, some scopes cover the items of a profile: none for everywhere. !ok: nowhere.
func within(scopes []Scope, p *profile, zones []int32) (_ []int32, ok bool) {
	zones = zones[:0]
	for i := range scopes {
		s := &scopes[i]
		if !in(s.Services, p.service) || !in(s.Categories, p.category) {
			continue
		}
		if len(s.Zones) == 0 {
			return zones[:0], true
		}
		zones, ok = append(zones, s.Zones...), true
	}
	slices.Sort(zones)
	return slices.Compact(zones), ok
}
