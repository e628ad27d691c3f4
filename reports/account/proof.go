package account

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/mail"
)

// Browser is where somebody signs in.
type Browser struct {
	Agent string // browser and system in a few words
	// Before is the secret of the session that the browser has; it is ended when another begins. Empty: none.
	Before string
	// Next is the page of ours to go on to.
	Next string
}

// Way is what comes of a proof: a session, or the question for the second factor.
type Way struct {
	// Session is the secret of the session that has begun; empty: it has not.
	Session string
	// Step is the secret of the step that asks for the second factor; empty: none is asked.
	Step string
	// Next is the page of ours to go on to when the session has begun; empty: none was named.
	Next string
}

// proceed follows the first proof: the session begins, or the second factor is asked if the person has one. A passkey is two factors by itself.
func (d *Directory) proceed(ctx context.Context, tx pgx.Tx, person int64, method Method, b Browser) (Way, error) {
	var two, blocked bool
	err := tx.QueryRow(ctx, `
		select p.blocked_at is not null, exists (select from totp t where t.person_id = p.id and t.confirmed_at is not null)
		from person p where p.id = @person and p.erased_at is null`, pgx.NamedArgs{"person": person}).Scan(&blocked, &two)
	switch {
	case err != nil:
		return Way{}, fmt.Errorf("sign person %d in: %w", person, err)
	case blocked:
		return Way{}, fault.New(fault.Forbidden, "error.blocked", nil)
	case two && method != ByPasskey:
		step, err := d.open(ctx, tx, ceremonySecond, person, secondStep{Method: method, Next: b.Next})
		return Way{Step: step}, err
	}
	session, err := d.begin(ctx, tx, person, method, false, b.Agent, b.Before)
	return Way{Session: session, Next: b.Next}, err
}

// proved refuses who has not proved lately to be who they are, who of staff has left the second factor out, and programs.
func (e Entry) proved(now time.Time) error {
	if e.Session.ID == 0 || e.Actor.ReadOnly {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	if !e.Proved(now) {
		return fault.New(fault.Forbidden, "error.proof", nil)
	}
	if e.Lacks {
		return fault.New(fault.Forbidden, "error.second_factor.lacks", nil)
	}
	return nil
}

// Proved tells whether the person proved lately to be who they are: asked before credentials are changed.
func (e Entry) Proved(now time.Time) bool { return now.Sub(e.Session.ProvedAt) < ProofLife }

// changed follows a change of somebody's credentials, in its transaction: the audit names it, other sessions end, and the person is told by mail, so that
// a change by somebody else is noticed. The word is the end of the action in the audit and of the sentence in the mail.
func (d *Directory) changed(ctx context.Context, tx pgx.Tx, e Entry, word string) error {
	if err := endAll(ctx, tx, e.Session.Person, e.Session.ID); err != nil {
		return err
	}
	if err := Audit(ctx, tx, e.Actor, "credential."+word, subject(e.Session.Person), nil); err != nil {
		return err
	}
	p, err := readPerson(ctx, tx, `p.id = @id`, pgx.NamedArgs{"id": e.Session.Person})
	if err != nil {
		return err
	}
	return notify(ctx, tx, p, p.Email, word)
}

// notify tells a person by mail that something of the account has changed.
func notify(ctx context.Context, tx pgx.Tx, p Person, address, word string) error {
	if address == "" {
		return nil
	}
	l := language.Of(p.Language)
	what := l.Say("changed."+word, nil)
	return mail.Post(ctx, tx, mail.Message{To: address, Purpose: "account_changed", Person: p.ID, Subject: l.Say("mail.changed.subject", nil),
		Text: l.Say("mail.changed.text", map[string]any{"what": what})})
}
