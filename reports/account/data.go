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

// goodbyeLife is for how long the outbox may hold the last mail to somebody who was erased: it is the one place where the address still stands.
const goodbyeLife = 24 * time.Hour

// Data gives everything that is known about the actor (GDPR, article 15), from this package and all holders. It is for the person's own eyes: programs with a
// key do not get it.
func (d *Directory) Data(ctx context.Context, actor Actor) (list []Section, err error) {
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		s, err := d.subjectOf(ctx, tx, actor.Person)
		if err != nil {
			return err
		}
		for _, h := range append([]Holder{own{}}, d.Holders...) {
			sections, err := h.Export(ctx, tx, s)
			if err != nil {
				return err
			}
			list = append(list, sections...)
		}
		return nil
	})
	return list, err
}

// subjectOf gives whom personal data of a person is about, and finds what was filed with the address since the last sign-in. It fails with NotFound for one that there is not, or that was erased.
func (d *Directory) subjectOf(ctx context.Context, tx pgx.Tx, person int64) (Subject, error) {
	p, err := readPerson(ctx, tx, `p.id = @id`, pgx.NamedArgs{"id": person})
	if err != nil || !p.Verified {
		return Subject{Person: person}, err
	}
	return Subject{person, p.Email}, claim(ctx, tx, person, p.Email, d.Now())
}

// claim gives a person the reports that were filed with an address which is proved to be theirs, and the mails that went to it: they are found by the
// account when the address is another one.
func claim(ctx context.Context, tx pgx.Tx, person int64, email string, now time.Time) error {
	_, err := tx.Exec(ctx, `
		update report_contact set person_id = @person, email_verified_at = coalesce(email_verified_at, @now)
		where lower(email) = @email and email <> '' and person_id is null`,
		pgx.NamedArgs{"person": person, "email": email, "now": now})
	if err != nil {
		return fmt.Errorf("find the reports of person %d: %w", person, err)
	}
	return mail.Claim(ctx, tx, person, email)
}

// Erase erases everything that is known about a person (GDPR, article 17): from this package and all holders, in one transaction. What stays is a number, in
// the audit and in what others did. A person erases themselves; an administrator whoever asks by other ways. The last administrator stays (Conflict).
func (d *Directory) Erase(ctx context.Context, actor Actor, person int64) error {
	if person == 0 || actor.ReadOnly || actor.Person != person && !actor.Has(RoleAdministrator) {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error { return d.erase(ctx, tx, actor, person) })
}

func (d *Directory) erase(ctx context.Context, tx pgx.Tx, actor Actor, person int64) error {
	// As in Withdraw: the last two administrators do not leave at once. And nobody signs in, or is told, while this is under way.
	_, err := tx.Exec(ctx, `select from role_grant where role = 'administrator' for update`)
	if err == nil {
		_, err = tx.Exec(ctx, `select from person where id = @person for update`, pgx.NamedArgs{"person": person})
	}
	if err != nil {
		return fmt.Errorf("erase person %d: %w", person, err)
	}
	p, err := readPerson(ctx, tx, `p.id = @id`, pgx.NamedArgs{"id": person})
	if err != nil {
		return err
	}
	s, err := d.subjectOf(ctx, tx, person)
	if err != nil {
		return err
	}
	var administers bool
	err = tx.QueryRow(ctx, `select exists (select from role_grant where role = 'administrator' and person_id = @person)`,
		pgx.NamedArgs{"person": person}).Scan(&administers)
	if err != nil {
		return fmt.Errorf("erase person %d: %w", person, err)
	}
	// The others first: they find what is the person's by the account.
	for _, h := range append(d.Holders[:len(d.Holders):len(d.Holders)], own{}) {
		if err := h.Erase(ctx, tx, s); err != nil {
			return err
		}
	}
	if administers {
		if err := keepsAdministrator(ctx, tx); err != nil {
			return err
		}
	}
	if err := Audit(ctx, tx, actor, "person.erase", subject(person), nil); err != nil || s.Email == "" {
		return err
	}
	l := language.Of(p.Language)
	return tell(ctx, tx, mail.Message{To: s.Email, Subject: l.Say("data.mail.erased", nil), Text: l.Say("data.mail.erased_text", nil),
		Purpose: "erased", Expires: d.Now().Add(goodbyeLife), Forget: true})
}

// tell posts a mail. An address to which none can be sent keeps nobody's data here.
func tell(ctx context.Context, tx pgx.Tx, m mail.Message) error {
	if err := mail.Post(ctx, tx, m); fault.KindOf(err) != fault.Invalid {
		return err
	}
	return nil
}
