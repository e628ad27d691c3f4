package account

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
)

// InviteLife is for how long the link of an invitation works.
const InviteLife = 48 * time.Hour

// Invite makes a link by which a person signs in for the first time, and gives its secret: for an operator at the machine, who hands it over. Whoever opens
// it proves the address.
func (d *Directory) Invite(ctx context.Context, actor Actor, person int64) (secret string, err error) {
	err = d.administer(ctx, actor, person, "person.invite", func(tx pgx.Tx) error {
		secret, err = d.invite(ctx, tx, person)
		return err
	})
	return secret, err
}

func (d *Directory) invite(ctx context.Context, tx pgx.Tx, person int64) (string, error) {
	secret, now := NewSecret(), d.Now()
	tag, err := tx.Exec(ctx, `
		insert into login_link (token_sha256, purpose, email, person_id, created_at, expires_at)
		select @token, 'invite', email, id, @now, @expires from person where id = @person and blocked_at is null`,
		pgx.NamedArgs{"token": Digest(secret), "person": person, "now": now, "expires": now.Add(InviteLife)})
	if err != nil {
		return "", fmt.Errorf("invite person %d: %w", person, err)
	}
	if tag.RowsAffected() == 0 {
		return "", fault.New(fault.Conflict, "error.invite.blocked", nil)
	}
	return secret, nil
}
