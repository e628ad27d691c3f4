package web

import (
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// watched is a connection that notes its deadlines.
type watched struct {
	net.Conn
	deadlines []time.Duration // from the beginning of the test
	begun     time.Time
}

func (w *watched) Write(b []byte) (int, error) { return len(b), nil }

func (w *watched) SetWriteDeadline(t time.Time) error {
	w.deadlines = append(w.deadlines, t.Sub(w.begun))
	return nil
}

// Whoever writes has nearly a minute, whenever it was last written; answers in quick succession share a deadline.
func TestDeadlinesOfWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watched{begun: time.Now()}
		c := &conn{Conn: w}
		for range 300 {
			if _, err := c.Write([]byte("piece")); err != nil {
				t.Fatal(err)
			}
			if left := w.deadlines[len(w.deadlines)-1] - time.Since(w.begun); left < stalledAtMost-renewEvery || left > stalledAtMost {
				t.Fatalf("a piece has %v", left)
			}
			time.Sleep(time.Second)
		}
		if n := len(w.deadlines); n > 60 {
			t.Errorf("%d deadlines for 300 pieces", n)
		}
	})
}
