package account

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Audit notes, within the transaction that does it, that the actor did something to a subject. The action is a word and a verb ("zones.import"),
// the subject a kind and an id or slug ("zone-set/paris_quartiers"), the detail counts and names as JSON: never personal data.
func Audit(ctx context.Context, tx pgx.Tx, a Actor, action, subject string, detail map[string]any) error {
	if detail == nil {
		detail = map[string]any{}
	}
	raw, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("write the audit of %s: %w", action, err)
	}
	_, err = tx.Exec(ctx, `
		insert into audit (actor_role, actor_id, action, subject, detail)
		values (@role, nullif(@person, 0), @action, @subject, @detail)`,
		pgx.NamedArgs{"role": a.Role, "person": a.Person, "action": action, "subject": subject, "detail": raw})
	if err != nil {
		return fmt.Errorf("write the audit of %s: %w", action, err)
	}
	return nil
}
