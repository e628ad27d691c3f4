package web

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// listening serves a site on a port of this machine.
func listening(t *testing.T, s *site) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { _ = s.Serve(l); close(done) }()
	t.Cleanup(func() { _ = s.Shutdown(t.Context()); <-done })
	return l.Addr().String()
}

// raw sends bytes to a port and gives the statuses of all answers until the other side is silent or has gone.
func raw(t *testing.T, address, text string) (statuses []int, bodies string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	_ = c.(*net.TCPConn).CloseWrite()
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	all, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("%q: %v after %q", text, err, all)
	}
	in := bufio.NewReader(bytes.NewReader(all))
	for {
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			return statuses, bodies
		}
		body, _ := io.ReadAll(r.Body)
		statuses, bodies = append(statuses, r.StatusCode), bodies+string(body)
	}
}

// A request whose end two servers could see in different places is refused, and what would follow it is not answered: a proxy before us may believe that it
// belongs to somebody else (request smuggling; RFC 9112, 6.3 and 11.2).
func TestAmbiguousRequests(t *testing.T) {
	s := newSite(t)
	address := listening(t, s)
	const next = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
	for name, text := range map[string]string{
		"two lengths":               "POST /reports HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 34\r\n\r\n" + next,
		"two lengths, other order":  "POST /reports HTTP/1.1\r\nHost: a\r\nContent-Length: 34\r\nContent-Length: 0\r\n\r\n" + next,
		"a list of lengths":         "POST /reports HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 34\r\n\r\n" + next,
		"length and chunks":         "POST /reports HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next,
		"chunks and length":         "POST /reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + next,
		"two codings":               "POST /reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + next,
		"an unknown coding":         "POST /reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\nContent-Length: 34\r\n\r\n" + next,
		"chunks not last":           "POST /reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" + next,
		"a space before the colon":  "POST /reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\nContent-Length: 34\r\n\r\n" + next,
		"a space, and an end":       "POST /reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + next,
		"a folded line":             "POST /reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 34\r\n\r\n" + next,
		"a control sign in a value": "POST /reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\nContent-Length: 34\r\n\r\n" + next,
		"a plus":                    "POST /reports HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n" + next,
		"a minus":                   "POST /reports HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" + next,
		"no number":                 "POST /reports HTTP/1.1\r\nHost: a\r\nContent-Length: 0x0\r\n\r\n" + next,
		"a chunk that is none":      "POST /reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + next,
		"a chunk of negative size":  "POST /reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + next,
		"two hosts":                 "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"no host":                   "GET / HTTP/1.1\r\n\r\n",
		"a host that is none":       "GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n",
		"a line of headers alone":   "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n",
		"a null":                    "GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
	} {
		statuses, body := raw(t, address, text)
		if len(statuses) != 1 || statuses[0] < 400 || statuses[0] >= 500 || strings.Contains(body, "ok\n") {
			t.Errorf("%s: answered %v %.80q", name, statuses, body)
		}
	}
	// What comes within a body is never a request.
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "DELETE", "POST", "TRACE", "PURGE"} {
		for _, path := range []string{"/reports", "/tiles/items/0/0/0.mvt", "/nowhere"} {
			for length, body := range map[string]string{"Content-Length: 34": next, "Transfer-Encoding: chunked": "22\r\n" + next + "\r\n0\r\n\r\n"} {
				if statuses, bodies := raw(t, address, method+" "+path+" HTTP/1.1\r\nHost: a\r\n"+length+"\r\n\r\n"+body); len(statuses) > 1 || strings.Contains(bodies, "ok\n") {
					t.Errorf("%s %s with %s: what is in its body was answered: %v", method, path, length, statuses)
				}
			}
		}
	}
	if statuses, body := raw(t, address, next+next); len(statuses) != 2 || body != "ok\nok\n" {
		t.Errorf("two good requests: %v %q", statuses, body)
	}
}

// Heads and bodies that are too large are refused in the words and with the headers of every answer.
func TestOversizedRequests(t *testing.T) {
	s := newSite(t)
	address := listening(t, s)
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"a long line":    {"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + strings.Repeat("a", 2*maxHeaders) + "\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge},
		"many lines":     {"GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X-A: b\r\n", maxHeaders/4) + "\r\n", http.StatusRequestHeaderFieldsTooLarge},
		"a long address": {"GET /" + strings.Repeat("a", 2*maxHeaders) + " HTTP/1.1\r\nHost: a\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge},
		"a long body":    {"POST /api/v1/reports HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n{", http.StatusRequestEntityTooLarge},
		"long pieces": {"POST /api/v1/reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("10000\r\n"+strings.Repeat("a", 1<<16)+"\r\n", 5),
			http.StatusRequestEntityTooLarge},
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.WriteString(conn, c.text) }() // the answer may come, and the connection be closed, before all of it is sent
		r, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if r.StatusCode != c.want || r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Content-Security-Policy") == "" || !r.Close {
			t.Errorf("%s answers %d, closing: %v, %v", name, r.StatusCode, r.Close, r.Header)
		}
		conn.Close()
	}
}

// Who sends a head or a body drop by drop, never silent for long, has no more time for all of it than others.
func TestSlowRequestsEnd(t *testing.T) {
	s := newSite(t)
	s.app.Server().ReadTimeout = 300 * time.Millisecond
	address := listening(t, s)
	for name, head := range map[string]string{"head": "GET / HTTP/1.1\r\nX: ", "body": "POST /api/v1/reports HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, head); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			drops := time.NewTicker(20 * time.Millisecond)
			defer drops.Stop()
			for {
				select {
				case <-ended:
					return
				case <-drops.C:
					_, _ = c.Write([]byte("a"))
				}
			}
		}()
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
		answer, err := io.ReadAll(c)
		close(ended)
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
			t.Errorf("a slow %s never ends", name)
		}
		if len(answer) > 0 && !bytes.HasPrefix(answer, []byte("HTTP/1.1 408")) {
			t.Errorf("a slow %s is answered %.60q", name, answer)
		}
	}
}
