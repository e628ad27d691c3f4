package devdb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"
)

// TestMain makes the test binary a user of a cluster if it is asked to be one: a process of its own, which a test can kill.
func TestMain(m *testing.M) {
	dir := os.Getenv("DEVDB_USE")
	if dir == "" {
		os.Exit(m.Run())
	}
	c, err := StartTest(context.Background(), dir)
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(c.URL("postgres"))
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := c.Stop(); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

// guest is another process that uses a cluster.
type guest struct {
	cmd   *exec.Cmd
	stdin io.Closer
	url   string
}

func startGuest(t *testing.T, dir string) *guest {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DEVDB_USE="+dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || strings.HasPrefix(line, "error:") {
		t.Fatalf("user: %q, %v", line, err)
	}
	return &guest{cmd, stdin, strings.TrimSpace(line)}
}

func (u *guest) leave(t *testing.T) {
	t.Helper()
	u.stdin.Close()
	if err := u.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

func mustStart(t *testing.T, dir string) *Cluster {
	t.Helper()
	c, err := StartTest(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func ask(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), sql, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	answers, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return strings.Join(answers, " ")
}

// pid is the number of the server's process.
func (c *Cluster) pid() int { return c.server.look().pid }

// until waits for a condition.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !is() {
		if wait(ctx, pause) != nil {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestDurableCluster(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "données & co") // a folder that is not there yet
	c, err := Start(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "listen_addresses": "", "max_prepared_transactions": "10",
		"TimeZone": "UTC", "server_encoding": "UTF8", "lc_collate": "C.UTF-8", "data_checksums": "on",
	}
	for name, want := range settings {
		if got := ask(t, c.URL(Database), "show "+name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	ask(t, c.URL(Database), "create extension postgis; create extension pg_trgm; create table kept (word text); insert into kept values ('là')")

	server := c.pid()
	if sid, err := unix.Getsid(server); err != nil || sid != server {
		t.Errorf("the server is in session %d, %v: a Ctrl-C in our terminal reaches it", sid, err)
	}
	info, err := os.Stat(c.socket)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("socket folder: %v, %v; want only its owner to get in", info.Mode(), err)
	}
	for range 2 {
		if err := c.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if now := c.server.look(); now.pid != 0 {
		t.Errorf("the server was not stopped: %+v", now)
	}
	if _, err := os.Stat(c.socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket's folder is left: %v", err)
	}

	if c, err = Start(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, c.URL(Database), "select word from kept"); got != "là" {
		t.Errorf("after a restart: %q", got)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
}

func TestUsersShareAServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := mustStart(t, dir)
	server := first.pid()
	second := mustStart(t, dir)
	third := startGuest(t, dir)
	if first.URL("x") != second.URL("x") || third.url != first.URL("postgres") || second.pid() != server {
		t.Fatal("the users have servers of their own")
	}
	for name, leave := range map[string]func() error{"first": first.Stop, "second": second.Stop} {
		if err := leave(); err != nil {
			t.Fatal(err)
		}
		if ask(t, third.url, "select 'yes'") != "yes" {
			t.Fatalf("the %s user's leaving stopped the server", name)
		}
	}
	third.leave(t)
	if first.server.look().running {
		t.Error("the last user left the server running")
	}
}

func TestUsersArriveTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	urls := make(chan string)
	for range 4 {
		go func() {
			c, err := StartTest(context.Background(), dir)
			if err != nil {
				urls <- err.Error()
				return
			}
			url := c.URL(Database)
			if err := c.Stop(); err != nil {
				url = err.Error()
			}
			urls <- url
		}()
	}
	for range 4 {
		if url := <-urls; !strings.HasPrefix(url, "postgres:") {
			t.Error(url)
		}
	}
}

func TestKilledUserLeavesTheServerToTheNext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	u := startGuest(t, dir)
	_ = u.cmd.Process.Kill()
	_ = u.cmd.Wait()
	c := mustStart(t, dir)
	if u.url != c.URL("postgres") {
		t.Error("a second server was started")
	}
	if err := c.Stop(); err != nil || c.server.look().running {
		t.Errorf("the server of a killed user is not stopped: %v", err)
	}
}

func TestKilledServerStartsAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	survivor := mustStart(t, dir)
	ask(t, survivor.URL(Database), "set synchronous_commit = on; create table kept as select 'yes' as word")
	_ = syscall.Kill(survivor.pid(), syscall.SIGKILL)
	until(t, "the server is dead", func() bool { return !survivor.server.look().running })

	next := mustStart(t, dir)
	if got := ask(t, next.URL(Database), "select word from kept"); got != "yes" {
		t.Errorf("after the crash: %q", got)
	}
	if ask(t, survivor.URL(Database), "select word from kept") != "yes" {
		t.Error("the user who was there before has lost the server")
	}
}

// A server for users must not need them to start it again.
func TestKilledServerComesBack(t *testing.T) {
	t.Parallel()
	c := mustStart(t, t.TempDir())
	killed := c.pid()
	_ = syscall.Kill(killed, syscall.SIGKILL)
	until(t, "another server answers", func() bool {
		conn, err := pgx.Connect(t.Context(), c.URL(Database))
		if err != nil {
			return false
		}
		defer conn.Close(t.Context())
		return c.pid() != killed
	})
}

// After a crash of the machine the number in postmaster.pid may be that of another process, which PostgreSQL takes for a server.
func TestStalePidOfAnotherProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := mustStart(t, dir)
	runner, err := c.server.folder.account()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(c.server.folder.data(), "postmaster.pid")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	stranger := exec.Command("sleep", "600")
	stranger.SysProcAttr = &syscall.SysProcAttr{Credential: runner.credential}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Process.Kill(); _ = stranger.Wait() })
	_, rest, _ := strings.Cut(string(raw), "\n")
	if err := os.WriteFile(path, fmt.Appendf(nil, "%d\n%s", stranger.Process.Pid, rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if runner.credential != nil {
		if err := os.Chown(path, int(runner.uid), int(runner.gid)); err != nil {
			t.Fatal(err)
		}
	}
	if ask(t, mustStart(t, dir).URL(Database), "select 'yes'") != "yes" {
		t.Error("no answer")
	}
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the other process was hurt: %v", err)
	}
}

func TestLostSocket(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := mustStart(t, dir)
	if err := os.RemoveAll(c.socket); err != nil {
		t.Fatal(err)
	}
	next := mustStart(t, dir)
	if ask(t, next.URL(Database), "select 'yes'") != "yes" || next.URL("") != c.URL("") {
		t.Error("the server did not come back where it was")
	}
}

// Whoever takes the name of our socket's folder first, in a folder open to all, must not get our connections.
func TestSocketFolderOfAStranger(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := mustStart(t, dir)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(c.socket, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(c.socket) })
	next := mustStart(t, dir)
	if next.socket == c.socket {
		t.Errorf("the server listens in a folder that is open to others")
	}
	if ask(t, next.URL(Database), "select 'yes'") != "yes" {
		t.Error("no answer")
	}
}

func TestUnfinishedFirstStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	half := filepath.Join(dir, volatile.home, "data.half", "base")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	if ask(t, mustStart(t, dir).URL(Database), "select 'yes'") != "yes" {
		t.Error("no answer")
	}
}

func TestGivingUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := StartTest(ctx, dir)
		ended <- err
	}()
	until(t, "the first start is under way", func() bool {
		_, err := os.Stat(filepath.Join(dir, volatile.home, "data.half", "PG_VERSION"))
		return err == nil
	})
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatalf("Start = %v, want that it gives up", err)
	}
	if ask(t, mustStart(t, dir).URL(Database), "select 'yes'") != "yes" {
		t.Error("no answer to the next user")
	}
}

func TestLongPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("a", 100), strings.Repeat("b", 100))
	if ask(t, mustStart(t, dir).URL(Database), "select 'yes'") != "yes" {
		t.Error("no answer")
	}
}
