package account

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/language"
	"quartier/reports/mail"
)

// Expiry is a kind of personal data that goes by itself when its time is over. Which rows are due is said once, for the preview and for the removal.
type Expiry struct {
	Kind string // word of the catalogue after retention.kind. and retention.kept.
	// Before gives the moment before which what is to go must have ended, for a number of years that personal data is kept.
	Before func(now time.Time, years int) time.Time
	From   string // SQL: a table with its alias, and what is joined to it
	Where  string // SQL: the rows that are due; @before is the moment, @now is now
	Since  string // SQL: what must lie before the moment
	Row    string // SQL: what Remove is told of a row; empty: rows of the table From are deleted
	Remove func(ctx context.Context, tx pgx.Tx, row int64) error
}

// Moments before which things are due.
func yearsAgo(now time.Time, years int) time.Time { return now.AddDate(-years, 0, 0) }
func atOnce(now time.Time, _ int) time.Time       { return now }

// leaveNotice is for how long a person is told before that an unused account goes.
const leaveNotice = 30 * 24 * time.Hour

// unusedSQL is since when an account is unused. Administrators are left out: a town may be without reports for years, and nobody could give the role back.
const (
	unusedSQL    = `coalesce(p.seen_at, p.created_at)`
	mayExpireSQL = `p.erased_at is null and not exists (select from role_grant g where g.person_id = p.id and g.role = 'administrator')`
)

// Expiries are the kinds of this package. The outbox, below it, and photos tidy themselves more often.
//
// The audit is kept as long as personal data may be, and no longer: what it accounts for is gone then, and it says of staff what they did and when.
func (d *Directory) Expiries() []Expiry {
	return []Expiry{
		{Kind: "sessions", Before: atOnce, From: "session x", Where: "x.expires_at < @before", Since: "x.expires_at"},
		{Kind: "links", Before: atOnce, From: "login_link x", Where: "x.expires_at < @before", Since: "x.expires_at"},
		{Kind: "ceremonies", Before: atOnce, From: "ceremony x", Where: "x.expires_at < @before", Since: "x.expires_at"},
		{Kind: "keys", Before: atOnce, From: "api_token x", Where: "x.expires_at < @before", Since: "x.expires_at"},
		{Kind: "blocks", Before: atOnce, From: "block x", Where: "x.expires_at < @before", Since: "x.expires_at"},
		{Kind: "audit", Before: yearsAgo, From: "audit x", Where: "x.at < @before", Since: "x.at"},
		{Kind: "notices", Before: func(now time.Time, years int) time.Time { return yearsAgo(now, years).Add(leaveNotice) },
			From: "person p", Where: unusedSQL + " < @before and p.leaving_at is null and " + mayExpireSQL, Since: unusedSQL, Row: "p.id", Remove: d.announce},
		{Kind: "accounts", Before: yearsAgo, From: "person p", Where: unusedSQL + " < @before and p.leaving_at < @now and " + mayExpireSQL, Since: unusedSQL, Row: "p.id",
			Remove: func(ctx context.Context, tx pgx.Tx, person int64) error { return d.erase(ctx, tx, System, person) }},
	}
}

// announce tells a person that the unused account goes, and notes when.
func (d *Directory) announce(ctx context.Context, tx pgx.Tx, person int64) error {
	p, err := readPerson(ctx, tx, `p.id = @id`, pgx.NamedArgs{"id": person})
	if err != nil {
		return err
	}
	leaving := d.Now().Add(leaveNotice)
	if _, err := tx.Exec(ctx, `update person set leaving_at = @at where id = @id`, pgx.NamedArgs{"id": person, "at": leaving}); err != nil {
		return fmt.Errorf("announce that person %d goes: %w", person, err)
	}
	if p.Email == "" { // known by an identity provider only
		return nil
	}
	l := language.Of(p.Language)
	return tell(ctx, tx, mail.Message{To: p.Email, Subject: l.Say("data.mail.leaving", nil), Text: l.Say("data.mail.leaving_text", map[string]any{"day": leaving}),
		Purpose: "leaving", Person: person, Expires: leaving})
}
