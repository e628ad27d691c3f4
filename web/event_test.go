package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"quartier/tiles"
	"quartier/web/live"
	"quartier/web/live/livetest"
)

// served opens the site's door and gives its address.
func (s *site) served() string {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { _ = s.Serve(l); close(done) }()
	s.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			s.t.Error(err)
		}
		<-done
	})
	return l.Addr().String()
}

// stream is an event stream with the head of its answer.
type stream struct {
	*http.Response
	*livetest.Stream
}

func listen(t *testing.T, address, query string, headers ...string) *stream {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/api/v1/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return &stream{response, livetest.Read(t, response.Body)}
}

// A stream tells of changes in its box, not of others and not of what is not public; what becomes hidden is told as gone. Who comes back, also
// to another node, is told what was missed. The stream ends with the server, at once.
func TestEvents(t *testing.T) {
	s := newSite(t)
	address := s.served()
	other, err := live.New(s.Register.DB, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	second := &site{Server: &Server{Register: s.Register, People: s.People, Map: other, Cache: tiles.NewCache(other.Index, 0), Log: s.Log, TimeZone: s.TimeZone, FilingsPerTenMinutes: 1}, t: t}
	if err := second.Prepare(); err != nil {
		t.Fatal(err)
	}
	if second.get("/api/v1/events").StatusCode != http.StatusServiceUnavailable {
		t.Error("a stream begins before the map is loaded")
	}
	if err := other.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { other.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })

	// Both nodes know what came before.
	first, earlier := s.file("avant")
	s.awaitText(earlier)
	second.awaitText(earlier)

	f := listen(t, address, "?bbox=2,48,3,49")
	for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"Access-Control-Allow-Origin": "*", "X-Accel-Buffering": "no"} {
		if got := f.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	begun := f.Wants("here", "{}")
	outside := s.postJSON(`{"category":"pothole","title":"ailleurs","location":{"type":"Point","coordinates":[-71,42]}}`)
	private := s.postJSON(`{"category":"person-at-risk","title":"privé","location":{"type":"Point","coordinates":[2.35,48.85]}}`)
	if outside.StatusCode != 201 || private.StatusCode != 201 {
		t.Fatal("not filed")
	}
	id, token := s.file("ici")
	change := fmt.Sprintf(`{"kind":"report","id":%d,"location":{"type":"Point","coordinates":[2.3500000,48.8500000]}`, id)
	stood := f.Wants("change", change+"}")
	s.change(id, `update report set visibility = 'hidden' where id = $1`, id)
	f.Wants("change", change+`,"gone":true}`)
	s.change(id, `update report set status = 'acknowledged' where id = $1`, id) // nobody sees it

	second.awaitText(token)
	elsewhere := second.served()
	for _, last := range []string{begun, stood} {
		for _, back := range []*stream{listen(t, address, "?bbox=2,48,3,49", "Last-Event-ID", last), listen(t, elsewhere, "?bbox=2,48,3,49&last="+last)} {
			for {
				name, data, _ := back.Next()
				if name == "change" && data == change+`,"gone":true}` {
					break
				}
				again := strings.Contains(data, fmt.Sprintf(`"id":%d,`, first)) // the nodes did not look at the same moments
				if name != "change" && name != "here" || name == "change" && data != change+"}" && !again {
					t.Fatalf("who comes back is told %q %s", name, data)
				}
			}
		}
	}
	listen(t, address, "?last="+begun, "Last-Event-ID", "rubbish").Wants("reset", "{}")

	third, _ := s.file("là")
	f.Wants("change", fmt.Sprintf(`{"kind":"report","id":%d,"location":{"type":"Point","coordinates":[2.3500000,48.8500000]}}`, third))
	s.Map.Hub.Close()
	if name, _, _ := f.Next(); name != "" {
		t.Errorf("after the end the stream tells %q", name)
	}
}

func TestEventParameters(t *testing.T) {
	s := newSite(t)
	for query, want := range map[string]int{
		"": 200, "?bbox=2,48,3,49": 200, "?zoom=0": 200, "?zoom=18&layers=items,cells&bbox=2,48,3,49": 200, "?zoom=3&layers=items&last=x": 200, "?item=report/7": 200,
		"?zoom=19": 400, "?zoom=x": 400, "?layers=items": 400, "?zoom=3&layers=cells": 400, "?item=report/7&zoom=3": 400, "?item=report/7&bbox=2,48,3,49": 400,
		"?item=dragon/7": 400, "?item=report/x": 400, "?colour=red": 400, "?bbox=1": 400,
	} {
		if got := s.do("HEAD", "/api/v1/events"+query, ""); got.StatusCode != want {
			t.Errorf("%s answers %d, want %d", query, got.StatusCode, want)
		}
	}
	if s.streams.taken != 0 {
		t.Errorf("%d streams are open after HEAD", s.streams.taken)
	}
}

// A place is taken when the connection is the stream's, not before: one that breaks in between would keep it for ever. Who finds none is told so, as
// on any other path.
func TestPlacesOfStreams(t *testing.T) {
	s := newSite(t)
	var c fasthttp.RequestCtx
	c.Request.SetRequestURI("/api/v1/events")
	c.Request.Header.SetHost("a")
	s.app.Handler()(&c)
	if !c.Hijacked() || s.streams.taken != 0 {
		t.Errorf("%d places are taken by a connection that was not given away", s.streams.taken)
	}

	address := s.served()
	s.streams.most = 1
	first := listen(t, address, "")
	first.Wants("here", "{}")
	second := listen(t, address, "", "Accept-Language", "en")
	var p Problem
	if err := json.NewDecoder(second.Body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	if second.StatusCode != 503 || p.Type != "/problems/unavailable" || p.Status != 503 || p.Detail == "" ||
		second.Header.Get("Content-Type") != "application/problem+json" || second.Header.Get("Retry-After") != "10" ||
		second.Header.Get("Access-Control-Allow-Origin") != "*" || second.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("one too many is answered %d %v %+v", second.StatusCode, second.Header, p)
	}
	if s.streams.taken != 1 {
		t.Errorf("%d places are taken", s.streams.taken)
	}
	s.exports.most = 0
	if a := s.get("/api/v1/reports.csv"); a.StatusCode != 503 || s.log.Len() > 0 {
		t.Errorf("an export without a place is answered %d, and logged: %s", a.StatusCode, s.log)
	}
}

// plainClient is a connection without anything of Go's beside it, so that what the heap holds is the server's.
type plainClient int

func connect(t testing.TB, address, request string) plainClient {
	t.Helper()
	to, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := syscall.SockaddrInet4{Port: to.Port}
	copy(at.Addr[:], to.IP.To4())
	if err := syscall.Connect(fd, &at); err != nil {
		t.Fatal(err)
	}
	if _, err := syscall.Write(fd, []byte(request)); err != nil {
		t.Fatal(err)
	}
	return plainClient(fd)
}

// read reads until the answer so far holds something; it ends with the stream.
func (c plainClient) read(until string) (got string) {
	var b [4096]byte
	for until == "" || !strings.Contains(got, until) {
		n, err := syscall.Read(int(c), b[:])
		if n <= 0 || err != nil {
			break
		}
		got += string(b[:n])
	}
	return got
}

// An old client and one that asks for something else behind get their stream, too.
func TestOldClients(t *testing.T) {
	s := newSite(t)
	address := s.served()
	for _, request := range []string{
		"GET /api/v1/events HTTP/1.0\r\n\r\n",
		"GET /api/v1/events HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /api/v1/events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: " + strings.Repeat("x", 12_000) + "\r\n\r\n",
	} {
		c := connect(t, address, request)
		got := c.read("data: {}\n\n")
		head, body, _ := strings.Cut(got, "\r\n\r\n")
		if !strings.HasPrefix(head, "HTTP/1.1 200 OK\r\n") || !strings.Contains(head, "Connection: close") || strings.Contains(head, "Transfer-Encoding") ||
			!strings.HasPrefix(body, "retry: ") {
			t.Errorf("%.40q is answered %q", request, got)
		}
		syscall.Close(int(c))
	}
	huge := connect(t, address, "GET /api/v1/events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: "+strings.Repeat("x", 2*maxHeaders)+"\r\n\r\n")
	if got := huge.read("\r\n\r\n"); got != "" && !strings.HasPrefix(got, "HTTP/1.1 431") {
		t.Errorf("a huge head is answered %.60q", got)
	}
	syscall.Close(int(huge))
}

// An idle follower costs at most 20 kB of the server's memory and no goroutine; when he is gone nothing is left of him.
func TestManyFollowers(t *testing.T) {
	const many, most = 1000, 20_000
	s := newSite(t)
	address := s.served()
	memory := func() (bytes uint64, goroutines int) {
		runtime.GC()
		runtime.GC() // pools give back what they hold after the second
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse, runtime.NumGoroutine()
	}
	until := func(what string, true func() bool) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); !true(); runtime.Gosched() {
			if time.Now().After(deadline) {
				t.Fatal("a minute has passed and not yet: ", what)
			}
		}
	}
	rush := func() []plainClient {
		clients := make([]plainClient, many)
		for i := range clients {
			// One after the other: fasthttp keeps the workers of a crowd for a while.
			clients[i] = connect(t, address, fmt.Sprintf("GET /api/v1/events?bbox=2,48,3,49&zoom=%d HTTP/1.1\r\nHost: a\r\n\r\n", i%19))
			if got := clients[i].read("data: {}\n\n"); !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") {
				t.Fatalf("the stream begins %q", got)
			}
		}
		return clients
	}
	hangUp := func(clients []plainClient) {
		for _, c := range clients {
			syscall.Close(int(c))
		}
		until("all have left", func() bool { now, _ := s.Map.Hub.Listeners(); return now == 0 })
	}
	hangUp(rush()) // what is made once is made
	before, goroutines := memory()
	clients := rush()
	after, more := memory()
	if each := (int64(after) - int64(before)) / many; each > most {
		t.Errorf("an idle follower costs %d bytes, want %d at the most", each, most)
	} else {
		t.Logf("an idle follower costs %d bytes", each)
	}
	if more > goroutines+many/10 {
		t.Errorf("%d followers need %d goroutines", many, more-goroutines)
	}
	id, _ := s.file("ici")
	for _, c := range clients {
		if got := c.read("event: tiles"); !strings.Contains(got, "event: tiles") { // a heartbeat may come before
			t.Fatalf("a change of report %d is told %q", id, got)
		}
	}
	hangUp(clients)
	if s.streams.taken != 0 || len(s.streams.by) != 0 {
		t.Errorf("%d streams are counted when none is left", s.streams.taken)
	}
}
