package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// client is one connection that is kept alive; each request waits for the answer to the one before.
type client struct {
	conn net.Conn
	in   *bufio.Reader
}

func connect(address string) (*client, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// answer is what came back. Header and Body are kept only where somebody wants them.
type answer struct {
	status int
	length int // bytes of the body
	header [][2]string
	body   []byte
}

// send sends a whole request and reads the answer; kept, with its header and its body.
func (c *client) send(request []byte, kept bool) (a answer, err error) {
	if _, err := c.conn.Write(request); err != nil {
		return a, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return a, err
	}
	if len(line) < 12 {
		return a, fmt.Errorf("%q is no status line", line)
	}
	if a.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return a, err
	}
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return a, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if kept {
			name, value, _ := strings.Cut(string(line), ": ")
			a.header = append(a.header, [2]string{name, value})
		}
		if value, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			if a.length, err = strconv.Atoi(string(value)); err != nil {
				return a, err
			}
		}
	}
	if a.status == 304 || a.status == 204 {
		a.length = 0
		return a, nil
	}
	if kept {
		a.body = make([]byte, a.length)
		_, err = io.ReadFull(c.in, a.body)
		return a, err
	}
	_, err = c.in.Discard(a.length)
	return a, err
}

// get writes a request; headers come in pairs.
func get(path string, headers ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n", path)
	for i := 0; i < len(headers); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", headers[i], headers[i+1])
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// traffic is what some clients got.
type traffic struct {
	times []float64 // of each request, ms
	bytes int
	took  time.Duration
}

// drive lets some clients ask for a while, each one thing after the other: next gives the request and the status that is expected. next is called
// by all clients at once.
func drive(address string, clients int, length time.Duration, next func(client int) (request []byte, status int)) (traffic, error) {
	var mu sync.Mutex
	var all traffic
	var failed error
	var running sync.WaitGroup
	start := time.Now()
	for i := range clients {
		running.Go(func() {
			mine, err := askFor(address, length, func() ([]byte, int) { return next(i) })
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = err
			}
			all.times = append(all.times, mine.times...)
			all.bytes += mine.bytes
		})
	}
	running.Wait()
	all.took = time.Since(start)
	return all, failed
}

// askFor is one client of drive.
func askFor(address string, length time.Duration, next func() ([]byte, int)) (t traffic, err error) {
	c, err := connect(address)
	if err != nil {
		return t, err
	}
	defer c.conn.Close()
	for end := time.Now().Add(length); ; {
		request, status := next()
		start := time.Now()
		if start.After(end) || request == nil {
			return t, nil
		}
		a, err := c.send(request, false)
		if err != nil {
			return t, err
		}
		if status != 0 && a.status != status {
			return t, fmt.Errorf("%.60q: status %d, want %d", request, a.status, status)
		}
		t.times = append(t.times, milliseconds(time.Since(start)))
		t.bytes += a.length
	}
}
