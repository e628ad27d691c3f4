package account

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/language"
)

// Invite makes a link by which a person signs in for the first time, and gives its address: for an operator at the machine, who hands it over. Whoever opens
// it proves the address.
func (d *Directory) Invite(ctx context.Context, actor Actor, person int64, site string) (address string, err error) {
	err = d.invite(ctx, actor, person, func(tx pgx.Tx, l Link, _ *language.Language) error {
		secret, _, err := d.keepLink(ctx, tx, l)
		address = linkTo(site, secret)
		return err
	})
	return address, err
}

// InviteByMail mails that link to the person, in their language.
func (d *Directory) InviteByMail(ctx context.Context, actor Actor, person int64, site string) error {
	return d.invite(ctx, actor, person, func(tx pgx.Tx, l Link, in *language.Language) error { return d.postLink(ctx, tx, l, in, site) })
}

// invite makes a link for a person who is not blocked, and notes it in the audit.
func (d *Directory) invite(ctx context.Context, actor Actor, person int64, send func(pgx.Tx, Link, *language.Language) error) error {
	return d.administer(ctx, actor, person, "person.invite", func(tx pgx.Tx) error {
		p, err := readPerson(ctx, tx, `p.id = @id`, pgx.NamedArgs{"id": person})
		if err != nil {
			return fmt.Errorf("invite person %d: %w", person, err)
		}
		if p.Blocked {
			return fault.New(fault.Conflict, "error.invite.blocked", nil)
		}
		return send(tx, Link{Purpose: ToBegin, Email: p.Email, Person: p.ID}, language.Of(p.Language))
	})
}
