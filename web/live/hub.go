package live

import (
	"sync"

	"quartier/geo"
	"quartier/tiles"
)

// Event tells a browser that a public item changed: what it is now is fetched.
type Event struct {
	Kind     string
	ID       int64
	Position geo.Position // where it is, or was if it went
	Gone     bool         // it is no longer to be seen
}

// Interest is what a subscriber wants to hear of: changes within a box, or of one item. The zero Interest is everything.
type Interest struct {
	Box  *geo.Box
	Kind string // with ID
	ID   int64  // 0: any
}

// waiting bounds the events that wait for one subscriber; who is slower is told to look anew and then dropped.
const waiting = 64

// Subscription is one subscriber's queue of events. Events is closed when the subscriber was too slow or the hub was closed.
type Subscription struct {
	Events   chan Event
	interest Interest
}

// Hub tells subscribers of changes. A change that the public does not see is told to nobody.
type Hub struct {
	mu          sync.Mutex
	subscribers map[*Subscription]struct{}
	closed      bool
}

func newHub() *Hub { return &Hub{subscribers: map[*Subscription]struct{}{}} }

// Subscribe adds a subscriber. When the hub is closed, its Events are closed at once.
func (h *Hub) Subscribe(i Interest) *Subscription {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &Subscription{Events: make(chan Event, waiting), interest: i}
	if h.closed {
		close(s.Events)
		return s
	}
	h.subscribers[s] = struct{}{}
	return s
}

// Leave takes a subscriber away. Safe after the hub dropped it.
func (h *Hub) Leave(s *Subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(s)
}

func (h *Hub) drop(s *Subscription) {
	if _, there := h.subscribers[s]; there {
		delete(h.subscribers, s)
		close(s.Events)
	}
}

// reset drops all subscribers, who are to look at everything anew.
func (h *Hub) reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subscribers {
		h.drop(s)
	}
}

// Close drops all subscribers, so that their streams end. Safe to call twice.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.reset()
}

// tell passes changes on to those who are interested.
func (h *Hub) tell(changed []tiles.Changed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.subscribers) == 0 {
		return
	}
	for _, c := range changed {
		before, after := public(c.Before), public(c.After)
		if !before && !after {
			continue
		}
		e := Event{Kind: Kinds[c.Key.Kind], ID: c.Key.ID, Gone: !after}
		if after {
			e.Position = c.After.Position
		} else {
			e.Position = c.Before.Position
		}
		for s := range h.subscribers {
			if !s.interest.covers(e, c) {
				continue
			}
			select {
			case s.Events <- e:
			default:
				h.drop(s)
			}
		}
	}
}

// covers tells whether a change concerns the subscriber: an item that left the box concerns it too.
func (i Interest) covers(e Event, c tiles.Changed) bool {
	if i.ID != 0 {
		return i.ID == e.ID && i.Kind == e.Kind
	}
	if i.Box == nil {
		return true
	}
	return public(c.Before) && i.Box.Contains(c.Before.Position) || public(c.After) && i.Box.Contains(c.After.Position)
}

// public tells whether everybody may see an item that may be nil.
func public(item *tiles.Item) bool { return item != nil && item.Visibility == tiles.Public }
