package live

import (
	"sort"
	"sync"

	"quartier/geo"
	"quartier/reports/store"
	"quartier/tiles"
)

// remembered is how many changes a node remembers for those who come back: about half a minute at a thousand changes a second, days in a town.
// Who comes later looks at everything anew.
const remembered = 1 << 15

// missedAtMost is how many changes are looked at closely for one who comes back. Of more he is told that there are very many, as he would be at the
// end unless they all lie in few tiles.
const missedAtMost = 4 * mostTold

// place is where everybody could see an item. cell is at geo.CellResolution; 0: it was not to be seen.
type place struct {
	at   geo.Position
	cell geo.Cell
}

func (p place) seen() bool { return p.cell != 0 }

// happening is what readers are told from: one change of one item, without anything that the public may not see.
type happening struct {
	key           tiles.Key
	before, after place
}

// public reduces a change to what the public sees of it. !ok: nothing.
func public(c tiles.Changed) (h happening, ok bool) {
	h = happening{key: c.Key, before: placeOf(c.Before), after: placeOf(c.After)}
	return h, h.before.seen() || h.after.seen()
}

func placeOf(item *tiles.Item) place {
	if item == nil || item.Visibility != tiles.Public {
		return place{}
	}
	return place{at: item.Position, cell: item.Cell}
}

// home is where the item is, or was if it went.
func (h *happening) home() place {
	if h.after.seen() {
		return h.after
	}
	return h.before
}

// recent remembers what happened lately: a ring of happenings, each with a number that counts up, and which state of the database stood after
// which of them. Safe for any number of goroutines.
type recent struct {
	mu      sync.Mutex
	ring    [remembered]happening // by number modulo its size
	last    uint64                // number of the latest
	stands  store.Cursor          // where it is all told
	batches []batch               // oldest first; what happened after the first one is in the ring
}

// batch says that at a cursor everything up to a number had happened, for the first time.
type batch struct {
	cursor store.Cursor
	end    uint64
}

// news is what happened after some number.
type news struct {
	list   []happening
	last   uint64 // number of the last in the list
	cursor string // where who has heard all of it stands; empty: nobody knows yet
	lost   bool   // some of it is forgotten

	texts [][]byte // the list as data of events: each written once, however many are told
}

// number gives the number of a place in the list.
func (n *news) number(i int) uint64 { return n.last - uint64(len(n.list)-1-i) }

// begin forgets everything: the map was loaded anew, and nobody knows what happened.
func (r *recent) begin(c store.Cursor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++ // the number of what nobody knows
	r.stands = c
	r.batches = append(r.batches[:0], batch{c, r.last})
}

// add remembers what happened up to a cursor.
func (r *recent) add(c store.Cursor, changed []tiles.Changed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stands = c
	before := r.last
	for i := range changed {
		if h, ok := public(changed[i]); ok {
			r.last++
			r.ring[r.last%remembered] = h
		}
	}
	if r.last == before && len(r.batches) > 0 {
		return
	}
	r.batches = append(r.batches, batch{c, r.last})
	for r.last-r.batches[0].end > remembered {
		r.batches = r.batches[1:]
	}
}

// after gives what happened after a number.
func (r *recent) after(number uint64) news {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.since(number, nil)
}

// missed gives what is to be kept of what happened after a number, as from does.
func (r *recent) missed(number uint64, keep func(*happening) bool) news {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.since(number, keep)
}

// from gives what somebody may have missed who has seen the state at a cursor, perhaps on another node, which may have been behind this one or
// ahead of it: everything after the latest state that lies within that one, as far as it is to be kept. The list has gaps: its numbers are not those
// of what happened.
func (r *recent) from(c store.Cursor, keep func(*happening) bool) news {
	r.mu.Lock()
	defer r.mu.Unlock()
	// Each state lies within all later ones.
	beyond := sort.Search(len(r.batches), func(i int) bool { return !r.batches[i].cursor.Within(c) })
	if beyond == 0 {
		n := r.since(r.last, nil)
		n.lost = true
		return n
	}
	return r.since(r.batches[beyond-1].end, keep)
}

// now gives no news but where it stands.
func (r *recent) now() news {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.since(r.last, nil)
}

// since gives what happened after a number: all of it, or what is to be kept, which is lost if it is more than missedAtMost.
func (r *recent) since(number uint64, keep func(*happening) bool) news {
	n := news{last: r.last}
	if len(r.batches) == 0 {
		return n
	}
	n.cursor = r.stands.String()
	if n.lost = number < r.batches[0].end; n.lost {
		return n
	}
	for number++; number <= r.last; number++ {
		h := &r.ring[number%remembered]
		if keep != nil {
			if !keep(h) {
				continue
			}
			if n.lost = len(n.list) == missedAtMost; n.lost {
				n.list = nil
				return n
			}
		}
		n.list = append(n.list, *h)
	}
	return n
}
