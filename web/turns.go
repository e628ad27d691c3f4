package web

import (
	"context"
	"net/netip"
	"sync"
)

// turns lets a few work at a time, and those who wait in turn by their addresses: who asks for a hundred things at once waits behind himself, not
// before everybody else.
type turns struct {
	mu      sync.Mutex
	free    int
	waiting map[netip.Prefix][]chan struct{} // by address, in order of arrival; none is empty
	order   []netip.Prefix                   // addresses that wait, the next one first
}

// newTurns lets n work at a time.
func newTurns(n int) *turns { return &turns{free: n, waiting: map[netip.Prefix][]chan struct{}{}} }

// take waits for a turn, which leave gives back; it fails with the context's error.
func (t *turns) take(ctx context.Context, from netip.Addr) (leave func(), err error) {
	t.mu.Lock()
	if t.free > 0 {
		t.free--
		t.mu.Unlock()
		return sync.OnceFunc(t.pass), nil
	}
	address, mine := network(from), make(chan struct{})
	if len(t.waiting[address]) == 0 {
		t.order = append(t.order, address)
	}
	t.waiting[address] = append(t.waiting[address], mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return sync.OnceFunc(t.pass), nil
	case <-ctx.Done():
	}
	if !t.forget(address, mine) {
		t.pass() // it was given in the same moment
	}
	return nil, ctx.Err()
}

// pass gives a turn to the next address in the round, or keeps it.
func (t *turns) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.order) == 0 {
		t.free++
		return
	}
	address := t.order[0]
	queue := t.waiting[address]
	close(queue[0])
	t.order = t.order[1:]
	if len(queue) == 1 {
		delete(t.waiting, address)
		return
	}
	t.waiting[address] = queue[1:]
	t.order = append(t.order, address)
}

// forget takes one who waits out of the round; false: it waits no more.
func (t *turns) forget(address netip.Prefix, mine chan struct{}) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	queue := t.waiting[address]
	for i, one := range queue {
		if one != mine {
			continue
		}
		if t.waiting[address] = append(queue[:i:i], queue[i+1:]...); len(queue) > 1 {
			return true
		}
		delete(t.waiting, address)
		for j, other := range t.order {
			if other == address {
				t.order = append(t.order[:j:j], t.order[j+1:]...)
				break
			}
		}
		return true
	}
	return false
}
