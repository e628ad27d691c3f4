package reports

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/follow"
)

// What a Case waits for.
const (
	CaseFlags      = "flags"      // people flagged the report or an entry
	CaseQuarantine = "quarantine" // a suspicious filing is pending
	CaseAppeal     = "appeal"     // an author objects to a decision
	CaseComment    = "comment"    // a comment waits to be read
)

// Case is something that waits for a moderator.
type Case struct {
	Of       string // CaseFlags …
	Report   int64
	Entry    int64    // 0: the report itself
	Reasons  []string // of the flags, or doubts; none of an appeal
	Count    int      // of flags
	Since    time.Time
	Title    string
	Category int32
}

// Cases gives one page of what waits for moderators, oldest first, and the cursor of the next page ("" on the last). Reports that only wait for their author to
// confirm an address are apart: they are given where unconfirmed is asked for, and then nothing else is.
func (r *Register) Cases(ctx context.Context, actor account.Actor, unconfirmed bool, p Page) (list []Case, next string, err error) {
	if !actor.Has(account.RoleModerator) {
		return nil, "", fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	since, of, report, entry := time.Unix(0, 0), "", int64(0), int64(0)
	if p.After != "" {
		raw, _ := base64.RawURLEncoding.DecodeString(p.After)
		var micros int64
		if n, _ := fmt.Sscanf(strings.ReplaceAll(string(raw), ".", " "), "%d %d %d %s", &micros, &report, &entry, &of); n != 4 ||
			micros < 0 || time.UnixMicro(micros).Year() >= 10_000 || len(of) > 20 {
			return nil, "", fault.Parameter("cursor", "error.cursor", nil)
		}
		since = time.UnixMicro(micros)
	}
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select c.kind, c.id, c.entry, c.reasons, c.count, c.since, r.title, r.category_id
			from (
				select 'flags' as kind, item_id as id, coalesce(entry_id, 0) as entry, array_agg(distinct reason) as reasons, count(*) as count,
				       min(created_at) as since
				from flag
				where decision_id is null and kind = @kind and not @unconfirmed
				group by item_id, entry_id
				union all
				(select 'quarantine', p.id, 0, coalesce(q.reasons, '{}'), 1, p.created_at
				 from report p
				 left join quarantine q on q.report_id = p.id
				 where p.status = 'pending' and p.visibility <> 'hidden' and p.created_at >= @since
				   and (coalesce(q.reasons, '{}') = '{unconfirmed}') = @unconfirmed
				   and (p.created_at, p.id) >= (@since, case when @of = 'quarantine' then @report::bigint else 0 end)
				 order by p.created_at, p.id
				 limit @limit + 1)
				union all
				select 'appeal', item_id, coalesce(entry_id, 0), '{}', 1, min(appealed_at)
				from decision
				where appealed_at is not null and settled_at is null and kind = @kind and not @unconfirmed
				group by item_id, entry_id
				union all
				(select 'comment', item_id, id, doubts, 1, created_at
				 from timeline
				 where kind = @kind and doubts <> '{}' and redacted_at is null and not @unconfirmed and created_at >= @since
				 order by created_at, id
				 limit @limit + 1)
			) c
			join report r on r.id = c.id and `+actor.VisibleSQL("r")+`
			where (c.since, c.kind, c.id, c.entry) > (@since, @of, @report, @entry)
			order by c.since, c.kind, c.id, c.entry
			limit @limit`,
			pgx.NamedArgs{"kind": Kind, "unconfirmed": unconfirmed, "since": since, "of": of, "report": report, "entry": entry, "limit": p.Limit + 1})
		if err != nil {
			return fmt.Errorf("list what waits for moderators: %w", err)
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Case, error) {
			var c Case
			err := row.Scan(&c.Of, &c.Report, &c.Entry, &c.Reasons, &c.Count, &c.Since, &c.Title, &c.Category)
			return c, err
		})
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if len(list) > p.Limit {
		list = list[:p.Limit]
		last := list[p.Limit-1]
		next = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d.%d.%s", last.Since.UnixMicro(), last.Report, last.Entry, last.Of))
	}
	return list, next, nil
}

// File is what moderators see of a report: with what is taken away from others, and without who filed it.
type File struct {
	Report    Report
	Doubts    []Doubt // why it is pending; none: it is not
	Flags     []follow.Flag
	Timeline  []Update // the redacted entries with their text; those for staff only to who works on the report
	Decisions []Decision
}

// Case gives the file of a report, flagged or not. It fails with Forbidden for who is no moderator.
func (r *Register) Case(ctx context.Context, actor account.Actor, id int64) (f File, err error) {
	if !actor.Has(account.RoleModerator) {
		return f, fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		if f.Report, err = get(ctx, tx, actor, id); err != nil {
			return err
		}
		if f.Flags, err = follow.OpenFlags(ctx, tx, Kind, id); err != nil {
			return err
		}
		args := pgx.NamedArgs{"kind": Kind, "id": id}
		rows, _ := tx.Query(ctx, `select unnest(reasons) from quarantine where report_id = @id and ended_at is null`, args)
		if f.Doubts, err = pgx.CollectRows(rows, pgx.RowTo[Doubt]); err != nil {
			return fmt.Errorf("read why report %d is pending: %w", id, err)
		}
		if f.Timeline, err = timeline(ctx, tx, actor, id, actor.Handles(f.Report.Service, f.Report.Category, f.Report.Zones), true); err != nil {
			return err
		}
		rows, _ = tx.Query(ctx, `select `+decisionColumns+` from decision d where d.kind = @kind and d.item_id = @id order by d.created_at, d.id`, args)
		if f.Decisions, err = pgx.CollectRows(rows, decisionRow); err != nil {
			return fmt.Errorf("read the decisions about report %d: %w", id, err)
		}
		return nil
	})
	return f, err
}
