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

// Reached tells whether the reader has seen the write. A write of another history it has not seen, and perhaps never will.
func (c Cursor) Reached(t Token) bool { return c.Epoch == t.Epoch && c.Snapshot.Sees(t.XID) }

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
//
// What it costs follows from what is new, however long some transaction beside stays open: a look that finds nothing is one question.
func Since(ctx context.Context, tx pgx.Tx, c Cursor) ([]Change, Cursor, error) {
	next := Cursor{}
	before := c.Snapshot.String()
	var now string
	var pruned bool
	err := tx.QueryRow(ctx, `
		select quartier_epoch(), pg_current_snapshot()::text,
		       coalesce((select value::xid8 >= pg_snapshot_xmin(@cursor::text::pg_snapshot)
		                 from setting where name = 'change_log_pruned'), false)`,
		pgx.NamedArgs{"cursor": before}).Scan(&next.Epoch, &now, &pruned)
	if err != nil {
		return nil, c, fmt.Errorf("read the cursor: %w", err)
	}
	if next.Epoch != c.Epoch || pruned {
		return nil, c, ErrLost
	}
	if now == before {
		return nil, c, nil
	}
	if next.Snapshot, err = ParseSnapshot(now); err != nil {
		return nil, c, err
	}
	rows, err := tx.Query(ctx, `
		select kind, first_id, last_id
		from change_log
		-- What the cursor has not seen: those who began after it, and those who were under way. One range for both, from the oldest of the latter,
		-- would read again at each look all that was logged since some forgotten transaction began.
		where xid >= pg_snapshot_xmax(@cursor::text::pg_snapshot)
		   or xid = any (array(select pg_snapshot_xip(@cursor::text::pg_snapshot)))
		order by seq`,
		pgx.QueryExecModeCacheDescribe, // planned for these very values each time: in general a third of the log would seem newer
		pgx.NamedArgs{"cursor": before})
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

// Listener waits for wake-ups, and reads what they are about, on a connection of its own beside the pool: who follows does not queue behind
// those who ask.
type Listener struct {
	config *pgxpool.Config
	conn   *pgx.Conn
	waited time.Time // when a wait ended last
}

// lookEvery is the least time between two looks that wake-ups lead to: what comes meanwhile is seen by the next one.
const lookEvery = 15 * time.Millisecond

// Listener makes a listener; it connects when it is first used. Close it.
func (db *DB) Listener() *Listener { return &Listener{config: db.Config()} }

// Wait returns when the change log may have something new: after a wake-up, after the poll interval, or, at once, with an error when the
// database cannot be reached (the caller paces itself) or the context has ended.
func (l *Listener) Wait(ctx context.Context, poll time.Duration) error {
	if l.conn == nil {
		return l.connect(ctx) // something may have happened before the listening began
	}
	defer func() { l.waited = time.Now() }()
	woken, err := l.hear(ctx, time.Now().Add(poll))
	// One look sees what all those told that have come by then.
	for rest := l.waited.Add(lookEvery); woken && err == nil; {
		woken, err = l.hear(ctx, rest)
	}
	return err
}

// hear waits for one wake-up, until some moment. Those that have come already it gives after that, too.
func (l *Listener) hear(ctx context.Context, until time.Time) (woken bool, err error) {
	wait, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	_, err = l.conn.WaitForNotification(wait)
	switch {
	case err == nil:
		return true, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	case wait.Err() != nil && !l.conn.IsClosed():
		return false, nil
	}
	l.Close()
	return false, fmt.Errorf("listen for changes: %w", err)
}

// Read is DB.Read on the listener's connection. A connection that is lost is made anew at the next call.
func (l *Listener) Read(ctx context.Context, do func(tx pgx.Tx) error) error {
	if l.conn == nil {
		if err := l.connect(ctx); err != nil {
			return err
		}
	}
	err := read(ctx, l.conn, do)
	if l.conn.IsClosed() {
		l.conn = nil
	}
	return err
}

func (l *Listener) connect(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, l.config.ConnConfig)
	if err != nil {
		return fmt.Errorf("listen for changes: %w", err)
	}
	l.conn = conn
	if err = registerCodecs(ctx, conn); err == nil {
		_, err = conn.Exec(ctx, "listen "+channel)
	}
	if err != nil {
		l.Close()
		return fmt.Errorf("listen for changes: %w", err)
	}
	return nil
}

// Close gives the connection up. Safe to call twice.
func (l *Listener) Close() {
	if l.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = l.conn.Close(ctx)
	l.conn = nil
}
