// Package live keeps the map in step with the database: it loads the index from one snapshot, follows the change log, holds the vocabulary of
// slugs and names, and tells browsers that look at an area what happened there.
//
// It stands in web because it joins both sides: tiles knows no domain, and no domain knows the map.
package live

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

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
	// silentAtMost is how long the database may be silent: one that neither answers nor refuses counts as resting then.
	silentAtMost = 30 * time.Second
)

// Map is the live map: an index and what belongs to it. Run keeps it in step.
type Map struct {
	Index *tiles.Index
	Hub   *Hub

	db         *store.DB
	log        *slog.Logger
	vocabulary atomic.Pointer[Vocabulary]
	cursor     atomic.Pointer[store.Cursor]  // nil: nothing is loaded yet
	looked     atomic.Pointer[time.Time]     // when the look began that gave the cursor; before that, when the map was made
	moved      atomic.Pointer[chan struct{}] // closed when one of these, or resting or lost, is not what it was
	resting    atomic.Bool                   // the database failed the follower's last step
	paced      atomic.Int64                  // items for which the garbage collector was told last how much may gather; 0: to be told
	lost       atomic.Bool                   // the cursor cannot be followed: what happened since is not known until the map is loaded anew
}

// New makes a map that is empty until Run has loaded it.
func New(db *store.DB, log *slog.Logger) (*Map, error) {
	index, err := tiles.New(tiles.Options{Vocabulary: tileVocabulary()})
	if err != nil {
		return nil, err
	}
	m := &Map{Index: index, Hub: newHub(index), db: db, log: log}
	now, moved := time.Now(), make(chan struct{})
	m.looked.Store(&now)
	m.moved.Store(&moved)
	return m, nil
}

// Vocabulary gives the slugs and names in force; nil before the map is loaded.
func (m *Map) Vocabulary() *Vocabulary { return m.vocabulary.Load() }

// Ready tells whether the map was loaded once; it stays so while the database rests.
func (m *Map) Ready() bool { return m.cursor.Load() != nil }

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
				m.tellWaiting()
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
	err := m.follow(ctx, listener)
	if errors.Is(err, store.ErrLost) {
		m.lost.Store(true)
		m.tellWaiting()
	} else if !errors.Is(err, errMany) {
		return err
	}
	m.log.Info("the map is loaded anew", "cause", err)
	return m.Load(ctx)
}
