package reports

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/store"
)

// Doubt is a reason for which a report waits as pending.
type Doubt string

const (
	DoubtUnconfirmed Doubt = "unconfirmed" // the address given with it is to be confirmed
	DoubtTrap        Doubt = "trap"        // a field that no person sees was filled in
	DoubtFast        Doubt = "fast"        // faster than a person writes
	DoubtStamp       Doubt = "stamp"       // the form is none that we gave
	DoubtOften       Doubt = "often"       // many from one network
	DoubtCrowd       Doubt = "crowd"       // many in one place
	DoubtOdd         Doubt = "odd"         // unlike any browser
	DoubtWord        Doubt = "word"        // a word of the block list
	DoubtAnonymous   Doubt = "anonymous"   // of a comment: nobody is known to have written it
	DoubtLink        Doubt = "link"        // of a comment: it leads elsewhere
)

// queueQuarantine notes why the report that is being stored is pending.
func queueQuarantine(b *pgx.Batch, doubts []Doubt, now time.Time) {
	b.Queue(`
		insert into quarantine (report_id, reasons, created_at)
		values (currval(@numbers::text::regclass), @reasons, @now)`,
		pgx.NamedArgs{"numbers": numbers, "reasons": doubts, "now": now})
}

// release lets a report out of quarantine, into a state, and tells so in its timeline.
func release(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64, to, body string, now time.Time) error {
	var closed *time.Time
	if i := StatusNumber(to); Statuses[i].Phase == "closed" {
		closed = &now
	}
	args := pgx.NamedArgs{"id": id, "to": to, "closed": closed, "now": now}
	if _, err := tx.Exec(ctx, `update report set status = @to, closed_at = @closed, updated_at = @now where id = @id`, args); err != nil {
		return fmt.Errorf("release report %d: %w", id, err)
	}
	if _, err := tx.Exec(ctx, `update quarantine set ended_at = @now where report_id = @id and ended_at is null`, args); err != nil {
		return fmt.Errorf("end the quarantine of report %d: %w", id, err)
	}
	return moved(ctx, tx, actor, id, "pending", to, body, now)
}

// moved writes the entry of a change of state, and logs the change.
func moved(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64, from, to, body string, now time.Time) error {
	_, err := tx.Exec(ctx, `
		insert into timeline (kind, item_id, type, from_status, to_status, body, actor_role, actor_name, person_id, created_at)
		values (@kind, @id, 'status', @from, @to, @body, @role, @by, nullif(@person::bigint, 0), @now)`,
		pgx.NamedArgs{"kind": Kind, "id": id, "from": from, "to": to, "body": body, "role": actor.Role, "by": actor.Name, "person": actor.Person, "now": now})
	if err != nil {
		return fmt.Errorf("write the move of report %d: %w", id, err)
	}
	return store.Append(ctx, tx, store.Change{Kind: Kind, First: id, Last: id})
}

// confirmed takes the doubt about the address from a report, and lets it out if there is no other.
func confirmed(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64, now time.Time) error {
	var status string
	var doubts []Doubt
	err := tx.QueryRow(ctx, `
		select r.status, coalesce(q.reasons, '{}')
		from report r
		left join quarantine q on q.report_id = r.id and q.ended_at is null
		where r.id = @id
		for update of r`, pgx.NamedArgs{"id": id}).Scan(&status, &doubts)
	if err != nil {
		return fmt.Errorf("read the quarantine of report %d: %w", id, err)
	}
	if status != "pending" || !slices.Contains(doubts, DoubtUnconfirmed) {
		return nil
	}
	if len(doubts) == 1 {
		return release(ctx, tx, actor, id, "new", "", now)
	}
	_, err = tx.Exec(ctx, `update quarantine set reasons = array_remove(reasons, 'unconfirmed') where report_id = @id`, pgx.NamedArgs{"id": id})
	if err != nil {
		return fmt.Errorf("note that the address of report %d is confirmed: %w", id, err)
	}
	return nil
}
