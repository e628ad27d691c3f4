package account

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
)

// PeopleFilter chooses accounts for the administration.
type PeopleFilter struct {
	Search string // a part of the address or the name, as it was typed; empty: any
	Role   Role   // that was granted to them; empty: any
	Before int64  // those with a smaller id; 0: from the newest
	Limit  int    // how many at the most
}

// Listed is an account in a list, with what it was granted.
type Listed struct {
	Person
	Roles []Role // each once, in the order of the alphabet
}

// People gives the accounts that a filter chooses, the newest first, and whether there are more.
func (d *Directory) People(ctx context.Context, actor Actor, f PeopleFilter) (list []Listed, more bool, err error) {
	if err := actor.MayAdminister(); err != nil {
		return nil, false, err
	}
	err = d.DB.Read(ctx, func(tx pgx.Tx) error {
		sql, args := peopleQuery(f)
		rows, err := tx.Query(ctx, sql, args)
		if err != nil {
			return fmt.Errorf("list people: %w", err)
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Listed, error) {
			var one Listed
			var roles []string
			p, err := personRow(rest{row, []any{&roles}})
			one.Person = p
			for _, r := range roles {
				one.Roles = append(one.Roles, Role(r))
			}
			return one, err
		})
		return err
	})
	if len(list) > f.Limit {
		list, more = list[:f.Limit], true
	}
	return list, more, err
}

// rest is a row whose last columns go somewhere else.
type rest struct {
	pgx.CollectableRow
	last []any
}

func (r rest) Scan(into ...any) error { return r.CollectableRow.Scan(append(into, r.last...)...) }

// peopleQuery is the query of one page; it asks for one row more, which tells whether there are more.
func peopleQuery(f PeopleFilter) (string, pgx.NamedArgs) {
	where, args := []string{"p.erased_at is null"}, pgx.NamedArgs{"limit": f.Limit + 1}
	if f.Search != "" {
		where = append(where, `coalesce(p.email, '') || ' ' || lower(p.name) like '%' || @search || '%'`)
		args["search"] = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(f.Search))
	}
	if f.Role != "" {
		where = append(where, `p.id in (select person_id from role_grant where role = @role)`)
		args["role"] = f.Role
	}
	if f.Before > 0 {
		where = append(where, `p.id < @before`)
		args["before"] = f.Before
	}
	return `
		select ` + personColumns + `,
		       array(select distinct g.role from role_grant g where g.person_id = p.id order by 1)
		from person p
		where ` + strings.Join(where, " and ") + `
		order by p.id desc
		limit @limit`, args
}

// Called finds the account of an address, as it was typed. It fails with Invalid of the field email if there is none.
func (d *Directory) Called(ctx context.Context, actor Actor, address string) (p Person, err error) {
	if err := actor.MayAdminister(); err != nil {
		return Person{}, err
	}
	err = d.DB.Read(ctx, func(tx pgx.Tx) error {
		p, err = called(ctx, tx, address)
		return err
	})
	return p, err
}

func called(ctx context.Context, tx pgx.Tx, address string) (Person, error) {
	email, ok := Email(address)
	if !ok {
		return Person{}, fault.In("email", "error.email", nil)
	}
	p, found, err := personOf(ctx, tx, email)
	if err == nil && !found {
		err = fault.In("email", "error.person.unknown", nil)
	}
	return p, err
}

// Add makes the account of an address, which is not proved thereby, or gives the one that there is already, as it is.
func (d *Directory) Add(ctx context.Context, actor Actor, address, name, language string) (p Person, made bool, err error) {
	if err := actor.MayAdminister(); err != nil {
		return Person{}, false, err
	}
	var check fault.Check
	email, ok := Email(address)
	if !ok {
		check.Add("email", "error.email", nil)
	}
	name = check.Text("name", name, MaxName, false)
	if err := check.Err(); err != nil {
		return Person{}, false, err
	}
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			insert into person (email, name, language, created_at) values (@email, @name, @language, @now)
			on conflict (email) do nothing`,
			pgx.NamedArgs{"email": email, "name": name, "language": language, "now": d.Now()})
		if err != nil {
			return fmt.Errorf("add a person: %w", err)
		}
		made = tag.RowsAffected() > 0
		if p, _, err = personOf(ctx, tx, email); err != nil || !made {
			return err
		}
		return Audit(ctx, tx, actor, "person.add", subject(p.ID), nil)
	})
	return p, made, err
}

// Block keeps a person from signing in and ends what sessions there are. The last administrator cannot be blocked: nobody could undo it.
func (d *Directory) Block(ctx context.Context, actor Actor, person int64) error {
	return d.administer(ctx, actor, person, "person.block", func(tx pgx.Tx) error {
		// Who blocks waits for who takes roles away, so that not the last two administrators go at once.
		_, err := tx.Exec(ctx, `select from role_grant where role = 'administrator' for update`)
		if err == nil {
			_, err = tx.Exec(ctx, `update person set blocked_at = coalesce(blocked_at, @now) where id = @person`, pgx.NamedArgs{"person": person, "now": d.Now()})
		}
		if err != nil {
			return fmt.Errorf("block person %d: %w", person, err)
		}
		var administrator bool
		err = tx.QueryRow(ctx, `select exists (select from role_grant where person_id = @person and role = 'administrator')`,
			pgx.NamedArgs{"person": person}).Scan(&administrator)
		if err != nil {
			return fmt.Errorf("block person %d: %w", person, err)
		}
		if administrator {
			if err := keepsAdministrator(ctx, tx); err != nil {
				return err
			}
		}
		return endAll(ctx, tx, person, 0)
	})
}

// Unblock lets a person sign in again.
func (d *Directory) Unblock(ctx context.Context, actor Actor, person int64) error {
	return d.administer(ctx, actor, person, "person.unblock", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update person set blocked_at = null where id = @person`, pgx.NamedArgs{"person": person})
		if err != nil {
			return fmt.Errorf("unblock person %d: %w", person, err)
		}
		return nil
	})
}

// EndSessions signs a person out everywhere.
func (d *Directory) EndSessions(ctx context.Context, actor Actor, person int64) error {
	return d.administer(ctx, actor, person, "person.sign_out", func(tx pgx.Tx) error { return endAll(ctx, tx, person, 0) })
}

// Reset forgets the passkeys and the second factor of a person who has lost them, ends the sessions and tells the person. What they sign in by next, they set
// up others by; so whoever asks for this is to be known first.
func (d *Directory) Reset(ctx context.Context, actor Actor, person int64) error {
	return d.administer(ctx, actor, person, "person.reset", func(tx pgx.Tx) error {
		var b pgx.Batch
		for _, table := range []string{"passkey", "totp", "recovery_code", "ceremony"} {
			b.Queue(`delete from `+table+` where person_id = @person`, pgx.NamedArgs{"person": person})
		}
		if err := tx.SendBatch(ctx, &b).Close(); err != nil {
			return fmt.Errorf("forget the second factor of person %d: %w", person, err)
		}
		p, err := readPerson(ctx, tx, `p.id = @id`, pgx.NamedArgs{"id": person})
		if err != nil {
			return err
		}
		if err := notify(ctx, tx, p, p.Email, "reset"); err != nil {
			return err
		}
		return endAll(ctx, tx, person, 0)
	})
}

// administer does something to a person's account and notes it in the audit.
func (d *Directory) administer(ctx context.Context, actor Actor, person int64, action string, do func(pgx.Tx) error) error {
	if err := actor.MayAdminister(); err != nil {
		return err
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		if _, err := readPerson(ctx, tx, `p.id = @id`, pgx.NamedArgs{"id": person}); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		return Audit(ctx, tx, actor, action, subject(person), nil)
	})
}
