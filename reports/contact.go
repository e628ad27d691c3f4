package reports

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/media"
	"quartier/reports/store"
)

// Contact is how to reach who filed a report.
type Contact struct {
	Name, Email, Phone string
	Verified           bool // the address is proved
	Since              time.Time
}

// Contact gives how to reach who filed a report, to who handles it: an agent of its scope, or an administrator. The reading is noted in the audit, in the
// same transaction: nobody reads without a trace. It fails with Forbidden for a report that the actor does not handle, with
// NotFound for one that the actor may not even see, and for one without a contact.
func (r *Register) Contact(ctx context.Context, actor account.Actor, id int64) (c Contact, err error) {
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		one, err := get(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if actor.ReadOnly || !actor.Handles(one.Service, one.Category, one.Zones) {
			return fault.New(fault.Forbidden, "error.forbidden", nil)
		}
		err = tx.QueryRow(ctx, `
			select coalesce(nullif(c.name, ''), p.name, ''), coalesce(nullif(c.email, ''), p.email, ''), c.phone, c.email_verified_at is not null, c.created_at
			from report_contact c
			left join person p on p.id = c.person_id
			where c.report_id = @id`, pgx.NamedArgs{"id": id}).Scan(&c.Name, &c.Email, &c.Phone, &c.Verified, &c.Since)
		if err != nil {
			return fmt.Errorf("read the contact of report %d: %w", id, err)
		}
		return account.Audit(ctx, tx, actor, "contact.read", fmt.Sprintf("%s/%d", Kind, id), nil)
	})
	return c, err
}

// Filed counts the reports that the actor filed.
func (r *Register) Filed(ctx context.Context, actor account.Actor) (n int, err error) {
	err = r.DB.QueryRow(ctx, `select count(*) from report_contact where person_id = @person`, pgx.NamedArgs{"person": actor.Person}).Scan(&n)
	if err != nil {
		return 0, store.Explain(fmt.Errorf("count the reports of person %d: %w", actor.Person, err))
	}
	return n, nil
}

// Holder is this package as an account.Holder: reports that somebody filed, their contacts, entries of timelines. A report itself is no personal data and
// stays, without whatever in it leads to the person.
type Holder struct{}

// ownReports are the reports of an account.
const ownReports = `(select report_id from report_contact where person_id = @person)`

// Export implements account.Holder.
func (Holder) Export(ctx context.Context, tx pgx.Tx, s account.Subject) ([]account.Section, error) {
	var list []account.Section
	for _, q := range []struct{ name, sql string }{
		{"reports", `
			select r.id as report, c.slug as category, r.status, r.visibility, r.title, r.description, r.attributes::text as answers, r.address,
			       r.lat / 1e7::float8 as latitude, r.lon / 1e7::float8 as longitude, r.created_at, r.closed_at
			from report r join category c on c.id = r.category_id
			where r.id in ` + ownReports + ` order by r.id`},
		// Where somebody else gave the person's address, that is the person's to know; what else stands there is not.
		{"contacts", `
			select report_id as report, case when person_id = @person then name end as name, email,
			       case when person_id = @person then phone end as phone, created_at, email_verified_at
			from report_contact
			where person_id = @person or lower(email) = nullif(@email, '') order by report_id`},
		{"entries", `
			select t.item_id as report, t.type as entry, t.body, t.actor_role as role, t.actor_name as shown_name, t.created_at
			from timeline t
			where t.kind = '` + Kind + `' and t.redacted_at is null
			  and (t.person_id = @person or t.type = 'filed' and t.person_id is null and t.item_id in ` + ownReports + `)
			order by t.created_at, t.id`},
		{"report_consents", `
			select n.report_id as report, n.slug as text, n.version, n.given_at from consent n
			where n.report_id in ` + ownReports + ` order by n.id`},
		{"feedback", `
			select item_id as report, fixed, score, words, created_at, updated_at from feedback where kind = '` + Kind + `' and person_id = @person order by id`},
		// By role and day: the agent has a right to discretion too, and the administrators know who it was.
		{"readings", `
			select a.subject as report, a.actor_role as role, a.at::date as day
			from audit a
			where a.action = 'contact.read' and a.subject in (select '` + Kind + `/' || o.report_id from ` + ownReports + ` o)
			order by a.at`},
	} {
		one, err := account.Ask(ctx, tx, q.name, q.sql, pgx.NamedArgs{"person": s.Person, "email": s.Email})
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	ids, err := filedBy(ctx, tx, s.Person)
	if err == nil {
		ids, err = withParts(ctx, tx, ids...)
	}
	if err != nil {
		return nil, err
	}
	photos, err := media.About(ctx, tx, s.Person, Kind, ids)
	return append(list, photos), err
}

// filedBy gives the reports that a person filed.
func filedBy(ctx context.Context, tx pgx.Tx, person int64) ([]int64, error) {
	rows, err := tx.Query(ctx, `select report_id from report_contact where person_id = @person order by report_id`, pgx.NamedArgs{"person": person})
	if err != nil {
		return nil, fmt.Errorf("find the reports of person %d: %w", person, err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// Erase implements account.Holder.
func (Holder) Erase(ctx context.Context, tx pgx.Tx, s account.Subject) error {
	args := pgx.NamedArgs{"person": s.Person, "email": s.Email}
	ids, err := filedBy(ctx, tx, s.Person)
	if err != nil {
		return err
	}
	whole, err := withParts(ctx, tx, ids...)
	if err != nil {
		return err
	}
	if err := media.EraseAbout(ctx, tx, s.Person, Kind, whole); err != nil {
		return err
	}
	for _, id := range ids {
		if err := anonymise(ctx, tx, id); err != nil {
			return err
		}
	}
	var b pgx.Batch
	// What moderators took away nobody reads any more. The rest of what the person wrote elsewhere stays, without what leads to them.
	marks, err := marksOf(ctx, tx, `select name, coalesce(email, ''), '' from person where id = @person`, args)
	if err != nil {
		return err
	}
	args["marks"], args["blank"] = marks, blank
	b.Queue(`
		update timeline
		set actor_name = '', person_id = null,
		    body = case when redacted_at is not null then '' when @marks = '' then body else left(regexp_replace(body, @marks, @blank, 'gi'), 10000) end
		where person_id = @person`, args)
	b.Queue(`update feedback set person_id = null, words = '' where person_id = @person`, args)
	// Somebody else's report for which this address was given.
	b.Queue(`
		with named as (update report_contact set email = '', email_verified_at = null where lower(email) = nullif(@email, '') returning report_id)
		update report set filing_sha256 = null where id in (select report_id from named)`, args)
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("erase the entries of person %d: %w", s.Person, err)
	}
	return nil
}

// anonymise takes from a report whatever leads to who filed it: the contact with its consent, the digest (which covers the address, and could be tried for
// it), private answers, the name in the timeline, and the address, the telephone and the full name where they were written into
// the texts, also into those of flags and decisions, and of its parts.
func anonymise(ctx context.Context, tx pgx.Tx, id int64) error {
	args := pgx.NamedArgs{"kind": Kind, "id": id, "blank": blank}
	whole, err := withParts(ctx, tx, id)
	if err != nil {
		return err
	}
	pattern, err := marksOf(ctx, tx, `
		select c.name, c.email, c.phone from report_contact c where c.report_id = @id
		union all
		select p.name, coalesce(p.email, ''), '' from report_contact c join person p on p.id = c.person_id where c.report_id = @id`, args)
	if err != nil {
		return err
	}
	var b pgx.Batch
	b.Queue(`
		update report r
		set filing_sha256 = null,
		    attributes = r.attributes - array(
		      select a ->> 'code' from category c, jsonb_array_elements(c.attributes) a where c.id = r.category_id and a ->> 'private' = 'true')
		where r.id = @id`, args)
	b.Queue(`update decision set appeal = @blank where kind = @kind and item_id = @id and appeal <> ''`, args)
	b.Queue(`
		update timeline set actor_name = '', person_id = null
		where kind = @kind and item_id = @id
		  and (type = 'filed' and actor_role = 'resident' or person_id = (select person_id from report_contact where report_id = @id))`, args)
	media.QueueForget(&b, `(select person_id from report_contact where report_id = @id)`, args)
	b.Queue(`delete from report_contact where report_id = @id`, args)
	b.Queue(`delete from report_device where report_id = @id`, args)
	b.Queue(`update feedback set person_id = null, device_sha256 = null, words = '' where kind = @kind and item_id = @id`, args)
	if pattern != "" {
		texts := pgx.NamedArgs{"kind": Kind, "ids": whole, "marks": pattern, "blank": blank}
		b.Queue(`
			update report
			set title = left(regexp_replace(title, @marks, @blank, 'gi'), 200), description = left(regexp_replace(description, @marks, @blank, 'gi'), 10000),
			    address = left(regexp_replace(address, @marks, @blank, 'gi'), 500),
			    attributes = (select coalesce(jsonb_object_agg(key, regexp_replace(value, @marks, @blank, 'gi')), '{}') from jsonb_each_text(attributes))
			where id = any(@ids) and concat_ws(' ', title, description, address, attributes::text) ~* @marks`, texts)
		b.Queue(`
			update timeline set body = left(regexp_replace(body, @marks, @blank, 'gi'), 10000) where kind = @kind and item_id = any(@ids) and body ~* @marks`, texts)
		// What others told the moderators of it, and what these answered.
		b.Queue(`
			update flag set words = left(regexp_replace(words, @marks, @blank, 'gi'), 1000) where kind = @kind and item_id = any(@ids) and words ~* @marks`, texts)
		b.Queue(`
			update decision
			set reason = left(regexp_replace(reason, @marks, @blank, 'gi'), 2000), answer = left(regexp_replace(answer, @marks, @blank, 'gi'), 2000)
			where kind = @kind and item_id = any(@ids) and concat_ws(' ', reason, answer) ~* @marks`, texts)
	}
	for _, one := range whole {
		store.QueueChange(&b, store.Change{Kind: Kind, First: one, Last: one})
	}
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("anonymise report %d: %w", id, err)
	}
	return nil
}

// blank stands in texts for what led to a person.
const blank = "[…]"

// marksOf gives the pattern of what leads to a person in texts, from the rows of a query: name, address, telephone.
func marksOf(ctx context.Context, tx pgx.Tx, sql string, args pgx.NamedArgs) (string, error) {
	rows, err := tx.Query(ctx, sql, args)
	if err != nil {
		return "", fmt.Errorf("look for what leads to a person: %w", err)
	}
	var marks []string
	var name, email, phone string
	if _, err := pgx.ForEachRow(rows, []any{&name, &email, &phone}, func() error { marks = append(marks, name, email, phone); return nil }); err != nil {
		return "", fmt.Errorf("look for what leads to a person: %w", err)
	}
	return markPattern(marks), nil
}

// markPattern gives a regular expression of PostgreSQL for what names a person in texts: an address, a telephone number however its digits are grouped, a
// name of several words. A single word is no mark: it may be the name of a street. Empty: there is nothing to look for.
func markPattern(marks []string) string {
	var patterns []string
	for _, mark := range marks {
		mark = strings.TrimSpace(mark)
		switch digits := notDigit.ReplaceAllString(mark, ""); {
		case strings.Contains(mark, "@"):
			patterns = append(patterns, regexp.QuoteMeta(mark))
		case len(digits) >= shortestPhone:
			// The last nine digits are the same with 0 and with +33 before them.
			digits = digits[max(0, len(digits)-9):]
			patterns = append(patterns, `(\+?[0-9]{1,3}[ ().-]*)?`+strings.Join(strings.Split(digits, ""), `[ ().-]*`))
		case len(strings.Fields(mark)) > 1:
			words := strings.Fields(mark)
			for i := range words {
				words[i] = regexp.QuoteMeta(words[i])
			}
			patterns = append(patterns, `\y`+strings.Join(words, `\s+`)+`\y`)
		}
	}
	return strings.Join(patterns, "|")
}

var notDigit = regexp.MustCompile(`[^0-9]`)

// shortestPhone is how many digits a telephone number has at least; fewer may be a house's.
const shortestPhone = 8
