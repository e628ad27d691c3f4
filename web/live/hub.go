package live

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"quartier/geo"
	"quartier/reports/store"
	"quartier/tiles"
)

const (
	// heartbeat keeps proxies from closing an idle stream, and tells who follows where he stands.
	heartbeat = 20 * time.Second
	// gather is how long changes gather after a round of telling. A round that took long is followed by a rest of restFor times as long, but
	// not longer than restAtMost: telling takes a quarter of a core, however many listen to however much, unless it would come too late.
	gather     = 100 * time.Millisecond
	restFor    = 3
	restAtMost = 2 * time.Second
	// turns is the number of groups in which subscribers get their heartbeats, one group a second; looks of them are between two looks at
	// whether somebody has hung up.
	turns = int(heartbeat / time.Second)
	looks = 4
	// retryAfter is what a browser is told to wait before it connects anew, at the least; it is told up to twice that, so that those who lost a
	// node do not all come back at once.
	retryAfter = 2 * time.Second
)

// subscription is somebody who listens.
type subscription struct {
	line
	item         tiles.Key
	box          geo.Box
	tiles, cells bool
	span         span   // with tiles
	since        uint64 // number of the last change that he knew of when he came
	turn         int
	leave        func()
}

// Hub tells subscribers of changes over event streams. A change that the public does not see is told to nobody.
//
// It owns the connections: a goroutine and buffers for each would cost 20 kB, this costs about one. What happened is written down first, by who
// follows the database, who never waits for a subscriber; one goroutine tells it, in rounds. There are no queues: what somebody is to be told
// stands in what is remembered, and who does not take what is sent is cut off and comes back with the id of what he heard last.
type Hub struct {
	index  *tiles.Index
	recent recent
	news   chan struct{} // there is something to tell

	mu      sync.Mutex // guards what follows, and writing to lines
	watch   *watch
	groups  [turns]map[*subscription]struct{}
	joined  int // ever
	slow    uint64
	told    uint64 // number of the last change that was told
	stands  string // where stands who was told
	stopped bool
}

func newHub(index *tiles.Index) *Hub {
	h := &Hub{index: index, news: make(chan struct{}, 1), watch: newWatch()}
	for i := range h.groups {
		h.groups[i] = map[*subscription]struct{}{}
	}
	return h
}

// begin says that the map was loaded anew, as it stood at a cursor: all look at everything anew.
func (h *Hub) begin(c store.Cursor) {
	h.recent.begin(c)
	h.wake()
}

// tell says what changed up to a cursor.
func (h *Hub) tell(c store.Cursor, changed []tiles.Changed) {
	h.recent.add(c, changed)
	if len(changed) > 0 {
		h.wake()
	}
}

func (h *Hub) wake() {
	select {
	case h.news <- struct{}{}:
	default:
	}
}

// Subscribe takes a connection over: it is the hub's to write to and to close from now on, when leave is called. First comes the head, then what
// happened after the event with the id `last`, or a reset if that is not known, then where the stream stands. Without an id it begins now.
func (h *Hub) Subscribe(conn *net.TCPConn, head []byte, i Interest, last string, leave func()) {
	l, err := newLine(conn)
	s := &subscription{line: l, item: i.Item, box: world, tiles: i.Tiles, cells: i.Cells, leave: leave}
	if i.Box != nil {
		s.box = *i.Box
	}
	if i.Tiles {
		s.span = spanOf(s.box, i.Zoom)
	}
	if err != nil {
		s.close()
		return
	}
	h.admit(s, h.greeting(s, head, last))
}

// greeting gives what somebody hears first, of what happened up to his number since. Of the many who come back after a restart each may have missed
// much: finding out what keeps nobody else waiting.
func (h *Hub) greeting(s *subscription, head []byte, last string) []byte {
	n := h.recent.now()
	if last != "" {
		c, err := store.ParseCursor(last)
		if n = h.recent.from(c, s.keeps()); err != nil {
			n.lost = true
		}
	}
	message := fmt.Appendf(head, "retry: %d\n\n", (retryAfter + rand.N(retryAfter)).Milliseconds())
	return h.catchUp(message, s, &n)
}

// catchUp writes what a subscriber who is alone with it is to hear of the news, and where he stands then.
func (h *Hub) catchUp(message []byte, s *subscription, n *news) []byte {
	s.since = 0 // the list has been chosen for him
	if n.lost {
		message = appendEvent(message, "reset", n.cursor, nothing)
	} else {
		alone := newWatch()
		alone.add(s)
		if t := alone.match(n, h.index)[s]; t != nil {
			message = n.appendTelling(message, s, t)
		}
		message = appendEvent(message, "here", n.cursor, nothing)
	}
	s.since = n.last
	return message
}

// admit lets somebody in with what he hears first, to which is added what others were told meanwhile.
func (h *Hub) admit(s *subscription, message []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		s.close()
		return
	}
	if h.told > s.since {
		n := h.recent.missed(s.since, s.keeps())
		message = h.catchUp(message, s, &n)
	}
	if n := h.recent.now(); n.last == h.told {
		h.stands = n.cursor // nothing waits to be told: all stand here
	}
	h.joined++
	s.turn = h.joined % turns
	h.groups[s.turn][s] = struct{}{}
	h.watch.add(s)
	h.send(s, message)
}

// keeps gives a quick look at what may concern the subscriber: who comes back may have missed much, of which little is his.
func (s *subscription) keeps() func(*happening) bool {
	if s.item != (tiles.Key{}) {
		return func(h *happening) bool { return h.key == s.item }
	}
	near := s.box
	if s.tiles {
		near = s.span.near()
	}
	return func(h *happening) bool {
		return h.before.seen() && near.Contains(h.before.at) || h.after.seen() && near.Contains(h.after.at)
	}
}

func (s *subscription) close() {
	_ = s.conn.Close()
	s.leave()
}

// drop lets a subscriber go.
func (h *Hub) drop(s *subscription) {
	delete(h.groups[s.turn], s)
	h.watch.remove(s)
	s.close()
}

// send writes to a subscriber, or drops him who has gone or does not keep up.
func (h *Hub) send(s *subscription, message []byte) {
	if len(message) > 0 && !s.line.send(message) {
		h.slow++
		_ = s.conn.SetLinger(0) // the kernel would keep what he does not take, long after
		h.drop(s)
	}
}

// run tells until the context ends, then closes the hub.
func (h *Hub) run(ctx context.Context) {
	defer h.Close()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	var rest <-chan time.Time // nil: there may be a round
	for turn := 0; ; {
		news := h.news
		if rest != nil {
			news = nil
		}
		select {
		case <-ctx.Done():
			return
		case <-news:
			start := time.Now()
			h.round()
			rest = time.After(min(max(gather, restFor*time.Since(start)), restAtMost))
		case <-rest:
			rest = nil
		case <-second.C:
			turn = (turn + 1) % turns
			h.beat(turn)
		}
	}
}

// round tells what was not told yet.
func (h *Hub) round() {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.recent.after(h.told)
	h.told, h.stands = n.last, n.cursor
	if n.lost {
		reset := appendEvent(nil, "reset", n.cursor, nothing)
		for _, group := range h.groups {
			for s := range group {
				if s.since < n.last {
					h.send(s, reset)
				}
			}
		}
		return
	}
	var message []byte
	for s, t := range h.watch.match(&n, h.index) {
		message = n.appendTelling(message[:0], s, t)
		h.send(s, message)
	}
}

// beat sends one group its heartbeat, and looks who of some groups has hung up.
func (h *Hub) beat(turn int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := turn % looks; i < turns; i += looks {
		for s := range h.groups[i] {
			if s.gone() {
				h.drop(s)
			}
		}
	}
	if n := h.recent.now(); n.last == h.told {
		h.stands = n.cursor // nothing happened that anybody could be told
	}
	all, ahead := appendEvent(nil, "here", h.stands, nothing), appendEvent(nil, "here", "", nothing)
	for s := range h.groups[turn] {
		if s.since > h.told { // he came since, and was told of what the others wait for
			h.send(s, ahead)
		} else {
			h.send(s, all)
		}
	}
}

// Close lets all subscribers go, who may come back with what they know to another node. Safe to call twice.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
	for _, group := range h.groups {
		for s := range group {
			h.drop(s)
		}
	}
}

// Listeners tells how many subscribers there are, and how many were cut off because they had gone or did not keep up.
func (h *Hub) Listeners() (now int, cutOff uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, group := range h.groups {
		now += len(group)
	}
	return now, h.slow
}
