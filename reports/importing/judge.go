package importing

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// judge finds what one row cannot know: numbers that the file repeats, and slugs that we do not have.
func (j *job) judge(ctx context.Context) error {
	return j.db.WriteOn(ctx, j.conn, func(tx pgx.Tx) error {
		if j.o.Mapping.ID == nil {
			// Rows without numbers are told apart by what they say and how often it was said before.
			_, err := tx.Exec(ctx, `
				update import_row i
				set external_id = left(encode(i.digest, 'hex'), 32) || '-' || n.nth
				from (select nth as row, row_number() over (partition by digest order by nth) as nth from import_row where verdict is null) n
				where n.row = i.nth`)
			if err != nil {
				return fmt.Errorf("number the rows: %w", err)
			}
		}
		_, err := tx.Exec(ctx, `
			with repeated as (
			  select external_id from import_row where verdict is null group by external_id having count(*) > 1
			), judged as (
			  select nth, row_number() over numbered as occurrence, digest = first_value(digest) over numbered as same,
			         first_value(line) over numbered as line
			  from import_row join repeated using (external_id)
			  where verdict is null
			  window numbered as (partition by external_id order by nth)
			)
			update import_row i
			set verdict = case when same then 'twice' else 'refused' end,
			    reason = case when not same then @repeated end,
			    detail = i.external_id || ' (' || judged.line || ')'
			from judged
			where judged.nth = i.nth and occurrence > 1`, pgx.NamedArgs{"repeated": string(reasonRepeated)})
		if err != nil {
			return fmt.Errorf("look for repeated numbers: %w", err)
		}
		strangers, err := j.parser.categories.strangers(ctx, tx)
		if err != nil {
			return err
		}
		for _, kind := range strangers {
			_, err := tx.Exec(ctx, `
				update import_row set verdict = 'refused', reason = @category, detail = @slug where kind = @kind and verdict is null`,
				pgx.NamedArgs{"category": string(reasonCategory), "slug": j.parser.categories.kinds[kind].slug, "kind": kind})
			if err != nil {
				return fmt.Errorf("refuse unknown categories: %w", err)
			}
		}
		return nil
	})
}

// compare compares the rows with the reports that are known, and counts.
func (j *job) compare(ctx context.Context) error {
	_, err := j.conn.Exec(ctx, `
		update import_row i
		set verdict = case when r.import_id = @import then 'moved' when r.filing_sha256 = i.digest then 'known' else 'refused' end,
		    reason = case when r.import_id is distinct from @import and r.filing_sha256 is distinct from i.digest then @known end,
		    detail = i.external_id || ' (' || r.id || ')'
		from report r
		where r.source = @source and r.external_id = i.external_id and i.verdict is null`,
		pgx.NamedArgs{"source": j.source, "import": j.summary.Import, "known": string(reasonKnown)})
	if err != nil {
		return fmt.Errorf("look for known numbers: %w", err)
	}
	rows, err := j.conn.Query(ctx, `select coalesce(verdict, ''), coalesce(reason, ''), count(*) from import_row group by 1, 2`)
	if err != nil {
		return fmt.Errorf("count the rows: %w", err)
	}
	var verdict, reason string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&verdict, &reason, &n}, func() error {
		switch verdict {
		case verdictMoved:
			j.summary.Taken += n
		case verdictKnown:
			j.summary.Known += n
		case verdictTwice:
			j.summary.Twice += n
		case verdictSkip:
			j.summary.Skipped += n
		case verdictRefused:
			j.summary.Refused += n
			if j.summary.Reasons == nil {
				j.summary.Reasons = map[string]int64{}
			}
			j.summary.Reasons[reason] += n
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("count the rows: %w", err)
	}
	return nil
}
