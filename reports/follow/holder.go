package follow

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
)

// Holder is this package as an account.Holder: what somebody flagged. A flag stays for the moderators, without who raised it and in which words.
type Holder struct{}

// Export implements account.Holder.
func (Holder) Export(ctx context.Context, tx pgx.Tx, s account.Subject) ([]account.Section, error) {
	flags, err := account.Ask(ctx, tx, "flags", `
		select kind || '/' || item_id as report, reason, words, created_at from flag where person_id = @person order by created_at, id`,
		pgx.NamedArgs{"person": s.Person})
	return []account.Section{flags}, err
}

// Erase implements account.Holder.
func (Holder) Erase(ctx context.Context, tx pgx.Tx, s account.Subject) error {
	_, err := tx.Exec(ctx, `update flag set person_id = null, words = '' where person_id = @person`, pgx.NamedArgs{"person": s.Person})
	if err != nil {
		return fmt.Errorf("erase the flags of person %d: %w", s.Person, err)
	}
	return nil
}
