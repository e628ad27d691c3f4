package web

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"quartier/geo"
	"quartier/tiles"
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
		c := &conn{Conn: w, door: newListener(nil)}
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

// Connections on which nothing was asked, or not all of it, and readers who take nothing of what they asked for do not hold up the end.
func TestStopWaitsForNobodySilent(t *testing.T) {
	s := newSite(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { _ = s.Serve(l); close(done) }()
	lines := []string{"", "GET / HTTP/1.1\r\nHost", "POST /api/v1/reports HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"}
	for i := range 20 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, lines[i%len(lines)]); err != nil {
			t.Fatal(err)
		}
		if i%len(lines) == 3 { // one that has been answered
			if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	var changes []tiles.Change
	for i := range 20_000 {
		at := geo.Position{Lon: int32(i%200) * 1_000_000, Lat: int32(i/200) * 1_000_000}
		one := tiles.Item{ID: int64(i + 1), Position: at, Cell: geo.CellAt(at, geo.CellResolution), Visibility: tiles.Public}
		changes = append(changes, tiles.Change{Key: one.Key(), Item: &one})
	}
	s.Map.Index.Apply(changes)
	reader, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	_ = reader.(*net.TCPConn).SetReadBuffer(4096)
	if _, err := io.WriteString(reader, "GET /api/v1/cells.geojson HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if n, err := reader.Read(make([]byte, 1)); n != 1 { // it has begun to come
		t.Fatal(err)
	}
	for s.app.Server().GetOpenConnectionsCount() < 21 {
		runtime.Gosched()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*stalledAtEnd)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	<-done
}

// A client that goes away in the midst of its request is no failure of ours: nobody is woken by it.
func TestBrokenRequestsAreNotLogged(t *testing.T) {
	s := newSite(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { _ = s.Serve(l); close(done) }()
	for _, begun := range []string{"GET / HTTP/1.1\r\nHost", "POST /api/v1/reports HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"} {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, begun); err != nil {
			t.Fatal(err)
		}
		for s.app.Server().GetOpenConnectionsCount() < 1 {
			runtime.Gosched()
		}
		_ = c.(*net.TCPConn).SetLinger(0) // a reset
		c.Close()
		for s.app.Server().GetOpenConnectionsCount() > 0 {
			runtime.Gosched()
		}
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	<-done
	if s.log.Len() > 0 {
		t.Errorf("the log says %s", s.log)
	}
}
