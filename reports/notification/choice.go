package notification

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/mail"
	"quartier/reports/store"
)

// Desk is what a person is shown of how they are told.
type Desk struct {
	Choice   Choice
	Refused  time.Time // when the mail server said that the person's address is none; zero: it did not
	Browsers []Browser
	Told     []Told
	Waiting  int // notices that wait for their hour
}

// Told is what a person was told.
type Told struct {
	Report  int64
	Title   string
	Kind    string // type of the entry
	To      string // the state that it was moved to
	Channel string // mail, push
	At      time.Time
}

// toldShown is how many of the last are shown.
const toldShown = 20

// Desk gives what the actor is shown.
func (n *Notifier) Desk(ctx context.Context, actor account.Actor) (d Desk, err error) {
	err = n.db().Read(ctx, func(tx pgx.Tx) error {
		args := pgx.NamedArgs{"person": actor.Person, "kind": reports.Kind, "shown": toldShown}
		if d.Choice, err = choiceOf(ctx, tx, actor.Person); err != nil {
			return err
		}
		var email string
		err := tx.QueryRow(ctx, `
			select coalesce((select email from person where id = @person), ''),
			       (select count(*) from notice where person_id = @person and told_at is null and dropped_at is null)`, args).Scan(&email, &d.Waiting)
		if err != nil {
			return fmt.Errorf("read what waits of person %d: %w", actor.Person, err)
		}
		if d.Refused, err = mail.Refused(ctx, tx, email); err != nil {
			return err
		}
		if d.Browsers, err = browsersOf(ctx, tx, actor.Person); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select r.id, r.title, t.type, coalesce(t.to_status, ''), n.channel, n.told_at
			from notice n
			join timeline t on t.id = n.entry_id
			join report r on r.id = t.item_id
			where n.person_id = @person and n.told_at is not null and t.kind = @kind and `+account.Actor{Role: account.RoleResident, Person: actor.Person}.OwnSQL("r")+`
			order by n.told_at desc, n.id desc
			limit @shown`, args)
		if err != nil {
			return fmt.Errorf("read what person %d was told: %w", actor.Person, err)
		}
		d.Told, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Told])
		return err
	})
	return d, err
}

func choiceOf(ctx context.Context, tx pgx.Tx, person int64) (Choice, error) {
	c := Usual
	err := tx.QueryRow(ctx, `
		select rhythm, by_mail, by_push, hour, weekday, quiet_from is not null, coalesce(quiet_from, @from), coalesce(quiet_to, @to)
		from notice_choice where person_id = @person`, pgx.NamedArgs{"person": person, "from": Usual.QuietFrom, "to": Usual.QuietTo}).
		Scan(&c.Rhythm, &c.Mail, &c.Push, &c.Hour, &c.Weekday, &c.Quiet, &c.QuietFrom, &c.QuietTo)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return c, fmt.Errorf("read how person %d is told: %w", person, err)
	}
	return c, nil
}

// Choose keeps how the actor wants to be told, from the next notice on. It fails with Invalid for what will not do.
func (n *Notifier) Choose(ctx context.Context, actor account.Actor, c Choice) error {
	if actor.Person == 0 || actor.ReadOnly {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	var check fault.Check
	if !slices.Contains(Rhythms, c.Rhythm) {
		check.Add("rhythm", "error.notice.choice", nil)
	}
	for name, hour := range map[string]int{"hour": c.Hour, "quiet_from": c.QuietFrom, "quiet_to": c.QuietTo} {
		if hour < 0 || hour > 23 {
			check.Add(name, "error.notice.hour", nil)
		}
	}
	if c.Weekday < 1 || c.Weekday > 7 {
		check.Add("weekday", "error.notice.choice", nil)
	}
	if c.Quiet && c.QuietFrom == c.QuietTo {
		check.Add("quiet_to", "error.notice.quiet", nil)
	}
	if err := check.Err(); err != nil {
		return err
	}
	return n.db().Write(ctx, func(tx pgx.Tx) error {
		if err := account.Present(ctx, tx, actor.Person); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			insert into notice_choice (person_id, rhythm, by_mail, by_push, hour, weekday, quiet_from, quiet_to)
			values (@person, @rhythm, @mail, @push, @hour, @weekday, case when @quiet then @from::smallint end, case when @quiet then @to::smallint end)
			on conflict (person_id) do update set rhythm = excluded.rhythm, by_mail = excluded.by_mail, by_push = excluded.by_push, hour = excluded.hour,
				weekday = excluded.weekday, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to`,
			pgx.NamedArgs{"person": actor.Person, "rhythm": c.Rhythm, "mail": c.Mail, "push": c.Push, "hour": c.Hour, "weekday": c.Weekday,
				"quiet": c.Quiet, "from": c.QuietFrom, "to": c.QuietTo})
		if err != nil {
			return fmt.Errorf("keep how person %d is told: %w", actor.Person, err)
		}
		return nil
	})
}

// Refused tells since when the actor's address is known to take no mails; the zero time: it is not.
func (n *Notifier) Refused(ctx context.Context, actor account.Actor) (at time.Time, err error) {
	err = n.db().Read(ctx, func(tx pgx.Tx) error {
		var email string
		if err := tx.QueryRow(ctx, `select coalesce(email, '') from person where id = @person`, pgx.NamedArgs{"person": actor.Person}).Scan(&email); err != nil {
			return fmt.Errorf("read the address of person %d: %w", actor.Person, err)
		}
		at, err = mail.Refused(ctx, tx, email)
		return err
	})
	return at, err
}

// TryAgain has the actor's own address written to again.
func (n *Notifier) TryAgain(ctx context.Context, actor account.Actor) error {
	return n.db().Write(ctx, func(tx pgx.Tx) error {
		var email string
		if err := tx.QueryRow(ctx, `select email from person where id = @person and email is not null`, pgx.NamedArgs{"person": actor.Person}).Scan(&email); err != nil {
			return fmt.Errorf("read the address of person %d: %w", actor.Person, err)
		}
		return mail.TryAgain(ctx, tx, email)
	})
}

// Counts are numbers of notices, for those who watch over the service.
type Counts struct {
	Waiting int           // that wait for their hour, or for their turn
	Overdue time.Duration // of the oldest that is due: since when; 0: none is
	Refused int           // addresses that are none
	Pushes  int           // browsers that take push messages
}

// Count counts.
func (n *Notifier) Count(ctx context.Context) (c Counts, err error) {
	var seconds float64
	err = n.db().QueryRow(ctx, `
		select (select count(*) from notice where told_at is null and dropped_at is null),
		       coalesce((select extract(epoch from @now - min(due_at)) from notice where told_at is null and dropped_at is null and due_at <= @now), 0)::float8,
		       (select count(*) from mail_refused), (select count(*) from push_subscription)`,
		pgx.NamedArgs{"now": n.now()}).Scan(&c.Waiting, &seconds, &c.Refused, &c.Pushes)
	c.Overdue = time.Duration(seconds * float64(time.Second))
	return c, store.Explain(err)
}
