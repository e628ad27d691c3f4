package tiles_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"quartier/geo"
	"quartier/tiles"
)

// Each list of a scope narrows, one scope does not lend to another, and what is not private is not a scope's to give.
func TestScopes(t *testing.T) {
	place := at(2.35, 48.86)
	made := func(id int64, v tiles.Visibility, service, category int32, zones ...int32) tiles.Item {
		i := item(id, place)
		i.Visibility, i.Service, i.Category, i.Zones = v, service, category, zones
		return i
	}
	x := loaded(t, []tiles.Item{
		made(1, tiles.Public, 1, 1, 10),
		made(2, tiles.Private, 1, 1, 10, 20),
		made(3, tiles.Private, 1, 2, 11, 20),
		made(4, tiles.Private, 2, 1, 10),
		made(5, tiles.Private, 0, 0),
		made(6, tiles.Hidden, 1, 1, 10),
		made(7, tiles.Pending, 1, 1, 10),
	})
	only := func(of ...int32) []int32 { return of }
	for _, c := range []struct {
		name   string
		sees   tiles.Visibility
		scopes []tiles.Scope
		want   []int64
	}{
		{"everyone", tiles.Public, nil, []int64{1}},
		{"a service", tiles.Public, []tiles.Scope{{Services: only(1)}}, []int64{1, 2, 3}},
		{"a category", tiles.Public, []tiles.Scope{{Categories: only(1)}}, []int64{1, 2, 4}},
		{"a zone", tiles.Public, []tiles.Scope{{Zones: only(10)}}, []int64{1, 2, 4}},
		{"a zone of another set", tiles.Public, []tiles.Scope{{Zones: only(20)}}, []int64{1, 2, 3}},
		{"zones in no order", tiles.Public, []tiles.Scope{{Zones: only(20, 19, 10)}}, []int64{1, 2, 3, 4}},
		{"all three", tiles.Public, []tiles.Scope{{only(1), only(1), only(10)}}, []int64{1, 2}},
		{"a service that is not there", tiles.Public, []tiles.Scope{{Services: only(9)}}, []int64{1}},
		{"a zone that is not there", tiles.Public, []tiles.Scope{{Services: only(1), Zones: only(12)}}, []int64{1}},
		{"two scopes of different zones", tiles.Public, []tiles.Scope{{Services: only(1), Zones: only(11)}, {Services: only(2), Zones: only(10)}}, []int64{1, 3, 4}},
		{"two scopes do not make a third", tiles.Public, []tiles.Scope{{Services: only(1), Categories: only(2)}, {Services: only(2), Categories: only(2)}}, []int64{1, 3}},
		{"a wide scope beside a narrow one", tiles.Public, []tiles.Scope{{Services: only(1), Zones: only(11)}, {Services: only(1)}}, []int64{1, 2, 3}},
		{"without limits", tiles.Public, []tiles.Scope{{}}, []int64{1, 2, 3, 4, 5}},
		{"nothing but a scope", 0, []tiles.Scope{{Services: only(2)}}, []int64{4}},
		{"a moderator who is an agent", tiles.Public | tiles.Hidden | tiles.Pending, []tiles.Scope{{Services: only(2)}}, []int64{1, 4, 6, 7}},
		{"scopes of one who sees all that is private", tiles.Public | tiles.Private, []tiles.Scope{{Services: only(2)}}, []int64{1, 2, 3, 4, 5}},
	} {
		a := tiles.Audience{Sees: c.sees, Scopes: c.scopes}
		var got []int64
		for _, f := range decode(t, x.Tile(geo.TileAt(place, 18), tiles.Filter{}, a))["items"] {
			got = append(got, int64(f.ID.(float64)))
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: sees %v, want %v", c.name, got, c.want)
		}
		if n := x.Total(tiles.Filter{}, a); n != len(c.want) {
			t.Errorf("%s: counts %d, want %d", c.name, n, len(c.want))
		}
		if a.IsEveryone() != (c.name == "everyone") {
			t.Errorf("%s: is taken for everyone: %v", c.name, a.IsEveryone())
		}
	}
}

// Audiences that see the same share one answer; those that do not, do not.
func TestAudiencesShareAnswers(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 52))
	shuffled := func(list []int32) []int32 {
		if len(list) == 0 {
			return nil
		}
		list = append(slices.Clone(list), list[r.IntN(len(list))])
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return list
	}
	for range 500 {
		a := randomAudience(r)
		b := tiles.Audience{Sees: a.Sees}
		for _, s := range a.Scopes {
			b.Scopes = append(b.Scopes, tiles.Scope{Services: shuffled(s.Services), Categories: shuffled(s.Categories), Zones: shuffled(s.Zones)})
		}
		if len(b.Scopes) > 0 {
			b.Scopes = append(b.Scopes, b.Scopes[0])
		}
		r.Shuffle(len(b.Scopes), func(i, j int) { b.Scopes[i], b.Scopes[j] = b.Scopes[j], b.Scopes[i] })
		if a.Canonical() != b.Canonical() {
			t.Fatalf("%+v is %q, %+v is %q", a, a.Canonical(), b, b.Canonical())
		}
	}
	// What one may see must never be told of by the answer of another.
	known := map[string]tiles.Audience{}
	for _, a := range []tiles.Audience{
		tiles.Everyone, insider, withPrivate,
		{Sees: tiles.Public, Scopes: []tiles.Scope{{Services: []int32{1}}}},
		{Sees: tiles.Public, Scopes: []tiles.Scope{{Categories: []int32{1}}}},
		{Sees: tiles.Public, Scopes: []tiles.Scope{{Zones: []int32{1}}}},
		{Sees: tiles.Public, Scopes: []tiles.Scope{{Zones: []int32{1, 2}}}},
		{Sees: tiles.Public, Scopes: []tiles.Scope{{Zones: []int32{12}}}},
		{Sees: tiles.Public, Scopes: []tiles.Scope{{Zones: []int32{1}}, {Zones: []int32{2}}}},
		{Sees: tiles.Public, Scopes: []tiles.Scope{{Services: []int32{1}, Zones: []int32{2}}}},
		{Sees: tiles.Public, Scopes: []tiles.Scope{{Services: []int32{1}}, {Zones: []int32{2}}}},
		{Sees: tiles.Public | tiles.Hidden, Scopes: []tiles.Scope{{Services: []int32{1}}}},
	} {
		// A filter follows in the key: none may be taken for the end of an audience.
		for _, f := range []tiles.Filter{{}, {Services: []int32{1}}, {Zones: []int32{2}}, {Categories: []int32{1}}} {
			key := a.Canonical() + f.Canonical()
			if other, ok := known[key]; ok {
				t.Errorf("%+v and %+v share %q", a, other, key)
			}
			known[key] = a
		}
	}
}
