package account

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
)

// QueuePresent makes sure, as one of several statements of the transaction that writes down something of a person's, that the account is there and stays until
// the commit: an erasure under way is waited for, and one that begins meanwhile waits, and then finds what was written. The batch fails with Unauthenticated for an account that
// was erased since the person entered. Nobody (0) is always there.
func QueuePresent(b *pgx.Batch, person int64) {
	if person == 0 {
		return
	}
	b.Queue(`select id from person where id = @person and erased_at is null for key share`, pgx.NamedArgs{"person": person}).QueryRow(func(row pgx.Row) error {
		err := row.Scan(new(int64))
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.Unauthenticated, "error.sign_in", nil)
		}
		return err
	})
}

// Present is QueuePresent by itself.
func Present(ctx context.Context, tx pgx.Tx, person int64) error {
	var b pgx.Batch
	QueuePresent(&b, person)
	return tx.SendBatch(ctx, &b).Close()
}
