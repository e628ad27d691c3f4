package live

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/store"
	"quartier/tiles"
)

// From how many changed items on everything is read anew: from bulk, if they are more than one in bulkShare of all.
//
// A batch is read from one snapshot and taken in whole, however large it is, so that every answer shows a state that the database had: never the
// half of an import or of a new division into zones. Until then it stands in memory, some 250 bytes for each item. A load takes a second index
// beside the first, and costs less from about a quarter of all items on (measured at one and two million: 2 to 4 µs for each item of a load, 6 to 19
// for each change). Refused: applying a large batch slice by slice, which needs less memory and shows states that never were.
const (
	bulk      = 200_000
	bulkShare = 4
)

// errMany says that so much changed that reading everything anew is cheaper.
var errMany = errors.New("very many items changed")

// Load reads everything from one snapshot and swaps it in; the map answers from its old state until then. What is committed meanwhile is followed from
// that snapshot on.
func (m *Map) Load(ctx context.Context) error {
	began := time.Now()
	Pace(unknown)
	m.paced.Store(0)
	defer m.pace()
	ctx, attention := attend(ctx)
	defer attention.end()
	var cursor store.Cursor
	var vocabulary *Vocabulary
	var publish func()
	err := m.db.Read(ctx, func(tx pgx.Tx) (err error) {
		if cursor, err = store.Here(ctx, tx); err != nil {
			return err
		}
		if vocabulary, err = loadVocabulary(ctx, tx, m.Vocabulary()); err != nil {
			return err
		}
		if err := takeTime(ctx, tx); err != nil {
			return err
		}
		publish, err = m.Index.Prepare(ctx, attention.to(reports.Items(ctx, tx)))
		attention.heard()
		return err
	})
	if err != nil {
		return fmt.Errorf("load the map: %w", err)
	}
	m.setVocabulary(vocabulary)
	publish()
	m.reach(cursor, began)
	m.Hub.begin(cursor) // nobody knows what changed: all look anew
	m.log.Info("the map is loaded", "items", m.Index.Size().Items, "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// look is what the change log and the tables told of what changed since a cursor.
type look struct {
	cursor     store.Cursor   // after it
	vocabulary *Vocabulary    // nil: as before
	items      []tiles.Change // as they stand
}

// follow takes in what changed since the cursor: first all of it is read, then nothing can fail any more.
func (m *Map) follow(ctx context.Context, listener *store.Listener) error {
	began := time.Now()
	ctx, attention := attend(ctx)
	defer attention.end()
	var n look
	err := listener.Read(ctx, func(tx pgx.Tx) (err error) {
		n, err = m.read(ctx, tx, attention)
		return err
	})
	if err != nil {
		return err
	}
	renamed := n.vocabulary != nil && m.setVocabulary(n.vocabulary)
	changed := m.Index.Apply(n.items)
	if renamed { // any tile may be another one now
		m.Hub.begin(n.cursor)
	} else {
		m.Hub.tell(n.cursor, changed)
	}
	m.reach(n.cursor, began)
	if len(changed) > 0 {
		m.pace()
	}
	return nil
}

// read looks at the database under one snapshot.
func (m *Map) read(ctx context.Context, tx pgx.Tx, a attention) (n look, err error) {
	changes, cursor, err := store.Since(ctx, tx, *m.cursor.Load())
	if err != nil {
		return n, err
	}
	a.heard()
	n.cursor = cursor
	var runs []reports.Run
	words := false
	for _, c := range changes {
		switch c.Kind {
		case reports.Kind:
			runs = append(runs, reports.Run{First: c.First, Last: c.Last})
		default: // zones, categories, services: what things are called and where they end
			words = true
		}
	}
	runs, total := reports.Join(runs)
	if total > bulk {
		if total > int64(m.Index.Size().Items/bulkShare) {
			return n, errMany
		}
		if err := takeTime(ctx, tx); err != nil {
			return n, err
		}
	}
	if words {
		if n.vocabulary, err = loadVocabulary(ctx, tx, m.Vocabulary()); err != nil {
			return n, err
		}
		a.heard()
	}
	if len(runs) == 0 {
		return n, nil
	}
	var there []int64
	for item, err := range a.to(reports.ItemsIn(ctx, tx, runs)) {
		if err != nil {
			return n, err
		}
		n.items = append(n.items, tiles.Change{Key: item.Key(), Item: &item})
		there = append(there, item.ID)
	}
	a.heard()
	slices.Sort(there)
	// Numbers that never were are told as gone too, harmlessly.
	for _, id := range reports.Missing(runs, there) {
		n.items = append(n.items, tiles.Change{Key: tiles.Key{ID: id}})
	}
	return n, nil
}

// takeTime lets a transaction read as long as it hears from the database.
func takeTime(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `set local statement_timeout = 0`)
	return err
}

// attention ends its context when nothing was heard from the database for silentAtMost.
type attention struct {
	silence *time.Timer
	cancel  context.CancelFunc
}

func attend(ctx context.Context) (context.Context, attention) {
	ctx, cancel := context.WithCancel(ctx)
	return ctx, attention{silence: time.AfterFunc(silentAtMost, cancel), cancel: cancel}
}

func (a attention) heard() { a.silence.Reset(silentAtMost) }

func (a attention) end() {
	a.silence.Stop()
	a.cancel()
}

// to passes items on and listens. After the last one nothing need be heard while they are worked on: who asks the database again says so by heard.
func (a attention) to(items iter.Seq2[tiles.Item, error]) iter.Seq2[tiles.Item, error] {
	const often = 1024 // items: asking the clock takes as long as reading one
	return func(yield func(tiles.Item, error) bool) {
		count := 0
		for item, err := range items {
			if count++; count%often == 0 {
				a.heard()
			}
			if !yield(item, err) {
				return
			}
		}
		a.silence.Stop()
	}
}
