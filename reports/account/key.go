package account

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
)

// Key gives the signing key of a name, which all nodes share, and makes it if there is none yet. Refused: a key for each process, by which a form that one node
// gave would be a stranger's to the next, and a setting that somebody would have to invent.
func (d *Directory) Key(ctx context.Context, name string) (key []byte, err error) {
	args := pgx.NamedArgs{"name": name, "secret": Digest(NewSecret())}
	if _, err := d.DB.Exec(ctx, `insert into signing_key (name, secret) values (@name, @secret) on conflict do nothing`, args); err != nil {
		return nil, store.Explain(fmt.Errorf("make the key %s: %w", name, err))
	}
	if err := d.DB.QueryRow(ctx, `select secret from signing_key where name = @name`, args).Scan(&key); err != nil {
		return nil, store.Explain(fmt.Errorf("read the key %s: %w", name, err))
	}
	return key, nil
}
