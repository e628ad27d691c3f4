package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
)

// StepLife is how long a sign-in of two steps may take between them.
const StepLife = 5 * time.Minute

// Kinds of steps, as the table ceremony names them.
const (
	ceremonyCreate  = "passkey-create"
	ceremonyPasskey = "passkey-use"
	ceremonyOIDC    = "oidc"
	ceremonySecond  = "second-factor"
)

// errStepGone is for a second step whose first is unknown, too long ago, or done already.
func errStepGone() error { return fault.New(fault.Conflict, "error.step_gone", nil) }

// open keeps what the second step of a sign-in must know, and gives the secret for the browser's cookie. The person is 0 if who it is is not known yet.
func (d *Directory) open(ctx context.Context, tx pgx.Tx, kind string, person int64, data any) (secret string, err error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return "", fmt.Errorf("keep a step of a sign-in: %w", err)
	}
	secret = NewSecret()
	_, err = tx.Exec(ctx, `
		insert into ceremony (token_sha256, kind, person_id, data, expires_at) values (@token, @kind, nullif(@person::bigint, 0), @data, @expires)`,
		pgx.NamedArgs{"token": Digest(secret), "kind": kind, "person": person, "data": raw, "expires": d.Now().Add(StepLife)})
	if err != nil {
		return "", fmt.Errorf("keep a step of a sign-in: %w", err)
	}
	return secret, nil
}

// take gives what was kept for a second step, once: who asks again with the same secret finds nothing, also at the same moment.
func (d *Directory) take(ctx context.Context, kind, secret string, data any) (person int64, err error) {
	var raw []byte
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			delete from ceremony where token_sha256 = @token and kind = @kind and expires_at > @now returning coalesce(person_id, 0), data`,
			pgx.NamedArgs{"token": Digest(secret), "kind": kind, "now": d.Now()}).Scan(&person, &raw)
		if errors.Is(err, pgx.ErrNoRows) {
			return errStepGone()
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(raw, data); err != nil {
		return 0, fmt.Errorf("read a step of a sign-in: %w", err)
	}
	return person, nil
}
