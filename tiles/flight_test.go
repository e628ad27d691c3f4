package tiles

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Many who ask for one missing tile at the same time wait for one drawing; who knows of a later change does not join them.
func TestOneDrawingForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewCache(nil, 0)
		release := make(chan struct{})
		var mu sync.Mutex
		drawn := map[uint64]int{}
		ask := func(v version) {
			a, err := c.get(t.Context(), "tile", v, func() ([]byte, error) {
				mu.Lock()
				drawn[v.all]++
				mu.Unlock()
				<-release
				return []byte{byte(v.all)}, nil
			})
			if err != nil {
				t.Error(err)
				return
			}
			if b, err := a.Plain(); err != nil || b[0] != byte(v.all) {
				t.Errorf("version %d got the tile of version %d (%v)", v.all, b[0], err)
			}
		}
		for range 20 {
			go ask(version{all: 1})
		}
		synctest.Wait() // all of them stand at the drawing
		for range 20 {
			go ask(version{all: 2})
		}
		synctest.Wait()
		close(release)
		synctest.Wait()
		if drawn[1] != 1 || drawn[2] != 1 {
			t.Errorf("drawings by version: %v, want one each", drawn)
		}
		ask(version{all: 2}) // may have been displaced by the older drawing; right all the same
	})
}

// Who has no more time goes, even the one whose request began the drawing; those who wait with him get it.
func TestEachWaitsForHimself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewCache(nil, 0)
		draw := func() ([]byte, error) {
			time.Sleep(2 * time.Second)
			return []byte("tile"), nil
		}
		ask := func(patience time.Duration, want error) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			before := time.Now()
			a, err := c.get(ctx, "tile", version{}, draw)
			if !errors.Is(err, want) || (a != nil) != (want == nil) || time.Since(before) > patience {
				t.Errorf("with %v: %v, %v after %v", patience, a, err, time.Since(before))
			}
		}
		go ask(time.Second, context.DeadlineExceeded)
		synctest.Wait()
		ask(3*time.Second, nil)
	})
}

// A drawing that panics does so in every request that waits for it, and is not kept.
func TestPanicsInTheRequest(t *testing.T) {
	c := NewCache(nil, 0)
	func() {
		defer func() {
			if p, ok := recover().(*panicked); !ok || p.cause != "broken" || len(p.stack) == 0 {
				t.Errorf("the request panics with %v", p)
			}
		}()
		_, err := c.get(t.Context(), "tile", version{}, func() ([]byte, error) { panic("broken") })
		t.Errorf("it goes on with %v", err)
	}()
	if _, err := c.get(t.Context(), "tile", version{}, func() ([]byte, error) { return nil, nil }); err != nil {
		t.Error(err)
	}
}
