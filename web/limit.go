package web

import (
	"net/netip"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
)

// limiter lets each address do something a number of times within a span, by the generic cell rate algorithm: one time stamp for each address.
// It counts on one node; behind a balancer each node grants as much.
type limiter struct {
	every time.Duration // one turn comes back after this time
	burst time.Duration // turns that may be taken at once, as time
	now   func() time.Time

	mu   sync.Mutex
	free map[netip.Prefix]time.Time // when the address will have all its turns back
}

// addressesKept bounds the memory of a limiter; when it is full, those who have all their turns back are forgotten.
const addressesKept = 100_000

// newLimiter grants `times` turns within span, all at once if wanted.
func newLimiter(times int, span time.Duration, now func() time.Time) *limiter {
	every := span / time.Duration(times)
	return &limiter{every: every, burst: span - every, now: now, free: map[netip.Prefix]time.Time{}}
}

// take takes a turn, or tells how long to wait for one.
func (l *limiter) take(from netip.Addr) (wait time.Duration) {
	address := network(from)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	free := l.free[address]
	if free.Before(now) {
		free = now
	}
	if ahead := free.Sub(now); ahead > l.burst {
		return ahead - l.burst
	}
	if len(l.free) >= addressesKept {
		for a, t := range l.free {
			if t.Before(now) {
				delete(l.free, a)
			}
		}
		if len(l.free) >= addressesKept {
			clear(l.free) // a flood from everywhere: start anew rather than grow
		}
	}
	l.free[address] = free.Add(l.every)
	return 0
}

// handler refuses who took too many turns.
func (l *limiter) handler(c *fiber.Ctx) error {
	if err := l.check(c); err != nil {
		return err
	}
	return c.Next()
}

// check takes a turn, or tells that too many were taken.
func (l *limiter) check(c *fiber.Ctx) error {
	if wait := l.take(askedOf(c).address); wait > 0 {
		return &fault.Error{Kind: fault.TooMany, Word: "error.too_many", Args: fault.Args{"n": int(wait.Seconds()) + 1}, After: wait}
	}
	return nil
}
