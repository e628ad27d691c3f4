package notification

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/language"
	"quartier/reports/mail"
	"quartier/reports/store"
)

const (
	// gatherEvery is how often what is due is looked for: digests and the ends of quiet hours are told so late at most.
	gatherEvery = time.Minute
	// gatherAtMost is how long one job gathers: at eight in the morning many are due.
	gatherAtMost = 10 * time.Minute
	// mostAtOnce is how many notices one mail may be made of; what is left comes in the next.
	mostAtOnce = 500
	// mostAnHour is how many mails, or pushes, one recipient gets within an hour; what comes then waits and comes together. A flood of reports fills no mailbox.
	mostAnHour = 6
	// keptFor is how long notices and links that end them are kept.
	keptFor = 365 * 24 * time.Hour
	// forgottenAfter is for how long a device may be without pushes before what it follows is forgotten.
	forgottenAfter = 24 * time.Hour
	// mailFor is for how long a mail of notices is worth sending.
	mailFor = 7 * 24 * time.Hour
)

// gatherArgs ask to tell what is due.
type gatherArgs struct{}

func (gatherArgs) Kind() string { return "notice_gather" }

// gathering tells what is due, recipient by recipient.
type gathering struct {
	river.WorkerDefaults[gatherArgs]
	notifier *Notifier
}

// Timeout leaves time for many recipients.
func (w *gathering) Timeout(*river.Job[gatherArgs]) time.Duration { return gatherAtMost }

// Work tells until nothing is due. A recipient of whom it fails is passed over, and tried again by the job's next attempt.
func (w *gathering) Work(ctx context.Context, _ *river.Job[gatherArgs]) error {
	passed, failed := []int64{}, error(nil)
	for {
		lead, err := w.notifier.tellNext(ctx, passed)
		switch {
		case lead == 0:
			return errors.Join(failed, err, w.notifier.tidy(ctx))
		case err != nil:
			passed, failed = append(passed, lead), err
			if len(passed) > mostAtOnce || ctx.Err() != nil {
				return failed
			}
		}
	}
}

// tidy removes what is done with.
func (n *Notifier) tidy(ctx context.Context) error {
	args := pgx.NamedArgs{"before": n.now().Add(-keptFor)}
	_, err := n.db().Exec(ctx, `
		delete from notice where (told_at is not null or dropped_at is not null) and coalesce(told_at, dropped_at) < @before`, args)
	if err == nil {
		_, err = n.db().Exec(ctx, `delete from unsubscribe where created_at < @before`, args)
	}
	if err == nil { // a device that takes pushes no more can be told nothing, and nobody can end what it follows
		args["before"] = n.now().Add(-forgottenAfter)
		_, err = n.db().Exec(ctx, `
			delete from follow f
			where device_sha256 is not null and created_at < @before and not exists (select from push_subscription s where s.device_sha256 = f.device_sha256)`, args)
	}
	if err != nil {
		return fmt.Errorf("tidy the notices: %w", err)
	}
	return nil
}

// tellNext tells one recipient what is due by one channel, and gives a notice of what it took up, so that it can be passed over; 0: nothing is due.
func (n *Notifier) tellNext(ctx context.Context, passed []int64) (lead int64, err error) {
	err = n.db().Write(ctx, func(tx pgx.Tx) error {
		// One at a time: two nodes would make two mails of one recipient's notices.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('notice_gather'))`); err != nil {
			return fmt.Errorf("wait for the turn to tell: %w", err)
		}
		var to recipient
		var device []byte
		var channel string
		now := n.now()
		err := tx.QueryRow(ctx, `
			select id, coalesce(person_id, 0), device_sha256, coalesce(contact_id, 0), channel
			from notice
			where told_at is null and dropped_at is null and due_at <= @now
			  and not exists (select from notice p where p.id = any(@passed) and p.channel = notice.channel
			                  and (p.person_id, p.device_sha256, p.contact_id) is not distinct from (notice.person_id, notice.device_sha256, notice.contact_id))
			order by due_at, id
			limit 1`, pgx.NamedArgs{"now": now, "passed": passed}).Scan(&lead, &to.person, &device, &to.contact, &channel)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("find what is due: %w", err)
		}
		to.device = string(device)
		due, err := dueOf(ctx, tx, to, channel, now)
		if err != nil {
			return err
		}
		if until, err := fullUntil(ctx, tx, to, channel, now); err != nil {
			return err
		} else if !until.IsZero() {
			return wait(ctx, tx, due, until)
		}
		told, posted, err := n.tell(ctx, tx, to, channel, due, now)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update notice
			set told_at = case when id = any(@told) then @now::timestamptz end, dropped_at = case when id = any(@told) then null else @now::timestamptz end,
			    mail_id = case when id = any(@told) then nullif(@mail::bigint, 0) end
			where id = any(@due)`, pgx.NamedArgs{"told": told, "mail": posted, "due": due, "now": now})
		if err != nil {
			return fmt.Errorf("note what was told: %w", err)
		}
		return nil
	})
	return lead, err
}

// dueOf gives the notices of a recipient that are due by a channel.
func dueOf(ctx context.Context, tx pgx.Tx, to recipient, channel string, now time.Time) ([]int64, error) {
	rows, err := tx.Query(ctx, `
		select id from notice
		where `+to.where()+` and channel = @channel and told_at is null and dropped_at is null and due_at <= @now
		order by due_at, id
		limit @most`, to.args(pgx.NamedArgs{"channel": channel, "now": now, "most": mostAtOnce}))
	if err != nil {
		return nil, fmt.Errorf("read what is due: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// fullUntil tells until when a recipient is told no more, having been told mostAnHour times; the zero time: may be told now.
func fullUntil(ctx context.Context, tx pgx.Tx, to recipient, channel string, now time.Time) (until time.Time, err error) {
	err = tx.QueryRow(ctx, `
		select told_at
		from (select distinct told_at from notice
		      where `+to.where()+` and channel = @channel and told_at > @since
		        and (told_at is not null or dropped_at is not null) and coalesce(told_at, dropped_at) > @since) t -- as notice_done has it
		order by told_at desc
		offset @most - 1 limit 1`, to.args(pgx.NamedArgs{"channel": channel, "since": now.Add(-time.Hour), "most": mostAnHour})).Scan(&until)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, fmt.Errorf("count what a recipient was told: %w", err)
	}
	return until.Add(time.Hour), nil
}

// wait has notices told later.
func wait(ctx context.Context, tx pgx.Tx, due []int64, until time.Time) error {
	if _, err := tx.Exec(ctx, `update notice set due_at = @until where id = any(@due)`, pgx.NamedArgs{"due": due, "until": until}); err != nil {
		return fmt.Errorf("have notices wait: %w", err)
	}
	return nil
}

// where is a condition on notices: they are the recipient's.
func (r recipient) where() string {
	switch {
	case r.person != 0:
		return `person_id = @person`
	case r.device != "":
		return `device_sha256 = @device`
	}
	return `contact_id = @contact`
}

func (r recipient) args(more pgx.NamedArgs) pgx.NamedArgs {
	more["person"], more["device"], more["contact"] = r.person, []byte(r.device), r.contact
	return more
}

// tell makes one mail or push of some notices and gives those that went into it, and the number of the mail.
func (n *Notifier) tell(ctx context.Context, tx pgx.Tx, to recipient, channel string, due []int64, now time.Time) (told []int64, posted int64, err error) {
	f, err := read(ctx, tx, to, channel, due)
	if err != nil || len(f.stories) == 0 {
		return nil, 0, err
	}
	if channel == byPush {
		told, err = n.enqueuePushes(ctx, tx, to, f)
		return told, 0, err
	}
	in, err := inboxOf(ctx, tx, to)
	if err != nil || in.address == "" {
		return nil, 0, err
	}
	ends, err := keepStop(ctx, tx, to, f, now)
	if err != nil {
		return nil, 0, err
	}
	m := n.word(in, f, n.Site+StopPath+"?token="+ends)
	m.Purpose, m.Person, m.Expires = "notice", to.person, now.Add(mailFor)
	posted, err = mail.PostRenewed(ctx, tx, m)
	return f.notices, posted, err
}

// word writes a mail of what is to be told, which an address ends.
func (n *Notifier) word(in inbox, f file, ends string) mail.Message {
	l := letter{say: in.language, site: n.Site, city: n.City, town: in.town, stories: f.stories, ends: ends}
	m := l.message()
	m.To, m.Unsubscribe = in.address, ends
	return m
}

// Renew is the mail.Renew of the mails of notices: they say what may be said of their notices now, to whom it may be; the other notices are dropped.
func (n *Notifier) Renew(ctx context.Context, tx pgx.Tx, id int64, ends string) (*mail.Message, error) {
	args := pgx.NamedArgs{"mail": id, "now": n.now()}
	rows, err := tx.Query(ctx, `select id, coalesce(person_id, 0), coalesce(contact_id, 0) from notice where mail_id = @mail order by person_id nulls first, id for update`, args)
	if err != nil {
		return nil, fmt.Errorf("read the notices of the mail %d: %w", id, err)
	}
	var one int64
	var to recipient
	var notices []int64
	_, err = pgx.ForEachRow(rows, []any{&one, &to.person, &to.contact}, func() error { notices = append(notices, one); return nil })
	if err != nil {
		return nil, fmt.Errorf("read the notices of the mail %d: %w", id, err)
	}
	in, err := inboxOf(ctx, tx, to)
	var f file
	if err == nil && in.address != "" {
		f, err = read(ctx, tx, to, byMail, notices)
	}
	if err != nil {
		return nil, err
	}
	args["told"] = f.notices
	_, err = tx.Exec(ctx, `
		update notice set told_at = null, dropped_at = @now, mail_id = null where mail_id = @mail and id <> all(coalesce(@told::bigint[], '{}'))`, args)
	if err != nil {
		return nil, fmt.Errorf("drop notices of the mail %d: %w", id, err)
	}
	if len(f.stories) == 0 {
		return nil, nil
	}
	m := n.word(in, f, ends)
	return &m, nil
}

// file is what some notices say, as the recipient may see it now.
type file struct {
	notices []int64
	follows []int64 // that led to it
	filed   []int64 // reports of the recipient's among it
	stories []story
}

// read reads what notices say; those of what was hidden or redacted, or that nothing leads to any more, are left out.
func read(ctx context.Context, tx pgx.Tx, to recipient, channel string, due []int64) (f file, err error) {
	rows, err := tx.Query(ctx, `
		select n.id, t.id, t.type, coalesce(t.from_status, ''), coalesce(t.to_status, ''), t.body, t.due_at, t.actor_role, t.actor_name, t.created_at,
		       n.filed and c.filed <> '{}', c.filed, w.follows, w.watched, w.called,
		       r.id, coalesce((select o.id from report o where o.id = r.original_id and `+to.actor().OwnSQL("o")+`), 0), r.title, r.address, k.name_fr, k.name_en, r.status, r.lon / 1e7::float8, r.lat / 1e7::float8,
		       -- A picture is loaded by who is not signed in.
		       coalesce((select m.id from media m
		                 where m.kind = t.kind and m.item_id = r.id and m.state = 'ready' and r.visibility = 'public' order by m.position, m.id limit 1), ''),
		       r.visibility = 'public'
		from notice n
		join timeline t on t.id = n.entry_id
		join report r on r.id = t.item_id
		join category k on k.id = r.category_id
		cross join lateral (
			select coalesce(array_agg(c.report_id), '{}') as filed
			from report_contact c
			where c.report_id = any(array(select r.id union all select d.id from report d where d.original_id = r.id)) and c.stopped_at is null
			  and (c.person_id = n.person_id or c.report_id = n.contact_id and c.person_id is null)
		) c
		cross join lateral (
			select coalesce(array_agg(f.id), '{}') as follows, coalesce(bool_or(f.item_id is not null), false) as watched,
			       coalesce(min(f.name) filter (where f.item_id is null and f.name <> ''), '') as called
			from follow f
			where f.id = any(n.follow_ids) and case when @channel = 'mail' then f.by_mail else f.by_push end
		) w
		left join notice_choice h on h.person_id = n.person_id
		where n.id = any(@due) and t.kind = @kind and t.public and t.redacted_at is null
		  and (`+to.actor().OwnSQL("r")+` or r.visibility <> 'hidden' and r.id = n.contact_id)
		  and (n.filed and c.filed <> '{}' or w.follows <> '{}')
		  and case when @channel = 'mail' then coalesce(h.by_mail, true) else coalesce(h.by_push, true) end
		order by t.created_at, t.id`,
		pgx.NamedArgs{"due": due, "kind": reports.Kind, "channel": channel})
	if err != nil {
		return f, fmt.Errorf("read what is to be told: %w", err)
	}
	place := map[int64]int{}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (none struct{}, err error) {
		var one story
		var e entry
		var id int64
		var follows, filed []int64
		var due *time.Time
		err = row.Scan(&id, &e.id, &e.kind, &e.from, &e.to, &e.body, &due, &e.role, &e.by, &e.at, &e.filed, &filed, &follows, &e.watched, &e.around,
			&one.report, &one.original, &one.title, &one.address, &one.category[0], &one.category[1], &one.status, &one.lon, &one.lat, &one.photo, &one.public)
		if err != nil {
			return none, err
		}
		if due != nil {
			e.due = *due
		}
		if e.filed {
			f.filed = append(f.filed, filed...)
		}
		f.notices, f.follows = append(f.notices, id), append(f.follows, follows...)
		i, there := place[one.report]
		if !there {
			i = len(f.stories)
			place[one.report] = i
			f.stories = append(f.stories, one)
		}
		f.stories[i].news = append(f.stories[i].news, e)
		return none, nil
	})
	if err != nil {
		return f, fmt.Errorf("read what is to be told: %w", err)
	}
	f.stories = arrange(f.stories)
	return f, nil
}

// actor is who the recipient is to the one permission rule: a resident, whatever other roles the person has.
func (r recipient) actor() account.Actor {
	return account.Actor{Role: account.RoleResident, Person: r.person}
}

// inbox is where mails to a recipient go; without an address: nowhere.
type inbox struct {
	address  string
	language *language.Language
	town     string
}

func inboxOf(ctx context.Context, tx pgx.Tx, to recipient) (in inbox, err error) {
	var tag string
	err = tx.QueryRow(ctx, `
		select a.email, a.language, coalesce((select nullif(value, '') from setting where name = 'town'), 'Quartier')
		from (
			select email, language from person
			where id = @person and email is not null and email_verified_at is not null and erased_at is null and blocked_at is null
			union all
			select email, language from report_contact
			where report_id = @contact and email <> '' and email_verified_at is not null and person_id is null and stopped_at is null
		) a`, to.args(pgx.NamedArgs{})).Scan(&in.address, &tag, &in.town)
	if errors.Is(err, pgx.ErrNoRows) {
		return inbox{}, nil
	}
	if err != nil {
		return in, fmt.Errorf("read where a notice goes: %w", err)
	}
	in.language = language.Of(tag)
	refused, err := mail.Refused(ctx, tx, in.address)
	if err != nil || !refused.IsZero() {
		in.address = ""
	}
	return in, err
}

// Work registers the jobs that tell.
func (n *Notifier) Work(jobs *store.Jobs) {
	store.Work(jobs, &gathering{notifier: n})
	store.Work(jobs, &pushing{notifier: n})
	jobs.Every(gatherEvery, gatherArgs{})
}
