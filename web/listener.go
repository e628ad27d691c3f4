package web

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// stalledAtMost is how long a client may take nothing of what it is sent before its connection is closed: it holds a goroutine, a buffer and,
// behind an export, a connection of the database. The server's own write time-out would cut long streams that are read all the time.
const stalledAtMost = time.Minute

// stalledAtEnd is the same while the server stops.
const stalledAtEnd = time.Second

// lingersAtMost is for how long what a client goes on sending is thrown away after its request was refused.
const lingersAtMost = 5 * time.Second

// listener gives every piece that is written to one of its connections a deadline of its own, and keeps its connections: when the server stops,
// those that have asked for nothing yet are not waited for. Browsers open some in advance, and fasthttp would wait for their first request.
type listener struct {
	net.Listener
	stopping atomic.Bool

	mu   sync.Mutex
	open map[*conn]struct{}
}

func newListener(l net.Listener) *listener { return &listener{Listener: l, open: map[*conn]struct{}{}} }

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	plain, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: plain, door: l}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[c] = struct{}{}
	return c, nil
}

// stop ends all reading of requests at once, and all writing to who takes nothing soon.
func (l *listener) stop() {
	l.stopping.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for c := range l.open {
		_ = c.Conn.SetReadDeadline(now)
		_ = c.SetWriteDeadline(now.Add(stalledAtEnd))
	}
}

func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
}

// renewEvery is how old a deadline may get: to set one costs more than a small answer's bytes.
const renewEvery = stalledAtMost / 10

// conn is a connection whose writes must get on.
type conn struct {
	net.Conn
	door    *listener
	renewed time.Time // when the deadline was set
	unread  bool      // its last request was not read to its end
}

// SetReadDeadline sets when a request must have come. While the server stops it is too late for any.
func (c *conn) SetReadDeadline(t time.Time) error {
	err := c.Conn.SetReadDeadline(t)
	if c.door.stopping.Load() { // looked at last, so that no deadline outlives stop
		err = c.Conn.SetReadDeadline(time.Now())
	}
	return err
}

// Read reads. While the server stops a request that has not come is none, rather than one that came too late.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil && c.door.stopping.Load() {
		err = io.EOF
	}
	return n, err
}

// Write writes, or fails when the client takes nothing. One goroutine at a time writes to a connection.
func (c *conn) Write(b []byte) (int, error) {
	if now := time.Now(); now.Sub(c.renewed) > renewEvery {
		if err := c.SetWriteDeadline(now.Add(stalledAtMost)); err != nil {
			return 0, err
		}
		c.renewed = now
	}
	if c.door.stopping.Load() {
		if err := c.SetWriteDeadline(time.Now().Add(stalledAtEnd)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(b)
}

// Close closes the connection; if not all of its request was read, once the client has seen why.
func (c *conn) Close() error {
	if c.unread {
		go c.linger()
		return nil
	}
	c.door.forget(c)
	return c.Conn.Close()
}

// linger takes and forgets what a client still sends who has had his answer. To close at once would reset the connection, and he, or the proxy before us,
// would lose the answer with it (RFC 9112, 9.6).
func (c *conn) linger() {
	defer c.door.forget(c)
	defer c.Conn.Close()
	if plain, ok := c.Conn.(*net.TCPConn); ok {
		_ = plain.CloseWrite()
	}
	_ = c.SetReadDeadline(time.Now().Add(lingersAtMost))
	_, _ = io.Copy(io.Discard, c.Conn)
}

// lingering makes a server close connections so whose requests it refuses to read to their end.
func lingering(server *fasthttp.Server) {
	fail := server.ErrorHandler
	server.ErrorHandler = func(ctx *fasthttp.RequestCtx, err error) {
		endUnread(ctx)
		fail(ctx, err)
	}
}

// endUnread makes an answer the last of its connection, because not all of its request was read.
func endUnread(ctx *fasthttp.RequestCtx) {
	ctx.SetConnectionClose()
	if own, ok := ctx.Conn().(*conn); ok {
		own.unread = true
	}
}

// tcp gives the connection beneath one that fasthttp has given away, which is the taker's to close; nil if it is none of ours.
func tcp(taken net.Conn) *net.TCPConn {
	if wrapped, ok := taken.(interface{ UnsafeConn() net.Conn }); ok {
		taken = wrapped.UnsafeConn()
	}
	if own, ok := taken.(*conn); ok {
		own.door.forget(own)
		taken = own.Conn
	}
	plain, _ := taken.(*net.TCPConn)
	return plain
}
