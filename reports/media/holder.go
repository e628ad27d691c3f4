package media

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/store"
)

// ofPerson is a condition: a person uploaded the photo, or somebody without an account did, for an item that is now known to be the person's.
const ofPerson = `(person_id = @person or person_id is null and kind = @kind and item_id = any(@items))`

// About gives the photos of a person, whose items of a kind these are.
func About(ctx context.Context, tx pgx.Tx, person int64, kind string, items []int64) (account.Section, error) {
	return account.Ask(ctx, tx, "photos", `
		select id as photo, item_id as report, created_at from media where state = 'ready' and `+ofPerson+` order by created_at, id`,
		pgx.NamedArgs{"person": person, "kind": kind, "items": items})
}

// EraseAbout erases the photos of a person, whose items of a kind these are, within a transaction. Their files go after the commit, by a job; were that lost,
// by the next Sweep.
func EraseAbout(ctx context.Context, tx pgx.Tx, person int64, kind string, items []int64) error {
	_, err := tx.Exec(ctx, eraseSQL+`where `+ofPerson, pgx.NamedArgs{"person": person, "kind": kind, "items": items})
	if err != nil {
		return fmt.Errorf("erase the photos of person %d: %w", person, err)
	}
	return store.Enqueue(ctx, tx, clearArgs{})
}
