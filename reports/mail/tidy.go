package mail

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"quartier/reports/store"
)

// keptFor is how long mails that were sent, or failed, are kept for administrators to look up.
const keptFor = 90 * 24 * time.Hour

// tidyArgs ask to tidy the outbox.
type tidyArgs struct{}

func (tidyArgs) Kind() string { return "mail_tidy" }

// tidying keeps no text longer than it is of use.
type tidying struct {
	river.WorkerDefaults[tidyArgs]
	db  *store.DB
	now func() time.Time
}

// tidySteps are what tidying does, in this order.
var tidySteps = []struct{ what, query string }{
	{"end mails that have expired", `
		update mail set failed_at = @now, reason = @expired
		where sent_at is null and failed_at is null and expires_at <= @now`},
	// The job was given up by an administrator, or its node died at the last attempt.
	{"end mails whose job is over", `
		update mail m set failed_at = @now, reason = coalesce(m.reason, @no_job)
		where m.sent_at is null and m.failed_at is null
		  and not exists (select from river_job j where j.kind = @kind and j.args @> jsonb_build_object('mail', m.id) and j.finalized_at is null)`},
	{"forget what lets somebody in", `
		update mail set body = ''
		where secret and body <> '' and expires_at <= @now`},
	{"remove what is done", `
		delete from mail
		where (sent_at is not null or failed_at is not null) and (forget or coalesce(sent_at, failed_at) < @old)`},
	{"forget addresses that were none", `delete from mail_refused where at < @long_ago`},
}

// Work tidies once.
func (w *tidying) Work(ctx context.Context, _ *river.Job[tidyArgs]) error {
	for _, step := range tidySteps {
		if _, err := w.db.Exec(ctx, step.query, tidyingAt(w.now())); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

func tidyingAt(now time.Time) pgx.NamedArgs {
	return pgx.NamedArgs{"now": now, "old": now.Add(-keptFor), "long_ago": now.Add(-refusedFor), "expired": reasonExpired, "no_job": reasonNoJob, "kind": sendArgs{}.Kind()}
}
