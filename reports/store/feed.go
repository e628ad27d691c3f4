package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Cursor is how far a reader has come: a state of one history of the database.
type Cursor struct {
	Epoch    string
	Snapshot Snapshot
}

// Reached tells whether the reader has seen the write. A token of another history counts as reached: it can never be seen, and waiting for it
// would be in vain.
func (c Cursor) Reached(t Token) bool { return c.Epoch != t.Epoch || c.Snapshot.Sees(t.XID) }

// ErrLost says that a cursor cannot be followed from: the database has another history now, or the log was pruned beyond the cursor.
// The reader must load everything anew.
var ErrLost = errors.New("the change log no longer holds what came after the cursor")

// Here gives the cursor of a transaction that sees a single snapshot (DB.Read): what that transaction reads is the state at the cursor.
func Here(ctx context.Context, tx pgx.Tx) (Cursor, error) {
	var c Cursor
	var snapshot string
	err := tx.QueryRow(ctx, `select quartier_epoch(), pg_current_snapshot()::text`).Scan(&c.Epoch, &snapshot)
	if err != nil {
		return Cursor{}, fmt.Errorf("read the cursor: %w", err)
	}
	c.Snapshot, err = ParseSnapshot(snapshot)
	return c, err
}

// Since gives the changes that are visible in the transaction (which must see a single snapshot, as in DB.Read) and were not at the cursor,
// and the cursor after them. The same items may come several times. It fails with ErrLost when the cursor cannot be followed.
func Since(ctx context.Context, tx pgx.Tx, c Cursor) ([]Change, Cursor, error) {
	next, err := Here(ctx, tx)
	if err != nil {
		return nil, c, err
	}
	if next.Epoch != c.Epoch {
		return nil, c, ErrLost
	}
	var pruned bool
	err = tx.QueryRow(ctx, `
		select coalesce((select value::xid8 >= pg_snapshot_xmin(@cursor::text::pg_snapshot)
		                 from setting where name = 'change_log_pruned'), false)`,
		pgx.NamedArgs{"cursor": c.Snapshot.String()}).Scan(&pruned)
	if err != nil {
		return nil, c, fmt.Errorf("read how far the change log was pruned: %w", err)
	}
	if pruned {
		return nil, c, ErrLost
	}
	rows, err := tx.Query(ctx, `
		select kind, first_id, last_id
		from change_log
		-- The bound is for the index; rows that this transaction does not see are hidden by its own snapshot.
		where xid >= pg_snapshot_xmin(@cursor::text::pg_snapshot)
		  and not pg_visible_in_snapshot(xid, @cursor::text::pg_snapshot)
		order by seq`,
		pgx.NamedArgs{"cursor": c.Snapshot.String()})
	if err != nil {
		return nil, c, fmt.Errorf("read the change log: %w", err)
	}
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Change, error) {
		var ch Change
		err := row.Scan(&ch.Kind, &ch.First, &ch.Last)
		return ch, err
	})
	if err != nil {
		return nil, c, fmt.Errorf("read the change log: %w", err)
	}
	return changes, next, nil
}

// Listener waits for wake-ups on a connection of its own.
type Listener struct {
	pool *pgxpool.Pool
	conn *pgxpool.Conn
}

// Listener makes a listener; it connects when it first waits. Close it.
func (db *DB) Listener() *Listener { return &Listener{pool: db.Pool} }

// Wait returns when the change log may have something new: after a wake-up, after the poll interval, or, at once, with an error when the
// database cannot be reached (the caller paces itself) or the context has ended.
func (l *Listener) Wait(ctx context.Context, poll time.Duration) error {
	if l.conn == nil {
		conn, err := l.pool.Acquire(ctx)
		if err != nil {
			return fmt.Errorf("listen for changes: %w", err)
		}
		if _, err := conn.Exec(ctx, "listen "+channel); err != nil {
			conn.Release()
			return fmt.Errorf("listen for changes: %w", err)
		}
		l.conn = conn
		return nil // something may have happened before the listening began
	}
	wait, cancel := context.WithTimeout(ctx, poll)
	defer cancel()
	_, err := l.conn.Conn().WaitForNotification(wait)
	switch {
	case err == nil, wait.Err() != nil && ctx.Err() == nil && !l.conn.Conn().IsClosed():
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	l.Close()
	return fmt.Errorf("listen for changes: %w", err)
}

// Close gives the connection up. Safe to call twice.
func (l *Listener) Close() {
	if l.conn == nil {
		return
	}
	// The connection has listened: it is closed, not given back to others.
	conn := l.conn.Hijack()
	l.conn = nil
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}
