package web

import (
	"net/netip"
	"sync"
	"time"

	"quartier/reports/fault"
)

// places bounds how many long answers run at once, on the node and for one address, so that nobody takes them all.
type places struct {
	most, perAddress int
	busy             string // word of what who finds none is told

	mu    sync.Mutex
	taken int
	by    map[netip.Prefix]int
}

func newPlaces(most, perAddress int, busy string) *places {
	return &places{most: most, perAddress: perAddress, busy: busy, by: map[netip.Prefix]int{}}
}

// enter takes a place; leave gives it back and may be called several times. It fails with an Unavailable fault when there is none.
// This machine itself (a proxy that is not trusted, a script of the administrator) is one address like any other but has no share of its own.
func (p *places) enter(from netip.Addr) (leave func(), err error) {
	address := network(from)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken >= p.most || p.by[address] >= p.perAddress && !from.IsLoopback() {
		return nil, &fault.Error{Kind: fault.Unavailable, Word: p.busy, After: 10 * time.Second}
	}
	p.taken++
	p.by[address]++
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.taken--
		if p.by[address]--; p.by[address] == 0 {
			delete(p.by, address)
		}
	}), nil
}

// network is what one client has for itself: an IPv4 address, or the 2^64 addresses of an IPv6 network.
func network(from netip.Addr) netip.Prefix {
	bits := from.BitLen()
	if from.Is6() {
		bits = 64
	}
	prefix, _ := from.Prefix(bits) // fails only for the zero Addr, which is one stranger
	return prefix
}
