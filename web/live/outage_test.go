package live_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"quartier/migrations"
	"quartier/migrations/devdb"
	"quartier/reports/store"
)

// server is a PostgreSQL of a test's own, which is stopped, killed and exchanged.
type server struct {
	t       *testing.T
	dir     string
	cluster *devdb.Cluster
}

func newServer(t *testing.T) *server {
	s := &server{t: t, dir: t.TempDir()}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *server) start() {
	s.t.Helper()
	var err error
	if s.cluster, err = devdb.StartTest(context.Background(), s.dir); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) stop() {
	s.t.Helper()
	if err := s.cluster.Stop(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) data() string { return filepath.Join(s.dir, "postgres-test", "data") }

// signal sends a signal to the postmaster.
func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if err != nil {
		s.t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(strings.SplitN(string(raw), "\n", 2)[0], &pid); err != nil {
		s.t.Fatal(err)
	}
	if err := syscall.Kill(pid, sig); err != nil {
		s.t.Fatal(err)
	}
}

// copy copies the data of a server that is stopped, owners and all.
func (s *server) copy(from, to string) {
	s.t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
}

// prepare makes the schema. A commit is kept through the death of the server, as in a server for use: what a reader has seen never goes away.
func (s *server) prepare() *store.DB {
	s.t.Helper()
	db, err := store.Open(s.t.Context(), store.Options{URL: s.cluster.URL(devdb.Database), MaxConns: 8})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(db.Close)
	if _, err := migrations.Up(s.t.Context(), db.Pool); err != nil {
		s.t.Fatal(err)
	}
	if _, err := db.Exec(s.t.Context(), `alter database `+devdb.Database+` set synchronous_commit = on`); err != nil {
		s.t.Fatal(err)
	}
	db.Reset()
	return db
}

// The server is restarted, ends at once, is killed, and comes back as an older copy on a new timeline that uses the same transaction ids again, and as
// another server altogether: the map answers through it all, says that it is not in step, and is exact afterwards.
func TestFollowThroughOutages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	w := newTownIn(t, s.prepare(), 31)
	w.writes(t, 100)
	m := w.newMap(t)
	off := answering(t, m)
	down := func() {
		t.Helper()
		until(t, "the map does not notice that the database is gone", func(context.Context) bool { return m.Resting() && !m.InStep(time.Now()) })
	}
	epoch := func() (e string) {
		t.Helper()
		until(t, "the database does not answer", func(ctx context.Context) bool {
			return w.db.QueryRow(ctx, `select quartier_epoch()`).Scan(&e) == nil
		})
		return e
	}
	first := epoch()

	committed, stop := w.writing(t, 3)
	atLeast(t, committed, 10)
	s.stop() // what is under way is rolled back
	down()
	s.start()
	atLeast(t, committed, 10)
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		s.signal(sig) // and devdb starts it again
		until(t, "the map does not notice", func(context.Context) bool { return m.Resting() })
		atLeast(t, committed, 10)
	}
	stop()
	w.equal(t, m)
	if e := epoch(); e != first {
		t.Fatalf("a restart has changed the epoch from %s to %s", first, e)
	}

	// An older copy takes over: what was written since is lost, and its transaction ids are used again.
	s.stop()
	copied := filepath.Join(s.dir, "copy")
	s.copy(s.data(), copied)
	s.start()
	until(t, "the database takes no write", func(ctx context.Context) bool { return w.write(ctx) == nil })
	w.writes(t, 30)
	w.equal(t, m)
	s.stop()
	if err := os.RemoveAll(s.data()); err != nil {
		t.Fatal(err)
	}
	s.copy(copied, s.data())
	for name, text := range map[string]string{"recovery.signal": "", "postgresql.auto.conf": "restore_command = 'false'\n"} {
		if err := os.WriteFile(filepath.Join(s.data(), name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	down()
	s.start()
	// While it recovers it answers readers, still on the timeline of the original.
	until(t, "the database takes no write", func(ctx context.Context) bool { return w.write(ctx) == nil })
	if e := epoch(); e == first {
		t.Fatal("the copy has the epoch of the original")
	}
	w.writes(t, 10)
	w.equal(t, m)

	// Another server at the same address, with other reports under the same numbers.
	s.stop()
	down()
	if err := os.RemoveAll(s.data()); err != nil {
		t.Fatal(err)
	}
	off() // the new server has nothing at first
	s.start()
	w = newTownIn(t, s.prepare(), 32)
	w.writes(t, 30)
	w.equal(t, m)
}
