package web

import (
	"net"
	"time"
)

// stalledAtMost is how long a client may take nothing of what it is sent before its connection is closed: it holds a goroutine, a buffer and,
// behind an export, a connection of the database. The server's own write time-out would cut long streams that are read all the time.
const stalledAtMost = time.Minute

// listener gives every piece that is written to one of its connections a deadline of its own.
type listener struct{ net.Listener }

// Accept waits for the next connection.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c}, nil
}

// renewEvery is how old a deadline may get: to set one costs more than a small answer's bytes.
const renewEvery = stalledAtMost / 10

// conn is a connection whose writes must get on.
type conn struct {
	net.Conn
	renewed time.Time // when the deadline was set
}

// Write writes, or fails when the client takes nothing. One goroutine at a time writes to a connection.
func (c *conn) Write(b []byte) (int, error) {
	if now := time.Now(); now.Sub(c.renewed) > renewEvery {
		if err := c.SetWriteDeadline(now.Add(stalledAtMost)); err != nil {
			return 0, err
		}
		c.renewed = now
	}
	return c.Conn.Write(b)
}

// tcp gives the connection beneath one that fasthttp has given away; nil if it is none of ours.
func tcp(taken net.Conn) *net.TCPConn {
	if wrapped, ok := taken.(interface{ UnsafeConn() net.Conn }); ok {
		taken = wrapped.UnsafeConn()
	}
	if own, ok := taken.(*conn); ok {
		taken = own.Conn
	}
	plain, _ := taken.(*net.TCPConn)
	return plain
}
