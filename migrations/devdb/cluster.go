package devdb

import (
	"context"
	"errors"
	"net/url"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Database is the database that every cluster has; the others are up to its users.
const Database = "quartier"

// role is the one account of a cluster, a superuser.
const role = "quartier"

// Cluster is one use of a running cluster. Other processes may be using it too.
type Cluster struct {
	server server
	socket string // the folder of the server's socket

	stop   sync.Mutex
	gate   *os.File
	users  *os.File           // nil once stopped
	forget context.CancelFunc // ends keep
	kept   chan struct{}      // closed when keep has ended
}

// Start attaches to the cluster in the folder dir, which it makes and starts if need be. Ending ctx gives up waiting; it does not stop the cluster once
// Start has returned. Why there is no database is told by an *Error.
func Start(ctx context.Context, dir string) (*Cluster, error) {
	return start(ctx, dir, durable)
}

// StartTest is Start for tests: a faster cluster that may lose everything with the machine's power.
func StartTest(ctx context.Context, dir string) (*Cluster, error) {
	return start(ctx, dir, volatile)
}

func start(ctx context.Context, dir string, k kind) (*Cluster, error) {
	f, err := openFolder(dir, k.home)
	if err != nil {
		return nil, err
	}
	gate, err := f.open("gate", os.O_RDWR)
	if err != nil {
		return nil, err
	}
	users, err := f.open("users", os.O_RDWR)
	if err != nil {
		gate.Close()
		return nil, err
	}
	c := &Cluster{server: server{folder: f, kind: k}, gate: gate, users: users}
	if c.socket, err = c.enter(ctx); err != nil {
		gate.Close()
		users.Close()
		return nil, err
	}
	keep, forget := context.WithCancel(context.Background())
	c.forget, c.kept = forget, make(chan struct{})
	go c.keep(keep)
	return c, nil
}

// enter takes our place among the users and sees to it that the server runs.
func (c *Cluster) enter(ctx context.Context) (socket string, err error) {
	if err := lock(ctx, c.gate, unix.LOCK_EX); err != nil {
		return "", c.server.folder.refuse(err)
	}
	defer unlock(c.gate)
	if err := lock(ctx, c.users, unix.LOCK_SH); err != nil {
		return "", c.server.folder.refuse(err)
	}
	return c.server.up(ctx)
}

// The time between two looks at the server: short as long as it runs, longer and longer when it cannot be started.
const (
	lookEvery  = time.Second
	lookAtMost = time.Minute
)

// keep starts the server again when it has died under its users: a kernel short of memory takes the largest process. It comes back at the same address.
func (c *Cluster) keep(ctx context.Context) {
	defer close(c.kept)
	every := lookEvery
	for {
		if wait(ctx, every) != nil {
			return
		}
		if now := c.server.look(); now.running && !now.deaf() || c.revive(ctx) == nil {
			every = lookEvery
		} else {
			every = min(2*every, lookAtMost)
		}
	}
}

func (c *Cluster) revive(ctx context.Context) error {
	if err := lock(ctx, c.gate, unix.LOCK_EX); err != nil {
		return err
	}
	defer unlock(c.gate)
	// Whoever deletes the data under a running server does not want an empty database in its stead.
	if major, err := c.server.folder.major(); err != nil || major == 0 {
		return errors.Join(err, errors.New("the data is gone"))
	}
	_, err := c.server.up(ctx)
	return err
}

// URL is the address of a database of the cluster, as pgx and libpq understand it.
func (c *Cluster) URL(database string) string {
	return address(c.socket, database)
}

func address(socket, database string) string {
	query := url.Values{"host": {socket}, "port": {port}, "user": {role}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: query.Encode()}).String()
}

// Stop gives up our use of the cluster, and stops the server if nobody else uses it. A second call does nothing.
func (c *Cluster) Stop() error {
	c.stop.Lock()
	defer c.stop.Unlock()
	if c.users == nil {
		return nil
	}
	c.forget()
	<-c.kept
	defer func() {
		c.users.Close()
		c.gate.Close()
		c.users = nil
	}()
	if err := lock(context.Background(), c.gate, unix.LOCK_EX); err != nil {
		return err
	}
	// Our shared lock becomes an exclusive one, if ours was the last. Nobody can come in between: the gate is shut.
	last, err := tryLock(c.users, unix.LOCK_EX)
	if err != nil || !last {
		return err
	}
	return c.server.down()
}
