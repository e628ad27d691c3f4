package mail

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

// node starts a node that sends mails until the test ends.
func node(t *testing.T, db *store.DB, s *Server) {
	t.Helper()
	jobs := store.NewJobs()
	Work(jobs, db, s, nil)
	if err := jobs.Start(db, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = jobs.Stop(ctx)
	})
}

// await waits until a query answers true.
func await(t *testing.T, db *store.DB, query string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	for {
		var yes bool
		if err := db.QueryRow(ctx, query).Scan(&yes); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		if yes {
			return
		}
	}
}

var greeting = Message{To: "jeanne@example.org", Subject: "Bonjour", Text: "Bonjour.\n", Purpose: "answer"}

// A mail that the server puts off is offered again as the same mail, and taken once.
func TestRetries(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	var offers atomic.Int32
	o := &office{data: func(string) error {
		if offers.Add(1) <= 2 {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
		}
		return nil
	}}
	o.open(t, nil, false)
	node(t, db, at(t, o, "smtp://localhost:PORT"))
	if err := mailed(t, db, greeting); err != nil {
		t.Fatal(err)
	}
	await(t, db, `select coalesce(bool_or(reason = 'DATA: 451 4.7.1'), false) from mail`)
	// The pauses between attempts are River's.
	go func() {
		for t.Context().Err() == nil {
			_, _ = db.Exec(t.Context(), `update river_job set scheduled_at = now(), state = 'available' where state = 'retryable'`)
		}
	}()
	await(t, db, `select bool_and(sent_at is not null and reason is null and attempts = 3) from mail`)
	ids := o.offered()
	if len(ids) != 3 || ids[0] != ids[1] || ids[1] != ids[2] || ids[0] == "" || len(o.mails()) != 1 {
		t.Errorf("offered as %v, taken %d times", ids, len(o.mails()))
	}
	if n := count(t, db, `select count(*) from river_job where kind = 'mail_send' and state = 'completed'`); n != 1 {
		t.Error("its job is not done")
	}
}

// What is refused for good is over at once; the reason is kept, with the mail and with its job, and names nobody.
func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	o := &office{rcpt: func(to string) error {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: to + " is unknown"}
	}}
	o.open(t, nil, false)
	node(t, db, at(t, o, "smtp://localhost:PORT"))
	if err := mailed(t, db, greeting); err != nil {
		t.Fatal(err)
	}
	await(t, db, `select bool_and(failed_at is not null and attempts = 1 and reason = 'RCPT TO: 550 5.1.1') from mail`)
	await(t, db, `select bool_and(state = 'cancelled') from river_job where kind = 'mail_send'`)
	if n := count(t, db, `select count(*) from river_job where to_jsonb(river_job)::text ilike '%jeanne%' or to_jsonb(river_job)::text ilike '%bonjour%'`); n != 0 {
		t.Error("the job tells of the mail what only the outbox may")
	}
}

// The text that lets somebody in is forgotten when it was sent.
func TestSecretIsForgotten(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	o := &office{}
	o.open(t, nil, false)
	node(t, db, at(t, o, "smtp://localhost:PORT"))
	secret := greeting
	secret.Secret, secret.Expires, secret.Text = true, time.Now().Add(time.Hour), "https://ville.example/in/abc\n"
	if err := mailed(t, db, secret); err != nil {
		t.Fatal(err)
	}
	if err := mailed(t, db, greeting); err != nil {
		t.Fatal(err)
	}
	await(t, db, `select bool_and(sent_at is not null) from mail`)
	await(t, db, `select bool_and((body = '') = secret) from mail`)
	if len(o.mails()) != 2 {
		t.Errorf("%d mails arrived", len(o.mails()))
	}
}

// Without a server mails wait, nothing fails, and a node with a server sends them.
func TestWithoutServer(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	node(t, db, nil)
	late := greeting
	late.Expires = time.Now().Add(-time.Second)
	for _, m := range []Message{greeting, late} {
		if err := mailed(t, db, m); err != nil {
			t.Fatal(err)
		}
	}
	await(t, db, `select count(*) = 1 from river_job where kind = 'mail_tidy' and state = 'completed'`)
	await(t, db, `select bool_and(state = 'available' and errors is null) from river_job where kind = 'mail_send'`)
	o := &office{}
	o.open(t, nil, false)
	node(t, db, at(t, o, "smtp://localhost:PORT"))
	await(t, db, `select count(*) filter (where sent_at is not null) = 1 and count(*) filter (where reason = 'expired') = 1 from mail`)
	if len(o.mails()) != 1 {
		t.Errorf("%d mails were sent, one of which was too late", len(o.mails()))
	}
}

// job is a job as River hands it to its worker.
func job(id int64, attempt, most int) *river.Job[sendArgs] {
	return &river.Job[sendArgs]{JobRow: &rivertype.JobRow{Attempt: attempt, MaxAttempts: most}, Args: sendArgs{id}}
}

// After the last attempt the mail has failed, with the reason of that attempt; what was given up meanwhile is not tried.
func TestLastAttempt(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	o := &office{data: func(string) error { return &smtp.SMTPError{Code: 451, Message: "not now"} }}
	o.open(t, nil, false)
	if err := mailed(t, db, greeting); err != nil {
		t.Fatal(err)
	}
	w := &sending{db: db, server: at(t, o, "smtp://localhost:PORT"), now: time.Now}
	for attempt := 1; attempt <= 3; attempt++ {
		if err := w.Work(t.Context(), job(1, attempt, 3)); err == nil {
			t.Fatal("an attempt that was refused counts as done")
		}
		want := 0
		if attempt == 3 {
			want = 1
		}
		if n := count(t, db, `select count(*) from mail where failed_at is not null`); n != want {
			t.Errorf("after attempt %d: %d mails have failed", attempt, n)
		}
	}
	if err := w.Work(t.Context(), job(1, 1, 3)); err != nil || len(o.offered()) != 3 {
		t.Errorf("a mail that has failed was offered again: %d times, %v", len(o.offered()), err)
	}
	if err := w.Work(t.Context(), job(99, 1, 3)); err != nil {
		t.Errorf("a mail that was deleted: %v", err)
	}
}

// A node that dies while the server takes the mail loses nothing: another sends it again, as the same mail.
func TestNodeKilledHalfWay(t *testing.T) {
	if url := os.Getenv("MAIL_TEST_DATABASE"); url != "" { // the node that will be killed
		db, err := store.Open(t.Context(), store.Options{URL: url, MaxConns: 8})
		if err != nil {
			t.Fatal(err)
		}
		node(t, db, at(t, &office{address: os.Getenv("MAIL_TEST_OFFICE")}, "smtp://localhost:PORT"))
		<-t.Context().Done()
		select {}
	}
	t.Parallel()
	url := storetest.URL(t)
	db, err := store.Open(t.Context(), store.Options{URL: url, MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	offered, dead := make(chan struct{}), make(chan struct{})
	var offers atomic.Int32
	o := &office{data: func(string) error {
		if offers.Add(1) == 1 {
			close(offered)
			<-dead
		}
		return nil
	}}
	o.open(t, nil, false)
	if err := mailed(t, db, greeting); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestNodeKilledHalfWay$")
	child.Env = append(os.Environ(), "MAIL_TEST_DATABASE="+url, "MAIL_TEST_OFFICE="+o.address)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	<-offered
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	close(dead)
	if n := count(t, db, `select count(*) from mail where sent_at is null and failed_at is null and body <> ''`); n != 1 {
		t.Fatal("the mail does not wait any more")
	}
	// As if time had passed: the dead node leads no more, and its job counts as stuck.
	if _, err := db.Exec(t.Context(), `delete from river_leader`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `update river_job set attempted_at = attempted_at - interval '1 hour' where state = 'running'`); err != nil {
		t.Fatal(err)
	}
	node(t, db, at(t, o, "smtp://localhost:PORT"))
	await(t, db, `select bool_and(sent_at is not null and attempts = 2) from mail`)
	if ids := o.offered(); len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("offered as %v", ids)
	}
}

func TestTidy(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	now := time.Now()
	for range 7 {
		if err := mailed(t, db, greeting); err != nil {
			t.Fatal(err)
		}
	}
	_, err := db.Exec(t.Context(), `
		update mail set expires_at = @past, secret = true where id = 2;
		update river_job set state = 'discarded', finalized_at = now() where args->>'mail' = '3';
		update mail set sent_at = @past where id = 4;
		update mail set sent_at = @old where id = 5;
		update mail set failed_at = @old, reason = 'x' where id = 6;
		update mail set failed_at = @past, reason = 'x', secret = true, expires_at = @past where id = 7`,
		pgx.QueryExecModeSimpleProtocol,
		pgx.NamedArgs{"past": now.Add(-time.Minute), "old": now.Add(-keptFor - time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if err := (&tidying{db: db, now: func() time.Time { return now }}).Work(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(t.Context(), `
		select concat_ws(' ', id, case when sent_at is not null then 'sent' when failed_at is not null then 'failed' else 'waits' end, reason,
		                 case when body = '' then 'forgotten' end)
		from mail order by id`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1 waits", "2 failed expired forgotten", "3 failed no_job", "4 sent", "7 failed x forgotten"}
	if len(got) != len(want) {
		t.Fatalf("left: %q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
}

// The last mail to somebody who was erased leaves the outbox as soon as it was sent, or is of no use any more.
func TestForgottenMail(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	last := greeting
	last.Forget = true
	if err := mailed(t, db, last); err == nil {
		t.Error("a mail without an end is to be forgotten")
	}
	last.Expires = time.Now().Add(time.Hour)
	late := last
	late.To, late.Expires = "luc@example.org", time.Now().Add(-time.Second)
	for _, m := range []Message{last, late, greeting} {
		if err := mailed(t, db, m); err != nil {
			t.Fatal(err)
		}
	}
	o := &office{}
	o.open(t, nil, false)
	node(t, db, at(t, o, "smtp://localhost:PORT"))
	await(t, db, `select count(*) = 1 and bool_and(sent_at is not null and not forget) from mail where recipient = 'jeanne@example.org'`)
	await(t, db, `select count(*) = 0 from mail where recipient = 'luc@example.org' and failed_at is null`)
	if err := (&tidying{db: db, now: time.Now}).Work(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `select count(*) from mail where forget`); n != 0 || len(o.mails()) != 2 {
		t.Errorf("%d mails that are to be forgotten are left, %d were sent", n, len(o.mails()))
	}
}

// A mail that is worded anew says at each attempt what it is to say then; one that has nothing to say any more is gone, and what nobody words anew is not sent.
func TestWordedAnew(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	o := &office{}
	o.open(t, nil, false)
	var id int64
	try := func(renew Renew) error {
		w := &sending{db: db, server: at(t, o, "smtp://localhost:PORT"), renew: renew, now: time.Now}
		return w.Work(t.Context(), &river.Job[sendArgs]{JobRow: &rivertype.JobRow{ID: 1, Attempt: 1, MaxAttempts: attempts}, Args: sendArgs{Mail: id}})
	}
	posted := func() {
		t.Helper()
		err := db.Write(t.Context(), func(tx pgx.Tx) (err error) {
			id, err = PostRenewed(t.Context(), tx, greeting)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	posted()
	if err := try(nil); err == nil || len(o.mails()) != 0 {
		t.Errorf("sent as it was: %v", err)
	}
	said := func(context.Context, pgx.Tx, int64, string) (*Message, error) {
		return &Message{To: "jeanne@example.net", Subject: "Bon\nsoir", Text: "Bonsoir.\n", Thread: "report-1"}, nil
	}
	_ = try(said) // there is no such job to complete
	if m := o.mails(); len(m) != 1 || m[0].to != "jeanne@example.net" || m[0].Header.Get("Subject") != "Bon soir" || m[0].Header.Get("References") == "" {
		t.Errorf("%d mails came", len(m))
	}
	if n := count(t, db, `select count(*) from mail where recipient = 'jeanne@example.net' and body = 'Bonsoir.' || chr(10)`); n != 1 {
		t.Error("the outbox says something else")
	}
	posted()
	if err := try(func(context.Context, pgx.Tx, int64, string) (*Message, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `select count(*) from mail where id = $1`, id); n != 0 || len(o.mails()) != 1 {
		t.Errorf("%d mails came", len(o.mails()))
	}
}
