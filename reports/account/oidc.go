package account

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/oauth2"

	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/store"
)

// Identity is an account at an OpenID provider that is linked to a person's.
type Identity struct {
	Issuer    string
	CreatedAt time.Time
}

// LeaveForProvider begins a sign-in at the provider: it gives the address there, and the secret of the step. Back is our address that the browser comes back
// to. If link is a person who is signed in, the account at the provider is linked to that person.
func (d *Directory) LeaveForProvider(ctx context.Context, link *Entry, back, next string) (address, step string, err error) {
	if d.Provider == nil {
		return "", "", fault.Missing()
	}
	s := providerStep{State: NewSecret(), Nonce: NewSecret(), Verifier: oauth2.GenerateVerifier(), Next: next, Back: back, Link: link != nil}
	var person int64
	if link != nil {
		if err := link.proved(d.Now()); err != nil {
			return "", "", err
		}
		person = link.Session.Person
	}
	if address, err = d.Provider.leave(ctx, s); err != nil {
		return "", "", err
	}
	err = d.DB.Write(ctx, func(tx pgx.Tx) (err error) {
		step, err = d.open(ctx, tx, ceremonyOIDC, person, s)
		return err
	})
	return address, step, err
}

// EnterByProvider signs in by what the browser brought back from the provider, or links the account there. Identity is the provider's own token, with which
// the browser can sign out there later.
//
// Issuer and subject name the person (OpenID Connect Core 1.0, 5.7). The first time the address does, if the provider vouches for it; it never opens an account
// with rights beyond a resident's: who has those signs in another way first, and links the two.
func (d *Directory) EnterByProvider(ctx context.Context, e Entry, step string, back url.Values, in *language.Language, b Browser) (way Way, identity string, err error) {
	if d.Provider == nil {
		return Way{}, "", fault.Missing()
	}
	var s providerStep
	person, err := d.take(ctx, ceremonyOIDC, step, &s)
	if err != nil {
		return Way{}, "", err
	}
	if s.Link && person != e.Session.Person { // signed out, or somebody else by now
		return Way{}, "", errStepGone()
	}
	c, err := d.Provider.arrive(ctx, s, back, d.Now)
	if err != nil {
		return Way{}, "", err
	}
	b.Next = s.Next
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		if s.Link {
			way.Next = s.Next
			return d.link(ctx, tx, e, c)
		}
		owner, err := d.ownerOf(ctx, tx, c, in)
		if err != nil {
			return err
		}
		way, err = d.proceed(ctx, tx, owner, ByOIDC, b)
		return err
	})
	return way, c.IDToken, err
}

// link links an account at the provider to who is signed in.
func (d *Directory) link(ctx context.Context, tx pgx.Tx, e Entry, c claims) error {
	if err := e.proved(d.Now()); err != nil {
		return err
	}
	var owner int64
	err := tx.QueryRow(ctx, `
		insert into identity (issuer, subject, person_id, created_at) values (@issuer, @subject, @person, @now)
		on conflict (issuer, subject) do update set person_id = identity.person_id
		returning person_id`,
		pgx.NamedArgs{"issuer": d.Provider.Issuer, "subject": c.Subject, "person": e.Session.Person, "now": d.Now()}).Scan(&owner)
	switch {
	case err != nil:
		return fmt.Errorf("link an account at the provider: %w", err)
	case owner != e.Session.Person:
		return fault.New(fault.Conflict, "error.oidc.taken", fault.Args{"name": d.Provider.Name})
	}
	return d.changed(ctx, tx, e, "identity")
}

// ownerOf gives the person whom the provider told of, and makes the account of one who has none.
func (d *Directory) ownerOf(ctx context.Context, tx pgx.Tx, c claims, in *language.Language) (int64, error) {
	args := pgx.NamedArgs{"issuer": d.Provider.Issuer, "subject": c.Subject, "now": d.Now()}
	var owner int64
	err := tx.QueryRow(ctx, `
		select i.person_id from identity i join person p on p.id = i.person_id
		where i.issuer = @issuer and i.subject = @subject and p.erased_at is null`, args).Scan(&owner)
	if err == nil || !errors.Is(err, pgx.ErrNoRows) {
		return owner, err
	}
	if !c.Verified {
		return 0, fault.New(fault.Forbidden, "error.oidc.email", fault.Args{"name": d.Provider.Name})
	}
	before, known, err := personOf(ctx, tx, c.Email)
	if err != nil {
		return 0, err
	}
	if known {
		var more bool
		// Also who only has a role coming, by an invitation that waits for its first sign-in.
		err := tx.QueryRow(ctx, `select exists (select from role_grant where person_id = @person)`, pgx.NamedArgs{"person": before.ID}).Scan(&more)
		if err != nil {
			return 0, fmt.Errorf("read the grants of person %d: %w", before.ID, err)
		}
		if more {
			return 0, fault.New(fault.Conflict, "error.oidc.staff", fault.Args{"name": d.Provider.Name})
		}
	}
	p, err := d.admit(ctx, tx, c.Email, in.Tag)
	if err != nil {
		return 0, err
	}
	if !known && c.Name != "" {
		if _, err := tx.Exec(ctx, `update person set name = @name where id = @id`, pgx.NamedArgs{"id": p.ID, "name": c.Name}); err != nil {
			return 0, fmt.Errorf("name a person: %w", err)
		}
	}
	args["person"] = p.ID
	if _, err := tx.Exec(ctx, `
		insert into identity (issuer, subject, person_id, created_at) values (@issuer, @subject, @person, @now)
		on conflict (issuer, subject) do nothing`, args); err != nil {
		return 0, fmt.Errorf("keep an account at the provider: %w", err)
	}
	if err := Audit(ctx, tx, Actor{Role: RoleResident, Person: p.ID}, "credential.identity", subject(p.ID), nil); err != nil {
		return 0, err
	}
	if known {
		return p.ID, notify(ctx, tx, p, p.Email, "identity")
	}
	return p.ID, nil
}

// Identities gives the accounts at providers that are linked to the person's.
func (d *Directory) Identities(ctx context.Context, actor Actor) ([]Identity, error) {
	rows, err := d.DB.Query(ctx, `select issuer, min(created_at) from identity where person_id = @person group by issuer order by issuer`,
		pgx.NamedArgs{"person": actor.Person})
	if err != nil {
		return nil, store.Explain(fmt.Errorf("list the identities of person %d: %w", actor.Person, err))
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Identity])
}

// Unlink forgets the person's accounts at a provider.
func (d *Directory) Unlink(ctx context.Context, e Entry, issuer string) error {
	if err := e.proved(d.Now()); err != nil {
		return err
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `delete from identity where person_id = @person and issuer = @issuer`,
			pgx.NamedArgs{"person": e.Session.Person, "issuer": issuer})
		if err != nil {
			return fmt.Errorf("unlink an account at a provider: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.Missing()
		}
		return d.changed(ctx, tx, e, "identity_removed")
	})
}
