package account

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"golang.org/x/net/idna"

	"quartier/reports/fault"
)

// Limits of what an account says, in characters.
const (
	MaxName  = 100
	maxEmail = 254 // RFC 5321, 4.5.3.1.3
)

// Person is an account.
type Person struct {
	ID        int64
	Email     string // in lower case; empty: erased
	Name      string
	NameShown bool   // the name may stand beside what the person writes in public
	Language  string // fr, en
	Verified  bool   // the address is proved to be the person's
	Password  bool   // there is one
	Blocked   bool   // may not sign in
	CreatedAt time.Time
	SeenAt    time.Time // zero: never
}

const personColumns = `
	p.id, coalesce(p.email, ''), p.name, p.name_shown, p.language, p.email_verified_at is not null, p.password_hash is not null, p.blocked_at is not null,
	p.created_at, coalesce(p.seen_at, 'epoch')`

func personRow(row pgx.CollectableRow) (Person, error) {
	var p Person
	err := row.Scan(&p.ID, &p.Email, &p.Name, &p.NameShown, &p.Language, &p.Verified, &p.Password, &p.Blocked, &p.CreatedAt, &p.SeenAt)
	if p.SeenAt.Unix() == 0 {
		p.SeenAt = time.Time{}
	}
	return p, err
}

// Email gives the one form in which an address is kept: lower case, domain in ASCII. !ok: it is no plain mailbox. The local part of an address could in
// theory tell capitals apart (RFC 5321, 2.4); no mail service does, and two accounts for one mailbox would be worse.
func Email(address string) (form string, ok bool) {
	address = strings.TrimSpace(address)
	parsed, err := mail.ParseAddress(address)
	at := strings.LastIndexByte(address, '@')
	if err != nil || parsed.Address != address || at < 1 || strings.ContainsAny(address, "\r\n\t \"\\") {
		return "", false
	}
	if strings.ContainsFunc(address[:at], func(r rune) bool { return r >= utf8.RuneSelf && unicode.ToLower(r) < utf8.RuneSelf }) {
		return "", false // the sign of the kelvin in lower case is a k: another's mailbox
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil || !strings.Contains(domain, ".") {
		return "", false
	}
	form = strings.ToLower(address[:at] + "@" + domain)
	return form, len(form) <= maxEmail
}

// Person gives an account. It fails with NotFound for one that there is not, or that was erased.
func (d *Directory) Person(ctx context.Context, id int64) (p Person, err error) {
	err = d.DB.Read(ctx, func(tx pgx.Tx) error {
		p, err = readPerson(ctx, tx, `p.id = @id`, pgx.NamedArgs{"id": id})
		return err
	})
	return p, err
}

func readPerson(ctx context.Context, tx pgx.Tx, where string, args pgx.NamedArgs) (Person, error) {
	rows, err := tx.Query(ctx, `select `+personColumns+` from person p where p.erased_at is null and `+where, args)
	if err != nil {
		return Person{}, fmt.Errorf("read a person: %w", err)
	}
	return pgx.CollectExactlyOneRow(rows, personRow)
}

// personOf gives the account of an address in its kept form; false: there is none.
func personOf(ctx context.Context, tx pgx.Tx, email string) (Person, bool, error) {
	p, err := readPerson(ctx, tx, `p.email = @email`, pgx.NamedArgs{"email": email})
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, false, nil
	}
	return p, err == nil, err
}

// admit gives the account of an address that was just proved, and makes one if there is none: a resident needs nothing more than an address.
func (d *Directory) admit(ctx context.Context, tx pgx.Tx, email, language string) (Person, error) {
	_, err := tx.Exec(ctx, `
		with admitted as (
		  insert into person (email, language, email_verified_at, created_at) values (@email, @language, @now, @now)
		  on conflict (email) do update set email_verified_at = coalesce(person.email_verified_at, excluded.email_verified_at)
		  returning id, xmax = 0 as made)
		-- Who makes an account has read beside the field for the address which notice is in force.
		insert into consent (person_id, slug, version, given_at)
		select a.id, @slug, (select max(version) from consent_text where slug = @slug), @now from admitted a where a.made`,
		pgx.NamedArgs{"email": email, "language": language, "now": d.Now(), "slug": privacy})
	if err != nil {
		return Person{}, fmt.Errorf("admit a person: %w", err)
	}
	p, _, err := personOf(ctx, tx, email)
	if err != nil {
		return Person{}, err
	}
	return p, claim(ctx, tx, p.ID, email, d.Now())
}

// Rename changes what an account says of the person: name, whether it is shown, language.
func (d *Directory) Rename(ctx context.Context, actor Actor, name string, shown bool, language string) error {
	if actor.Person == 0 || actor.ReadOnly {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	name, err := goodName(name)
	if err != nil {
		return err
	}
	if shown && name == "" {
		return fault.In("name", "error.name.shown", nil)
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update person set name = @name, name_shown = @shown, language = @language where id = @id and erased_at is null`,
			pgx.NamedArgs{"id": actor.Person, "name": name, "shown": shown, "language": language})
		if err != nil {
			return fmt.Errorf("rename a person: %w", err)
		}
		return nil
	})
}

// goodName gives a name as it is kept: on one line, without white space around it.
func goodName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	switch n := utf8.RuneCountInString(name); {
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", fault.In("name", "error.text.control", nil)
	case n > MaxName:
		return "", fault.In("name", "error.text.long", fault.Args{"n": n, "longest": MaxName})
	}
	return name, nil
}
