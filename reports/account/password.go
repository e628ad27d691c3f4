package account

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"quartier/reports/fault"
)

// Lengths of a password, in characters after normalization. A longer one than the most is refused rather than cut: two would open the same door.
const (
	minPassword = 8
	MaxPassword = 200
)

// hashing is what one guess costs: 19 MiB of memory, about 30 ms of one processor. A stored hash names its own figures, so that these can grow.
var hashing = &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Hashings that a node does at once, and that wait. More are turned away: a flood of guesses takes neither the memory nor the processors of who reads.
const (
	hashingsWaiting = 64
	hashingWait     = 5 * time.Second
)

var (
	hashingNow  = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))
	hashingSoon = make(chan struct{}, hashingsWaiting)
)

// hashed does one hashing when it is its turn.
func hashed(ctx context.Context, do func() error) error {
	busy := &fault.Error{Kind: fault.TooMany, Word: "error.sign_in.busy", After: 5 * time.Second}
	select {
	case hashingSoon <- struct{}{}:
		defer func() { <-hashingSoon }()
	default:
		return busy
	}
	ctx, cancel := context.WithTimeout(ctx, hashingWait)
	defer cancel()
	select {
	case hashingNow <- struct{}{}:
		defer func() { <-hashingNow }()
		return do()
	case <-ctx.Done():
		return busy
	}
}

// noHash is compared with when there is no password, so that this takes as long. Nothing matches it: its password was never known.
var noHash = func() string {
	hash, err := argon2id.CreateHash(NewSecret(), hashing)
	if err != nil {
		panic(err) // the figures above are wrong
	}
	return hash
}()

// normal gives the form in which a password is hashed: the same letters typed on another keyboard are the same password (NFKC; RFC 8265, 4.2.2).
func normal(password string) string { return norm.NFKC.String(password) }

// EnterByPassword signs in by address and password. It fails in the same words and the same time, whether it was the address or the password.
func (d *Directory) EnterByPassword(ctx context.Context, address, password string, b Browser) (way Way, err error) {
	wrong := fault.New(fault.Invalid, "error.sign_in.wrong", nil)
	if utf8.RuneCountInString(password) > MaxPassword {
		return Way{}, wrong
	}
	email, _ := Email(address)
	var person int64
	hash := noHash
	err = d.DB.QueryRow(ctx, `select id, coalesce(password_hash, @none) from person where email = @email and erased_at is null`,
		pgx.NamedArgs{"email": email, "none": noHash}).Scan(&person, &hash)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return Way{}, fmt.Errorf("look for an account: %w", err)
	}
	var match bool
	err = hashed(ctx, func() (err error) {
		match, err = argon2id.ComparePasswordAndHash(normal(password), hash)
		return err
	})
	switch {
	case err != nil:
		return Way{}, err
	case !match || person == 0:
		return Way{}, wrong
	}
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		way, err = d.proceed(ctx, tx, person, ByPassword, b)
		return err
	})
	return way, err
}

// SetPassword gives the person a password, or another one. It fails with Invalid for one that is easily guessed. Town is the name of the town, which is
// easily guessed too.
func (d *Directory) SetPassword(ctx context.Context, e Entry, password, town string) error {
	if err := e.proved(d.Now()); err != nil {
		return err
	}
	if err := goodPassword(password, e.Email, e.Name, town); err != nil {
		return err
	}
	var hash string
	err := hashed(ctx, func() (err error) {
		hash, err = argon2id.CreateHash(normal(password), hashing)
		return err
	})
	if err != nil {
		return err
	}
	return d.storePassword(ctx, e, &hash, "password")
}

// RemovePassword takes the person's password away; a link signs in all the same.
func (d *Directory) RemovePassword(ctx context.Context, e Entry) error {
	if err := e.proved(d.Now()); err != nil {
		return err
	}
	return d.storePassword(ctx, e, nil, "password_removed")
}

func (d *Directory) storePassword(ctx context.Context, e Entry, hash *string, word string) error {
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			update person set password_hash = @hash, password_at = case when @hash::text is null then null else @now::timestamptz end
			where id = @id and erased_at is null and (password_hash is not null or @hash::text is not null)`,
			pgx.NamedArgs{"id": e.Session.Person, "hash": hash, "now": d.Now()})
		if err != nil {
			return fmt.Errorf("store the password of person %d: %w", e.Session.Person, err)
		}
		if tag.RowsAffected() == 0 { // there is none to remove
			return nil
		}
		return d.changed(ctx, tx, e, word)
	})
}
