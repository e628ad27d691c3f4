package live

import (
	"context"
	"time"

	"quartier/reports/store"
)

// inStepWithin is how old what the map knows may be while it counts as in step: some twenty polls, or four tries after the database failed one. One
// slow look does not count, and nobody who looks at a map notices two seconds.
const inStepWithin = 2 * time.Second

// Lag tells how old the newest state is that the map is known to have: the time since the last look at the change log began of which everything
// was taken in. In step it is about the poll interval.
func (m *Map) Lag(now time.Time) time.Duration { return max(0, now.Sub(*m.looked.Load())) }

// InStep tells whether the map is known to be in step with the database. It is not while nobody answers, while a large batch is taken in, and while
// it is loaded anew because it lost the thread: then an answer may be old, and is not to be called fresh.
func (m *Map) InStep(now time.Time) bool {
	return m.Ready() && !m.lost.Load() && m.Lag(now) <= inStepWithin
}

// Resting tells whether the database failed the map's last look.
func (m *Map) Resting() bool { return m.resting.Load() }

// reach moves the cursor to where a look came that began then, and lets those go on who wait for a write.
func (m *Map) reach(c store.Cursor, began time.Time) {
	m.cursor.Store(&c)
	m.looked.Store(&began)
	m.lost.Store(false)
	m.tellWaiting()
}

// tellWaiting lets those who wait look again.
func (m *Map) tellWaiting() {
	moved := make(chan struct{})
	close(*m.moved.Swap(&moved))
}

// Await waits until the map has taken in the write that a token names, and tells whether it has when the context ends. While the database
// rests or the map is loaded anew it does not wait.
//
// A token of another history is newer than what the map knows, if another node has noticed first that the database is another one, or older, and
// then its write will never be seen. The second move from now on tells: the look behind it began after the token came.
func (m *Map) Await(ctx context.Context, t store.Token) bool {
	for moves := 0; ; moves++ {
		moved := *m.moved.Load() // before the cursor, so that a move in between is not missed
		if c := m.cursor.Load(); c != nil && (c.Reached(t) || c.Epoch != t.Epoch && moves > 1) {
			return true
		}
		if !m.moves(ctx, moved) {
			return false
		}
	}
}

// AwaitState waits until the map has seen all that somebody has seen who stands at a cursor, perhaps of another node, and tells whether it has. While
// the database rests, the map is loaded anew or its history is another one, it does not wait.
func (m *Map) AwaitState(ctx context.Context, seen store.Cursor) bool {
	for {
		moved := *m.moved.Load()
		c := m.cursor.Load()
		if c != nil && seen.Within(*c) {
			return true
		}
		if c == nil || c.Epoch != seen.Epoch || !m.moves(ctx, moved) {
			return false
		}
	}
}

// moves waits for the map's next move. It fails when there is nothing to wait for and when the context ends.
func (m *Map) moves(ctx context.Context, moved <-chan struct{}) bool {
	if m.resting.Load() || m.lost.Load() {
		return false
	}
	select {
	case <-moved:
		return true
	case <-ctx.Done():
		return false
	}
}
