package media

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/semaphore"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
)

// developAtMost is how long the decoding and encoding of one photo may take: a second is usual for a large one.
const developAtMost = 15 * time.Second

// Store keeps photos.
type Store struct {
	db     *store.DB
	folder folder
	now    func() time.Time
	memory *semaphore.Weighted // of decoders, in bytes
}

// Open opens the store of a database's photos, below a data folder. now is the clock.
func Open(ctx context.Context, db *store.DB, data string, now func() time.Time) (*Store, error) {
	var name string
	if err := db.QueryRow(ctx, `select value from setting where name = 'media_folder'`).Scan(&name); err != nil {
		return nil, fmt.Errorf("find the folder of photos: %w", store.Explain(err))
	}
	folder, err := openFolder(filepath.Join(data, "media", filepath.Base(name)))
	if err != nil {
		return nil, fmt.Errorf("open the folder of photos: %w", err)
	}
	return &Store{db: db, folder: folder, now: now, memory: semaphore.NewWeighted(maxMemory)}, nil
}

// Owner is to whom a photo belongs until it is attached: an account, the holder of a secret, or one who is both (and signed in between two photos).
type Owner struct {
	Person int64
	Secret string // as account.NewSecret makes it; empty: none
}

// known tells whether the owner is somebody at all.
func (o Owner) known() bool { return o.Person != 0 || o.Secret != "" }

// digest is what is stored of the secret; nil: there is none.
func (o Owner) digest() []byte {
	if o.Secret == "" {
		return nil
	}
	return account.Digest(o.Secret)
}

// ownedSQL is a condition on the table alias m: the photo belongs to nothing yet and to the owner of ownerArgs. What is null equals nothing.
const ownedSQL = `(m.state = 'ready' and m.kind is null and (m.person_id = nullif(@person, 0) or m.secret_sha256 = @secret))`

// ownerArgs adds what ownedSQL asks for.
func ownerArgs(args pgx.NamedArgs, o Owner) pgx.NamedArgs {
	args["person"], args["secret"] = o.Person, o.digest()
	return args
}

// Upload takes a photo as somebody sent it. It waits for its turn until the context ends.
func (s *Store) Upload(ctx context.Context, owner Owner, raw []byte) (Photo, error) {
	if !owner.known() {
		return Photo{}, errors.New("upload a photo: it would belong to nobody")
	}
	h, err := readHead(raw)
	if err != nil {
		return Photo{}, err
	}
	d, err := s.develop(ctx, raw, h)
	if err != nil {
		return Photo{}, err
	}
	p := Photo{ID: newID(), Width: d.width, Height: d.height}
	sum := sha256.Sum256(d.files[Full])
	p.Digest = sum[:]
	_, err = s.db.Exec(ctx, `
		insert into media (id, state, person_id, secret_sha256, created_at)
		values (@id, 'receiving', nullif(@person, 0), @secret, @now)`,
		ownerArgs(pgx.NamedArgs{"id": p.ID, "now": s.now().UTC()}, owner))
	if err != nil {
		return Photo{}, fmt.Errorf("begin a photo: %w", err)
	}
	if err := s.folder.write(p.ID, d.files); err != nil {
		return Photo{}, fmt.Errorf("write a photo: %w", err)
	}
	done, err := s.db.Exec(ctx, `
		update media set state = 'ready', width = @width, height = @height, sha256 = @sha256
		where id = @id and state = 'receiving'`,
		pgx.NamedArgs{"id": p.ID, "width": p.Width, "height": p.Height, "sha256": p.Digest})
	if err == nil && done.RowsAffected() == 0 {
		err = errors.Join(errors.New("it was swept away meanwhile"), s.folder.remove(p.ID))
	}
	if err != nil {
		return Photo{}, fmt.Errorf("end a photo: %w", err)
	}
	return p, nil
}

// develop develops a photo when there is room for it. Who finds none in time is told to come again.
func (s *Store) develop(ctx context.Context, raw []byte, h head) (developed, error) {
	if err := s.memory.Acquire(ctx, h.memory); err != nil {
		return developed{}, &fault.Error{Kind: fault.Unavailable, Word: "error.photo.busy", After: 10 * time.Second}
	}
	defer s.memory.Release(h.memory)
	limited, cancel := context.WithTimeout(ctx, developAtMost)
	defer cancel()
	d, err := develop(limited, raw, h)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return developed{}, fault.In(Field, "error.photo.slow", nil)
	}
	return d, err
}

// Read gives the JPEG of one size of a photo. Who may see it is asked before: see Photo of reports.Register.
func (s *Store) Read(id ID, size Size) ([]byte, error) {
	content, err := s.folder.read(id, size)
	if err != nil {
		return nil, fmt.Errorf("read a photo: %w", err)
	}
	return content, nil
}
