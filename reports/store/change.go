package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Change says that items of a kind are not what they were; what they are now is read from their tables.
type Change struct {
	Kind        string
	First, Last int64 // a run of ids, both included; one item: the same number
}

// Append logs a change within the transaction that makes it.
func Append(ctx context.Context, tx pgx.Tx, c Change) error {
	if _, err := tx.Exec(ctx, appendSQL, c.args()); err != nil {
		return fmt.Errorf("log the change of %s %d: %w", c.Kind, c.First, err)
	}
	return nil
}

// QueueChange is Append as one of several statements that are sent together.
func QueueChange(b *pgx.Batch, c Change) { b.Queue(appendSQL, c.args()) }

// QueueNew logs as one of several statements an item that this transaction stored under the latest number of a sequence.
func QueueNew(b *pgx.Batch, kind, sequence string) {
	b.Queue(`insert into change_log (kind, first_id, last_id) select @kind, id, id from currval(@sequence::text::regclass) id`,
		pgx.NamedArgs{"kind": kind, "sequence": sequence})
}

const appendSQL = `insert into change_log (kind, first_id, last_id) values (@kind, @first, @last)`

// args are those of appendSQL.
func (c Change) args() pgx.NamedArgs {
	return pgx.NamedArgs{"kind": c.Kind, "first": c.First, "last": c.Last}
}

// channel carries wake-ups to the readers of the change log; a NOTIFY says nothing but "look".
const channel = "quartier_change"

// wakeEvery is the least time between two wake-ups of one process: NOTIFY makes commits queue, so writers do not send one each.
const wakeEvery = 20 * time.Millisecond

// waker sends at most one NOTIFY per wakeEvery, in a transaction of its own. A wake-up that is lost costs only the readers' poll interval.
type waker struct {
	pool *pgxpool.Pool
	due  chan struct{}
	quit chan struct{}
	done chan struct{}
	once sync.Once
}

func newWaker(pool *pgxpool.Pool) *waker {
	w := &waker{pool: pool, due: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *waker) wake() {
	select {
	case w.due <- struct{}{}:
	default: // one is due already
	}
}

func (w *waker) stop() {
	w.once.Do(func() { close(w.quit) })
	<-w.done
}

func (w *waker) run() {
	defer close(w.done)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-w.quit:
			return
		case <-w.due:
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		// A failure is left alone: the database rests, and readers poll.
		_, _ = w.pool.Exec(ctx, `select pg_notify($1, '')`, channel)
		cancel()
		pause.Reset(wakeEvery)
		select {
		case <-w.quit:
			return
		case <-pause.C:
		}
	}
}

// PrepareLog makes the change log's partitions for today and the coming week, and drops those that are older than keep and that every stored
// cursor has passed. Run it at start and once in a while.
func (db *DB) PrepareLog(ctx context.Context, now time.Time, keep time.Duration) error {
	_, err := db.Exec(ctx, `select change_log_prepare(@today::date, 7)`, pgx.NamedArgs{"today": now.UTC()})
	if err != nil {
		return fmt.Errorf("prepare the change log: %w", err)
	}
	_, err = db.Exec(ctx, `select change_log_prune(@before::date)`, pgx.NamedArgs{"before": now.Add(-keep).UTC()})
	if err != nil {
		return fmt.Errorf("prune the change log: %w", err)
	}
	return nil
}
