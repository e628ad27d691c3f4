package media

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
)

// Moved is what Move did.
type Moved struct {
	Photos  int // that were copied now
	Known   int // that were there already
	Missing int // whose files are nowhere
}

// Move copies the files of all photos to another store of the same database, and then removes them here, unless they are to be kept. It can be stopped and
// run again, and run while the service goes on, which keeps new photos where it was told.
func (s *Store) Move(ctx context.Context, to *Store, keep bool) (Moved, error) {
	var m Moved
	rows, err := s.db.Query(ctx, `select id from media where state = 'ready' order by id`)
	if err != nil {
		return m, fmt.Errorf("list photos: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ID])
	if err != nil {
		return m, fmt.Errorf("list photos: %w", err)
	}
	for _, id := range ids {
		if err := s.moveOne(ctx, to, id, keep, &m); err != nil {
			return m, fmt.Errorf("move a photo: %w", err)
		}
	}
	return m, nil
}

func (s *Store) moveOne(ctx context.Context, to *Store, id ID, keep bool, m *Moved) error {
	there, err := to.files.has(ctx, id)
	if err != nil {
		return err
	}
	if there {
		m.Known++
	} else {
		content := map[Size][]byte{}
		for _, one := range sizes {
			if content[one.size], err = s.files.read(ctx, id, one.size); err != nil {
				if errors.Is(err, fs.ErrNotExist) {
					m.Missing++
					return nil
				}
				return err
			}
		}
		if err := to.files.write(ctx, id, content); err != nil {
			return err
		}
		m.Photos++
	}
	if keep {
		return nil
	}
	return s.files.remove(ctx, id)
}
