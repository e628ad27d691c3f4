package web

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
)

// Whoever asks for much at once waits behind himself: the other's turn comes after one of his.
func TestTurnsGoRoundByAddress(t *testing.T) {
	crowd, single := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(1)
		leave := takeAll(t, turns)
		served := make(chan string, 6)
		ask := func(name string, from netip.Addr) {
			go func() {
				leave, err := turns.take(t.Context(), from)
				if err != nil {
					t.Error(err)
					return
				}
				served <- name
				leave()
			}()
			synctest.Wait() // until it stands in the round
		}
		for range 5 {
			ask("crowd", crowd)
		}
		ask("single", single)
		leave()
		synctest.Wait()
		close(served)
		var order []string
		for name := range served {
			order = append(order, name)
		}
		if at := slices.Index(order, "single"); at < 0 || at > 1 || len(order) != 6 {
			t.Errorf("served %v", order)
		}
		nobodyWaits(t, turns)
	})
}

// Who gives up waits no more, and no turn is lost with him.
func TestTurnsOfThoseWhoLeave(t *testing.T) {
	turns := newTurns(1)
	from := netip.MustParseAddr("192.0.2.1")
	leave, err := turns.take(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		if _, err := turns.take(ctx, from); err == nil {
			t.Fatal("a turn for nobody")
		}
	}
	leave()
	leave()
	nobodyWaits(t, turns)
}

// takeAll takes every turn, and gives what gives them back.
func takeAll(t *testing.T, turns *turns) (leave func()) {
	var leaves []func()
	for turns.free > 0 {
		leave, err := turns.take(t.Context(), netip.Addr{})
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leave)
	}
	return func() {
		for _, leave := range leaves {
			leave()
		}
	}
}

func nobodyWaits(t *testing.T, turns *turns) {
	t.Helper()
	if turns.free != 1 || len(turns.waiting)+len(turns.order) > 0 {
		t.Errorf("left behind: %d free, %v, %v", turns.free, turns.waiting, turns.order)
	}
}
