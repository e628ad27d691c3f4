package account

import (
	"context"
	"fmt"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
)

// Enrol makes an account whose address counts as proved, with a password, for the service itself: the demo's. An account that is there gets the password, and
// its sessions end, unless it has it already.
func (d *Directory) Enrol(ctx context.Context, actor Actor, address, name, language, password string) (p Person, err error) {
	email, ok := Email(address)
	if actor.Role != RoleSystem || !ok {
		return p, fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		var before string
		err := tx.QueryRow(ctx, `
			insert into person (email, name, language, email_verified_at, created_at) values (@email, @name, @language, @now, @now)
			on conflict (email) do update set email_verified_at = coalesce(person.email_verified_at, excluded.email_verified_at)
			returning id, coalesce(password_hash, '')`,
			pgx.NamedArgs{"email": email, "name": name, "language": language, "now": d.Now()}).Scan(&p.ID, &before)
		if err != nil {
			return fmt.Errorf("enrol a person: %w", err)
		}
		if same, err := argon2id.ComparePasswordAndHash(normal(password), before); err == nil && same {
			return nil
		}
		hash, err := argon2id.CreateHash(normal(password), hashing)
		if err == nil {
			err = d.setHash(ctx, tx, p.ID, &hash)
		}
		return err
	})
	return p, err
}

// Disarm takes the password of an address away, if there is one, and ends the sessions: an account of which everybody knows the password lets nobody in.
func (d *Directory) Disarm(ctx context.Context, actor Actor, address string) error {
	if actor.Role != RoleSystem {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		p, found, err := personOf(ctx, tx, address)
		if err != nil || !found || !p.Password {
			return err
		}
		return d.setHash(ctx, tx, p.ID, nil)
	})
}

// setHash stores the hash of a password, or that there is none, and ends the sessions.
func (d *Directory) setHash(ctx context.Context, tx pgx.Tx, person int64, hash *string) error {
	_, err := tx.Exec(ctx, `
		update person set password_hash = @hash, password_at = case when @hash::text is null then null else @now::timestamptz end
		where id = @id and erased_at is null`, pgx.NamedArgs{"id": person, "hash": hash, "now": d.Now()})
	if err != nil {
		return fmt.Errorf("store the password of person %d: %w", person, err)
	}
	return endAll(ctx, tx, person, 0)
}
