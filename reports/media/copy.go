package media

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
)

// Copies are the photos of one item made once more for several others, whose files are written and which nobody sees yet: Attach gives them to their items. They
// say nothing of who uploaded the first ones: whose they are is known by the item that was copied.
type Copies struct {
	of   []ID      // what was copied
	made [][]Photo // for each of the other items
}

// Copy copies the photos of an item for some others. Between Copy and Attach they are as photos that are being received: what breaks off is swept.
func (s *Store) Copy(ctx context.Context, photos []Photo, items int) (c Copies, err error) {
	c.made = make([][]Photo, items)
	for _, p := range photos {
		c.of = append(c.of, p.ID)
		if err := s.copyOne(ctx, p, &c); err != nil {
			return Copies{}, errors.Join(err, s.DiscardCopies(context.WithoutCancel(ctx), c))
		}
	}
	return c, nil
}

// copyOne copies one photo; one whose files are nowhere is passed over.
func (s *Store) copyOne(ctx context.Context, p Photo, c *Copies) (err error) {
	d := developed{width: p.Width, height: p.Height, files: map[Size][]byte{}}
	for _, one := range sizes {
		d.files[one.size], err = s.files.read(ctx, p.ID, one.size)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read a photo: %w", err)
		}
	}
	for i := range c.made {
		made, err := s.keep(ctx, Owner{}, d)
		if err != nil {
			return err
		}
		c.made[i] = append(c.made[i], made)
	}
	return nil
}

// Current fails with Conflict where the item that was copied has other photos by now: what was taken away or blurred must not come back by a copy.
func (c Copies) Current(ctx context.Context, tx pgx.Tx, kind string, item int64) error {
	var now []ID
	err := tx.QueryRow(ctx, `select array(select id from media where kind = @kind and item_id = @item order by position)`,
		pgx.NamedArgs{"kind": kind, "item": item}).Scan(&now)
	if err != nil {
		return fmt.Errorf("read the photos of %s/%d: %w", kind, item, err)
	}
	if !slices.Equal(now, c.of) {
		return fault.Stale()
	}
	return nil
}

// Attach gives one set of copies to its item, in the order of the first ones.
func (c Copies) Attach(ctx context.Context, tx pgx.Tx, set int, kind string, item int64) error {
	for i, p := range c.made[set] {
		done, err := tx.Exec(ctx, `
			update media
			set state = 'ready', kind = @kind, item_id = @item, position = @position, width = @width, height = @height, sha256 = @sha256
			where id = @id and state = 'receiving'`,
			pgx.NamedArgs{"id": p.ID, "kind": kind, "item": item, "position": i + 1, "width": p.Width, "height": p.Height, "sha256": p.Digest})
		if err != nil {
			return fmt.Errorf("attach a copy to %s/%d: %w", kind, item, err)
		}
		if done.RowsAffected() == 0 {
			return fault.Stale()
		}
	}
	return nil
}

// DiscardCopies erases copies that no item was given.
func (s *Store) DiscardCopies(ctx context.Context, c Copies) error {
	var ids []ID
	for _, set := range c.made {
		for _, p := range set {
			ids = append(ids, p.ID)
		}
	}
	return s.discard(ctx, ids...)
}

// discard erases photos that are still being received.
func (s *Store) discard(ctx context.Context, ids ...ID) error {
	if len(ids) == 0 {
		return nil
	}
	if _, err := s.db.Exec(ctx, eraseSQL+`where id = any(@ids::text[]) and state = 'receiving'`, pgx.NamedArgs{"ids": ids}); err != nil {
		return fmt.Errorf("discard photos: %w", err)
	}
	return s.clear(ctx)
}
