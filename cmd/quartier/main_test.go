package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"quartier/reports/store/storetest"
)

func TestMain(m *testing.M) {
	os.Setenv("LC_ALL", "en_GB.UTF-8")
	os.Exit(storetest.Main(m))
}

// output is what a command wrote, readable while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// quartier runs a command line to its end.
func quartier(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err output
	code = run(t.Context(), args, strings.NewReader(""), &out, &err)
	return code, out.String(), err.String()
}

// node is a server that runs.
type node struct {
	url    string
	stop   func() int // asks it to end, as SIGTERM does, and gives its exit code
	stderr *output
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// serve starts a server on a free port and waits until its map is loaded.
func serve(t *testing.T, args ...string) *node {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out, errs output
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), strings.NewReader(""), &out, &errs)
	}()
	n := &node{stderr: &errs}
	ended := -1
	n.stop = func() int {
		cancel()
		if ended < 0 {
			ended = <-code
		}
		return ended
	}
	t.Cleanup(func() { n.stop() })
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		select {
		case ended = <-code:
			t.Fatalf("the server ended with %d: %s", ended, errs.String())
		case <-time.After(20 * time.Millisecond):
		}
		if n.url = address.FindString(out.String()); n.url == "" {
			continue
		}
		if response, err := http.Get(n.url + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return n
			}
		}
	}
	t.Fatal("the server was not ready within a minute")
	return nil
}

func post(t *testing.T, url string, title string) int {
	t.Helper()
	response, err := http.Post(url+"/api/v1/reports", "application/json", strings.NewReader(
		fmt.Sprintf(`{"category":"pothole","title":%q,"location":{"type":"Point","coordinates":[2.35,48.85]}}`, title)))
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// Every way in which the start can fail gives one sentence and exit 1.
func TestFailuresAtTheStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, data string
		args       []string
		says       string
	}{
		{"port taken", t.TempDir(), []string{"serve", "--listen", taken.Addr().String()}, "is already taken"},
		{"no such address", t.TempDir(), []string{"serve", "--listen", "300.1.1.1:80"}, "Cannot listen on"},
		{"unreachable database", t.TempDir(), []string{"serve", "--listen", "127.0.0.1:0", "--database", "postgres://nobody@127.0.0.1:1/none"}, "(connection refused)"},
		{"no database address", t.TempDir(), []string{"migrate", "--database", "postgres://:::"}, "is not understood"},
		{"unknown time zone", t.TempDir(), []string{"serve", "--time-zone", "Mars/Olympus"}, "“Mars/Olympus” is not known"},
		{"no network", t.TempDir(), []string{"serve", "--trusted-proxies", "here"}, "“here” is not a network"},
		{"no base path", t.TempDir(), []string{"serve", "--base-path", "quartier"}, "“quartier” is no base path"},
		{"a base path that climbs", t.TempDir(), []string{"serve", "--base-path", "/ville/../x"}, "is no base path"},
		{"no public address", t.TempDir(), []string{"serve", "--public-url", "ville.example"}, "--public-url is not understood"},
		{"a public address with a password", t.TempDir(), []string{"serve", "--public-url", "https://a:b@ville.example"}, "--public-url is not understood"},
		{"two base paths", t.TempDir(), []string{"serve", "--public-url", "https://ville.example/quartier", "--base-path", "/signaler"}, "“/quartier” and --base-path says “/signaler”"},
		{"a public address below a path alone", t.TempDir(), []string{"serve", "--public-url", "https://ville.example/quartier/"}, "give both the same path"},
		{"no mail server", t.TempDir(), []string{"serve", "--smtp-url", "http://mail.example"}, "of the mail server is not understood"},
		{"no sender of mails", t.TempDir(), []string{"serve", "--smtp-url", "smtp://mail.example", "--mail-from", "ville"}, "“ville” is not an address"},
		{"no turns", t.TempDir(), []string{"serve", "--filing-limit", "0"}, "at least 1"},
		{"unknown served area", t.TempDir(), []string{"serve", "--listen", "127.0.0.1:0", "--served-area", "atlantis", "--database", storetest.URL(t)}, "atlantis"},
		{"the data folder is a file", file, []string{"migrate"}, "cannot hold the database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, stderr := quartier(t, append(c.args, "--data", c.data)...)
			if code != 1 || !strings.Contains(stderr, c.says) || strings.Count(strings.TrimSpace(stderr), "\n") > 0 || !strings.HasPrefix(stderr, "quartier: ") {
				t.Errorf("exit %d, says %q, want one sentence with %q", code, stderr, c.says)
			}
		})
	}
}

// Flags may stand before and after the command, and the environment holds for them.
func TestFlagsAnywhere(t *testing.T) {
	url := storetest.URL(t)
	for _, args := range [][]string{{"--database", url, "migrate", "status"}, {"migrate", "status", "--database", url}, {"migrate", "--database", url, "status"}} {
		code, stdout, stderr := quartier(t, args...)
		if code != 0 || !strings.Contains(stdout, "00001_base.sql: applied on") {
			t.Errorf("%v: exit %d %s %s", args, code, stdout, stderr)
		}
	}
	t.Setenv("QUARTIER_DATABASE_URL", url)
	if code, stdout, stderr := quartier(t, "doctor", "--data", t.TempDir()); code != 0 || strings.Contains(stdout, "Wrong") {
		t.Errorf("doctor: exit %d %s %s", code, stdout, stderr)
	}
	if code, _, stderr := quartier(t, "serve", "--colour", "red"); code != 2 || !strings.Contains(stderr, "--colour") {
		t.Errorf("an unknown flag: exit %d %s", code, stderr)
	}
	if code, stdout, _ := quartier(t, "serve", "--help"); code != 0 || !strings.Contains(stdout, "QUARTIER_LISTEN") {
		t.Errorf("help: exit %d %s", code, stdout)
	}
}

// A server that is told to stop while reports come in answers each one or refuses it, and has stored each that it answered with 201.
func TestStopLosesNoAcceptedReport(t *testing.T) {
	url := storetest.URL(t)
	n := serve(t, "--database", url, "--filing-limit", "100000")
	accepted := make(chan string, 10_000)
	var clients sync.WaitGroup
	begun := make(chan struct{})
	var once sync.Once
	for c := range 4 {
		clients.Go(func() {
			for i := range 2000 {
				title := fmt.Sprintf("%d-%d", c, i)
				status := post(t, n.url, title)
				if status != http.StatusCreated {
					return // the server has gone
				}
				accepted <- title
				if i == 5 {
					once.Do(func() { close(begun) })
				}
			}
		})
	}
	<-begun
	if code := n.stop(); code != 0 {
		t.Errorf("exit %d: %s", code, n.stderr)
	}
	clients.Wait()
	close(accepted)
	again := serve(t, "--database", url)
	response, err := http.Get(again.url + "/api/v1/reports.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	stored, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for title := range accepted {
		count++
		if !strings.Contains(string(stored), ","+title+",") {
			t.Errorf("the accepted report %s is lost", title)
		}
	}
	if count < 5 {
		t.Errorf("only %d reports were accepted", count)
	}
}

// Two nodes on one database: what one takes is in the other's tiles, and both give the same bytes and ETags.
func TestTwoNodes(t *testing.T) {
	url := storetest.URL(t)
	first, second := serve(t, "--database", url), serve(t, "--database", url)
	if status := post(t, first.url, "pour deux"); status != http.StatusCreated {
		t.Fatalf("filing answers %d", status)
	}
	tile := func(n *node) (body, etag string) {
		response, err := http.Get(n.url + "/tiles/items/0/0/0.mvt")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		raw, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw), response.Header.Get("ETag")
	}
	deadline := time.Now().Add(time.Minute)
	for {
		one, oneTag := tile(first)
		two, twoTag := tile(second)
		if one != "" && one == two && oneTag == twoTag {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after a minute the nodes give %d bytes %s and %d bytes %s", len(one), oneTag, len(two), twoTag)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// The map answers while the database is away, says so, and catches up when it is back.
func TestMapAnswersWithoutDatabase(t *testing.T) {
	dir := t.TempDir()
	n := serve(t, "--data", dir)
	if status := post(t, n.url, "avant"); status != http.StatusCreated {
		t.Fatalf("filing answers %d", status)
	}
	get := func(path string) int {
		response, err := http.Get(n.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return response.StatusCode
	}
	until := func(what string, want bool, is func() bool) {
		t.Helper()
		deadline := time.Now().Add(time.Minute)
		for is() != want {
			if time.Now().After(deadline) {
				t.Fatalf("after a minute: not %s", what)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	until("the report in the tile", true, func() bool { return get("/tiles/items/0/0/0.mvt") == http.StatusOK })
	stopPostgres(t, dir)
	until("the list resting", true, func() bool { return get("/api/v1/reports") == http.StatusServiceUnavailable })
	for path, want := range map[string]int{"/tiles/items/0/0/0.mvt": 200, "/": 200, "/readyz": 200, "/api/v1/stats": 200, "/api/v1/cells.geojson": 200, "/api/v1/categories": 200} {
		if got := get(path); got != want {
			t.Errorf("while the database is away %s answers %d, want %d", path, got, want)
		}
	}
	if status := post(t, n.url, "pendant"); status != http.StatusServiceUnavailable {
		t.Errorf("filing without a database answers %d", status)
	}
}

// stopPostgres ends the private server of a data folder, as a crash would.
func stopPostgres(t *testing.T, dir string) {
	t.Helper()
	raw, err := os.ReadFile(dir + "/postgres/data/postmaster.pid")
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(raw), &pid); err != nil {
		t.Fatal(err)
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
}

// A pipe has no end that one could wait for: it is refused at once, and an import that waits for its standard input can be stopped.
func TestImportsThatWait(t *testing.T) {
	pipe := t.TempDir() + "/pipe"
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	url := storetest.URL(t)
	if code, _, stderr := quartier(t, "import", "reports", "--mapping", "quartier", "--database", url, pipe); code != 1 || !strings.Contains(stderr, "not a regular file") {
		t.Errorf("a pipe: exit %d, says %q", code, stderr)
	}
	ctx, cancel := context.WithCancel(t.Context())
	waiting, writer := io.Pipe() // never written to
	defer writer.Close()
	begun := make(chan struct{})
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"import", "reports", "--mapping", "quartier", "--database", url, "-"}, told{waiting, begun}, io.Discard, io.Discard)
	}()
	<-begun
	cancel()
	if got := <-code; got != 1 {
		t.Errorf("a stopped import: exit %d", got)
	}
}

// told is a reader that tells when it is first read.
type told struct {
	io.Reader
	begun chan struct{}
}

func (r told) Read(b []byte) (int, error) {
	close(r.begun)
	return r.Reader.Read(b)
}
