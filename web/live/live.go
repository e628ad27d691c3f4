// Package live keeps the map in step with the database: it loads the index from one snapshot, follows the change log, holds the vocabulary of
// slugs and names, and tells browsers that look at an area what happened there.
//
// It stands in web because it joins both sides: tiles knows no domain, and no domain knows the map.
package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/store"
	"quartier/tiles"
)

// Kinds lists the kinds of items on the map; the place in the list is the kind's number in the index.
var Kinds = []string{reports.Kind}

// Times of the follower.
const (
	// pollEvery is how long the follower waits for a wake-up before it looks by itself.
	pollEvery = 100 * time.Millisecond
	// restEvery is how long it waits before it tries again after the database failed it.
	restEvery = 500 * time.Millisecond
	// followAtMost is how long taking in one batch may last: a database that neither answers nor refuses counts as resting then.
	followAtMost = 30 * time.Second
	// bulk is the number of changed items from which reading everything anew is cheaper than reading them one by one.
	bulk = 200_000
)

// Map is the live map: an index and what belongs to it. Run keeps it in step.
type Map struct {
	Index *tiles.Index
	Hub   *Hub

	db         *store.DB
	log        *slog.Logger
	vocabulary atomic.Pointer[Vocabulary]
	cursor     atomic.Pointer[store.Cursor]
	moved      atomic.Pointer[chan struct{}] // closed when the cursor moves
	answered   atomic.Int64                  // Unix milliseconds when the database last answered
	resting    atomic.Bool                   // the database failed the follower's last step
}

// New makes a map that is empty until Run has loaded it.
func New(db *store.DB, log *slog.Logger) (*Map, error) {
	index, err := tiles.New(tiles.Options{Vocabulary: tileVocabulary()})
	if err != nil {
		return nil, err
	}
	m := &Map{Index: index, Hub: newHub(index), db: db, log: log}
	moved := make(chan struct{})
	m.moved.Store(&moved)
	return m, nil
}

// Vocabulary gives the slugs and names in force; nil before the map is loaded.
func (m *Map) Vocabulary() *Vocabulary { return m.vocabulary.Load() }

// Ready tells whether the map was loaded once; it stays so while the database rests.
func (m *Map) Ready() bool { return m.cursor.Load() != nil }

// Lag tells for how long the database has not answered the follower.
func (m *Map) Lag(now time.Time) time.Duration {
	return max(0, now.Sub(time.UnixMilli(m.answered.Load())))
}

// Run loads the map and keeps it in step until the context ends. While the database does not answer, the map stays as it is.
func (m *Map) Run(ctx context.Context) {
	var beside sync.WaitGroup
	beside.Go(func() { m.Index.Run(ctx) })
	beside.Go(func() { m.Hub.run(ctx) })
	defer beside.Wait()
	listener := m.db.Listener()
	defer listener.Close()
	for ctx.Err() == nil {
		err := m.step(ctx, listener)
		switch {
		case err == nil:
			if m.resting.Swap(false) {
				m.log.Info("the database answers again")
			}
		case ctx.Err() != nil:
			return
		default:
			if !m.resting.Swap(true) {
				m.log.Warn("the map cannot follow the database and stays as it is", "cause", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(restEvery):
			}
		}
	}
}

// step does the next thing: loads the map if it is empty or has lost the thread, waits for a change and takes it in otherwise.
func (m *Map) step(ctx context.Context, listener *store.Listener) error {
	if m.cursor.Load() == nil {
		return m.Load(ctx)
	}
	if err := listener.Wait(ctx, pollEvery); err != nil {
		return err
	}
	err := m.follow(ctx)
	if errors.Is(err, store.ErrLost) || errors.Is(err, errMany) {
		m.log.Info("the map is loaded anew", "cause", err)
		return m.Load(ctx)
	}
	return err
}

// errMany says that so much changed that reading everything anew is cheaper.
var errMany = errors.New("very many items changed")

// Load reads everything from one snapshot and swaps it in; the map answers from its old state until then.
func (m *Map) Load(ctx context.Context) error {
	start := time.Now()
	var cursor store.Cursor
	var vocabulary *Vocabulary
	err := m.db.Read(ctx, func(tx pgx.Tx) (err error) {
		if cursor, err = store.Here(ctx, tx); err != nil {
			return err
		}
		if vocabulary, err = loadVocabulary(ctx, tx, m.Vocabulary()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `set local statement_timeout = 0`); err != nil {
			return err
		}
		return m.Index.Load(ctx, reports.Items(ctx, tx))
	})
	if err != nil {
		return fmt.Errorf("load the map: %w", err)
	}
	m.setVocabulary(vocabulary)
	m.reach(cursor)
	m.Hub.begin(cursor) // nobody knows what changed: all look anew
	m.log.Info("the map is loaded", "items", m.Index.Size().Items, "took", time.Since(start).Round(time.Millisecond))
	return nil
}

// follow takes in what changed since the cursor.
func (m *Map) follow(ctx context.Context) error {
	var next store.Cursor
	var vocabulary *Vocabulary
	var changed []tiles.Change
	reload := false
	ctx, cancel := context.WithTimeout(ctx, followAtMost)
	defer cancel()
	err := m.db.Read(ctx, func(tx pgx.Tx) error {
		changes, cursor, err := store.Since(ctx, tx, *m.cursor.Load())
		if err != nil {
			return err
		}
		next = cursor
		var runs []reports.Run
		var total int64
		words := false
		for _, c := range changes {
			switch c.Kind {
			case reports.Kind:
				runs = append(runs, reports.Run{First: c.First, Last: c.Last})
				total += c.Last - c.First + 1
			default: // zones, categories, services: what things are called and where they end
				words = true
			}
		}
		if words {
			if vocabulary, err = loadVocabulary(ctx, tx, m.Vocabulary()); err != nil {
				return err
			}
		}
		if total > bulk {
			reload = true
			return nil
		}
		changed, err = reports.Changes(ctx, tx, runs)
		return err
	})
	if err != nil {
		return err
	}
	if reload {
		return errMany
	}
	if vocabulary != nil {
		m.setVocabulary(vocabulary)
	}
	m.Hub.tell(next, m.Index.Apply(changed))
	m.reach(next)
	return nil
}

// reach moves the cursor and lets those go on who wait for a write.
func (m *Map) reach(c store.Cursor) {
	m.cursor.Store(&c)
	m.answered.Store(time.Now().UnixMilli())
	moved := make(chan struct{})
	close(*m.moved.Swap(&moved))
}

// Await waits until the map has taken in the write that a token names, and tells whether it has when the context ends. While the database
// rests it does not wait.
func (m *Map) Await(ctx context.Context, t store.Token) bool {
	for {
		moved := *m.moved.Load() // before the cursor, so that a move in between is not missed
		if c := m.cursor.Load(); c != nil && c.Reached(t) {
			return true
		}
		if m.resting.Load() {
			return false
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return false
		}
	}
}
