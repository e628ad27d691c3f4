package mail

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store/storetest"
)

// However many mails were sent, the pages of the outbox and its tidying read but what they show or change.
func TestIndexesServe(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	_, err := db.Exec(t.Context(), `
		insert into mail (purpose, recipient, subject, body, created_at, sent_at, failed_at, reason)
		select 'answer', md5(n::text) || '@example.org', 'Bonjour', 'Bonjour.', now(), case when n % 50 > 1 then now() end,
		       case when n % 50 = 1 then now() end, case when n % 50 = 1 then 'x' end
		from generate_series(1, 20000) n;
		insert into river_job (max_attempts, kind, queue, args, state, finalized_at)
		select 16, 'mail_send', 'mail', jsonb_build_object('mail', id), case when sent_at is null then 'available' else 'completed' end::river_job_state, sent_at
		from mail where failed_at is null;
		analyze mail, river_job`)
	if err != nil {
		t.Fatal(err)
	}
	type question struct {
		name, query string
		args        pgx.NamedArgs
	}
	var questions []question
	for _, f := range []Filter{{State: StateWaiting}, {State: StateFailed}, {State: StateSent}, {State: StateSent, Before: 9000}, {State: StateSent, To: "4711ab"},
		{State: StateFailed, To: "4711ab"}} {
		f.Limit = 51
		query, args := f.query()
		questions = append(questions, question{string(f.State) + " " + f.To, query, args})
	}
	for _, step := range tidySteps {
		questions = append(questions, question{step.what, step.query, tidyingAt(time.Now())})
	}
	for _, q := range questions {
		rows, err := db.Query(t.Context(), "explain "+q.query, q.args)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		if plan := strings.Join(lines, "\n"); strings.Contains(plan, "Seq Scan") {
			t.Errorf("%s reads all there is:\n%s", q.name, plan)
		}
	}
}
