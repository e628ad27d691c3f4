package live

import (
	"errors"
	"net"
	"syscall"
)

// line is a connection that is written to without ever waiting: the kernel's buffer is the queue, and who lets it fill up is too slow. So one
// goroutine serves thousands of lines, and an idle one costs nothing but its socket.
type line struct {
	conn *net.TCPConn
	raw  syscall.RawConn
}

// lineBuffer is how much of a line the kernel may keep for a slow reader, in bytes.
const lineBuffer = 128 << 10

func newLine(conn *net.TCPConn) (line, error) {
	raw, err := conn.SyscallConn()
	if err == nil {
		err = conn.SetWriteBuffer(lineBuffer)
	}
	return line{conn, raw}, err
}

// send writes, all of it at once or not at all as far as the reader is concerned: a line that took a part is to be closed.
func (l line) send(message []byte) bool {
	sent := 0
	err := l.raw.Write(func(fd uintptr) bool {
		var failed error
		for failed = syscall.EINTR; errors.Is(failed, syscall.EINTR); {
			sent, failed = syscall.Write(int(fd), message)
		}
		return true // whatever came of it: no waiting
	})
	return err == nil && sent == len(message)
}

// gone tells whether the other side has hung up. What it sends meanwhile is thrown away.
func (l line) gone() bool {
	over := false
	err := l.raw.Read(func(fd uintptr) bool {
		var waste [256]byte
		n, failed := syscall.Read(int(fd), waste[:])
		over = n == 0 && failed == nil || failed != nil && !errors.Is(failed, syscall.EAGAIN) && !errors.Is(failed, syscall.EINTR)
		return true
	})
	return err != nil || over
}
