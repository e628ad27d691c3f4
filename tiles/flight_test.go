package tiles

import (
	"sync"
	"testing"
	"testing/synctest"
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
