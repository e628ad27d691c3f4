package reports

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/mail"
	"quartier/reports/setting"
	"quartier/reports/store"
)

// ReopenFor is for how long after it was resolved a "no" to "is it fixed?" reopens a report.
const ReopenFor = 30 * 24 * time.Hour

// MaxFeedback is the most characters of a word with an answer.
const MaxFeedback = 1000

// Feedback is what somebody says of how a report ended.
type Feedback struct {
	Fixed *bool // nil: did not say
	Score int   // 1 not content, 2 so-so, 3 content; 0: did not say
	Words string
}

// Outcome is what who filed or follows a report is asked after its end.
type Outcome struct {
	Report   Report
	Mine     Feedback
	Closed   time.Time
	MayAsk   bool // it is resolved: "is it fixed?" is a question
	MayScore bool // something was done about it
	Reopens  bool // a "no" reopens it
}

// Contentment counts answers.
type Contentment struct{ Fixed, NotFixed, Low, Middle, High int }

// concernedSQL is the condition that who acts filed the report r, or follows it.
const concernedSQL = `(` + filedSQL + ` or exists (
	select from follow f
	where f.kind = @kind and f.item_id = r.id and (f.person_id = nullif(@person::bigint, 0) or f.device_sha256 = @device::bytea)))`

// mineSQL is the condition on rows of feedback that they are of who acts.
const mineSQL = `kind = @kind and item_id = @id and (person_id = nullif(@person::bigint, 0) or @person::bigint = 0 and device_sha256 = @device::bytea)`

// Outcome gives what who filed or follows a report may say of it. It fails with NotFound for a report that the actor does not see, and for who neither
// filed nor follows it: strangers reopen nothing.
func (r *Register) Outcome(ctx context.Context, by By, id int64) (o Outcome, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		o, err = r.outcome(ctx, tx, by, id)
		return err
	})
	return o, err
}

func (r *Register) outcome(ctx context.Context, tx pgx.Tx, by By, id int64) (o Outcome, err error) {
	if o.Report, err = get(ctx, tx, by.Actor, id); err != nil {
		return o, err
	}
	args := by.args(pgx.NamedArgs{"kind": Kind, "id": id}, r.Now())
	args["since"] = time.Unix(0, 0)
	var concerned bool
	if err := tx.QueryRow(ctx, `select exists (select from report r where r.id = @id and `+concernedSQL+`)`, args).Scan(&concerned); err != nil {
		return o, fmt.Errorf("find who asks about report %d: %w", id, err)
	}
	if !concerned {
		return o, fault.New(fault.NotFound, "error.fixed.stranger", nil)
	}
	err = tx.QueryRow(ctx, `select fixed, coalesce(score, 0), words from feedback where `+mineSQL, args).Scan(&o.Mine.Fixed, &o.Mine.Score, &o.Mine.Words)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return o, fmt.Errorf("read what somebody said of report %d: %w", id, err)
	}
	o.Closed = o.Report.ClosedAt
	o.MayAsk = o.Report.Status == "resolved"
	o.MayScore = o.MayAsk || slices.Contains([]string{"rejected", "referred", "reopened"}, o.Report.Status) || o.Mine.Fixed != nil
	o.Reopens = o.MayAsk && !o.Closed.IsZero() && r.Now().Sub(o.Closed) < ReopenFor
	return o, nil
}

// Tell takes what somebody says of how a report ended; again replaces it. A "no" soon enough after the end reopens the report, with the word as its public reason, and
// reaches the service by its mailbox. Site is the address of our pages; doubts are why the word is not to be public at once.
func (r *Register) Tell(ctx context.Context, by By, id int64, f Feedback, doubts []Doubt, site string) (token store.Token, reopened bool, err error) {
	if by.Actor.ReadOnly {
		return token, false, fault.New(fault.Forbidden, "error.read_only", nil)
	}
	var check fault.Check
	f.Words = check.Text("words", f.Words, MaxFeedback, true)
	if f.Fixed == nil && f.Score == 0 {
		check.Add("score", "error.required", nil)
	}
	if f.Score < 0 || f.Score > 3 {
		check.Add("score", "error.choice", nil)
	}
	if err := check.Err(); err != nil {
		return token, false, err
	}
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		if err := account.Present(ctx, tx, by.Actor.Person); err != nil {
			return err
		}
		if err := lockWhole(ctx, tx, id); err != nil {
			return err
		}
		o, err := r.outcome(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if f.Fixed != nil && !o.MayAsk || f.Score != 0 && !o.MayScore {
			return fault.New(fault.Conflict, "error.fixed.state", fault.Args{"status": language.Key("status." + o.Report.Status)})
		}
		now := r.Now().UTC().Truncate(time.Microsecond)
		if err := keepFeedback(ctx, tx, by, id, f, now); err != nil {
			return err
		}
		if reopened = f.Fixed != nil && !*f.Fixed && o.Reopens; reopened {
			if err := by.move(ctx, tx, id, entry{from: "resolved", to: "reopened", body: f.Words}, doubts, now); err != nil {
				return err
			}
			if err := tellService(ctx, tx, o.Report, site); err != nil {
				return err
			}
		}
		token, err = store.CurrentToken(ctx, tx)
		return err
	})
	return token, reopened, err
}

// keepFeedback stores an answer in the place of the one before; what it does not say stays.
func keepFeedback(ctx context.Context, tx pgx.Tx, by By, id int64, f Feedback, now time.Time) error {
	args := pgx.NamedArgs{"kind": Kind, "id": id, "person": by.Actor.Person, "device": by.Device, "fixed": f.Fixed, "score": f.Score, "words": f.Words, "now": now}
	if by.Actor.Person != 0 {
		if err := adoptFeedback(ctx, tx, by.Actor.Person, by.Device, id); err != nil {
			return err
		}
	}
	done, err := tx.Exec(ctx, `
		update feedback
		set fixed = coalesce(@fixed, fixed), score = coalesce(nullif(@score::smallint, 0), score), words = coalesce(nullif(@words, ''), words), updated_at = @now
		where `+mineSQL, args)
	if err == nil && done.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, `
			insert into feedback (kind, item_id, person_id, device_sha256, fixed, score, words, created_at, updated_at)
			values (@kind, @id, nullif(@person::bigint, 0), case when @person::bigint = 0 then @device::bytea end, @fixed, nullif(@score::smallint, 0), @words, @now, @now)`, args)
	}
	if err != nil {
		return fmt.Errorf("keep what somebody says of report %d: %w", id, err)
	}
	return nil
}

// adoptFeedback makes what a browser answered about a report (0: about any) the person's whose browser it is. Where both have answered they count once: what was
// said last, and of what that does not say what was said before.
func adoptFeedback(ctx context.Context, tx pgx.Tx, person int64, device []byte, id int64) error {
	_, err := tx.Exec(ctx, `
		with browser as (delete from feedback where kind = @kind and device_sha256 = @device::bytea and (@id::bigint = 0 or item_id = @id) returning *)
		insert into feedback as f (kind, item_id, person_id, fixed, score, words, created_at, updated_at)
		select kind, item_id, @person, fixed, score, words, created_at, updated_at from browser
		on conflict (kind, item_id, person_id) where person_id is not null do update
		set fixed = case when excluded.updated_at > f.updated_at then coalesce(excluded.fixed, f.fixed) else coalesce(f.fixed, excluded.fixed) end,
		    score = case when excluded.updated_at > f.updated_at then coalesce(excluded.score, f.score) else coalesce(f.score, excluded.score) end,
		    words = case when f.words = '' or excluded.words <> '' and excluded.updated_at > f.updated_at then excluded.words else f.words end,
		    created_at = least(f.created_at, excluded.created_at), updated_at = greatest(f.updated_at, excluded.updated_at)`,
		pgx.NamedArgs{"kind": Kind, "id": id, "person": person, "device": device})
	if err != nil {
		return fmt.Errorf("give person %d what a browser said of reports: %w", person, err)
	}
	return nil
}

// tellService writes to the mailbox of the service that a report which it had resolved is open again. What was said stands on the report's page, under its rules.
func tellService(ctx context.Context, tx pgx.Tx, one Report, site string) error {
	var to string
	err := tx.QueryRow(ctx, `select coalesce((select email from service where id = @service), '')`, pgx.NamedArgs{"service": one.Service}).Scan(&to)
	if err != nil {
		return fmt.Errorf("find the mailbox of a service: %w", err)
	}
	if to == "" || site == "" {
		return nil
	}
	town, err := setting.Load(ctx, tx)
	if err != nil {
		return err
	}
	say := writer(nil)
	args := map[string]any{"id": fmt.Sprint(one.ID), "town": townOf(town), "link": fmt.Sprintf("%s/reports/%d", site, one.ID)}
	return mail.Post(ctx, tx, mail.Message{To: to, Subject: say.Say("life.mail.reopened.subject", args), Text: say.Say("life.mail.reopened", args), Purpose: "reopened"})
}

// Contentment counts what people said of how a report ended. Who asks has been given the report.
func (r *Register) Contentment(ctx context.Context, id int64) (n Contentment, err error) {
	err = r.DB.QueryRow(ctx, `
		select count(*) filter (where fixed), count(*) filter (where not fixed),
		       count(*) filter (where score = 1), count(*) filter (where score = 2), count(*) filter (where score = 3)
		from feedback where kind = @kind and item_id = @id`, pgx.NamedArgs{"kind": Kind, "id": id}).Scan(&n.Fixed, &n.NotFixed, &n.Low, &n.Middle, &n.High)
	if err != nil {
		return n, store.Explain(fmt.Errorf("count what people say of report %d: %w", id, err))
	}
	return n, nil
}
