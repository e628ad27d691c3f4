package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/store"
)

// tokenPrefix begins the secrets of programs, so that one that slipped into a file is recognised as what it is.
const tokenPrefix = "quartier_"

// Scopes of an APIToken.
const (
	ScopeRead  = "read"  // see what the person sees
	ScopeWrite = "write" // file and change what the person may
)

// Bounds of an APIToken.
const (
	maxTokenLife = 366 * 24 * time.Hour
	maxTokens    = 20 // of one person
)

// APIToken is a key for a program that acts for a person.
type APIToken struct {
	ID        int64
	Name      string
	Scopes    []string
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // zero: never
}

// MakeToken makes a key for a program and gives its secret, which is shown this once. It fails with Invalid for a name, scopes or a life that will not do, with
// Conflict for too many keys, with Forbidden for another key, and for a session whose roles are withheld until a second factor is given. A key is as strong as
// the session that made it, for good: one of a weak session gives no roles where staff must use a second factor, also if that was asked for later.
func (d *Directory) MakeToken(ctx context.Context, e Entry, name string, scopes []string, life time.Duration) (secret string, err error) {
	var check fault.Check
	if name == "" {
		check.Add("name", "error.required", nil)
	}
	scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return s != ScopeRead && s != ScopeWrite }) {
		check.Add("scopes", "error.token.scopes", nil)
	}
	if life <= 0 || life > maxTokenLife {
		check.Add("days", "error.token.life", fault.Args{"days": int(maxTokenLife.Hours() / 24)})
	}
	if err := check.Err(); err != nil {
		return "", err
	}
	actor := e.Actor
	switch {
	case e.Session.Person == 0 || e.Session.Person != actor.Person:
		return "", fault.New(fault.Forbidden, "error.forbidden", nil)
	case e.Withheld:
		return "", fault.New(fault.Forbidden, "error.second_factor", nil)
	}
	secret = tokenPrefix + NewSecret()
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		if err := Present(ctx, tx, actor.Person); err != nil {
			return err
		}
		now := d.Now()
		tag, err := tx.Exec(ctx, `
			insert into api_token (token_sha256, person_id, name, scopes, strong, created_at, expires_at)
			select @token, @person, @name, @scopes, @strong, @now, @expires
			where (select count(*) from api_token where person_id = @person and expires_at > @now) < @most`,
			pgx.NamedArgs{"token": Digest(secret), "person": actor.Person, "name": name, "scopes": scopes, "strong": e.Session.Strong(), "now": now,
				"expires": now.Add(life), "most": maxTokens})
		if err != nil {
			return fmt.Errorf("make a key: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "error.token.many", fault.Args{"n": maxTokens})
		}
		return Audit(ctx, tx, actor, "token.make", subject(actor.Person), map[string]any{"scopes": scopes})
	})
	return secret, err
}

// EnterByToken gives for whom a program speaks; roles are withheld from a weak key as from a weak session. It fails with NotFound for a key that is unknown, expired or revoked.
func (d *Directory) EnterByToken(ctx context.Context, secret string) (Entry, error) {
	if !strings.HasPrefix(secret, tokenPrefix) {
		return Entry{}, fault.Missing()
	}
	var e Entry
	var granted []Grant
	var shown bool
	var scopes []string
	var person, id int64
	var stale, strong, strict bool
	now := d.Now()
	var ask pgx.Batch
	ask.Queue(`
		select t.id, t.person_id, t.scopes, p.name, p.name_shown, coalesce(p.email, ''), coalesce(t.used_at, 'epoch') < @stale, t.strong, `+strictSQL+`
		from api_token t
		join person p on p.id = t.person_id
		where t.token_sha256 = @token and t.expires_at > @now and p.blocked_at is null and p.erased_at is null`,
		pgx.NamedArgs{"token": Digest(secret), "now": now, "stale": now.Add(-seenEvery)}).
		QueryRow(func(row pgx.Row) error {
			return row.Scan(&id, &person, &scopes, &e.Name, &shown, &e.Email, &stale, &strong, &strict)
		})
	queueGrants(&ask, `(select person_id from api_token where token_sha256 = @key)`, Digest(secret), &granted)
	if err := d.DB.SendBatch(ctx, &ask).Close(); err != nil {
		return Entry{}, store.Explain(fmt.Errorf("enter by a key: %w", err))
	}
	if stale {
		if _, err := d.DB.Exec(ctx, `update api_token set used_at = @now where id = @id`, pgx.NamedArgs{"id": id, "now": now}); err != nil {
			return Entry{}, store.Explain(fmt.Errorf("note that a key is used: %w", err))
		}
	}
	e.act(person, granted, shown, strong || !strict)
	e.Actor.ReadOnly = !slices.Contains(scopes, ScopeWrite)
	return e, nil
}

// Tokens gives a person's keys for programs that are good, the latest first.
func (d *Directory) Tokens(ctx context.Context, actor Actor) ([]APIToken, error) {
	rows, err := d.DB.Query(ctx, `
		select id, name, scopes, created_at, expires_at, coalesce(used_at, 'epoch')
		from api_token where person_id = @person and expires_at > @now
		order by created_at desc, id desc`, pgx.NamedArgs{"person": actor.Person, "now": d.Now()})
	if err != nil {
		return nil, store.Explain(fmt.Errorf("list the keys of person %d: %w", actor.Person, err))
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (APIToken, error) {
		var t APIToken
		err := row.Scan(&t.ID, &t.Name, &t.Scopes, &t.CreatedAt, &t.ExpiresAt, &t.UsedAt)
		if t.UsedAt.Unix() == 0 {
			t.UsedAt = time.Time{}
		}
		return t, err
	})
}

// RevokeToken ends one of the actor's own keys; another person's is NotFound.
func (d *Directory) RevokeToken(ctx context.Context, actor Actor, id int64) error {
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `delete from api_token where id = @id and person_id = @person`, pgx.NamedArgs{"id": id, "person": actor.Person})
		if err != nil {
			return fmt.Errorf("revoke a key: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.Missing()
		}
		return Audit(ctx, tx, actor, "token.revoke", subject(actor.Person), nil)
	})
}
