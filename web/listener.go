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
	return conn{c}, nil
}

// conn is a connection whose writes must get on.
type conn struct{ net.Conn }

// Write writes, or fails when the client takes nothing.
func (c conn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(stalledAtMost)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// tcp gives the connection beneath one that fasthttp has given away; nil if it is none of ours.
func tcp(taken net.Conn) *net.TCPConn {
	if wrapped, ok := taken.(interface{ UnsafeConn() net.Conn }); ok {
		taken = wrapped.UnsafeConn()
	}
	if own, ok := taken.(conn); ok {
		taken = own.Conn
	}
	plain, _ := taken.(*net.TCPConn)
	return plain
}
