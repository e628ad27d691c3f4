package media

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"quartier/reports/fault"
)

// Photo is a photo that is kept.
type Photo struct {
	ID            ID
	Width, Height int    // of the full size, in pixels
	Digest        []byte // SHA-256 of the full size
}

// MaxPhotos is how many photos one item may have.
const MaxPhotos = 6

// photoColumns are read by photoRow, of the table alias m.
const photoColumns = `m.id, m.width, m.height, m.sha256`

func photoRow(row pgx.CollectableRow) (p Photo, err error) {
	err = row.Scan(&p.ID, &p.Width, &p.Height, &p.Digest)
	return p, err
}

// ParseSize reads the name of a size.
func ParseSize(text string) (Size, error) {
	for _, one := range sizes {
		if string(one.size) == text {
			return one.size, nil
		}
	}
	return "", fault.Missing()
}

// reader is a pool or a transaction.
type reader interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Of gives the photos of some items of a kind, by item and in their order. Who asks sees the items: the caller has found them by the permission rule.
func Of(ctx context.Context, db reader, kind string, items ...int64) (map[int64][]Photo, error) {
	rows, err := db.Query(ctx, `
		select m.item_id, `+photoColumns+`
		from media m
		where m.kind = @kind and m.item_id = any(@items)
		order by m.item_id, m.position`,
		pgx.NamedArgs{"kind": kind, "items": items})
	if err != nil {
		return nil, fmt.Errorf("read the photos of items: %w", err)
	}
	found := map[int64][]Photo{}
	var item int64
	var p Photo
	_, err = pgx.ForEachRow(rows, []any{&item, &p.ID, &p.Width, &p.Height, &p.Digest}, func() error {
		found[item] = append(found[item], p)
		p.Digest = nil // the next row gets bytes of its own
		return nil
	})
	return found, err
}

// Find gives a photo that belongs to an item which is seen, or to the owner as long as it belongs to nothing. seen is the permission rule for who asks, and
// everybody that for everybody, as conditions on m.kind and m.item_id. Unknown and not to be seen are the same NotFound, by one question.
func Find(ctx context.Context, tx pgx.Tx, id ID, owner Owner, seen, everybody string) (p Photo, public bool, err error) {
	err = tx.QueryRow(ctx, `
		select `+photoColumns+`, m.kind is not null and `+everybody+`
		from media m
		where m.id = @id and (m.kind is not null and `+seen+` or `+ownedSQL+`)`,
		ownerArgs(pgx.NamedArgs{"id": id}, owner)).Scan(&p.ID, &p.Width, &p.Height, &p.Digest, &public)
	return p, public, err
}

// Held gives those of some photos that belong to the owner and to nothing yet, in the order of the ids.
func (s *Store) Held(ctx context.Context, owner Owner, ids []ID) ([]Photo, error) {
	if len(ids) == 0 || !owner.known() {
		return nil, nil
	}
	rows, err := s.db.Query(ctx, `
		select `+photoColumns+`
		from media m
		where m.id = any(@ids::text[]) and `+ownedSQL+`
		order by array_position(@ids::text[], m.id)`,
		ownerArgs(pgx.NamedArgs{"ids": ids}, owner))
	if err != nil {
		return nil, fmt.Errorf("read the photos of an owner: %w", err)
	}
	return pgx.CollectRows(rows, photoRow)
}

// CheckIDs reads the ids of the photos that are to be attached to one item.
func CheckIDs(check *fault.Check, field string, texts []string) []ID {
	if len(texts) > MaxPhotos {
		check.Add(field, "error.photo.many", fault.Args{"n": MaxPhotos})
		return nil
	}
	var ids []ID
	seen := map[ID]bool{}
	for _, text := range texts {
		id, err := ParseID(text)
		if err != nil || seen[id] {
			check.Add(field, "error.photo.unknown", nil)
			return nil
		}
		seen[id] = true
		ids = append(ids, id)
	}
	return ids
}

// QueueAttach attaches photos, in their order, to the item that takes its number from a sequence within the same transaction. A photo that is unknown, another's
// or used already fails it: all are attached, or the item is not made.
func QueueAttach(b *pgx.Batch, owner Owner, ids []ID, kind, sequence string) {
	if len(ids) == 0 {
		return
	}
	b.Queue(`
		update media m
		set kind = @kind, item_id = currval(@sequence::text::regclass), position = o.position, secret_sha256 = null
		from unnest(@ids::text[]) with ordinality as o (id, position)
		where m.id = o.id and `+ownedSQL,
		ownerArgs(pgx.NamedArgs{"ids": ids, "kind": kind, "sequence": sequence}, owner)).Exec(func(done pgconn.CommandTag) error {
		if done.RowsAffected() != int64(len(ids)) {
			return fault.In("photos", "error.photo.unknown", nil)
		}
		return nil
	})
}

// Attach attaches photos, in their order, to an item that is there, after those that it has. A photo that is unknown, another's or used already fails it.
func Attach(ctx context.Context, tx pgx.Tx, owner Owner, ids []ID, kind string, item int64) error {
	if len(ids) == 0 {
		return nil
	}
	done, err := tx.Exec(ctx, `
		update media m
		set kind = @kind, item_id = @item, secret_sha256 = null,
		    position = o.position + (select coalesce(max(x.position), 0) from media x where x.kind = @kind and x.item_id = @item)
		from unnest(@ids::text[]) with ordinality as o (id, position)
		where m.id = o.id and `+ownedSQL,
		ownerArgs(pgx.NamedArgs{"ids": ids, "kind": kind, "item": item}, owner))
	if err != nil {
		return fmt.Errorf("attach photos to %s %d: %w", kind, item, err)
	}
	if done.RowsAffected() != int64(len(ids)) {
		return fault.In(Field, "error.photo.unknown", nil)
	}
	return nil
}

// QueueDisown forgets, as one of several statements, who uploaded the photos of the item that takes its number from a sequence: it was done for another.
func QueueDisown(b *pgx.Batch, kind, sequence string) {
	b.Queue(`update media set person_id = null where kind = @kind and item_id = currval(@sequence::text::regclass)`,
		pgx.NamedArgs{"kind": kind, "sequence": sequence})
}
