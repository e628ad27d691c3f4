package devdb

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// patience is how long the server may take to stop.
const patience = time.Minute

// kind is the difference between a cluster for use and one for tests.
type kind struct {
	home     string   // the folder's name
	initdb   []string // options
	settings []string
}

// common settings. The log takes no statement and no detail of an error: those hold people's names and addresses.
var common = []string{
	"listen_addresses=", "port=" + port, "unix_socket_permissions=0700",
	"timezone=UTC", "log_timezone=UTC", "log_line_prefix=%m [%p] ",
	"log_error_verbosity=terse", "log_min_error_statement=panic",
	"max_prepared_transactions=10", "max_wal_size=2GB", "jit=off", "random_page_cost=1.1",
}

var durable = kind{
	home:     "postgres",
	settings: append([]string{"shared_buffers=256MB", "work_mem=16MB", "maintenance_work_mem=128MB", "wal_compression=on"}, common...),
}

var volatile = kind{
	home:     "postgres-test",
	initdb:   []string{"--no-sync"},
	settings: append([]string{"fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300"}, common...),
}

// server is the PostgreSQL of a folder. Its methods are called with the gate shut.
type server struct {
	folder folder
	kind   kind
}

// up returns when the server answers, with the folder of its socket. Whatever it finds (a server that runs, starts, stops, crashed or was never
// made), it watches until a server answers or there is none, and then starts one.
func (s server) up(ctx context.Context) (socket string, err error) {
	var own *process // the server that we started
	defer func() {
		if err != nil && own != nil {
			own.stop()
		}
	}()
	for {
		switch now := s.look(); {
		case now.running && now.deaf():
			// Somebody removed its socket. Nobody can reach it any more, so nobody loses it.
			_ = syscall.Kill(now.pid, syscall.SIGINT)
		case now.running && now.socket != "":
			err := prepare(ctx, now.socket)
			if err == nil {
				return now.socket, nil
			}
			if !later(err) {
				return "", s.failed(err.Error())
			}
		case now.running:
		case own == nil:
			if own, err = s.launch(ctx, now); err != nil {
				return "", err
			}
		case own.exited():
			said := own.said()
			// After a kill -9 the children of the dead server need a moment to notice.
			if !strings.Contains(said, "is still in use") {
				return "", s.failed(said)
			}
			own = nil
		}
		if err := wait(ctx, pause); err != nil {
			return "", err
		}
	}
}

// prepare makes our database if it is not there yet.
func prepare(ctx context.Context, socket string) error {
	conn, err := pgx.Connect(ctx, address(socket, "postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var there bool
	err = conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", Database).Scan(&there)
	if err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, "create database "+Database)
	return err
}

// later says whether the server may answer better in a moment: it is starting or stopping (57P0x, or it takes no connection), or too many are
// connected (53300).
func later(err error) bool {
	var answer *pgconn.PgError
	return !errors.As(err, &answer) || strings.HasPrefix(answer.Code, "57P") || answer.Code == "53300"
}

// failed makes the error of what the server said last.
func (s server) failed(said string) error {
	if strings.Contains(said, "No space left on device") {
		return s.folder.full(errors.New(gist(said)))
	}
	return &Error{Kind: Failed, Dir: s.folder.dir, Log: s.folder.log(), Cause: errors.New(gist(said))}
}

// gist is the last line that names a failure, or the last line.
func gist(said string) string {
	var gist string
	var grave bool
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		isGrave := strings.Contains(line, "FATAL:") || strings.Contains(line, "PANIC:") || strings.Contains(line, "error:")
		if line != "" && (isGrave || !grave) {
			gist, grave = line, isGrave
		}
	}
	if gist == "" {
		return "it ended without a word"
	}
	return gist
}

// down stops the server if it runs: no new work, what is under way is rolled back, everything is written.
func (s server) down() error {
	now := s.look()
	if !now.running {
		return nil
	}
	if err := syscall.Kill(now.pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return s.failed(err.Error())
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for worksOn(now.pid, s.folder.data()) {
		if wait(ctx, pause) != nil {
			return s.failed("it is still stopping after " + patience.String())
		}
	}
	leave(now.socket)
	return nil
}
