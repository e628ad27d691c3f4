package account

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/mail"
)

// own is this package as a Holder, with the outbox below it, which knows no Holder.
type own struct{}

// exports are the questions for what is known of a person, by the section's name.
var exports = []struct{ name, sql string }{
	{"account", `
		select email, name, name_shown, language, email_verified_at, password_at, created_at, seen_at as seen_day, leaving_at
		from person where id = @person`},
	{"roles", `
		select role, array(select slug from service where id = any(service_ids)) as services,
		       array(select slug from category where id = any(category_ids)) as categories,
		       array(select t.slug || '/' || z.code from zone z join zone_set t on t.id = z.zone_set_id where z.id = any(zone_ids)) as zones, granted_at
		from role_grant where person_id = @person order by granted_at, id`},
	{"groups", `
		select g.name, m.lead, m.joined_at from group_member m join person_group g on g.id = m.group_id
		where m.person_id = @person order by m.joined_at`},
	{"sessions", `select method, agent, created_at, seen_at, expires_at from session where person_id = @person order by created_at`},
	{"keys", `select name, scopes, created_at, used_at, expires_at from api_token where person_id = @person order by created_at`},
	{"passkeys", `select name, created_at, used_at from passkey where person_id = @person order by created_at`},
	{"identities", `select issuer, subject, created_at from identity where person_id = @person order by created_at`},
	{"second_factor", `
		select t.confirmed_at, (select count(*) from recovery_code c where c.person_id = t.person_id and c.used_at is null) as codes
		from totp t where t.person_id = @person`},
	{"links", `
		select purpose, email, created_at, expires_at, used_at from login_link
		where person_id = @person or email = nullif(@email, '') order by created_at`},
	{"consents", `select slug as text, version, given_at from consent where person_id = @person order by given_at`},
	{"acts", `select at, actor_role as role, action, subject from audit where actor_id = @person order by at, id`},
}

// Export implements Holder.
func (own) Export(ctx context.Context, tx pgx.Tx, s Subject) ([]Section, error) {
	var list []Section
	for _, q := range exports {
		one, err := Ask(ctx, tx, q.name, q.sql, pgx.NamedArgs{"person": s.Person, "email": s.Email})
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	mails, err := mail.About(ctx, tx, s.Person, s.Email)
	if err != nil {
		return nil, err
	}
	letters := Section{Name: "mails", Columns: []string{"email", "purpose", "subject", "body", "created_at", "sent_at"}}
	for _, m := range mails {
		letters.Rows = append(letters.Rows, []any{m.To, m.Purpose, m.Subject, m.Text, m.CreatedAt, m.SentAt})
	}
	return append(list, letters), nil
}

// Erase implements Holder. The account's row stays, empty: its number stands in the audit and is never another's.
func (own) Erase(ctx context.Context, tx pgx.Tx, s Subject) error {
	var b pgx.Batch
	args := pgx.NamedArgs{"person": s.Person, "email": s.Email}
	for _, table := range []string{"session", "api_token", "passkey", "ceremony", "identity", "totp", "recovery_code", "group_member", "role_grant", "consent"} {
		b.Queue(`delete from `+table+` where person_id = @person`, args)
	}
	b.Queue(`delete from login_link where person_id = @person or email = nullif(@email, '')`, args)
	b.Queue(`
		update person
		set erased_at = now(), email = null, name = '', name_shown = false, email_verified_at = null, password_hash = null, password_at = null,
		    seen_at = null, leaving_at = null
		where id = @person`, args)
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("erase person %d: %w", s.Person, err)
	}
	return mail.Forget(ctx, tx, s.Person, s.Email)
}
