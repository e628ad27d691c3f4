package account

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
)

// Event is one entry of the audit.
type Event struct {
	ID      int64
	At      time.Time
	Role    Role
	Person  int64  // 0: no person
	Email   string // of the person, for the administrator's eyes; empty: no person, or erased
	Action  string
	Subject string
	Detail  string // JSON
}

// TrailFilter chooses entries of the audit. What is zero does not choose.
type TrailFilter struct {
	Person   int64
	Action   string
	Subject  string
	From, To time.Time // [From, To)
	After    string    // cursor of the page before; empty: from the newest
	Limit    int       // how many at the most
}

// Trail gives the entries that a filter chooses, the newest first, and the cursor of the next page ("" on the last).
func (d *Directory) Trail(ctx context.Context, actor Actor, f TrailFilter) (list []Event, next string, err error) {
	if err := actor.MayAdminister(); err != nil {
		return nil, "", err
	}
	sql, args, err := trailQuery(f)
	if err != nil {
		return nil, "", err
	}
	err = d.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, args)
		if err != nil {
			return fmt.Errorf("read the audit: %w", err)
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Event])
		return err
	})
	if len(list) > f.Limit {
		list = list[:f.Limit]
		last := list[f.Limit-1]
		next = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", last.At.UnixMicro(), last.ID))
	}
	return list, next, err
}

// trailQuery is the query of one page; it asks for one row more, which tells whether there is a next page.
func trailQuery(f TrailFilter) (string, pgx.NamedArgs, error) {
	where, args := []string{"true"}, pgx.NamedArgs{"limit": f.Limit + 1}
	add := func(given bool, condition, name string, value any) {
		if given {
			where, args[name] = append(where, condition), value
		}
	}
	add(f.Person != 0, "a.actor_id = @person", "person", f.Person)
	add(f.Action != "", "a.action = @action", "action", f.Action)
	add(f.Subject != "", "a.subject = @subject", "subject", f.Subject)
	add(!f.From.IsZero(), "a.at >= @from", "from", f.From)
	add(!f.To.IsZero(), "a.at < @to", "to", f.To)
	if f.After != "" {
		raw, err := base64.RawURLEncoding.DecodeString(f.After)
		micros, id, _ := strings.Cut(string(raw), ".")
		us, wrongTime := strconv.ParseInt(micros, 10, 64)
		number, wrongID := strconv.ParseInt(id, 10, 64)
		at := time.UnixMicro(us)
		if err != nil || wrongTime != nil || wrongID != nil || at.Year() < 1 || at.Year() > 9999 {
			return "", nil, fault.Parameter("cursor", "error.cursor", nil)
		}
		where = append(where, "(a.at, a.id) < (@after, @id)")
		args["after"], args["id"] = at, number
	}
	return `
		select a.id, a.at, a.actor_role, coalesce(a.actor_id, 0), coalesce(p.email, ''), a.action, a.subject, a.detail::text
		from audit a
		left join person p on p.id = a.actor_id
		where ` + strings.Join(where, " and ") + `
		order by a.at desc, a.id desc
		limit @limit`, args, nil
}

// Actions gives the actions that the audit knows, each found by a step in the index: they are few and the entries are many.
func (d *Directory) Actions(ctx context.Context, actor Actor) (list []string, err error) {
	if err := actor.MayAdminister(); err != nil {
		return nil, err
	}
	err = d.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			with recursive one as (
			  (select action from audit order by action limit 1)
			  union all
			  select (select a.action from audit a where a.action > one.action order by a.action limit 1) from one where one.action is not null
			)
			select action from one where action is not null`)
		if err != nil {
			return fmt.Errorf("list the actions of the audit: %w", err)
		}
		list, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return list, err
}
