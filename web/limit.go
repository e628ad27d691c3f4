package web

import (
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/geo"
	"quartier/reports/fault"
)

// limiter lets whoever has a key (a network, an account, a place) do something a number of times within a span, by the generic cell rate algorithm: one time
// stamp for each key. It counts on one node: n nodes behind a balancer grant up to n times as much, unless the balancer leads an address always to the same one.
// Refused: counters in the database, which a flood would write to at its own pace.
type limiter struct {
	every time.Duration // one turn comes back after this time
	burst time.Duration // turns that may be taken at once, as time
	now   func() time.Time

	refused atomic.Int64 // turns
	mu      sync.Mutex
	free    map[string]time.Time // when the key will have all its turns back
}

// keysKept bounds the memory of a limiter.
const keysKept = 100_000

// newLimiter grants `times` turns within span, all at once if wanted.
func newLimiter(times int, span time.Duration, now func() time.Time) *limiter {
	every := max(1, span/time.Duration(times))
	return &limiter{every: every, burst: span - every, now: now, free: map[string]time.Time{}}
}

// take takes a turn of a key, or tells how long to wait for one.
func (l *limiter) take(key string) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	free := l.free[key]
	if free.Before(now) {
		free = now
	}
	if ahead := free.Sub(now); ahead > l.burst {
		l.refused.Add(1)
		return ahead - l.burst
	}
	if len(l.free) >= keysKept {
		l.forget(now)
	}
	l.free[key] = free.Add(l.every)
	return 0
}

// forget makes room: who has all turns back goes first, then who has used less than half of them. A flood of strangers, each of whom comes once, so makes
// nobody forgotten who has come often. If all have, everybody starts anew, rather than that memory grows.
func (l *limiter) forget(now time.Time) {
	for _, until := range []time.Time{now, now.Add(l.burst / 2)} {
		for key, free := range l.free {
			if free.Before(until) {
				delete(l.free, key)
			}
		}
		if len(l.free) < keysKept {
			return
		}
	}
	clear(l.free)
}

// used tells which part of its turns a key had used before the last one, 0 to 1.
func (l *limiter) used(key string) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.burst < l.every { // there is but one turn
		return 0
	}
	ahead := l.free[key].Sub(l.now()) // of who never came: further back than a Duration reaches, from which nothing can be taken
	if ahead < l.every {
		return 0
	}
	return float64(ahead-l.every) / float64(l.burst)
}

// keys tells how many are remembered.
func (l *limiter) keys() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.free)
}

// networkKey is the key of the network that an address belongs to: an IPv4 address, or 2^64 addresses of IPv6.
func networkKey(from netip.Addr) string {
	p := network(from)
	return string(p.Addr().AsSlice())
}

// personKey is the key of an account.
func personKey(id int64) string { return "person/" + strconv.FormatInt(id, 10) }

// areaKey is the key of the hexagon of about 700 m across that a place lies in.
func areaKey(at geo.Position) string {
	return strconv.FormatUint(uint64(geo.CellAt(at, areaResolution)), 36)
}

// areaResolution is the H3 resolution of areaKey.
const areaResolution = 8

// handler refuses whose network, or account, took too many turns.
func (l *limiter) handler(c *fiber.Ctx) error {
	if err := l.check(c); err != nil {
		return err
	}
	return c.Next()
}

// check takes a turn of the network and of the account, or tells that too many were taken.
func (l *limiter) check(c *fiber.Ctx) error {
	a := askedOf(c)
	wait := l.take(networkKey(a.address))
	if wait == 0 && a.actor.Person != 0 {
		wait = l.take(personKey(a.actor.Person))
	}
	if wait > 0 {
		return tooMany(wait)
	}
	return nil
}

func tooMany(wait time.Duration) error {
	return &fault.Error{Kind: fault.TooMany, Word: "error.too_many", Args: fault.Args{"n": int(wait.Seconds()) + 1}, After: wait}
}

// limits are the limiters of a server; what each grants stands beside its routes.
type limits struct {
	filings  *limiter // reports, by network and account
	areas    *limiter // reports, by place
	searches *limiter // searches and steps of forms
	flags    *limiter // flags and appeals
	comments *limiter // comments, answers to "is it fixed?", corrections and withdrawals
	supports *limiter // supports and follows
	voices   *limiter // supports of one report without an account, from one network
	photos   *limiter // photos that come in
	// Signing in: any way and asking for links, by network; passwords, mails and codes, of one account from wherever they are tried.
	signIns, links, passwords, mails, codes *limiter
}

// Turns within ten minutes.
const (
	// searchesPerTenMinutes is how many searches and steps of forms: more than a person can, less than a program would.
	searchesPerTenMinutes = 600
	flagsPerTenMinutes    = 20
	supportsPerTenMinutes = 120
	// voicesPerTenMinutes is how many browsers of one network may support the same report: a family or a class does, and nobody makes a crowd of one.
	voicesPerTenMinutes = 10
	// areaFilings is how many times as much may come from everybody in one place as from one network.
	areaFilings = 10
)

func newLimits(filings int, now func() time.Time) limits {
	const span = 10 * time.Minute
	return limits{
		filings:  newLimiter(filings, span, now),
		areas:    newLimiter(areaFilings*filings, span, now),
		searches: newLimiter(searchesPerTenMinutes, span, now),
		flags:    newLimiter(flagsPerTenMinutes, span, now),
		comments: newLimiter(commentsPerTenMinutes, span, now),
		supports: newLimiter(supportsPerTenMinutes, span, now),
		voices:   newLimiter(voicesPerTenMinutes, span, now),
		photos:   newLimiter(photosPerTenMinutes, span, now),

		signIns:   newLimiter(signInsPerTenMinutes, span, now),
		links:     newLimiter(linksPerTenMinutes, span, now),
		passwords: newLimiter(passwordsPerQuarter, 15*time.Minute, now),
		mails:     newLimiter(mailsPerQuarter, 15*time.Minute, now),
		codes:     newLimiter(codesPerHour, time.Hour, now),
	}
}

// each names them, for the metrics.
func (l limits) each(do func(name string, one *limiter)) {
	do("filings", l.filings)
	do("areas", l.areas)
	do("searches", l.searches)
	do("flags", l.flags)
	do("comments", l.comments)
	do("supports", l.supports)
	do("voices", l.voices)
	do("photos", l.photos)
	do("sign_ins", l.signIns)
	do("links", l.links)
	do("passwords", l.passwords)
	do("mails", l.mails)
	do("codes", l.codes)
}
