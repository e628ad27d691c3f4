package web

import (
	"net/netip"
	"strconv"
	"testing"
	"time"
)

func TestLimiterGrantsTurns(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	a, b := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8:0:1::1")
	neighbour := netip.MustParseAddr("2001:db8::ffff")
	l := newLimiter(3, time.Minute, func() time.Time { return now })
	for i := range 3 {
		if wait := l.take(networkKey(a)); wait != 0 {
			t.Fatalf("turn %d has to wait %v", i, wait)
		}
	}
	if wait := l.take(networkKey(a)); wait != 20*time.Second {
		t.Errorf("the fourth turn waits %v, want 20 s", wait)
	}
	if wait := l.take(networkKey(neighbour)); wait == 0 {
		t.Error("another address of the same network got turns of its own")
	}
	if wait := l.take(networkKey(b)); wait != 0 {
		t.Errorf("another address waits %v", wait)
	}
	now = now.Add(20 * time.Second)
	if wait := l.take(networkKey(a)); wait != 0 {
		t.Errorf("after 20 s the turn waits %v", wait)
	}
	if wait := l.take(networkKey(a)); wait == 0 {
		t.Error("only one turn had come back, two were granted")
	}
}

// A flood of strangers fills no memory, and makes nobody forgotten who has come often.
func TestLimiterIsBounded(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	l := newLimiter(5, time.Minute, func() time.Time { return now })
	for range 5 {
		l.take("often")
	}
	if u := l.used("never"); u != 0 {
		t.Errorf("who never came has used %v of the turns", u)
	}
	if u := l.used("often"); u < 0.99 {
		t.Errorf("five of five turns are %v of them", u)
	}
	for i := range 3 * keysKept {
		l.take(strconv.Itoa(i))
	}
	if n := l.keys(); n > keysKept {
		t.Errorf("%d keys are remembered", n)
	}
	if l.take("often") == 0 {
		t.Error("a flood of strangers gave turns back")
	}
	if l.refused.Load() != 1 {
		t.Errorf("%d refusals were counted", l.refused.Load())
	}
}
