package reports

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/setting"
	"quartier/reports/store"
)

// Retention removes personal data when its time is over: each kind by its rule, in batches that each commit, so that it can be broken off anywhere and the
// next run goes on. What a run would remove can be looked at before.
type Retention struct {
	Register *Register
	People   *account.Directory
}

// Bounds of one run.
const (
	// retainBatch is how many rows one transaction removes.
	retainBatch = 200
	// retainAtMost is how long one run takes; what is left is for the next one, at once. The queue takes a job of more than five minutes for lost.
	retainAtMost = 3 * time.Minute
)

// Due is what a run would remove of one kind.
type Due struct {
	Kind   string
	Before time.Time // what ended before this goes
	Count  int64
	Oldest time.Time // when the oldest of them ended; zero: there is none
}

// expiries are all kinds, in the order in which they go.
func (r *Retention) expiries() []account.Expiry {
	yearsAgo := func(now time.Time, years int) time.Time { return now.AddDate(-years, 0, 0) }
	return append(r.People.Expiries(),
		// What is pending for years nobody will ever open: the address was never confirmed, and may be somebody else's.
		account.Expiry{Kind: "contacts", Before: yearsAgo,
			From:  "report_contact c join report r on r.id = c.report_id",
			Where: `r.status in ('pending', 'resolved', 'rejected', 'duplicate', 'referred', 'withdrawn') and coalesce(r.closed_at, r.updated_at) < @before`,
			Since: "coalesce(r.closed_at, r.updated_at)", Row: "c.report_id", Remove: anonymise},
		account.Expiry{Kind: "devices", Before: func(now time.Time, _ int) time.Time { return now.AddDate(0, 0, -1) },
			From: "report_device x", Where: "x.created_at < @before", Since: "x.created_at"},
		account.Expiry{Kind: "flags", Before: yearsAgo,
			From: "flag x join decision d on d.id = x.decision_id", Where: "d.created_at < @before", Since: "d.created_at"})
}

// plan gives when what is due must have ended, kind by kind.
func plan(list []account.Expiry, now time.Time, years int) []Due {
	dues := make([]Due, len(list))
	for i, e := range list {
		dues[i] = Due{Kind: e.Kind, Before: e.Before(now, years)}
	}
	return dues
}

// Preview tells what a run would remove now, for administrators.
func (r *Retention) Preview(ctx context.Context, actor account.Actor) (dues []Due, years int, err error) {
	if !actor.Has(account.RoleAdministrator) {
		return nil, 0, fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	err = r.Register.DB.Read(ctx, func(tx pgx.Tx) error {
		settings, err := setting.Load(ctx, tx)
		if err != nil {
			return err
		}
		list, now := r.expiries(), r.Register.Now()
		dues, years = plan(list, now, settings.RetentionYears), settings.RetentionYears
		for i, e := range list {
			var oldest *time.Time
			err := tx.QueryRow(ctx, `select count(*), min(`+e.Since+`) from `+e.From+` where `+e.Where,
				pgx.NamedArgs{"before": dues[i].Before, "now": now}).Scan(&dues[i].Count, &oldest)
			if err != nil {
				return fmt.Errorf("count what is due of %s: %w", e.Kind, err)
			}
			if oldest != nil {
				dues[i].Oldest = *oldest
			}
		}
		return nil
	})
	return dues, years, err
}

// run removes what is due. It tells whether everything is done; if not, its time was over.
func (r *Retention) run(ctx context.Context) (done bool, err error) {
	settings, err := setting.Read(ctx, r.Register.DB)
	if err != nil {
		return false, err
	}
	now, began := r.Register.Now(), time.Now()
	list := r.expiries()
	var failed []error
	for i, due := range plan(list, now, settings.RetentionYears) {
		for more := true; more; {
			if time.Since(began) > retainAtMost {
				return false, errors.Join(failed...)
			}
			n, err := r.remove(ctx, list[i], due.Before, now)
			if ctx.Err() != nil {
				return false, ctx.Err()
			}
			if err != nil { // one kind that cannot go keeps none of the others
				failed = append(failed, err)
			}
			more = err == nil && n == retainBatch
		}
	}
	return true, errors.Join(failed...)
}

// remove removes one batch of a kind. Rows that somebody works on are left for another time.
func (r *Retention) remove(ctx context.Context, e account.Expiry, before, now time.Time) (n int, err error) {
	args := pgx.NamedArgs{"before": before, "now": now, "most": retainBatch}
	table, alias, _ := strings.Cut(e.From, " ")
	alias, _, _ = strings.Cut(alias, " ")
	err = r.Register.DB.Write(ctx, func(tx pgx.Tx) error {
		if e.Remove == nil {
			tag, err := tx.Exec(ctx, `
				delete from `+table+` where ctid = any(array(
				  select `+alias+`.ctid from `+e.From+` where `+e.Where+` limit @most for update of `+alias+` skip locked))`, args)
			n = int(tag.RowsAffected())
			return err
		}
		rows, err := tx.Query(ctx, `
			select `+e.Row+` from `+e.From+` where `+e.Where+` order by `+e.Since+`, 1 limit @most for update of `+alias+` skip locked`, args)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := e.Remove(ctx, tx, id); err != nil {
				return err
			}
		}
		n = len(ids)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("remove what is due of %s: %w", e.Kind, err)
	}
	return n, nil
}

// retainEvery is how often what is over is removed.
const retainEvery = 24 * time.Hour

// Work registers the daily run.
func (r *Retention) Work(jobs *store.Jobs) {
	store.Work(jobs, &retaining{retention: r})
	jobs.Every(retainEvery, RetentionArgs{})
}

// RetentionArgs name the run that is due each day.
type RetentionArgs struct{}

// Kind implements river.JobArgs.
func (RetentionArgs) Kind() string { return "retention" }

// retaining runs it.
type retaining struct {
	river.WorkerDefaults[RetentionArgs]
	retention *Retention
}

// Timeout implements river.Worker.
func (w *retaining) Timeout(*river.Job[RetentionArgs]) time.Duration {
	return retainAtMost + time.Minute
}

// Work implements river.Worker.
func (w *retaining) Work(ctx context.Context, _ *river.Job[RetentionArgs]) error {
	done, err := w.retention.run(ctx)
	if err == nil && !done {
		return river.JobSnooze(time.Second)
	}
	return err
}
