package media

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
)

const (
	// looseKept is for how long a photo is kept that belongs to nothing.
	looseKept = 24 * time.Hour
	// receivedWithin is how long the writing of a photo takes at most: what is older broke off.
	receivedWithin = time.Hour
)

// Erase erases the photos of an item, within the transaction that erases or empties the item: from its commit on nobody sees them, and a job that comes with
// the commit removes their files.
func Erase(ctx context.Context, tx pgx.Tx, kind string, item int64) error {
	_, err := tx.Exec(ctx, eraseSQL+`where kind = @kind and item_id = @item`, pgx.NamedArgs{"kind": kind, "item": item})
	if err != nil {
		return fmt.Errorf("erase the photos of %s/%d: %w", kind, item, err)
	}
	return store.Enqueue(ctx, tx, clearArgs{})
}

// QueueForget forgets, as one of several statements, who uploaded the photos of an item; they stay. person is an SQL expression.
func QueueForget(b *pgx.Batch, person string, args pgx.NamedArgs) {
	b.Queue(`update media set person_id = null where kind = @kind and item_id = @id and person_id = `+person, args)
}

// eraseSQL leaves of a photo only the name of its files.
const eraseSQL = `
	update media
	set state = 'erased', person_id = null, secret_sha256 = null, kind = null, item_id = null, position = 0, sha256 = null
	`

// clear removes the files of photos that were erased, and then their rows.
func (s *Store) clear(ctx context.Context) error {
	rows, err := s.db.Query(ctx, `select id from media where state = 'erased'`)
	if err != nil {
		return fmt.Errorf("find erased photos: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ID])
	if err != nil {
		return fmt.Errorf("find erased photos: %w", err)
	}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.files.remove(ctx, id); err != nil {
			return fmt.Errorf("remove the files of a photo: %w", err)
		}
		if _, err := s.db.Exec(ctx, `delete from media where id = @id and state = 'erased'`, pgx.NamedArgs{"id": id}); err != nil {
			return fmt.Errorf("forget a photo: %w", err)
		}
	}
	return nil
}

// Swept is what Sweep found.
type Swept struct {
	Loose   int // photos that were attached to nothing in time, or whose writing broke off
	Strays  int // files of no photo
	Missing int // photos whose files are not there. They are left as they are: a folder may be put back
}

// Sweep removes what nobody needs: photos that were attached to nothing within a day, those that were erased, files that belong to no photo. It counts photos
// without files.
func (s *Store) Sweep(ctx context.Context) (Swept, error) {
	var found Swept
	now := s.now().UTC()
	done, err := s.db.Exec(ctx, eraseSQL+`
		where state = 'ready' and kind is null and created_at < @loose or state = 'receiving' and created_at < @begun`,
		pgx.NamedArgs{"loose": now.Add(-looseKept), "begun": now.Add(-receivedWithin)})
	if err != nil {
		return found, fmt.Errorf("find loose photos: %w", err)
	}
	found.Loose = int(done.RowsAffected())
	if err := s.clear(ctx); err != nil {
		return found, err
	}
	if found.Strays, err = s.files.clean(ctx, now.Add(-receivedWithin)); err != nil {
		return found, fmt.Errorf("remove what was begun: %w", err)
	}
	for prefix := range 256 {
		if err := s.compare(ctx, fmt.Sprintf("%02x", prefix), &found); err != nil {
			return found, err
		}
	}
	return found, nil
}

// compare compares the files of photos whose ids begin with two digits with their rows. The files are listed first: a row is there before its files are, so
// that a file without one is a stray.
func (s *Store) compare(ctx context.Context, prefix string, found *Swept) error {
	files, err := s.files.list(ctx, prefix)
	if err != nil {
		return fmt.Errorf("list the files of photos: %w", err)
	}
	rows, err := s.db.Query(ctx, `select id, state = 'ready' from media where id between @prefix and @prefix || 'g'`, pgx.NamedArgs{"prefix": prefix})
	if err != nil {
		return fmt.Errorf("list photos: %w", err)
	}
	ready := map[ID]bool{}
	var id ID
	var isReady bool
	if _, err := pgx.ForEachRow(rows, []any{&id, &isReady}, func() error { ready[id] = isReady; return nil }); err != nil {
		return fmt.Errorf("list photos: %w", err)
	}
	for _, id := range files {
		if _, known := ready[id]; !known {
			if err := s.files.remove(ctx, id); err != nil {
				return fmt.Errorf("remove the files of no photo: %w", err)
			}
			found.Strays++
		}
		delete(ready, id)
	}
	for id, isReady := range ready {
		if !isReady {
			continue
		}
		there, err := s.files.has(ctx, id) // it may have come since
		if err != nil {
			return fmt.Errorf("look for the files of a photo: %w", err)
		}
		if !there {
			found.Missing++
		}
	}
	return nil
}
