package account

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/mail"
	"quartier/reports/store"
)

// LinkPath is the page of ours that links in mails lead to; the secret stands in the parameter "token" of its address. Opening it does nothing, because
// programs that look for bad links in mails open them all: only the button of the page does.
const LinkPath = "/sign-in/link"

// Purpose is what a link in a mail is for.
type Purpose string

const (
	ToSignIn Purpose = "sign-in"
	ToEmail  Purpose = "email"  // the new address of an account
	ToBegin  Purpose = "invite" // the first sign-in of somebody whom an administrator added
	ToFollow Purpose = "follow" // a sign-in that begins to follow something
)

// linkLives are for how long links are good.
var linkLives = map[Purpose]time.Duration{ToSignIn: 15 * time.Minute, ToEmail: time.Hour, ToBegin: 48 * time.Hour, ToFollow: 24 * time.Hour}

// Link is a link in a mail that proves an address. It works once.
type Link struct {
	Purpose Purpose
	Email   string // that it proves, in the form of Email
	Person  int64  // ToEmail, ToBegin: whose; 0: none
	Next    string // page of ours to go on to
}

// postLink mails a link, in the caller's transaction. Site is the address of the site, without a slash at its end: never one that only the client named, or
// the mail would lead wherever somebody who asked for it wanted.
func (d *Directory) postLink(ctx context.Context, tx pgx.Tx, l Link, in *language.Language, site string) error {
	secret, expires, err := d.keepLink(ctx, tx, l)
	if err != nil {
		return err
	}
	word := "mail.link." + string(l.Purpose)
	return mail.Post(ctx, tx, mail.Message{To: l.Email, Purpose: "link", Person: l.Person, Secret: true, Expires: expires,
		Subject: in.Say(word+".subject", nil), Text: in.Say(word+".text", map[string]any{"link": linkTo(site, secret)})})
}

// keepLink makes a link's secret and keeps its digest.
func (d *Directory) keepLink(ctx context.Context, tx pgx.Tx, l Link) (secret string, expires time.Time, err error) {
	secret, now := NewSecret(), d.Now()
	expires = now.Add(linkLives[l.Purpose])
	_, err = tx.Exec(ctx, `
		insert into login_link (token_sha256, purpose, email, person_id, next, created_at, expires_at)
		values (@token, @purpose, @email, nullif(@person::bigint, 0), @next, @now, @expires)`,
		pgx.NamedArgs{"token": Digest(secret), "purpose": l.Purpose, "email": l.Email, "person": l.Person, "next": l.Next,
			"now": now, "expires": expires})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("keep a link of a mail: %w", err)
	}
	return secret, expires, nil
}

// linkTo is the address of a link on a site.
func linkTo(site, secret string) string {
	return site + LinkPath + "?" + url.Values{"token": {secret}}.Encode()
}

// AskLink mails a link to sign in to an address. Who has no account gets one by it, so that asking says nothing of who has, in its answer or in its time.
func (d *Directory) AskLink(ctx context.Context, address, next string, in *language.Language, site string) error {
	return d.askLink(ctx, ToSignIn, address, next, in, site)
}

// AskToFollow mails a link to sign in by which somebody without an account begins to follow what next says. Until it is opened nothing is followed: whoever
// types another's address has nothing else mailed to them.
func (d *Directory) AskToFollow(ctx context.Context, address, next string, in *language.Language, site string) error {
	return d.askLink(ctx, ToFollow, address, next, in, site)
}

func (d *Directory) askLink(ctx context.Context, purpose Purpose, address, next string, in *language.Language, site string) error {
	email, ok := Email(address)
	if !ok {
		return fault.In("email", "error.email", nil)
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		return d.postLink(ctx, tx, Link{Purpose: purpose, Email: email, Next: next}, in, site)
	})
}

// ReadLink tells what a link is for, without using it. It fails with NotFound for one that is unknown, expired or used, with Forbidden for one that is for
// somebody else.
func (d *Directory) ReadLink(ctx context.Context, e Entry, secret string) (l Link, err error) {
	err = d.DB.Read(ctx, func(tx pgx.Tx) error {
		l, err = linkOf(tx.QueryRow(ctx, `
			select purpose, email, coalesce(person_id, 0), next
			from login_link where token_sha256 = @token and expires_at > @now and used_at is null`,
			pgx.NamedArgs{"token": Digest(secret), "now": d.Now()}))
		if err == nil {
			err = l.mayUse(e)
		}
		return err
	})
	return l, err
}

// mayUse refuses the link of an account's new address to who is not signed in to it.
func (l Link) mayUse(e Entry) error {
	if l.Purpose == ToEmail && l.Person != e.Session.Person {
		return fault.New(fault.Forbidden, "error.link.elsewhere", nil)
	}
	return nil
}

// takeLink uses a link of a purpose, in the caller's transaction: of two who try, also at the same moment, one succeeds. It fails with NotFound like ReadLink.
func (d *Directory) takeLink(ctx context.Context, tx pgx.Tx, purpose Purpose, secret string) (Link, error) {
	return linkOf(tx.QueryRow(ctx, `
		update login_link set used_at = @now
		where token_sha256 = @token and purpose = @purpose and expires_at > @now and used_at is null
		returning purpose, email, coalesce(person_id, 0), next`,
		pgx.NamedArgs{"token": Digest(secret), "purpose": purpose, "now": d.Now()}))
}

func linkOf(row pgx.Row) (l Link, err error) {
	err = row.Scan(&l.Purpose, &l.Email, &l.Person, &l.Next)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return Link{}, fault.New(fault.NotFound, "error.link", nil)
	case err != nil:
		return Link{}, fmt.Errorf("read a link of a mail: %w", err)
	}
	return l, nil
}

// EnterByLink signs in by a link, and makes the account of an address that has none.
func (d *Directory) EnterByLink(ctx context.Context, purpose Purpose, secret string, in *language.Language, b Browser) (way Way, err error) {
	if purpose == ToEmail {
		return Way{}, fault.New(fault.NotFound, "error.link", nil)
	}
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		l, err := d.takeLink(ctx, tx, purpose, secret)
		if err != nil {
			return err
		}
		p, err := d.admit(ctx, tx, l.Email, in.Tag)
		if err != nil {
			return err
		}
		b.Next = l.Next
		way, err = d.proceed(ctx, tx, p.ID, ByLink, b)
		return err
	})
	return way, err
}

// AskEmail mails a link to the address that is to be the person's new one. Whether somebody else has it is told to who opens the link: nobody learns
// here who has an account.
func (d *Directory) AskEmail(ctx context.Context, e Entry, address string, in *language.Language, site string) error {
	if err := e.proved(d.Now()); err != nil {
		return err
	}
	email, ok := Email(address)
	switch {
	case !ok:
		return fault.In("email", "error.email", nil)
	case email == e.Email:
		return fault.In("email", "error.email.same", nil)
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		return d.postLink(ctx, tx, Link{Purpose: ToEmail, Email: email, Person: e.Session.Person}, in, site)
	})
}

// ChangeEmail uses the link of a new address, for the person whose account it is and nobody else. Refused: that whoever opens it may press the button, on another
// device too. Somebody could mail it to a stranger, who would hand what was filed with that address to an account that another has the keys of.
//
// The old address is told, all sessions end, and links that were mailed to the old one are void: who changes
// an address because the mailbox is lost keeps nobody in.
func (d *Directory) ChangeEmail(ctx context.Context, e Entry, secret string) error {
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		l, err := d.takeLink(ctx, tx, ToEmail, secret)
		if err != nil {
			return err
		}
		if err := l.mayUse(e); err != nil {
			return err
		}
		p, err := readPerson(ctx, tx, `p.id = @id`, pgx.NamedArgs{"id": l.Person})
		if err != nil {
			return err
		}
		if _, taken, err := personOf(ctx, tx, l.Email); err != nil {
			return err
		} else if taken {
			return fault.New(fault.Conflict, "error.email.taken", nil)
		}
		_, err = tx.Exec(ctx, `
			with void as (delete from login_link where email = @old and purpose in ('sign-in', 'invite', 'follow') or person_id = @id and purpose = 'email')
			update person set email = @email, email_verified_at = @now where id = @id`,
			pgx.NamedArgs{"id": p.ID, "email": l.Email, "old": p.Email, "now": d.Now()})
		if store.Constraint(err) != "" { // somebody has just taken it
			return fault.New(fault.Conflict, "error.email.taken", nil)
		}
		if err != nil {
			return fmt.Errorf("change the address of person %d: %w", p.ID, err)
		}
		if p.Verified {
			if err := claim(ctx, tx, p.ID, p.Email, d.Now()); err != nil {
				return err
			}
		}
		if err := claim(ctx, tx, p.ID, l.Email, d.Now()); err != nil {
			return err
		}
		if err := endAll(ctx, tx, p.ID, 0); err != nil {
			return err
		}
		if err := Audit(ctx, tx, Actor{Role: RoleResident, Person: p.ID}, "credential.email", subject(p.ID), nil); err != nil {
			return err
		}
		return notify(ctx, tx, p, p.Email, "email")
	})
}
