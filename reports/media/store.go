package media

import (
	"bytes"
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
	files  files
	now    func() time.Time
	memory *semaphore.Weighted // of decoders, in bytes
}

// files is where the files of photos lie: a folder or a Bucket. What is not there is fs.ErrNotExist.
type files interface {
	// write stores a photo: whole, and to stay, or so that has says that it is not there.
	write(ctx context.Context, id ID, files map[Size][]byte) error
	read(ctx context.Context, id ID, size Size) ([]byte, error)
	// remove removes all sizes of a photo; one that is not there is removed.
	remove(ctx context.Context, id ID) error
	has(ctx context.Context, id ID) (bool, error)
	// list gives the photos that are there whose ids begin with two digits.
	list(ctx context.Context, prefix string) ([]ID, error)
	// clean removes what was begun before a time and not finished.
	clean(ctx context.Context, before time.Time) (removed int, err error)
}

// Open opens the store of a database's photos: in a bucket, or, without one, below a data folder. now is the clock.
func Open(ctx context.Context, db *store.DB, data string, bucket *Bucket, now func() time.Time) (*Store, error) {
	var name string
	if err := db.QueryRow(ctx, `select value from setting where name = 'media_folder'`).Scan(&name); err != nil {
		return nil, fmt.Errorf("find the folder of photos: %w", store.Explain(err))
	}
	name = filepath.Base(name)
	s := &Store{db: db, now: now, memory: semaphore.NewWeighted(maxMemory)}
	if bucket != nil {
		s.files = bucket.of(name)
		return s, nil
	}
	folder, err := openFolder(filepath.Join(data, "media", name))
	if err != nil {
		return nil, fmt.Errorf("open the folder of photos: %w", err)
	}
	s.files = folder
	return s, nil
}

// Check proves that files can be written, read and removed where photos lie.
func (s *Store) Check(ctx context.Context) error {
	id, content := newID(), []byte(account.NewSecret())
	if err := s.files.write(ctx, id, map[Size][]byte{Full: content}); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	found, err := s.files.read(ctx, id, Full)
	if err == nil && !bytes.Equal(found, content) {
		err = errors.New("what is read is not what was written")
	}
	if err = errors.Join(err, s.files.remove(ctx, id)); err != nil {
		return fmt.Errorf("read and remove: %w", err)
	}
	return nil
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
	p, err := s.keep(ctx, owner, d)
	if err != nil {
		return Photo{}, err
	}
	done, err := s.db.Exec(ctx, `
		update media set state = 'ready', width = @width, height = @height, sha256 = @sha256
		where id = @id and state = 'receiving'`,
		pgx.NamedArgs{"id": p.ID, "width": p.Width, "height": p.Height, "sha256": p.Digest})
	if err == nil && done.RowsAffected() == 0 {
		err = errors.Join(errors.New("it was swept away meanwhile"), s.files.remove(ctx, p.ID))
	}
	if err != nil {
		return Photo{}, fmt.Errorf("end a photo: %w", err)
	}
	return p, nil
}

// keep writes the files of a photo behind its row, which is receiving.
func (s *Store) keep(ctx context.Context, owner Owner, d developed) (Photo, error) {
	p := Photo{ID: newID(), Width: d.width, Height: d.height}
	sum := sha256.Sum256(d.files[Full])
	p.Digest = sum[:]
	_, err := s.db.Exec(ctx, `
		insert into media (id, state, person_id, secret_sha256, created_at)
		values (@id, 'receiving', nullif(@person, 0), @secret, @now)`,
		ownerArgs(pgx.NamedArgs{"id": p.ID, "now": s.now().UTC()}, owner))
	if err != nil {
		return Photo{}, fmt.Errorf("begin a photo: %w", err)
	}
	if err := s.files.write(ctx, p.ID, d.files); err != nil {
		return Photo{}, fmt.Errorf("write a photo: %w", err)
	}
	return p, nil
}

// develop develops a photo when there is room for it. Who finds none in time is told to come again.
func (s *Store) develop(ctx context.Context, raw []byte, h head) (developed, error) {
	if err := s.memory.Acquire(ctx, h.memory); err != nil {
		return developed{}, busy()
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

// busy is told to who finds no room in time.
func busy() error {
	return &fault.Error{Kind: fault.Unavailable, Word: "error.photo.busy", After: 10 * time.Second}
}

// Read gives the JPEG of one size of a photo. Who may see it is asked before: see Photo of reports.Register.
func (s *Store) Read(ctx context.Context, id ID, size Size) ([]byte, error) {
	content, err := s.files.read(ctx, id, size)
	if err != nil {
		return nil, fmt.Errorf("read a photo: %w", err)
	}
	return content, nil
}
