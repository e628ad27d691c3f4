package tiles

import (
	"context"
	"time"
)

const (
	// hotFrom is how often an answer is asked for again before it gets a brotli form.
	hotFrom = 3
	// hotWaiting is how many may wait for it; others come again when they are asked for again.
	hotWaiting = 64
	// hotRest is how long the worker rests after each form, as a multiple of the time it took: on a map that changes all the time it takes a fifth of
	// one core and no more.
	hotRest = 4
)

// Run makes the brotli forms of what is asked for often, one at a time, until the context ends. Without it there are none.
func (c *Cache) Run(ctx context.Context) {
	s := newSqueezer()
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-rest.C:
		}
		select {
		case <-ctx.Done():
			return
		case key := <-c.hot:
			begun := time.Now()
			c.squeeze(key, s)
			rest.Reset(hotRest * time.Since(begun))
		}
	}
}

// squeeze gives a kept answer its brotli form.
func (c *Cache) squeeze(key string, s *squeezer) {
	a := c.peek(key)
	if a == nil || a.brotli.Load() != nil {
		return
	}
	plain, err := a.Plain()
	if err != nil {
		return // it cannot be: we packed it
	}
	form := s.squeeze(plain)
	if len(form) >= len(a.Body) {
		form = nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// Whoever displaced the entry in the meantime has an answer of its own.
	if e := c.entries[key]; e != nil && e.answer == a {
		a.brotli.Store(&form)
		c.weigh(e)
		c.shrink()
	}
}
