// Package store is the door to PostgreSQL: the pool with its codecs and time limits, transactions, error codes, and the change log with its
// reader. Domain packages write their own SQL beside their rules and use the pool directly; store wraps only what must be done one way.
//
// Despite its path it stands below the root package reports: see the map of the rooms in README.md.
package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxgeom "github.com/twpayne/pgx-geom"

	"quartier/reports/fault"
)

// Options of a DB.
type Options struct {
	// URL is a PostgreSQL connection string (libpq URI or key=value form).
	URL string
	// MaxConns bounds the pool; 0 means 16.
	MaxConns int32
	// StatementTimeout ends any statement that runs longer; 0 means 30 s, negative means never (imports, exports).
	StatementTimeout time.Duration
}

// DB is a pool of connections. Safe for concurrent use.
type DB struct {
	*pgxpool.Pool
	waker *waker
}

// Open connects and proves the connection with one question. It fails when the server cannot be reached or refuses.
func Open(ctx context.Context, o Options) (*DB, error) {
	c, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("the database address is not understood: %w", redacted(err))
	}
	c.MaxConns = 16
	if o.MaxConns > 0 {
		c.MaxConns = o.MaxConns
	}
	timeout := 30 * time.Second
	if o.StatementTimeout != 0 {
		timeout = max(0, o.StatementTimeout)
	}
	if c.ConnConfig.ConnectTimeout == 0 {
		c.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	p := c.ConnConfig.RuntimeParams
	p["statement_timeout"] = strconv.FormatInt(timeout.Milliseconds(), 10)
	p["idle_in_transaction_session_timeout"] = "60000"
	p["timezone"] = "UTC"
	p["application_name"] = "quartier"
	c.AfterConnect = registerCodecs
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	db := &DB{Pool: pool}
	db.waker = newWaker(pool)
	return db, nil
}

// Close ends all connections. A wake-up that is still due may be lost: readers poll.
func (db *DB) Close() {
	db.waker.stop()
	db.Pool.Close()
}

// registerCodecs teaches a connection the geometry type, if the database has it already (the first migration has not run otherwise).
func registerCodecs(ctx context.Context, conn *pgx.Conn) error {
	var known bool
	if err := conn.QueryRow(ctx, `select to_regtype('geometry') is not null`).Scan(&known); err != nil || !known {
		return err
	}
	return pgxgeom.Register(ctx, conn)
}

// redacted keeps a password that stands in a connection string out of the error about it.
func redacted(err error) error {
	var parse *pgconn.ParseConfigError
	if errors.As(err, &parse) {
		return errors.New("it is neither a postgres:// address nor a list of key=value")
	}
	return err
}

// Write runs do in one read-committed transaction and commits it unless do fails. Readers of the change log are woken after the commit.
func (db *DB) Write(ctx context.Context, do func(tx pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, db.Pool, do)
	if err == nil {
		db.waker.wake()
	}
	return Explain(err)
}

// WriteOn is Write on a connection that the caller holds, for what lives in its session: temporary tables, locks.
func (db *DB) WriteOn(ctx context.Context, conn *pgxpool.Conn, do func(tx pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, conn, do)
	if err == nil {
		db.waker.wake()
	}
	return Explain(err)
}

// Read runs do in one read-only transaction that sees a single snapshot.
func (db *DB) Read(ctx context.Context, do func(tx pgx.Tx) error) error {
	return read(ctx, db.Pool, do)
}

func read(ctx context.Context, on interface {
	BeginTx(context.Context, pgx.TxOptions) (pgx.Tx, error)
}, do func(tx pgx.Tx) error) error {
	err := pgx.BeginTxFunc(ctx, on, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, do)
	return Explain(err)
}

// Explain turns errors of the database that people can meet into faults, by their codes (PostgreSQL, appendix A); others pass unchanged.
func Explain(err error) error {
	if err == nil || fault.KindOf(err) != fault.Internal {
		return err
	}
	var refused *pgconn.PgError
	var unreachable *pgconn.ConnectError
	resting := &fault.Error{Kind: fault.Unavailable, Word: "error.database_resting", After: 5 * time.Second, Cause: err}
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.Missing()
	case errors.As(err, &unreachable), errors.Is(err, context.DeadlineExceeded), pgconn.Timeout(err):
		return resting
	case errors.As(err, &refused):
		switch refused.Code[:2] {
		case "08", "53", "57": // connection, resources, operator intervention (shutdown, time-out)
			return resting
		}
	case pgconn.SafeToRetry(err):
		return resting
	}
	return err
}

// Constraint gives the name of the constraint that a write violated, or "".
func Constraint(err error) string {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code[:2] == "23" {
		return refused.ConstraintName
	}
	return ""
}
