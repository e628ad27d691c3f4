package web

import (
	"net/netip"
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
