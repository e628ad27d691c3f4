package reports

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
)

// MaxPage is the greatest number of reports on one page of a list.
const MaxPage = 500

// Page asks for one page of a list: newest first, after the report that the cursor names.
type Page struct {
	Limit int    // 1…MaxPage
	After string // cursor of the page before; empty: the first page
}

// List gives one page of the reports that the actor sees and the filter chooses, newest first, and the cursor of the next page ("" on the
// last). Pages are cut by creation time and number, so that a report that comes in between moves nothing.
func (r *Register) List(ctx context.Context, actor account.Actor, f Filter, p Page) (list []Report, next string, err error) {
	sql, args, err := listQuery(actor, f, p)
	if err != nil {
		return nil, "", err
	}
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, args)
		if err != nil {
			return fmt.Errorf("list reports: %w", err)
		}
		list, err = pgx.CollectRows(rows, reportRow)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if len(list) > p.Limit {
		list = list[:p.Limit]
		next = cursor(list[p.Limit-1])
	}
	return list, next, nil
}

// listQuery is the query of one page; it asks for one row more, which tells whether there is a next page.
func listQuery(actor account.Actor, f Filter, p Page) (string, pgx.NamedArgs, error) {
	where, args := f.Where(actor)
	args["limit"] = p.Limit + 1
	if p.After != "" {
		created, id, ok := parseCursor(p.After)
		if !ok {
			return "", nil, fault.Parameter("cursor", "error.cursor", nil)
		}
		where += "\n\t\t\t  and (r.created_at, r.id) < (@after_created, @after_id)"
		args["after_created"], args["after_id"] = created, id
	}
	return `
			select ` + reportColumns + `
			from report r
			where ` + where + `
			order by r.created_at desc, r.id desc
			limit @limit`, args, nil
}

// Each streams all reports that the actor sees and the filter chooses, by number, without holding them: do is given each one in turn.
func (r *Register) Each(ctx context.Context, actor account.Actor, f Filter, do func(Report) error) error {
	where, args := f.Where(actor)
	return r.DB.Read(ctx, func(tx pgx.Tx) error {
		// An export lasts as long as its reader takes; the deadline is the context's.
		if _, err := tx.Exec(ctx, `set local statement_timeout = 0`); err != nil {
			return fmt.Errorf("export reports: %w", err)
		}
		rows, err := tx.Query(ctx, `
			select `+reportColumns+`
			from report r
			where `+where+`
			order by r.id`, args)
		if err != nil {
			return fmt.Errorf("export reports: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			one, err := reportRow(rows)
			if err != nil {
				return fmt.Errorf("export reports: %w", err)
			}
			if err := do(one); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// cursor writes the place of a report in the list; opaque to clients.
func cursor(r Report) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", r.CreatedAt.UnixMicro(), r.ID))
}

func parseCursor(s string) (created time.Time, id int64, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return time.Time{}, 0, false
	}
	micros, number, _ := strings.Cut(string(raw), ".")
	us, err := strconv.ParseInt(micros, 10, 64)
	if err != nil {
		return time.Time{}, 0, false
	}
	id, err = strconv.ParseInt(number, 10, 64)
	created = time.UnixMicro(us)
	// PostgreSQL's times end before int64's do.
	return created, id, err == nil && created.Year() > 0 && created.Year() < 10_000
}
